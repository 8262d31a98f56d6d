package discourse

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
)

func TestSuite(t *testing.T) {
	t.Parallel()
	connectortest.Run(t, suite())
}

func FuzzPoll(f *testing.F) {
	s := suite()
	s.Happy = newForum(5) // small, so that the time goes into what is fuzzed
	connectortest.Fuzz(f, s)
}

func BenchmarkDecode(b *testing.B) { connectortest.Bench(b, suite()) }

func suite() connectortest.Suite {
	return connectortest.Suite{
		Spec: Spec(), Cases: os.DirFS("testdata/cases"),
		Config: func(base string) string { return "name: forum\nkind: discourse\nserver: " + base + "\n" },
		Happy:  newForum(120), Empty: newForum(0),
		Account: account(),
		Replies: func(*testing.T) connectortest.Network {
			f := newForum(60)
			return connectortest.Network{
				Handler: f, Parent: f.parent(30), Witness: f.witness,
				Writes: func(r *http.Request) bool { return r.Method == http.MethodPost },
				Remove: func() { f.posts[30]["deleted_at"] = connectortest.Now() },
			}
		},
	}
}

func account() *connectors.Account {
	return &connectors.Account{Name: "acme-forum", Kind: "discourse", Handle: "mintabolt", Secret: connectortest.Secret}
}

func (f *forum) parent(n int) desk.Mention {
	return desk.Mention{
		Site: "discourse:127.0.0.1", Remote: desk.RemoteID(fmt.Sprint(firstID + n)), Thread: "t/81",
		URL: fmt.Sprintf("https://forum.example/t/szallitas/81/%d", n+1), Text: fmt.Sprint(f.posts[n]["raw"]),
	}
}

func connect(t *testing.T, h http.Handler) *Connector {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	env := connectortest.Env(t, "discourse", nil)
	env.Account = account()
	env.Account.Server, env.Account.Keys = server.URL, connectortest.Keys(desk.Grant{Access: connectortest.Secret})
	c, err := New(env, func(any) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	return c.(*Connector)
}

func TestPayloads(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/payloads/posts.json")
	if err != nil {
		t.Fatal(err)
	}
	c := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("before") != "" {
			data = []byte(`{"latest_posts":[]}`)
		}
		_, _ = w.Write(data)
	}))
	b, err := c.Poll(t.Context(), "")
	if err != nil || len(b.Mentions) != 1 || len(b.Poison) != 0 {
		t.Fatalf("%+v, %v", b, err)
	}
	if m := b.Mentions[0]; m.Text != "Nem működik @mintabolt" || m.Remote != "3301" || m.Thread != "t/81" || m.EditedAt.IsZero() || m.Extra["topic"] != "Szállítás" {
		t.Errorf("%+v", m)
	}
	var request struct {
		Method, URL string
		Headers     map[string]string
		Body        struct {
			Topic   int    `json:"topic_id"`
			Raw     string `json:"raw"`
			ReplyTo int    `json:"reply_to_post_number"`
		}
	}
	data, err = os.ReadFile("testdata/payloads/create.json")
	if err != nil || json.Unmarshal(data, &request) != nil || request.Method != "POST" || request.Body.ReplyTo != 4 || request.Headers["Api-Username"] == "" {
		t.Errorf("create: %+v, %v", request, err)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/payloads/errors.json")
	var all []struct {
		Status int
		Body   json.RawMessage
	}
	if err != nil || json.Unmarshal(data, &all) != nil {
		t.Fatal(err)
	}
	want := []fetch.Class{fetch.Forbidden, "", fetch.Invalid, fetch.Duplicate, fetch.RateLimited}
	for i, one := range all {
		got := refuse(fetch.Reply{Status: one.Status, Body: one.Body})
		if got == nil {
			got = &fetch.Refusal{}
		}
		if got.Class != want[i] || got.Class == fetch.RateLimited && got.After != 30*time.Second {
			t.Errorf("%s: %+v, want %q", one.Body, got, want[i])
		}
	}
	if got := refuse(fetch.Reply{Status: 200, Body: []byte(`{"errors":["x"]}`)}); got != nil {
		t.Errorf("a good answer is refused: %v", got)
	}
}

