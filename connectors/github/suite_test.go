package github

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
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

// TestSuiteInDiscussions runs the same with replies in a discussion, below a comment.
func TestSuiteInDiscussions(t *testing.T) {
	t.Parallel()
	s := suite()
	s.Cases, s.Empty, s.Happy = nil, nil, newHub(30, 20)
	s.Config = func(base string) string { return config(base) + "discussions: true\n" }
	s.Replies = func(*testing.T) connectortest.Network {
		h := newHub(1, 20)
		return connectortest.Network{
			Handler: h, Witness: h.witness, Parent: h.parent("DC_1", "discussions/2007#discussioncomment-1"), Remove: func() { h.gone = true },
			Writes: func(r *http.Request) bool {
				body, _ := io.ReadAll(r.Body)
				r.Body = io.NopCloser(strings.NewReader(string(body)))
				return strings.Contains(string(body), "addDiscussionComment")
			},
		}
	}
	connectortest.Run(t, s)
}

func FuzzPoll(f *testing.F) {
	s := suite()
	s.Happy = newHub(5, 5) // small, so that the time goes into what is fuzzed
	connectortest.Fuzz(f, s)
}

func BenchmarkDecode(b *testing.B) { connectortest.Bench(b, suite()) }

func config(base string) string {
	return "name: github\nkind: github\nrepos: [minta/app]\nserver: " + base + "\n"
}

func suite() connectortest.Suite {
	return connectortest.Suite{
		Spec: Spec(), Cases: os.DirFS("testdata/cases"), Config: config,
		Happy: newHub(530, 120), Empty: newHub(0, 0), Account: account(),
		Replies: func(*testing.T) connectortest.Network {
			h := newHub(1, 20)
			return connectortest.Network{
				Handler: h, Witness: h.witness, Parent: h.parent("IC_3", "issues/12#issuecomment-9007199254740996"), Remove: func() { h.gone = true },
				Writes: func(r *http.Request) bool { return r.Method == http.MethodPost },
			}
		},
	}
}

func account() *connectors.Account {
	return &connectors.Account{Name: "acme-github", Kind: "github", Handle: "mintabolt", Secret: connectortest.Secret}
}

func (h *hub) parent(id, page string) desk.Mention {
	return desk.Mention{Site: "github:127.0.0.1", Remote: desk.RemoteID(id), URL: h.base + "/minta/app/" + page, Text: "x"}
}

