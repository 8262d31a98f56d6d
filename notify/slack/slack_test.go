package slack

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/notify"
	"github.com/earshotdesk/earshot/notify/notifytest"
)

func TestSuite(t *testing.T) {
	t.Parallel()
	notifytest.Run(t, func(t *testing.T) notifytest.Subject {
		f := newFake(t)
		return notifytest.Subject{
			Notifier: f.notifier(func(o *Options) { o.Mention = "" }), Secrets: []string{token}, Said: f.said,
			Rewrites: true, Messages: func() int { return len(f.messages) },
			Break: func() { f.broken = &answer{status: 200, body: `{"ok":false,"error":"invalid_auth ` + token + `"}`} },
			Acts:  func(string) string { return f.acts() },
		}
	})
}

// acts finds anything in what was sent that Slack would obey rather than show.
func (f *fake) acts() (found string) {
	for _, q := range f.calls {
		switch {
		case strings.ContainsAny(q.Get("text"), "<>"):
			return "text is not escaped: " + q.Get("text")
		case q.Get("parse") != "none" || q.Get("mrkdwn") != "false" || q.Get("unfurl_links") != "false" || q.Get("unfurl_media") != "false":
			return "something is parsed or unfolded: " + q.Encode()[:200]
		}
		walk(q.Get("blocks"), func(parent string, node map[string]any) {
			text, _ := node["text"].(string)
			address, _ := node["url"].(string)
			switch kind := node["type"]; {
			case kind == "mrkdwn" || kind == "broadcast" || kind == "user" || kind == "usergroup" || kind == "emoji":
				found = "an element of type " + kind.(string)
			case kind == "plain_text" && strings.ContainsAny(text, "<>"):
				found = "a text object is not escaped: " + text
			case kind == "text" && strings.Contains(text, "<!"):
				found = "a call of the channel in " + text
			case address != "" && !strings.HasPrefix(address, "https://desk.example/"):
				found = "a link to " + address
			}
		})
	}
	return found
}

