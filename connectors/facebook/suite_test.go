package facebook

import (
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

func FuzzPoll(f *testing.F) { connectortest.Fuzz(f, suite()) }

func BenchmarkDecode(b *testing.B) {
	s, n := suite(), newNetwork()
	for i := range 98 {
		n.add(thing{id: "900001_" + strings.Repeat("1", i+1), from: "9", parent: postID, text: "Mikor?", at: connectortest.Now().Add(-time.Hour)})
	}
	s.Happy = n
	connectortest.Bench(b, s)
}

// empty is a Page that never said anything.
func empty() *network {
	n := newNetwork()
	n.things = nil
	return n
}

func suite() connectortest.Suite {
	return connectortest.Suite{
		Spec:    Spec(),
		Cases:   os.DirFS("testdata/cases"),
		Config:  func(base string) string { return "name: page\nkind: facebook\nserver: " + base + "\n" },
		Happy:   newNetwork(),
		Empty:   empty(),
		Account: &connectors.Account{Name: "minta", Kind: "facebook", Handle: "mintabolt", Secret: connectortest.Secret},
		Replies: func(*testing.T) connectortest.Network {
			n := newNetwork()
			return connectortest.Network{
				Handler: n,
				Parent: desk.Mention{
					Site: site, Remote: "9007199254740993", Thread: postID, Parent: postID, Kind: desk.KindComment,
					Text: "Mikor szállítják?", Extra: map[string]string{"id": evaID},
				},
				Writes: func(r *http.Request) bool {
					return r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/comments")
				},
				Witness: n.count,
				Remove:  func() { n.remove(evaID) },
			}
		},
	}
}
