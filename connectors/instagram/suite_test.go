package instagram

import (
	"fmt"
	"net/http"
	"os"
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

func FuzzPoll(f *testing.F) { connectortest.Fuzz(f, suite()) }

func BenchmarkDecode(b *testing.B) {
	s, n := suite(), newNetwork()
	for i := range 98 {
		n.add(thing{id: fmt.Sprint(i), by: "v", text: "Mikor?", at: connectortest.Now().Add(-time.Hour)})
	}
	s.Happy = n
	connectortest.Bench(b, s)
}

func suite() connectortest.Suite {
	return connectortest.Suite{
		Spec:    Spec(),
		Cases:   os.DirFS("testdata/cases"),
		Config:  func(base string) string { return "name: ig\nkind: instagram\nserver: " + base + "\n" },
		Happy:   newNetwork(),
		Empty:   &network{},
		Account: &connectors.Account{Name: "minta", Kind: "instagram", Handle: "mintabolt", Secret: connectortest.Secret},
		Replies: func(*testing.T) connectortest.Network {
			n := newNetwork()
			return connectortest.Network{
				Handler: n, Parent: eva(), Witness: n.count,
				Writes: func(r *http.Request) bool { return r.Method == http.MethodPost },
				Remove: func() { n.remove(evaID) },
			}
		},
	}
}

// eva is the comment in [newNetwork], as it is stored.
func eva() desk.Mention {
	return desk.Mention{
		Site: site, Remote: evaID, Thread: mediaID, Parent: mediaID, Kind: desk.KindComment, Text: "Mennyi az ára? 😍",
		URL: "https://www.instagram.com/p/ABC/",
	}
}
