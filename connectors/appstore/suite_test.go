package appstore

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/internal/desk"
)

func TestSuite(t *testing.T) {
	t.Parallel()
	connectortest.Run(t, suite(t))
}

func TestSuiteOfFeeds(t *testing.T) {
	t.Parallel()
	connectortest.Run(t, feeds())
}

func FuzzPoll(f *testing.F) { connectortest.Fuzz(f, suite(f)) }

func FuzzFeeds(f *testing.F) { connectortest.Fuzz(f, feeds()) }

func BenchmarkDecode(b *testing.B) { connectortest.Bench(b, suite(b)) }

func suite(t testing.TB) connectortest.Suite {
	key, secret := newKey(t)
	happy := &store{key: &key.PublicKey}
	for i := range 130 {
		id := fmt.Sprintf("00000036-a1b2-c3d4-e5f6-%012d", i)
		happy.add(id, "Lefagy indításkor", i%5+1, connectortest.Now().Add(-time.Duration(150-i)*time.Hour))
		if i%9 == 0 {
			happy.answer(id, "Javítjuk!")
		}
	}
	return connectortest.Suite{
		Spec: Spec(), Config: config, Happy: happy, Empty: &store{key: &key.PublicKey},
		Account: &connectors.Account{Name: "acme-appstore", Kind: "appstore", Secret: secret},
		Replies: func(t *testing.T) connectortest.Network {
			s := &store{key: &key.PublicKey}
			s.add("r1", "Lefagy indításkor", 2, connectortest.Now().Add(-time.Hour))
			return connectortest.Network{
				Handler: s, Parent: parent("r1"),
				Writes:  func(r *http.Request) bool { return r.Method == "POST" },
				Witness: s.witness,
				Remove:  func() { s.remove("r1") },
				Foreign: func(words string) { s.answer("r1", words) },
			}
		},
	}
}

func config(base string) string {
	return "name: app\nkind: appstore\nserver: " + base + "\napp: \"9007199254740993\"\nmode: connect\nkey_id: KEY1\nissuer_id: issuer\n"
}

func parent(id desk.RemoteID) desk.Mention {
	return desk.Mention{
		Site: "appstore:9007199254740993", Remote: id, Thread: id, Kind: desk.KindReview, Title: "Cím", Text: "Lefagy indításkor",
		Rating: desk.Rating{Value: 2, Best: 5}, PostedAt: connectortest.Now().Add(-time.Hour),
	}
}

// feeds is the suite of the public feeds.
func feeds() connectortest.Suite {
	spec := Spec()
	spec.Caps, spec.Rechecks = feedCapabilities(), 0
	spec.Sample = "name: x\nkind: appstore\napp: \"1\"\n"
	serve := func(entries func(country, page string) string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
			if len(parts) != 7 || parts[1] != "rss" {
				http.NotFound(w, r)
				return
			}
			_, _ = io.WriteString(w, `{"feed":{"title":{"label":"x"}`+entries(parts[0], parts[3])+`}}`)
		})
	}
	one := func(id int) string {
		return fmt.Sprintf(`{"id":{"label":"9007199254740%d"},"author":{"name":{"label":"evak"},"uri":{"label":"https://itunes.apple.com/hu/reviews/id119%d"}},"im:rating":{"label":"2"},"title":{"label":"Lefagy"},"content":{"label":"Indításkor."},"updated":{"label":"2026-11-19T23:10:00-07:00"}}`, id, id)
	}
	return connectortest.Suite{
		Spec: spec, Cases: os.DirFS("testdata/cases"),
		Config: func(base string) string {
			return "name: app\nkind: appstore\nserver: " + base + "\napp: \"123\"\ncountries: [hu, sk]\n"
		},
		Happy: serve(func(country, page string) string {
			switch country + page {
			case "hupage=1":
				return `,"entry":[` + one(993) + "," + one(994) + "]"
			case "hupage=2":
				return `,"entry":[` + one(994) + "," + one(995) + "]"
			case "skpage=1":
				return `,"entry":` + one(996)
			}
			return ""
		}),
		Empty: serve(func(string, string) string { return "" }),
	}
}
