package reddit

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
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
	s.Happy = newSnoo(5) // small, so that the time goes into what is fuzzed
	connectortest.Fuzz(f, s)
}

func BenchmarkDecode(b *testing.B) { connectortest.Bench(b, suite()) }

func suite() connectortest.Suite {
	happy := newSnoo(330)
	for i := range 3 {
		happy.add("mintabolt", "Köszönjük", happy.comments[i]["name"].(string), connectortest.Now().Add(-time.Hour))
	}
	empty := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { sendListing(w, nil) })
	return connectortest.Suite{
		Spec: Spec(), Cases: os.DirFS("testdata/cases"),
		Config: func(base string) string {
			return "name: reddit\nkind: reddit\nqueries: [minta]\nsubreddits: [r/hungary]\nserver: " + base + "\n"
		},
		Happy: happy, Empty: empty, Account: account(),
		Replies: func(*testing.T) connectortest.Network {
			s := newSnoo(250)
			for range 240 { // more of ours than a page holds, elsewhere
				s.add("mintabolt", "Másutt", "t1_n00001", connectortest.Now())
			}
			return connectortest.Network{
				Handler: s, Witness: s.witness, Parent: parent("t1_n00007"),
				Writes: func(r *http.Request) bool { return r.URL.Path == "/api/comment" },
				Remove: func() { s.comments[7]["author"], s.comments[7]["body"] = deleted, removed },
			}
		},
	}
}

func account() *connectors.Account {
	return &connectors.Account{Name: "acme-reddit", Kind: "reddit", Handle: "mintabolt", Secret: connectortest.Secret, ClientID: "app1"}
}

func parent(name string) desk.Mention {
	return desk.Mention{Site: site, Remote: desk.RemoteID(name), Thread: "t3_1p2q3r", Text: "x"}
}

func connect(t *testing.T, h http.Handler) *Connector {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	env := connectortest.Env(t, "reddit", nil)
	env.Account = account()
	env.Account.Keys = connectortest.Keys(desk.Grant{Access: connectortest.Secret})
	c, err := New(env, func(into any) error {
		o := into.(*Options)
		o.Server, o.Subreddits, o.Inbox = server.URL, []string{"hungary"}, false
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return c.(*Connector)
}

func payload(t *testing.T, name string, into any) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/payloads/" + name)
	if err == nil && into != nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestPayloads(t *testing.T) {
	t.Parallel()
	c := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.FormValue("after") != "" || r.URL.Path == "/user/mintabolt/comments":
			sendListing(w, nil)
		case r.URL.Path == "/comments/1p2q3r":
			_, _ = w.Write(payload(t, "comments.tree.json", nil))
		case r.URL.Path == "/api/morechildren" && r.FormValue("children") == "nabc009,nabc010":
			_, _ = w.Write(payload(t, "comment.response.json", nil))
		default:
			_, _ = w.Write(payload(t, "search.listing.json", nil))
		}
	}))
	if b, err := c.Poll(t.Context(), ""); err != nil || len(b.Mentions)+len(b.Poison) != 0 { // the author's account is gone
		t.Errorf("search: %+v, %v", b, err)
	}
	thread, err := c.Thread(t.Context(), desk.Mention{Remote: "t1_nabc001", Thread: "t3_1p2q3r"})
	if err != nil || len(thread) != 3 || thread[1].Text != "Tom & Jerry < 3 nap" || thread[2].Remote != "t1_nabd555" || !thread[2].Ours {
		t.Errorf("tree: %+v, %v", thread, err)
	}
	var gone []json.RawMessage
	payload(t, "deleted-and-removed.json", &gone)
	for _, raw := range gone {
		if _, p, ok := read(raw); !ok || !p.gone() {
			t.Errorf("it is gone: %+v %v", p, ok)
		}
	}
	var request struct{ Form map[string]string }
	if payload(t, "comment.request.json", &request); request.Form["thing_id"] == "" || request.Form["raw_json"] != "1" || request.Form["api_type"] != "json" {
		t.Errorf("request: %+v", request)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	var all []struct {
		Status int
		Body   json.RawMessage
	}
	payload(t, "comment.errors.json", &all)
	want := []fetch.Class{fetch.RateLimited, fetch.Gone, fetch.TooLong, fetch.Locked, "", fetch.Forbidden, ""}
	for i, one := range all {
		got := refuse(fetch.Reply{Status: one.Status, Body: one.Body})
		if got == nil {
			got = &fetch.Refusal{}
		}
		if got.Class != want[i] || got.Class == fetch.RateLimited && got.After != 523*time.Second {
			t.Errorf("%s: %+v, want %q", one.Body, got, want[i])
		}
	}
	if no := refuse(fetch.Reply{Status: 200, Body: []byte(`{"json":{"errors":[[]]}}`)}); no == nil || no.Class != fetch.Invalid {
		t.Errorf("an error without words: %+v", no)
	}
}

