package trustpilot

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

func TestSuiteOfPublicList(t *testing.T) {
	t.Parallel()
	s := suite()
	s.Spec.Caps, s.Replies, s.Cases = readingCapabilities(), nil, nil
	s.Config = func(base string) string {
		return "name: tp\nkind: trustpilot\nmode: public\napi_key: " + connectortest.Secret + "\nserver: " + base + "\nunit: 507f191e810c19729de86bbb\n"
	}
	s.Spec.Sample = "name: tp\nkind: trustpilot\nmode: public\napi_key: x\nunit: abc\n"
	connectortest.Run(t, s)
}

func FuzzPoll(f *testing.F) { connectortest.Fuzz(f, suite()) }

func BenchmarkDecode(b *testing.B) { connectortest.Bench(b, suite()) }

func suite() connectortest.Suite {
	happy := &pilot{}
	for i := range 130 {
		id := fmt.Sprintf("507f191e810c19729de%05d", i)
		happy.add(id, "Három nap késés.", i%5+1, connectortest.Now().Add(-time.Duration(150-i)*time.Hour))
		if i%9 == 0 {
			happy.answer(id, "Elnézést!")
		}
	}
	return connectortest.Suite{
		Spec: Spec(), Cases: os.DirFS("testdata/cases"), Happy: happy, Empty: &pilot{},
		Config: func(base string) string {
			return "name: tp\nkind: trustpilot\nserver: " + base + "\nunit: 507f191e810c19729de86bbb\nbusiness_user: 507f191e810c19729de86ccc\n"
		},
		Account: &connectors.Account{Name: "acme-trustpilot", Kind: "trustpilot", ClientID: "key", Secret: connectortest.Secret},
		Replies: func(t *testing.T) connectortest.Network {
			const id = "507f191e810c19729de860ea"
			p := &pilot{}
			p.add(id, "Három nap késés.", 2, connectortest.Now().Add(-time.Hour))
			return connectortest.Network{
				Handler: p,
				Parent: desk.Mention{Site: "trustpilot:507f191e810c19729de86bbb", Remote: id, Thread: id, Kind: desk.KindReview, Title: "Lassú", Text: "Három nap késés.",
					Rating: desk.Rating{Value: 2, Best: 5}, PostedAt: connectortest.Now().Add(-time.Hour)},
				Writes:  func(r *http.Request) bool { return r.Method == "POST" && strings.HasSuffix(r.URL.Path, "/reply") },
				Witness: p.witness,
				Remove:  func() { p.remove(id) },
				Foreign: func(words string) { p.answer(id, words) },
			}
		},
	}
}
