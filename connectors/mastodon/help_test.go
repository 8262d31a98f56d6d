package mastodon_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/connectors/mastodon"
	"github.com/earshotdesk/earshot/internal/desk"
)

func now() time.Time { return connectortest.Now() }

// connect makes a connector for @acme on a fake server; its token is that of the fake.
func connect(t *testing.T, f *fake, config string) connectors.Connector {
	t.Helper()
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	env := connectortest.Env(t, "mastodon", nil)
	env.Account = &connectors.Account{
		Name: "acme", Kind: "mastodon", Server: "https://mastodon.example", Handle: "acme",
		Keys: connectortest.Keys(desk.Grant{Access: desk.Secret(f.user("acme").token)}),
	}
	return create(t, env, "server: "+server.URL+"\n"+config)
}

func create(t *testing.T, env connectors.Env, config string) connectors.Connector {
	t.Helper()
	c, err := mastodon.New(env, decoder(config))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func decoder(config string) func(any) error {
	return func(options any) error {
		return yaml.NewDecoder(strings.NewReader(config), yaml.Strict()).Decode(options)
	}
}

// replier is what answers, edits and deletes.
type replier interface {
	connectors.Replier
	connectors.Editor
	connectors.Deleter
}

func speaker(t *testing.T, f *fake, config string) replier {
	t.Helper()
	r, ok := connect(t, f, config).(replier)
	if !ok {
		t.Fatal("it cannot answer, edit and delete")
	}
	return r
}

// shared returns the path of a file in the folder of shared data, or skips.
func shared(t *testing.T, parts ...string) string {
	t.Helper()
	dir := os.Getenv("EARSHOT_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	path := filepath.Join(append([]string{dir}, parts...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skip("no recorded exchanges; set EARSHOT_SHARED")
	}
	return path
}

// publishing notes the requests that publish.
type publishing struct {
	f    *fake
	keys []string
}

// ServeHTTP notes and passes on.
func (p *publishing) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		p.keys = append(p.keys, r.Header.Get("Idempotency-Key"))
	}
	p.f.ServeHTTP(w, r)
}