func TestAMessageFollowsItsCase(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	s := f.notifier()
	n := notifytest.Notice()
	step := func(title string, has []string, hasNot ...string) {
		t.Helper()
		r, err := s.Notify(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		n.Receipt, n.Loud = r, false
		said := f.said()
		if !strings.Contains(said, title+"\n") {
			t.Errorf("want the title %q in:\n%s", title, said)
		}
		for _, want := range has {
			if !strings.Contains(said, want) {
				t.Errorf("%s: want %q in:\n%s", title, want, said)
			}
		}
		for _, not := range hasNot {
			if strings.Contains(said, not) {
				t.Errorf("%s: want no %q in:\n%s", title, not, said)
			}
		}
	}
	c := &n.Cards[0]
	step("1 ★ Google · Vac S5 · critical", []string{"Füstölni kezdett a töltő.", "Szabó Gergely", "Why critical", "Open in Earshot", "See it on Google", c.URL, staysHere})
	c.State, c.Owner, n.Cause = desk.CaseTaken, "Nóra Kelemen", notify.Moved
	step("1 ★ Google · Vac S5 · critical", []string{"Taken by", "Nóra Kelemen"}, "Waiting since")
	c.Reply = desk.ReplyAwaiting
	step("1 ★ Google · Vac S5 · critical", []string{"a draft awaits approval"})
	c.Reply = desk.ReplyByHand
	step("1 ★ Google · Vac S5 · critical", []string{"posts it by hand"}, "awaits")
	c.State, c.Reply, c.AnsweredAt, n.Counts = desk.CaseAnswered, desk.ReplyPublished, time.Now(), notify.Counts{Answered: 1}
	step("Answered · 1 ★ Google · Vac S5", []string{"Füstölni"}, "Why critical", "awaits")
	gone := *c
	c.Gone, c.Excerpt, c.Author = true, "", ""
	step("Removed on Google · Vac S5", []string{c.URL}, "Füstölni", "Szabó", "See it on")
	*c = gone
	c.State, c.Excerpt, n.Counts = desk.CaseResolved, "", notify.Counts{Closed: 1}
	step("Resolved · 1 ★ Google · Vac S5", []string{"Nóra Kelemen had it.", c.URL}, "Füstölni", "See it on")
	if strings.Contains(f.standing()[0].blocks, `"button"`) {
		t.Error("a resolved message still has buttons")
	}
	if got := len(f.messages); got != 1 {
		t.Errorf("%d messages, want one", got)
	}
}

func TestRemindersCallPeople(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		remind, mention string
		reminders       int
		broadcast       bool
		calls           string
	}{
		{"channel", "here", 1, true, `"type":"broadcast","range":"here"`},
		{"thread", "U12345678", 1, false, `"type":"user","user_id":"U12345678"`},
		{"off", "S12345678", 0, false, `"type":"usergroup","usergroup_id":"S12345678"`},
	} {
		f := newFake(t)
		s := f.notifier(func(o *Options) { o.Remind, o.Mention = tc.remind, tc.mention })
		n := notifytest.Notice()
		r, err := s.Notify(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		if first := f.standing()[0].blocks; !strings.Contains(first, tc.calls) {
			t.Errorf("a critical case calls nobody: %s", first)
		}
		n.Receipt, n.Cause, n.Counts = r, notify.News, notify.Counts{New: 3, Fresh: 2}
		if _, err := s.Notify(t.Context(), n); err != nil {
			t.Fatal(err)
		}
		got := f.reminders()
		if len(got) != tc.reminders || len(f.standing()) != 1 {
			t.Fatalf("remind %s: %d reminders, %d messages", tc.remind, len(got), len(f.standing()))
		}
		for _, p := range got {
			if p.broadcast != tc.broadcast || p.thread != string(r.Remote) || !strings.Contains(p.blocks, tc.calls) || p.text != "2 new of 3 cases · Vac S5" {
				t.Errorf("remind %s: %+v", tc.remind, p)
			}
		}
		n.Cause, n.Loud = notify.Moved, false
		if _, err := s.Notify(t.Context(), n); err != nil || len(f.reminders()) != tc.reminders {
			t.Errorf("a move called somebody: %d reminders, %v", len(f.reminders()), err)
		}
	}
}

func TestWhatSlackAnswers(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		answer answer
		after  time.Duration // of a transient error; -1 for none
		want   string
	}{
		{"429", answer{429, "7", ""}, 7 * time.Second, "wait 7s"},
		{"429 without a span", answer{429, "", "slow down"}, restAfter, "429"},
		{"ratelimited", says("ratelimited"), restAfter, "ratelimited"},
		{"a bad Retry-After", answer{429, "soon", ""}, 0, "calling Slack"},
		{"500", answer{500, "", "<html>"}, 0, "500"},
		{"internal_error", says("internal_error"), 0, "internal_error"},
		{"no JSON", answer{200, "", "<html>"}, 0, "calling Slack"},
		{"a redirect", answer{307, "", ""}, 0, "307"},
		{"invalid_auth", says("invalid_auth"), -1, "refuses the token of target team (invalid_auth)"},
		{"missing_scope", says("missing_scope"), -1, "lacks a scope"},
		{"not_in_channel", says("not_in_channel"), -1, "cannot write to channel #support"},
		{"something else", says("as_user_not_supported"), -1, "as_user_not_supported"},
	} {
		f := newFake(t)
		f.next(tc.answer)
		_, err := f.notifier().Notify(t.Context(), notifytest.Notice())
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %q", tc.name, err, tc.want)
			continue
		}
		pass, ok := errors.AsType[*desk.Transient](err)
		if ok != (tc.after >= 0) || ok && pass.After != tc.after {
			t.Errorf("%s: transient %t, %+v", tc.name, ok, pass)
		}
		if !ok && !errors.Is(err, desk.ErrDenied) {
			t.Errorf("%s: %v is not for a person", tc.name, err)
		}
	}
}