func connect(t *testing.T, h http.Handler, more ...func(*Options)) *Connector {
	t.Helper()
	env := connectortest.Env(t, "github", nil)
	env.Account = account()
	env.Account.Server, env.Account.Keys = serve(t, h), connectortest.Keys(desk.Grant{Access: connectortest.Secret})
	c, err := New(env, func(into any) error {
		into.(*Options).Repos = []string{"minta/app"}
		for _, set := range more {
			set(into.(*Options))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return c.(*Connector)
}

func TestPayloads(t *testing.T) {
	t.Parallel()
	c := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := map[string]string{"/api/v3/repos/minta/app/issues/comments": "issue-comments.json", "/api/graphql": "discussions.graphql.json"}[r.URL.Path]
		data, err := os.ReadFile("testdata/payloads/" + name)
		if err != nil {
			data = []byte("[]")
		}
		_, _ = w.Write(data)
	}), func(o *Options) { o.Discussions = true })
	b, err := c.Poll(t.Context(), "")
	if err != nil || len(b.Mentions) != 3 || len(b.Poison) != 0 {
		t.Fatalf("%+v, %v", b, err)
	}
	comment, talk, below := b.Mentions[0], b.Mentions[1], b.Mentions[2]
	if comment.Remote != "IC_kwDOA" || comment.Thread != "minta/app#12" || comment.EditedAt.IsZero() || comment.Author.ID != "U_1" {
		t.Errorf("comment %+v", comment)
	}
	if talk.Remote != "minta/app#7" || talk.Title != "Question" || talk.Author.Handle != "evak" || below.Parent != "minta/app#7" || !below.Anonymous || below.Remote != "DC_kwDOA" {
		t.Errorf("discussion %+v, %+v", talk, below)
	}
	data, err := os.ReadFile("testdata/payloads/addDiscussionComment.json")
	var add struct {
		Query     string
		Variables struct {
			I struct{ DiscussionID, ReplyToID, Body string }
		}
	}
	if err != nil || json.Unmarshal(data, &add) != nil || add.Variables.I.DiscussionID == "" || !strings.Contains(add.Query, "AddDiscussionCommentInput") {
		t.Errorf("addDiscussionComment: %+v, %v", add, err)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	var all []struct {
		Status  int
		Headers map[string]string
		Body    json.RawMessage
	}
	data, err := os.ReadFile("testdata/payloads/errors.json")
	if err != nil || json.Unmarshal(data, &all) != nil {
		t.Fatal(err)
	}
	want := []fetch.Class{fetch.RateLimited, fetch.RateLimited, "", "", "", fetch.TooLong}
	judge := func(status int, headers map[string]string, body string) fetch.Refusal {
		h := http.Header{}
		for name, value := range headers {
			h.Set(name, value)
		}
		if no := refuse(fetch.Reply{Status: status, Header: h, Body: []byte(body)}); no != nil {
			return *no
		}
		return fetch.Refusal{}
	}
	for i, one := range all {
		if got := judge(one.Status, one.Headers, string(one.Body)); got.Class != want[i] {
			t.Errorf("%s: %+v, want %q", one.Body, got, want[i])
		}
	}
	for body, want := range map[string]fetch.Class{
		`{"data":{"repository":null},"errors":[{"type":"NOT_FOUND"}]}`:                                                                      fetch.Missing,
		`{"data":null,"errors":[{"type":"RATE_LIMITED"}]}`:                                                                                  fetch.RateLimited,
		`{"errors":[{"type":"INSUFFICIENT_SCOPES"}]}`:                                                                                       fetch.Forbidden,
		`{"data":{"a":null},"errors":[{"message":"discussion is locked"}]}`:                                                                 fetch.Locked,
		`{"data":{"a":{"id":"1"},"b":null},"errors":[{"type":"NOT_FOUND"}]}`:                                                                "",
		`{"data":{"a":null},"errors":[]}`:                                                                                                   "",
		`{"data":null,"errors":[{"type":"UNPROCESSABLE"}]}`:                                                                                 fetch.Invalid,
		`{"data":null,"errors":[{"type":"SOMETHING","message":"went otherwise"}]}`:                                                          fetch.Trouble,
		`{"data":{"a":null},"errors":[{"message":"Something went wrong while executing your query. This may be the result of a timeout"}]}`: fetch.Trouble, // and may have been done
	} {
		if got := judge(200, nil, body); got.Class != want {
			t.Errorf("%s: %+v, want %q", body, got, want)
		}
	}
	if got := judge(403, nil, `{"message":"You have exceeded a secondary rate limit."}`); got.Class != fetch.RateLimited || got.After != time.Minute {
		t.Errorf("a secondary limit without a header: %+v", got)
	}
	if got := judge(403, nil, `{"message":"Unable to create comment because issue is locked."}`); got.Class != fetch.Locked {
		t.Errorf("locked: %+v", got)
	}
}

// TestQuietPollsAreFree: a list that did not change answers 304.
func TestQuietPollsAreFree(t *testing.T) {
	t.Parallel()
	h := newHub(3, 3)
	c := connect(t, h)
	var since connectors.Cursor
	for range 3 {
		b, err := c.Poll(t.Context(), since)
		if err != nil {
			t.Fatal(err)
		}
		since = b.Next
	}
	if h.fresh != 4 { // the first poll and the second, which asks from another moment on
		t.Errorf("%d answers were sent whole, want 4", h.fresh)
	}
	h.issues[0]["state"], h.issues[0]["updated_at"] = "closed", connectortest.Now().Format(time.RFC3339)
	h.issues = append(h.issues, h.issues[0]) // another tag
	if b, err := c.Poll(t.Context(), since); err != nil || len(b.Mentions) != 1 || b.Mentions[0].Extra["state"] != "closed" {
		t.Errorf("%+v, %v", b, err)
	}
}

// TestManyOfOneMoment: more items than a page holds changed in the same second.
func TestManyOfOneMoment(t *testing.T) {
	t.Parallel()
	h := newHub(250, 0)
	for _, i := range h.issues {
		i["updated_at"] = stamp(0)
	}
	b, err := connect(t, h).Poll(t.Context(), "")
	if err != nil || len(b.Mentions) != 250 || b.More {
		t.Errorf("%d mentions, more %v, %v", len(b.Mentions), b.More, err)
	}
}

func TestLockedConversations(t *testing.T) {
	t.Parallel()
	h := newHub(1, 20)
	h.locked = true
	c := connect(t, h)
	for _, p := range []desk.Mention{h.parent("IC_3", "issues/12#issuecomment-9007199254740996"), h.parent("minta/app#2007", "discussions/2007")} {
		if _, err := c.Reply(t.Context(), desk.Outgoing{Parent: p, Text: "No"}); !errors.Is(err, desk.ErrDenied) || errors.Is(err, desk.ErrGone) {
			t.Errorf("%s: %v", p.URL, err)
		}
	}
	if h.witness("No") != 0 {
		t.Error("it was said")
	}
}

// TestAnswerToAnAnswer: discussions have one level of answers, and one to an answer stands beside it.
func TestAnswerToAnAnswer(t *testing.T) {
	t.Parallel()
	h := newHub(1, 0)
	c := connect(t, h, func(o *Options) { o.Discussions = true })
	first, err := c.Reply(t.Context(), desk.Outgoing{Parent: h.parent("DC_1", "discussions/2007#discussioncomment-1"), Text: "One"})
	if err != nil {
		t.Fatal(err)
	}
	out := desk.Outgoing{Parent: h.parent(string(first.Remote), "discussions/2007#discussioncomment-100"), Text: "Two", StartedAt: connectortest.Now()}
	if _, err := c.Reply(t.Context(), out); err != nil || h.answers[1]["replyTo"].(map[string]any)["id"] != "DC_1" {
		t.Fatalf("%v, %v", h.answers, err)
	}
	if found, err := c.Find(t.Context(), out); err != nil || found.Finding != desk.FoundIt || found.Receipt.Remote != "DC_101" {
		t.Errorf("%+v, %v", found, err)
	}
	b, err := c.Poll(t.Context(), "")
	if err != nil || len(b.Mentions) != 6 || !b.Mentions[3].Ours || b.Mentions[3].Parent != "DC_1" {
		t.Errorf("%+v, %v", b.Mentions, err)
	}
}

func TestRecheck(t *testing.T) {
	t.Parallel()
	asked := ""
	c := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		asked = string(body)
		_, _ = w.Write([]byte(`{"data":{"rateLimit":{"cost":1},"r0":{"id":"R","it":null},"r1":{"id":"R"},"n1":null,"r2":{"id":"R"},"n2":{"id":"DC_3","deletedAt":"2026-11-20T09:00:00Z"},
			"r3":{"id":"R"},"n3":{"id":"IC_4"},"r4":null,"n4":null,"r5":{"id":"R"},"n5":null},
			"errors":[{"type":"NOT_FOUND","path":["r0","it"]},{"type":"NOT_FOUND","path":["n1"]},{"type":"NOT_FOUND","path":["r4"]},{"type":"NOT_FOUND","path":["n4"]},{"type":"FORBIDDEN","path":["n5"]}]}`))
	}))
	h := newHub(0, 0)
	b, err := c.Recheck(t.Context(), []desk.Mention{
		h.parent("minta/app#12", "issues/12"), h.parent(`IC"2`, "issues/12#issuecomment-2"), h.parent("DC_3", "discussions/2007#discussioncomment-3"),
		h.parent("IC_4", "issues/12#issuecomment-4"), h.parent("IC_5", "issues/12#issuecomment-5"), h.parent("IC_6", "issues/12#issuecomment-6"),
	})
	if err != nil || !slices.Equal(b.Gone, []desk.RemoteID{"minta/app#12", `IC"2`, "DC_3"}) {
		t.Errorf("gone %v, %v", b.Gone, err)
	}
	if !strings.Contains(asked, `issueOrPullRequest(number:12)`) || !strings.Contains(asked, `IC\\\"2`) {
		t.Errorf("asked %s", asked)
	}
}

