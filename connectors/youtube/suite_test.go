package youtube

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
	s, few := suite(), &tube{} // few, so that the time goes into what is fuzzed
	t := few.add("Ugy1", "Mennyibe kerül?", connectortest.Now().Add(-time.Hour))
	for range subset + 1 {
		few.answer(t, "UCeva", "Halló?", connectortest.Now())
	}
	s.Happy = few
	connectortest.Fuzz(f, s)
}

func BenchmarkDecode(b *testing.B) { connectortest.Bench(b, suite()) }

// happy has threads on several pages, some with more answers than a page carries along, and one thread with pages of answers.
func happy() *tube {
	n := &tube{}
	for i := range 110 {
		t := n.add(fmt.Sprintf("Ugy%dAaABAg", i), "Mennyibe kerül?", connectortest.Now().Add(-time.Duration(120-i)*time.Hour))
		for j := range i % 4 {
			n.answer(t, []string{ownChannel, "UCeva", "UCbela"}[j], "1490 Ft", t.root.at.Add(time.Duration(j+1)*time.Minute))
		}
	}
	for j := range 103 {
		n.answer(n.threads[3], "UCeva", fmt.Sprint("És mikor? ", j), connectortest.Now().Add(-time.Hour))
	}
	return n
}

func suite() connectortest.Suite {
	return connectortest.Suite{
		Spec: Spec(), Cases: os.DirFS("testdata/cases"),
		Config: config, Happy: happy(), Empty: &tube{}, Account: account(),
		Replies: func(t *testing.T) connectortest.Network {
			n := &tube{}
			n.add("UgyTHREAD", "Mennyibe kerül?", connectortest.Now().Add(-time.Hour))
			return connectortest.Network{
				Handler: n, Parent: parent("UgyTHREAD"), Witness: n.witness,
				Writes: func(r *http.Request) bool { return r.Method == "POST" && strings.HasSuffix(r.URL.Path, "/comments") },
				Remove: func() { n.mu.Lock(); defer n.mu.Unlock(); n.threads = nil },
			}
		},
	}
}

func config(base string) string { return "name: videos\nkind: youtube\nserver: " + base + "\n" }

func account() *connectors.Account {
	return &connectors.Account{
		Name: "acme-youtube", Kind: "youtube", Secret: connectortest.Secret,
		Keys: connectortest.Keys(desk.Grant{Access: connectortest.Secret, Extra: map[string]desk.Secret{channelKey: ownChannel}}),
	}
}

func parent(id desk.RemoteID) desk.Mention {
	return desk.Mention{Site: site, Remote: id, Thread: rootOf(id), Kind: desk.KindComment, Text: "Mennyibe kerül?", Extra: map[string]string{"video": "vid1"}}
}
