package mastodon_test

import (
	"errors"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/internal/desk"
)

// outgoing is a reply to a post.
func outgoing(p *post, words string) desk.Outgoing {
	return desk.Outgoing{Key: "01KEY", CreatedAt: now(), Account: "acme", Text: words, Parent: mention(p)}
}

// What is sent names its author, and is found again however the server shows it.
func TestRepliesAreAddressedAndFoundAgain(t *testing.T) {
	t.Parallel()
	for words, sent := range map[string]string{
		"Elnézést!":                                 "@eva@masik.example Elnézést!",
		"Kedves @eva@masik.example, elnézést!":      "Kedves @eva@masik.example, elnézést!",
		"Kedves @EVA@masik.example, elnézést!":      "Kedves @EVA@masik.example, elnézést!",
		"Írjon ide: https://acme.example/a?b=1&c=2": "@eva@masik.example Írjon ide: https://acme.example/a?b=1&c=2",
		"Első.\n\nMásodik <3 & \"harmadik\" 👨‍👩‍👧":  "@eva@masik.example Első.\n\nMásodik <3 & \"harmadik\" 👨‍👩‍👧",
		"So\u00adft hyphens\u200b vanish":           "@eva@masik.example So\u00adft hyphens\u200b vanish",
		"@mira is a colleague":                      "@eva@masik.example @mira is a colleague",
	} {
		f, parent := stage(mood{})
		r := speaker(t, f, "")
		out := outgoing(parent, words)
		receipt, err := r.Reply(t.Context(), out)
		if err != nil {
			t.Errorf("%q: %v", words, err)
			continue
		}
		last := f.posts[len(f.posts)-1]
		if last.text != sent || last.visibility != "public" || last.language != "hu" || last.parent != parent {
			t.Errorf("%q: sent %q, %s, %q", words, last.text, last.visibility, last.language)
		}
		out.StartedAt = now()
		if found, err := r.Find(t.Context(), out); err != nil || found.Receipt.Remote != receipt.Remote {
			t.Errorf("%q: found %+v, %v", words, found, err)
		}
		again, err := r.Reply(t.Context(), out)
		if err != nil || again.Remote != receipt.Remote || f.witness(parent, sent) != 1 {
			t.Errorf("%q again: %+v, %v; the public sees it %d times", words, again, err, f.witness(parent, sent))
		}
		f.remove(parent)
		if found, err := r.Find(t.Context(), out); err != nil || found.Receipt.Remote != receipt.Remote {
			t.Errorf("%q, after the parent was removed: found %+v, %v", words, found, err)
		}
	}
}

func TestTheKeyIsSentEverywhere(t *testing.T) {
	t.Parallel()
	f, parent := stage(mood{})
	p := &publishing{f: f}
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	env := connectortest.Env(t, "mastodon", nil)
	env.Account = &connectors.Account{Server: server.URL, Handle: "acme", Keys: connectortest.Keys(desk.Grant{Access: connectortest.Secret})}
	r, ok := create(t, env, "{}").(replier)
	if !ok {
		t.Fatal("it cannot answer")
	}
	if _, err := r.Reply(t.Context(), outgoing(parent, "Elnézést!")); err != nil || !slices.Equal(p.keys, []string{"01KEY"}) {
		t.Errorf("keys %q, %v", p.keys, err)
	}
}

// A vouched-for server is asked again as long as it remembers the key, and not a minute longer.
func TestAskingAgain(t *testing.T) {
	t.Parallel()
	f, parent := stage(mood{})
	f.header = true
	r := speaker(t, f, "idempotency: header\n")
	out := outgoing(parent, "Elnézést!")
	receipt, err := r.Reply(t.Context(), out)
	if err != nil {
		t.Fatal(err)
	}
	for ago, unknown := range map[time.Duration]bool{49 * time.Minute: false, 51 * time.Minute: true} {
		out.StartedAt = now().Add(-ago)
		out.Text = "Never said"
		again, err := r.Reply(t.Context(), out)
		if _, is := errors.AsType[*desk.Unknown](err); is != unknown || !unknown && again.Remote != receipt.Remote {
			t.Errorf("after %v: %+v, %v", ago, again, err)
		}
	}
	if n := f.witness(parent, "Never said"); n != 0 {
		t.Errorf("it was said %d times", n)
	}
}

