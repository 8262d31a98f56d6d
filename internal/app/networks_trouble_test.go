package app

import (
	"bytes"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/earshotdesk/earshot/internal/desk"
)

// TestTokenRevoked: when the network takes the token no more, both sources of the account say so, the account is marked and one
// colleague's notice goes out; with a new token everything goes on where it stood, and nothing was said twice or missed.
func TestTokenRevoked(t *testing.T) {
	t.Parallel()
	h := newHerd(t)
	w := newNetworkWorld(t, "", `
accounts: [{name: acme-herd, kind: mastodon, server: "`+h.URL+`", handle: acme, publish: "on"}]
sources:
  - {name: town, kind: mastodon, account: acme-herd, brand: acme, every: 1h}
  - {name: tags, kind: mastodon, account: acme-herd, brand: acme, every: 1h, tags: [{tag: acmephone}]}
`)
	w.token("sesame")
	w.begin()
	id := h.says("mira", "@acme my Acme Phone is broken, terrible", "public")
	link := w.caseOf("Phone is broken")

	who := operator()
	w.until("the other source has read it, too", func() bool {
		check(t, w.app.work.PollNow(t.Context(), &who, "tags"))
		return strings.Contains(w.source("tags").Cursor, id)
	})

	h.do(func() { h.token = "sesame-the-second" })
	h.says("eve", "@acme the delivery is lost, horrible", "public")
	for range 2 {
		w.poll()
		check(t, w.app.work.PollNow(t.Context(), &who, "tags"))
		w.until("the other source fails, too", func() bool { return w.source("tags").Health == desk.HealthFailing })
	}
	w.says("/sources", "main", "the network does not take the token of the account acme-herd; it needs a new one")
	if s := w.source("town"); s.Health != desk.HealthFailing || s.Cursor == "" {
		t.Errorf("the source: %+v", s)
	}
	w.says("/accounts", ".notice", "acme-herd needs a person")
	w.until("a colleague is told", func() bool { return strings.Contains(w.out.String(), "Account acme-herd needs a person") })

	const words = "Sorry, a new one is on its way."
	w.sends(link, words)
	w.untilPage(link, "[data-reply=failed] .msg__foot", "it needs a new one")
	w.want(h.answers(id))

	w.token("sesame-the-second")
	asked := h.calls("")
	w.poll()
	lost := w.caseOf("delivery is lost")
	if lost == link {
		t.Error("another customer's words are in the same case")
	}
	h.do(func() {
		for _, call := range h.called[asked:] {
			if strings.Contains(call, "/notifications") && !strings.Contains(call, "min_id") {
				t.Errorf("%s does not go on where the source stood", call)
			}
		}
	})
	w.until("a colleague is told that it is well", func() bool {
		return strings.Contains(w.out.String(), "Account acme-herd needs nobody any more")
	})
	if n := strings.Count(w.out.String(), "Account acme-herd needs a person"); n != 1 {
		t.Errorf("it was told %d times", n)
	}
	w.submit(link, "send", nil) // try again
	w.untilPage(link, "[data-reply] .msg__foot", "Seen on the site")
	w.want(h.answers(id), "public: @mira@far.example "+words)
}

// token gives the account its token as an admin does, while the desk runs or not.
func (w *world) token(token string) {
	w.t.Helper()
	opt := w.app.opt
	opt.Out, opt.Err = &bytes.Buffer{}, w.out
	check(w.t, SetToken(w.t.Context(), opt, "acme-herd", strings.NewReader(token+"\n")))
}

// TestStopAndPublishOff: an edit and an answer that wait for their time stay here while the stop switch is set, and leave once when
// it is lifted. When publishing is turned off, what waits fails with a sentence, and the public sees what it saw.
func TestStopAndPublishOff(t *testing.T) {
	t.Parallel()
	w, h := newHerdWorld(t)
	w.rewrite("undo: 100ms", "undo: 1h")
	stop := w.run()
	w.until("first contact is over", func() bool { return !w.source("town").FirstPollAt.IsZero() })
	w.browse()
	id := h.says("mira", "@acme my Acme Phone is broken, terrible", "public")
	link := w.caseOf("Phone is broken")
	const to, first, edited, second = "public: @mira@far.example ", "Sorry.", "Sorry, a new one has left.", "It arrives tomorrow."
	w.sends(link, first)
	w.later(desk.EntryPublish, link, "[data-reply] .msg__foot", "Seen on the site")

	who := operator()
	w.submit(link, "edit", url.Values{"text": {edited}})
	w.sends(link, second)
	check(t, w.app.work.SetStop(t.Context(), &who, "account", "acme-herd"))
	w.later(desk.EntryEdit, link, "[data-reply] .diff", "outgoing words are stopped")
	w.hurry(desk.EntryPublish)
	w.want(h.answers(id), to+first)
	check(t, w.app.work.LiftStop(t.Context(), &who, "account", "acme-herd"))
	w.later(desk.EntryEdit, link, "[data-reply] .diff", "Edited by Andrea")
	w.later(desk.EntryPublish, link, "[data-reply=published] .msg__text", second)
	w.want(h.answers(id), to+edited, to+second)

	w.submit(link, "edit", url.Values{"text": {"Something else."}})
	w.sends(link, "And another thing.")
	stop()
	w.rewrite(`publish: "on"`, `publish: "off"`)
	stop = w.run()
	defer stop()
	w.later(desk.EntryEdit, link, "[data-reply] .diff--failed", "publishing was turned off for the account acme-herd")
	w.later(desk.EntryPublish, link, "[data-reply=failed] .msg__foot", "publishing was turned off for the account acme-herd")
	w.want(h.answers(id), to+edited, to+second)
	w.says(link, ".dock", "Publishing is off for the account acme-herd")
}

// rewrite changes the configuration; it counts from the next start.
func (w *world) rewrite(from, to string) {
	w.t.Helper()
	file := w.app.opt.Config
	b, err := os.ReadFile(file)
	check(w.t, err)
	if !bytes.Contains(b, []byte(from)) {
		w.t.Fatalf("the configuration does not say %s", from)
	}
	check(w.t, os.WriteFile(file, bytes.Replace(b, []byte(from), []byte(to), 1), 0o600))
}
