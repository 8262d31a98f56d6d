package telegram_test

import (
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/connectors/telegram"
	"github.com/earshotdesk/earshot/internal/desk"
)

func TestSuite(t *testing.T) {
	t.Parallel()
	connectortest.Run(t, suite(t))
}

func FuzzPoll(f *testing.F) { connectortest.Fuzz(f, suite(f)) }

func BenchmarkDecode(b *testing.B) { connectortest.Bench(b, suite(b)) }

func suite(t testing.TB) connectortest.Suite {
	t.Helper()
	happy := newFake()
	happy.keeps = true // the suite reads the same twice from the beginning
	first := happy.say("@mintabolt mikor jön? 👍", nil)
	happy.say("nekem sem jött", first)
	return connectortest.Suite{
		Spec:    telegram.Spec(),
		Cases:   os.DirFS("testdata/cases"),
		Config:  func(base string) string { return "name: t\nkind: telegram\nserver: " + base + "\n" },
		Happy:   happy,
		Empty:   newFake(),
		Account: &connectors.Account{Name: "acme", Kind: "telegram", Handle: "@acme_bot", Secret: connectortest.Secret},
		Replies: func(*testing.T) connectortest.Network {
			f := newFake()
			parent := f.say("@mintabolt mikor jön? 👍", nil)
			return connectortest.Network{
				Handler: f,
				Parent:  parentOf(parent),
				Writes:  func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/sendMessage") },
				Witness: f.witness,
			}
		},
	}
}

func parentOf(s *saying) desk.Mention {
	return desk.Mention{Site: "telegram", Remote: desk.RemoteID(group + "/" + strconv.Itoa(s.id)), Text: s.words}
}