// TestWhatAReplyMeetsWithin200: errors in a good answer say that nothing became public, and nothing is unknown.
func TestWhatAReplyMeetsWithin200(t *testing.T) {
	t.Parallel()
	for refusal, want := range map[string]error{
		`{"json":{"errors":[["THREAD_LOCKED","x","parent"]]}}`: desk.ErrDenied, `{"json":{"errors":[["DELETED_COMMENT","x","parent"]]}}`: desk.ErrGone,
		`{"json":{"errors":[["TOO_LONG","x","text"]]}}`: desk.ErrInvalid, `{"json":{"errors":[["NEVER_HEARD_OF","x","text"]]}}`: desk.ErrInvalid,
	} {
		s := newSnoo(3)
		s.refusal = refusal
		if _, err := connect(t, s).Reply(t.Context(), desk.Outgoing{Parent: parent("t1_n00001"), Text: "Hi"}); !errors.Is(err, want) {
			t.Errorf("%s: %v", refusal, err)
		}
	}
	s := newSnoo(3)
	s.refusal = `{"json":{"ratelimit":523.0,"errors":[["RATELIMIT","x","ratelimit"]]}}`
	_, err := connect(t, s).Reply(t.Context(), desk.Outgoing{Parent: parent("t1_n00001"), Text: "Hi"})
	if wait, ok := errors.AsType[*desk.Transient](err); !ok || wait.After != 523*time.Second {
		t.Errorf("a limit: %v", err)
	}
	s.refusal = `{"json":{"data":{"things":[]}}}`
	_, err = connect(t, s).Reply(t.Context(), desk.Outgoing{Parent: parent("t1_n00001"), Text: "Hi"})
	if _, ok := errors.AsType[*desk.Unknown](err); !ok {
		t.Errorf("an answer without the comment: %v", err)
	}
}

func TestConversationsThatTakeNoAnswer(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(s *snoo){
		"a locked post": func(s *snoo) { s.post["locked"] = true }, "an archived post": func(s *snoo) { s.post["archived"] = true },
		"a locked comment": func(s *snoo) { s.comments[1]["locked"] = true }, "not shown": func(s *snoo) { s.comments[1]["name"] = "t1_other" },
	} {
		s := newSnoo(3)
		change(s)
		if _, err := connect(t, s).Reply(t.Context(), desk.Outgoing{Parent: parent("t1_n00001"), Text: "Hi"}); !errors.Is(err, desk.ErrDenied) || s.witness("Hi") != 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAPlaceThatWasDeleted: Reddit knows no place after a deleted thing, so the one before it is tried.
func TestAPlaceThatWasDeleted(t *testing.T) {
	t.Parallel()
	s := newSnoo(250)
	c := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("after") == "" && r.URL.Path == "/r/hungary/comments" {
			defer func() { s.comments[150]["author"] = deleted }() // the last of the first page, right after it was sent
		}
		s.ServeHTTP(w, r)
	}))
	b, err := c.Poll(t.Context(), "")
	if err != nil || len(b.Mentions) != 251 {
		t.Errorf("%d of 251 came, %v", len(b.Mentions), err)
	}
}

