package x

import (
	"fmt"
	"net/http"
	"net/http/httptest"
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
	for i := range 99 {
		n.add(tweet{id: fmt.Sprint("19850000000000001", i+10), by: fmt.Sprint(i), text: "@mintabolt Mikor?", at: connectortest.Now().Add(-time.Hour)})
	}
	s.Happy = n
	connectortest.Bench(b, s)
}

func suite() connectortest.Suite {
	return connectortest.Suite{
		Spec:    Spec(),
		Cases:   os.DirFS("testdata/cases"),
		Config:  func(base string) string { return "name: x\nkind: x\nbudget: 25\nserver: " + base + "\n" },
		Happy:   newNetwork(),
		Empty:   &network{},
		Account: &connectors.Account{Name: "minta", Kind: "x", Handle: "mintabolt", Secret: connectortest.Secret},
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

// eva is the post in [newNetwork], as it is stored.
func eva() desk.Mention {
	return desk.Mention{
		Site: site, Remote: evaID, Thread: evaID, Kind: desk.KindPost, Text: "@mintabolt hibás csomagot kaptam 😞",
		Author: desk.Author{ID: "222", Handle: "kovacs_eva"}, Extra: map[string]string{"summons": "mention"},
	}
}

// connect makes the connector over a handler, with a purse to look into.
func connect(t *testing.T, h http.Handler, set func(*Options)) (*Connector, *connectortest.Purse) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	env := connectortest.Env(t, "x", nil)
	purse := &connectortest.Purse{}
	env.Purse = purse
	env.Account = &connectors.Account{
		Name: "minta", Handle: "mintabolt", Server: server.URL,
		Keys: connectortest.Keys(desk.Grant{Access: connectortest.Secret, Extra: map[string]desk.Secret{"id": meID, "username": "mintabolt"}}),
	}
	c, err := New(env, func(o any) error {
		o.(*Options).Budget = 25
		if set != nil {
			set(o.(*Options))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return c.(*Connector), purse
}

func outgoing(parent desk.Mention, text string) desk.Outgoing {
	return desk.Outgoing{Key: "k", CreatedAt: connectortest.Now(), Account: "minta", Parent: parent, Text: text}
}
