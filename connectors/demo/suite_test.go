package demo

import (
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/internal/demonet"
	"github.com/earshotdesk/earshot/internal/desk"
)

// suiteNetwork opens a real demo network at the suite's moment, with one post about the company.
func suiteNetwork(t testing.TB) (*demonet.Network, demonet.Post) {
	t.Helper()
	n, err := demonet.Open(demonet.Options{Now: connectortest.Now})
	if err != nil {
		t.Fatal(err)
	}
	for handle, token := range map[string]string{"acme": connectortest.Secret, "mira": "mira"} {
		if _, _, err := n.Join(demonet.Account{Handle: handle}, token); err != nil {
			t.Fatal(err)
		}
	}
	p, _, err := n.Publish("mira", demonet.Draft{Text: "@acme hello", CreatedAt: connectortest.Now().Add(-time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	return n, p
}

func TestSuite(t *testing.T) {
	t.Parallel()
	connectortest.Run(t, suite(t))
}

func FuzzPoll(f *testing.F) { connectortest.Fuzz(f, suite(f)) }

func BenchmarkDecode(b *testing.B) { connectortest.Bench(b, suite(b)) }

func suite(t testing.TB) connectortest.Suite {
	t.Helper()
	happy, _ := suiteNetwork(t)
	empty, err := demonet.Open(demonet.Options{Now: connectortest.Now})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := empty.Join(demonet.Account{Handle: "acme"}, connectortest.Secret); err != nil {
		t.Fatal(err)
	}
	return connectortest.Suite{
		Spec:    Spec(),
		Cases:   os.DirFS("testdata/cases"),
		Config:  func(string) string { return "name: demo\nkind: demo\n" },
		Happy:   happy.Handler(false),
		Empty:   empty.Handler(false),
		Account: &connectors.Account{Name: "acme-demo", Kind: "demo", Handle: "acme", Secret: connectortest.Secret},
		Replies: func(t *testing.T) connectortest.Network {
			n, root := suiteNetwork(t)
			return connectortest.Network{
				Handler: n.Handler(false),
				Parent:  desk.Mention{Site: "demo:acme.example", Remote: desk.RemoteID(root.ID), Text: root.Text},
				Writes: func(r *http.Request) bool {
					return r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/posts")
				},
				Witness: func(text string) int {
					posts, _ := n.List(demonet.Query{Parent: root.ID, Limit: 100})
					count := 0
					for _, p := range posts {
						if p.Text == text {
							count++
						}
					}
					return count
				},
				Remove: func() {
					if err := n.Delete("mira", root.ID); err != nil {
						t.Error(err)
					}
				},
			}
		},
	}
}
