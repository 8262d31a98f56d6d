package bluesky

import (
	"fmt"
	"os"
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

func FuzzPoll(f *testing.F) { connectortest.Fuzz(f, suite(f)) }

// BenchmarkDecode reads a full page of mentions.
func BenchmarkDecode(b *testing.B) {
	s := suite(b)
	busy, _ := newServer()
	for i := range maxPage - 1 {
		name := fmt.Sprintf("3bench22222%02d", i)
		busy.say(them, name, "@acme.example Három hete várok a csomagomra, meddig még?", connectortest.Now().Add(-time.Duration(i)*time.Minute))
	}
	s.Happy = busy
	connectortest.Bench(b, s)
}

func suite(t testing.TB) connectortest.Suite {
	t.Helper()
	happy, _ := newServer()
	return connectortest.Suite{
		Spec:    Spec(),
		Cases:   os.DirFS("testdata/cases"),
		Config:  func(string) string { return "name: acme\nkind: bluesky\n" },
		Happy:   happy,
		Empty:   empty(t),
		Account: account(connectortest.Keys(grant())),
		Replies: func(*testing.T) connectortest.Network {
			s, uri := newServer()
			return connectortest.Network{
				Handler: s, Parent: desk.Mention{Site: "bluesky", Remote: desk.RemoteID(uri), Text: "@acme.example the parcel never came"},
				Writes: writes, Witness: s.count, Remove: func() { s.remove(uri) },
			}
		},
	}
}

func grant() desk.Grant {
	return desk.Grant{Access: connectortest.Secret, Who: "@acme.example", Extra: map[string]desk.Secret{"did": us, "handle": "acme.example"}}
}

func account(keys connectors.Keys) *connectors.Account {
	return &connectors.Account{Name: "acme-bsky", Kind: "bluesky", Handle: "@acme.example", Secret: connectortest.Secret, Keys: keys}
}

var (
	_ connectors.Replier   = (*Connector)(nil)
	_ connectors.Threader  = (*Connector)(nil)
	_ connectors.Rechecker = (*Connector)(nil)
	_ connectors.Deleter   = (*Connector)(nil)
	_ connectors.Checker   = (*Connector)(nil)
	_ connectors.Sited     = (*Connector)(nil)
)
