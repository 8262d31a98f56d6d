package googlebusiness

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/internal/desk"
)

const (
	shopA = "accounts/1/locations/2"
	shopB = "accounts/1/locations/90071992547409930001"
)

func TestSuite(t *testing.T) {
	t.Parallel()
	connectortest.Run(t, suite())
}

func FuzzPoll(f *testing.F) {
	s, few := suite(), newGBP() // few, so that the time goes into what is fuzzed
	few.add(shopA, "AbFvOq1", "TWO", "Lassú volt.\n\n(Translated by Google)\nIt was slow.", connectortest.Now().Add(-time.Hour))
	few.lists[shopB] = nil
	s.Happy = few
	connectortest.Fuzz(f, s)
}

func BenchmarkDecode(b *testing.B) { connectortest.Bench(b, suite()) }

func suite() connectortest.Suite {
	happy, empty := newGBP(), newGBP()
	for i := range 70 {
		at := connectortest.Now().Add(-time.Duration(80-i) * time.Hour)
		r := happy.add(shopA, fmt.Sprintf("AbFvOq%d", i), "TWO", "Lassú volt.\n\n(Translated by Google)\nIt was slow.", at)
		if i%7 == 0 {
			r["reviewReply"] = map[string]any{"comment": "Köszönjük!", "updateTime": at.Add(time.Minute).Format(time.RFC3339), "reviewReplyState": approved}
		}
	}
	happy.add(shopB, "AbFvOq1", "FIVE", "", connectortest.Now().Add(-time.Hour))
	empty.lists[shopA], empty.lists[shopB] = nil, nil
	return connectortest.Suite{
		Spec: Spec(), Cases: os.DirFS("testdata/cases"),
		Config: config, Happy: happy, Empty: empty, Account: account(),
		Replies: func(t *testing.T) connectortest.Network {
			g := newGBP()
			name := shopA + "/reviews/AbFvOq1"
			g.add(shopA, "AbFvOq1", "TWO", "Lassú volt.", connectortest.Now().Add(-time.Hour))
			return connectortest.Network{
				Handler: g, Parent: parent("AbFvOq1"),
				Writes:  func(r *http.Request) bool { return r.Method == "PUT" && strings.HasSuffix(r.URL.Path, "/reply") },
				Witness: g.witness,
				Remove:  func() { g.remove(name) },
				Foreign: func(words string) { g.answer(name, words, approved) },
			}
		},
	}
}

func config(base string) string {
	return "name: shops\nkind: googlebusiness\nserver: " + base + "\nlocations:\n  - {id: " + shopA + ", name: Fő utca}\n  - id: " + shopB + "\n"
}

func account() *connectors.Account {
	return &connectors.Account{Name: "acme-google", Kind: "googlebusiness", Secret: connectortest.Secret}
}

func parent(id string) desk.Mention {
	return desk.Mention{
		Site: site, Remote: desk.RemoteID("locations/2/reviews/" + id), Kind: desk.KindReview, Text: "Lassú volt.",
		Rating: desk.Rating{Value: 2, Best: 5},
	}
}
