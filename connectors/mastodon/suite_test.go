package mastodon_test

import (
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/connectors/mastodon"
	"github.com/earshotdesk/earshot/internal/desk"
)

// mood is a kind of server, and how a source is set up for it.
type mood struct {
	gts, header bool
	config      string
}

// moods are the servers that exist: those that drop a repeated reply, told to the source or not, and those that do not.
func moods() map[string]mood {
	return map[string]mood{
		"Mastodon":              {header: true},
		"Mastodon, vouched for": {header: true, config: "idempotency: header\n"},
		"GoToSocial":            {gts: true},
	}
}

func TestSuite(t *testing.T) {
	t.Parallel()
	for name, m := range moods() {
		t.Run(name, func(t *testing.T) { t.Parallel(); connectortest.Run(t, suite(t, m)) })
	}
}

func FuzzPoll(f *testing.F) { connectortest.Fuzz(f, suite(f, mood{})) }

func BenchmarkDecode(b *testing.B) { connectortest.Bench(b, suite(b, mood{})) }

// stage opens a server on which a customer elsewhere wrote to the company.
func stage(m mood) (*fake, *post) {
	f := newFake(connectortest.Now, m.gts, m.header)
	f.user("acme").token = connectortest.Secret
	return f, f.say("eva@masik.example", "@acme hibás csomag érkezett :( https://pelda.example/kep", nil, 3*time.Hour)
}

func suite(t testing.TB, m mood) connectortest.Suite {
	t.Helper()
	happy, first := stage(m)
	happy.say("mira", "@acme és nekem is #acme", first, 2*time.Hour)
	happy.say("mira", "Nobody names the company #acme", nil, time.Hour)
	empty := newFake(connectortest.Now, m.gts, m.header)
	empty.user("acme").token = connectortest.Secret
	return connectortest.Suite{
		Spec:  mastodon.Spec(),
		Cases: os.DirFS("testdata/cases"),
		Config: func(base string) string {
			return "name: m\nkind: mastodon\nserver: " + base + "\ntags: [{tag: acme}]\n" + m.config
		},
		Happy:   happy,
		Empty:   empty,
		Account: &connectors.Account{Name: "acme", Kind: "mastodon", Server: "https://mastodon.example", Handle: "@acme", Secret: connectortest.Secret},
		Replies: func(*testing.T) connectortest.Network {
			f, parent := stage(m)
			return connectortest.Network{
				Handler: f,
				Parent:  mention(parent),
				Writes: func(r *http.Request) bool {
					return r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/statuses")
				},
				Witness: func(words string) int { return f.witness(parent, words) },
				Remove:  func() { f.mu.Lock(); defer f.mu.Unlock(); f.remove(parent) },
			}
		},
	}
}

// mention is a post as the desk keeps it.
func mention(p *post) desk.Mention {
	shown := strings.ReplaceAll(p.text, "@"+p.by.acct, "@eva")
	return desk.Mention{
		Site: "mastodon:mastodon.example", Remote: desk.RemoteID(p.id), Text: shown, Language: p.language,
		Author: desk.Author{ID: desk.RemoteID(p.by.id), Handle: p.by.acct}, Visibility: desk.Public,
	}
}