func TestTopicsThatTakeNoAnswer(t *testing.T) {
	t.Parallel()
	for field, value := range map[string]any{"closed": true, "archived": true, "archetype": private} {
		f := newForum(2)
		f.topic[field] = value
		_, err := connect(t, f).Reply(t.Context(), desk.Outgoing{Parent: f.parent(1), Text: "Utánanézünk"})
		if !errors.Is(err, desk.ErrDenied) || len(f.posts) != 2 {
			t.Errorf("%s: %v, %d posts", field, err, len(f.posts))
		}
	}
}

func TestReplyThatAwaitsApproval(t *testing.T) {
	t.Parallel()
	f := newForum(2)
	f.approval = true
	r, err := connect(t, f).Reply(t.Context(), desk.Outgoing{Parent: f.parent(1), Text: "Utánanézünk"})
	if err != nil || r.Visibility != desk.VisibleModerate || r.Remote != "pending/12" {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestFindOnForumsWithoutRaw: where topics carry no raw text, our own posts are read one by one; another parent's answer is not ours.
func TestFindOnForumsWithoutRaw(t *testing.T) {
	t.Parallel()
	f := newForum(30)
	f.noRaw = true
	f.add("mintabolt", "**Köszönjük**", "3", connectortest.Now())
	f.add("mintabolt", "**Köszönjük**", "30", connectortest.Now())
	c := connect(t, f)
	found, err := c.Find(t.Context(), desk.Outgoing{Parent: f.parent(29), Text: "**Köszönjük**", StartedAt: connectortest.Now()})
	if err != nil || found.Finding != desk.FoundIt || found.Receipt.Remote != desk.RemoteID(fmt.Sprint(firstID+31)) {
		t.Errorf("%+v, %v", found, err)
	}
}

func TestRecheckAndThread(t *testing.T) {
	t.Parallel()
	f := newForum(100)
	f.posts[1]["user_deleted"] = true
	f.posts[2]["raw"], f.posts[2]["cooked"], f.posts[2]["version"] = "más", "<p>más</p>", 2
	c := connect(t, f)
	missing := f.parent(0)
	missing.Remote = "5"
	b, err := c.Recheck(t.Context(), []desk.Mention{f.parent(1), f.parent(2), missing})
	if err != nil || !slices.Equal(b.Gone, []desk.RemoteID{f.parent(1).Remote, "5"}) || len(b.Mentions) != 1 || b.Mentions[0].Text != "más" || b.Mentions[0].EditedAt.IsZero() {
		t.Errorf("%+v, %v", b, err)
	}
	thread, err := c.Thread(t.Context(), f.parent(70))
	if err != nil || len(thread) != 61 || thread[0].Remote != f.parent(0).Remote || thread[0].Title != "Szállítás" || thread[1].Remote != f.parent(40).Remote {
		t.Errorf("%d posts, first %+v, %v", len(thread), thread[0], err)
	}
	f.topic["archetype"] = private
	if _, err := c.Thread(t.Context(), f.parent(70)); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("a private conversation: %v", err)
	}
}

// TestFilters: categories and staff.
func TestFilters(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(newForum(3))
	t.Cleanup(server.Close)
	for name, o := range map[string]Options{
		"another category": {Server: server.URL, Categories: []string{"6"}}, "other words": {Server: server.URL, Words: []string{"valami"}},
	} {
		env := connectortest.Env(t, "discourse", nil)
		env.Account = account()
		env.Account.Keys = connectortest.Keys(desk.Grant{Access: connectortest.Secret})
		c, err := New(env, func(into any) error { *into.(*Options) = o; return nil })
		if err != nil {
			t.Fatal(err)
		}
		if b, err := c.Poll(t.Context(), ""); err != nil || len(b.Mentions) != 0 {
			t.Errorf("%s: %d mentions, %v", name, len(b.Mentions), err)
		}
	}
	c := &Connector{opt: Options{Staff: true}, api: &fetch.API{}, now: connectortest.Now}
	if m := c.mention(&post{Staff: true, Username: "boss"}); !m.Ours {
		t.Error("staff is not ours")
	}
	if caps := c.Capabilities(); caps.Replies || caps.Edit || !caps.Polls {
		t.Errorf("without an account: %+v", caps)
	}
}