func TestALostMessageIsPostedAnew(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	s := f.notifier()
	n := notifytest.Notice()
	n.Receipt = desk.Receipt{Remote: "1.000001", Channel: channel}
	r, err := s.Notify(t.Context(), n)
	if err != nil || len(f.standing()) != 1 || r != f.receipt() {
		t.Fatalf("%+v, %v with %d messages", r, err, len(f.standing()))
	}
	// And so is one that stands in another channel than the target tells now.
	s = f.notifier(func(o *Options) { o.Channel = channel })
	n.Receipt = desk.Receipt{Remote: r.Remote, Channel: "C0ELSEWHERE"}
	if moved, err := s.Notify(t.Context(), n); err != nil || moved == r || len(f.standing()) != 2 {
		t.Errorf("%+v, %v with %d messages", moved, err, len(f.standing()))
	}
}

func TestRefusedBlocksBecomeWords(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.next(says("invalid_blocks"))
	n := notifytest.Notice()
	r, err := f.notifier().Notify(t.Context(), n)
	if err != nil || f.standing()[0].blocks != "[]" || !strings.Contains(f.standing()[0].text, "Füstölni") {
		t.Fatalf("%v, stands: %+v", err, f.standing())
	}
	n.Receipt, n.Loud = r, false
	f.next(says("msg_blocks_too_long"))
	if again, err := f.notifier().Notify(t.Context(), n); err != nil || again != r {
		t.Errorf("rewriting: %+v, %v", again, err)
	}
}

func TestTheTokenDoesNotFollowARedirect(t *testing.T) {
	t.Parallel()
	stolen := false
	thief := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { stolen = true }))
	t.Cleanup(thief.Close)
	front := httptest.NewServer(http.RedirectHandler(thief.URL, http.StatusTemporaryRedirect))
	t.Cleanup(front.Close)
	s, err := New(notify.Env{Target: "team"}, Options{Token: token, Channel: channel, APIURL: front.URL})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Notify(t.Context(), notifytest.Notice()); err == nil || stolen {
		t.Errorf("err %v, stolen %t", err, stolen)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		o    Options
		want string
	}{
		{Options{Channel: "#a"}, "token is missing"},
		{Options{Token: token, Channel: " # "}, "channel is missing"},
		{Options{Token: token, Channel: "#a", Mention: "everyone"}, `mention "everyone"`},
		{Options{Token: token, Channel: "#a", Remind: "often"}, `remind "often"`},
		{Options{Token: token, Channel: "#a", APIURL: "ftp://" + token}, "api_url"},
	} {
		_, err := New(notify.Env{Target: "team"}, tc.o)
		if !errors.Is(err, desk.ErrInvalid) || !strings.Contains(err.Error(), "target team: "+tc.want) || strings.Contains(err.Error(), token) {
			t.Errorf("%+v: %v, want %q", tc.o, err, tc.want)
		}
	}
	notifytest.Sample(t, Kind())
	made, err := Kind().New(notify.Env{Target: "team"}, func(o any) error {
		o.(*Options).Token, o.(*Options).Channel = token, "#support"
		return nil
	})
	if err != nil || made.(*Notifier).remind != "channel" {
		t.Errorf("from the registry: %+v, %v", made, err)
	}
}

func TestAddressesThatSlackRefusesAreLeftOut(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	n := notifytest.Notice()
	n.URL, n.Cards[0].URL, n.Cards[0].Link = "/board", "/cases/1", "https://x.example/"+strings.Repeat("y", 3000)
	if _, err := f.notifier().Notify(t.Context(), n); err != nil || strings.Contains(f.standing()[0].blocks, `"url"`) {
		t.Errorf("%v, stands: %s", err, f.standing()[0].blocks)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	if err := f.notifier().Check(t.Context()); err != nil {
		t.Error(err)
	}
	if err := f.notifier(func(o *Options) { o.Token = "xoxb-old" }).Check(t.Context()); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("a wrong token: %v", err)
	}
	if len(f.standing()) != 0 {
		t.Error("checking said something")
	}
}