func TestThread(t *testing.T) {
	t.Parallel()
	h := newHub(1, 150)
	c := connect(t, h)
	thread, err := c.Thread(t.Context(), h.parent("IC_3", "issues/12#issuecomment-9007199254740996"))
	if err != nil || len(thread) != 151 || thread[0].Remote != "minta/app#12" {
		t.Errorf("%d, %v", len(thread), err)
	}
	talk, err := c.Thread(t.Context(), h.parent("DC_1", "discussions/2007#discussioncomment-1"))
	if err != nil || len(talk) != 3 || talk[1].Kind != desk.KindComment {
		t.Errorf("%+v, %v", talk, err)
	}
}

func TestWhereTheInterfacesAre(t *testing.T) {
	t.Parallel()
	for server, want := range map[string][3]string{
		"": {"https://api.github.com", "", "github"}, "https://github.com/": {"https://api.github.com", "", "github"},
		"https://Git.acme.example": {"https://Git.acme.example", "/api/v3", "github:git.acme.example"},
	} {
		c := &Connector{opt: Options{Server: server}}
		if base, err := c.place(); err != nil || [3]string{base, c.rest, string(c.site)} != want {
			t.Errorf("%q: %s %s %s, %v", server, base, c.rest, c.site, err)
		}
	}
	for _, o := range []Options{{}, {Repos: []string{"acme"}}, {Repos: []string{"a/b"}, Discussions: true}, {Repos: []string{"a/b"}, Server: "x"}, {Repos: []string{"a/b"}, History: -1}} {
		if _, err := New(connectortest.Env(t, "github", nil), func(into any) error { *into.(*Options) = o; return nil }); !errors.Is(err, desk.ErrInvalid) {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

// TestLimitsAsGitHubTellsThem: a 403 whose headers say that nothing remains, and when there is more.
func TestLimitsAsGitHubTellsThem(t *testing.T) {
	t.Parallel()
	c := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-RateLimit-Remaining", "0")
		w.Header().Set("X-RateLimit-Reset", strconv.FormatInt(connectortest.Now().Add(17*time.Minute).Unix(), 10))
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, `{"message":"API rate limit exceeded for user ID 1.","status":"403"}`)
	}), func(o *Options) { o.Discussions = true })
	_, err := c.Poll(t.Context(), "")
	if wait, ok := errors.AsType[*desk.Transient](err); !ok || wait.After != 17*time.Minute {
		t.Errorf("%v", err)
	}
	_, err = c.Reply(t.Context(), desk.Outgoing{Parent: newHub(0, 0).parent("DC_1", "discussions/2007#discussioncomment-1"), Text: "x"})
	if wait, ok := errors.AsType[*desk.Transient](err); !ok || wait.After != 17*time.Minute {
		t.Errorf("a reply: %v", err)
	}
}