func TestRecheck(t *testing.T) {
	t.Parallel()
	s := newSnoo(4)
	s.comments[0]["body"] = removed
	s.comments[1]["body"], s.comments[1]["edited"] = "más", float64(connectortest.Now().Unix())
	s.comments[2]["author"] = deleted
	b, err := connect(t, s).Recheck(t.Context(), []desk.Mention{parent("t1_n00000"), parent("t1_n00001"), parent("t1_n00002"), parent("t1_other")})
	if err != nil || !slices.Equal(b.Gone, []desk.RemoteID{"t1_n00000", "t1_n00002"}) {
		t.Errorf("gone %v, %v", b.Gone, err)
	}
	if len(b.Mentions) != 1 || b.Mentions[0].Text != "más" || !b.Mentions[0].EditedAt.Equal(connectortest.Now()) {
		t.Errorf("edited %+v", b.Mentions)
	}
}

// TestConsent: where a person is sent, what is asked for, and that a grant of somebody else is refused.
func TestConsent(t *testing.T) {
	t.Parallel()
	consent := Spec().Login.Consent
	authorize, token := consent.Endpoint("")
	if authorize != "https://www.reddit.com/api/v1/authorize" || token != "https://www.reddit.com/api/v1/access_token" || !consent.Basic || consent.Params["duration"] != "permanent" {
		t.Errorf("%s %s %+v", authorize, token, consent)
	}
	for _, scope := range []string{"read", "submit", "edit", "identity", "privatemessages", "history"} {
		if !slices.Contains(consent.Scopes, scope) {
			t.Errorf("the scope %s is missing", scope)
		}
	}
	server := httptest.NewServer(newSnoo(0))
	t.Cleanup(server.Close)
	env := connectors.LoginEnv{Account: *account(), HTTP: connectortest.Env(t, "reddit", nil).Read, Now: connectortest.Now}
	env.Account.Server = server.URL
	g, err := consent.Finish(t.Context(), env, desk.Grant{Access: connectortest.Secret, Refresh: "r"})
	if err != nil || g.Who != "u/MintaBolt" || g.Refresh != "r" {
		t.Errorf("%+v, %v", g, err)
	}
	if _, err := consent.Finish(t.Context(), env, desk.Grant{Access: "other"}); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("a token that is refused: %v", err)
	}
	other := newSnoo(0)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Set("User-Agent", strings.ReplaceAll(r.Header.Get("User-Agent"), "somebody", "mintabolt"))
		other.ServeHTTP(w, r)
	}))
	t.Cleanup(elsewhere.Close)
	env.Account.Handle, env.Account.Server = "somebody", elsewhere.URL
	if _, err := consent.Finish(t.Context(), env, desk.Grant{Access: connectortest.Secret}); !errors.Is(err, desk.ErrInvalid) {
		t.Errorf("another user: %v", err)
	}
	if c := connect(t, newSnoo(0)); c.Check(t.Context()) != nil {
		t.Error("a good account does not pass the check")
	}
}

func TestSettingsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*connectors.Env, *Options){
		"no account": func(e *connectors.Env, o *Options) { e.Account = nil }, "nothing to read": func(e *connectors.Env, o *Options) { o.Inbox = false },
		"no address": func(e *connectors.Env, o *Options) { o.Server = "reddit" }, "no subreddit": func(e *connectors.Env, o *Options) { o.Subreddits = []string{"a/../b"} },
		"negative": func(e *connectors.Env, o *Options) { o.History = -1 },
	} {
		env := connectortest.Env(t, "reddit", nil)
		env.Account = account()
		o := Options{Inbox: true, Server: "https://x.example"}
		change(&env, &o)
		if _, err := New(env, func(into any) error { *into.(*Options) = o; return nil }); !errors.Is(err, desk.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := agent(&connectors.Account{Handle: "@acme"}, "Earshot/1.4.0 (+https://x)"); got != "server:earshot:v1.4.0 (by /u/acme)" {
		t.Errorf("agent %q", got)
	}
}

// TestLimitsAsRedditTellsThem: by headers of its own, and with the remaining number as a fraction.
func TestLimitsAsRedditTellsThem(t *testing.T) {
	t.Parallel()
	c := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Ratelimit-Used", "1000")
		w.Header().Set("X-Ratelimit-Remaining", "0.0")
		w.Header().Set("X-Ratelimit-Reset", "212")
		w.WriteHeader(http.StatusTooManyRequests)
	}))
	_, err := c.Poll(t.Context(), "")
	if wait, ok := errors.AsType[*desk.Transient](err); !ok || wait.After != 212*time.Second {
		t.Errorf("%v", err)
	}
}