func TestWhatStopsAReply(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(f *fake, p *post, out *desk.Outgoing)
		want   error
	}{
		"made private":       {func(_ *fake, p *post, _ *desk.Outgoing) { p.visibility = "direct" }, desk.ErrDenied},
		"followers only":     {func(_ *fake, p *post, _ *desk.Outgoing) { p.visibility = "private" }, desk.ErrDenied},
		"edited":             {func(_ *fake, p *post, _ *desk.Outgoing) { p.text = "@acme all is well" }, desk.ErrDenied},
		"takes no answers":   {func(f *fake, p *post, _ *desk.Outgoing) { f.gts, p.takes = true, []string{"author"} }, desk.ErrDenied},
		"removed":            {func(f *fake, p *post, _ *desk.Outgoing) { f.remove(p) }, desk.ErrGone},
		"no right to write":  {func(f *fake, _ *post, _ *desk.Outgoing) { f.user("acme").scopes = "read" }, desk.ErrDenied},
		"too long":           {func(_ *fake, _ *post, out *desk.Outgoing) { out.Text = strings.Repeat("x", 501) }, desk.ErrInvalid},
		"too long addressed": {func(_ *fake, _ *post, out *desk.Outgoing) { out.Text = strings.Repeat("x", 496) }, desk.ErrInvalid},
		"nothing to say":     {func(_ *fake, _ *post, out *desk.Outgoing) { out.Text = " " }, desk.ErrInvalid},
	} {
		f, parent := stage(mood{})
		r := speaker(t, f, "")
		out := outgoing(parent, "Elnézést!")
		c.change(f, parent, &out)
		before := len(f.posts)
		_, err := r.Reply(t.Context(), out)
		if !errors.Is(err, c.want) || len(f.posts) != before {
			t.Errorf("%s: %v; want %v and nothing public", name, err, c.want)
		}
	}
}

// The address counts with its name alone: 496 letters and "@eva " are 501, 495 are 500.
func TestLimits(t *testing.T) {
	t.Parallel()
	f, parent := stage(mood{})
	if _, err := speaker(t, f, "").Reply(t.Context(), outgoing(parent, strings.Repeat("x", 495))); err != nil {
		t.Error(err)
	}
	f, parent = stage(mood{gts: true})
	if _, err := speaker(t, f, "limit: 5000\n").Reply(t.Context(), outgoing(parent, strings.Repeat("x", 4995))); err != nil {
		t.Error(err)
	}
	f, parent = stage(mood{})
	_, err := speaker(t, f, "limit: 5000\n").Reply(t.Context(), outgoing(parent, strings.Repeat("x", 600)))
	if !errors.Is(err, desk.ErrInvalid) || !strings.Contains(err.Error(), "limit") {
		t.Errorf("a server that takes less says %v", err)
	}
}

func TestUnlistedIsAnsweredUnlisted(t *testing.T) {
	t.Parallel()
	f, parent := stage(mood{})
	parent.visibility = "unlisted"
	if _, err := speaker(t, f, "").Reply(t.Context(), outgoing(parent, "Elnézést!")); err != nil {
		t.Fatal(err)
	}
	if last := f.posts[len(f.posts)-1]; last.visibility != "unlisted" {
		t.Errorf("the answer is %s", last.visibility)
	}
}

// Absent is what was looked for to the end; beyond reach it is unknown.
func TestAbsentMeansLookedForToTheEnd(t *testing.T) {
	t.Parallel()
	f, parent := stage(mood{})
	r := speaker(t, f, "page: 2\n")
	out := outgoing(parent, "Elnézést!")
	out.StartedAt = now().Add(-10 * time.Minute)
	for range 20 {
		f.say("acme", "Good morning", nil, 2*time.Hour)
	}
	for range 20 {
		f.say("acme", "Good day", nil, time.Minute)
	}
	if found, err := r.Find(t.Context(), out); err != nil || found.Finding != desk.FoundAbsent {
		t.Errorf("found %+v, %v", found, err)
	}
	for range 100 {
		f.say("acme", "Good night", nil, time.Second)
	}
	if found, err := r.Find(t.Context(), out); err != nil || found.Finding != desk.FoundNot {
		t.Errorf("among too many of ours: found %+v, %v", found, err)
	}
	f.left = 1
	if found, err := r.Find(t.Context(), out); err == nil || found.Finding != desk.FoundNot {
		t.Errorf("under the rate limit: found %+v, %v", found, err)
	}
}
