// Package connectortest is the suite that every connector passes.
//
// It owns two things: the loop over folders of recorded cases ([Suite.Cases]), so that a new case adds no Go, and the traps that
// networks set for all of them: nothing new on the second poll, empty pages, refusals, throttling, garbage, cut answers, cancelled
// polls, secrets in errors, and replies whose answer is lost.
//
// A connector's test calls [Run] with a [Suite].
//
// A case is a folder: config.yaml (the settings), http.yaml (how often to poll, what is asked and answered), any files that
// http.yaml names, and want.json (what the polls give). In all of them {{url}} stands for the server's address.
package connectortest

import (
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
)

// Secret is what a suite plants wherever a connector takes a secret. It must not come out in an error or a log.
const Secret = "pl4nted-Secret-0f-The-Suite-7c1e"

// Now returns the moment at which all cases are played.
func Now() time.Time { return time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC) }

// Suite is what the tests need to know about a kind of connector.
type Suite struct {
	Spec connectors.Spec

	// Cases holds a folder for each recorded case; nil when there is none. See the package comment for their files.
	Cases fs.FS

	// Config returns the settings of one source, in YAML, for a server at the base URL, with [Secret] in every secret. Nil skips
	// the traps that need a server.
	Config func(baseURL string) string

	// Happy answers as the network does when all is well and gives at least one mention; the same ones when asked again.
	Happy http.Handler

	// Empty answers as the network does when there is nothing at all; nil skips that trap.
	Empty http.Handler

	// Account is what the source speaks as; nil when the kind needs none. Its Server is set to the base URL when empty.
	Account *connectors.Account

	// Wants says which statuses the kind treats otherwise than others do, and what its error must contain.
	Wants map[int]string

	// Replies makes a small network that can be replied to, for kinds that reply; see [Network].
	Replies func(t *testing.T) Network
}

// Run runs the cases and the traps.
func Run(t *testing.T, s Suite) {
	t.Run("spec", s.spec)
	t.Run("sample", s.sample)
	if s.Cases != nil {
		t.Run("cases", s.cases)
	}
	if s.Config != nil && s.Happy != nil {
		t.Run("traps", s.traps)
	}
	if s.Spec.Caps.Replies {
		t.Run("replies", s.replies)
	}
}

// Env returns what a connector works with in a test: real HTTP clients that may call loopback and hardly wait, the fixed clock,
// and a log that goes to the writer.
func Env(t testing.TB, kind string, log io.Writer) connectors.Env {
	t.Helper()
	return envOver(t, kind, log, nil)
}

// envOver is [Env] with a transport in the network's place; nil dials.
func envOver(t testing.TB, kind string, log io.Writer, transport http.RoundTripper) connectors.Env {
	t.Helper()
	clients := fetch.New(fetch.Options{
		Transport: transport,
		Agent:     "Earshot-test", Backoff: time.Millisecond, Patience: 10 * time.Millisecond, Timeout: 10 * time.Second,
		PerHost: rate.Inf, Burst: 1,
		AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")},
	})
	if log == nil {
		log = io.Discard
	}
	return connectors.Env{
		Source: desk.Source{Name: "test", Kind: kind, Brand: "minta", Every: time.Minute},
		Log:    slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Read:   clients.Read, Publish: clients.Publish, Now: Now, Dir: t.TempDir(), Agent: "Earshot-test",
		Purse: &Purse{},
	}
}

// connect makes the connector for a server.
func (s Suite) connect(t *testing.T, base string, log io.Writer) connectors.Connector {
	t.Helper()
	return s.connectWith(t, base, s.Config(base), log)
}

func (s Suite) connectWith(t testing.TB, base, config string, log io.Writer) connectors.Connector {
	t.Helper()
	return s.make(t, Env(t, s.Spec.Kind, log), base, config)
}

func (s Suite) make(t testing.TB, env connectors.Env, base, config string) connectors.Connector {
	t.Helper()
	env.Account = s.account(base)
	if env.Account != nil {
		env.Source.Account = env.Account.Name
	}
	c, err := s.Spec.New(env, decoder(config))
	if err != nil {
		t.Fatalf("making the connector: %v", err)
	}
	return c
}

// account is what the source speaks as, with keys that never change.
func (s Suite) account(base string) *connectors.Account {
	if s.Account == nil {
		return nil
	}
	account := *s.Account
	if account.Server == "" {
		account.Server = base
	}
	if account.Keys == nil {
		account.Keys = Keys(desk.Grant{Access: account.Secret, Who: account.Handle})
	}
	return &account
}

func serve(t testing.TB, h http.Handler) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(h)
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.Start()
	t.Cleanup(server.Close)
	return server
}

// noSecret fails when the planted secret stands in a text.
func noSecret(t *testing.T, where, text string) {
	t.Helper()
	if strings.Contains(text, Secret) {
		t.Errorf("the secret stands in %s: %s", where, strings.ReplaceAll(text, Secret, "[HERE]"))
	}
}
