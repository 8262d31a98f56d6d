package googleplay

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

func TestSuite(t *testing.T) {
	t.Parallel()
	connectortest.Run(t, suite())
}

func FuzzPoll(f *testing.F) {
	s, few := suite(), &play{} // few, so that the time goes into what is fuzzed
	few.add("gp:1", "Cím\tLefagy", 2, connectortest.Now().Add(-time.Hour))
	few.answer("gp:1", "Javítjuk!")
	s.Happy = few
	connectortest.Fuzz(f, s)
}

func BenchmarkDecode(b *testing.B) { connectortest.Bench(b, suite()) }

func suite() connectortest.Suite {
	happy := &play{}
	for i := range 130 {
		id := fmt.Sprintf("gp:AOqpTOE%d", i)
		happy.add(id, "Cím\tLefagy indításkor", i%5+1, connectortest.Now().Add(-time.Duration(150-i)*time.Hour))
		if i%9 == 0 {
			happy.answer(id, "Javítjuk!")
		}
	}
	return connectortest.Suite{
		Spec: Spec(), Cases: os.DirFS("testdata/cases"),
		Config: config, Happy: happy, Empty: &play{}, Account: account(),
		Replies: func(t *testing.T) connectortest.Network {
			p := &play{}
			p.add("gp:AOqpTOE", "Lefagy indításkor", 2, connectortest.Now().Add(-time.Hour))
			return connectortest.Network{
				Handler: p, Parent: parent("gp:AOqpTOE"),
				Writes:  func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, ":reply") },
				Witness: p.witness,
				Remove:  func() { p.remove("gp:AOqpTOE") },
				Foreign: func(words string) { p.answer("gp:AOqpTOE", words) },
			}
		},
	}
}

func config(base string) string {
	return "name: app\nkind: googleplay\nserver: " + base + "\npackage: com.acme.shop\n"
}

func account() *connectors.Account {
	return &connectors.Account{Name: "acme-play", Kind: "googleplay", Secret: connectortest.Secret}
}

func parent(id desk.RemoteID) desk.Mention {
	return desk.Mention{
		Site: "googleplay:com.acme.shop", Remote: id, Thread: id, Kind: desk.KindReview, Text: "Lefagy indításkor",
		Rating: desk.Rating{Value: 2, Best: 5}, PostedAt: connectortest.Now().Add(-time.Hour),
	}
}
