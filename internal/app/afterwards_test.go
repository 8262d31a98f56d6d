package app

import (
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/demonet"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/outbox"
	"github.com/earshotdesk/earshot/internal/realsrv"
	"github.com/earshotdesk/earshot/internal/store"
	"github.com/earshotdesk/earshot/internal/work"
)

// TestAfterPublishing walks on where TestLoop ends: an answer is edited and deleted over the pages while the network loses its word
// of it, and the public sees each once; another waits for the site's check, is rejected, and the case is open again.
func TestAfterPublishing(t *testing.T) {
	t.Parallel()
	for name, dsn := range map[string]func(t *testing.T) string{
		"sqlite":   func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "desk.db") },
		"postgres": func(t *testing.T) string { return realsrv.Postgres(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, dsn(t))
			w.app.opt.ReplyTimeout = 2 * time.Second
			w.start()
			w.until("first contact is over", func() bool { return w.source("town").FirstPollAt.After(time.Time{}) })
			w.say("eve", "My Acme Phone is broken again, terrible, @acme")
			w.browse()
			link := w.openCase()
			const first, second = "Sorry about that. A new one leaves today.", "Sorry about that. A new one has left."
			w.submit(link, "send", url.Values{"text": {first}})
			w.until("the answer is public", func() bool { return w.standing(first) == 1 })
			w.untilPage(link, "form[action$='/edit']", "Publish the edit")

			check(t, w.net.SetMoods(demonet.Moods{Lose: demonet.Fault{Next: 1}}))
			w.submit(link, "edit", url.Values{"text": {second}})
			w.untilPage(link, "[data-reply] .diff", "Edited by Andrea")
			if w.standing(second) != 1 || w.standing(first) != 0 {
				t.Errorf("after the edit the public sees the new words %d times, the old ones %d", w.standing(second), w.standing(first))
			}

			if said := w.get(link).Find(".events").Text(); strings.Contains(said, "the customer edited") {
				t.Errorf("our own edit is told as the customer's: %s", said)
			}

			check(t, w.net.SetMoods(demonet.Moods{Lose: demonet.Fault{Next: 1}}))
			w.submit(link, "delete", nil)
			w.untilPage(link, "[data-reply] .diff__head", "Deleted by Andrea")
			page := w.get(link)
			if n := w.standing(second); n != 0 || !strings.Contains(page.Find(".msg--gone").Text(), second) {
				t.Errorf("after the deletion the public sees the words %d times; the case shows %q", n, page.Find("[data-reply]").Text())
			}

			w.rejected(link)
		})
	}
}

// rejected answers again; the site checks the answer and rejects it.
func (w *world) rejected(link string) {
	w.t.Helper()
	const third = "Call us on a number that nobody may write here."
	check(w.t, w.net.SetMoods(demonet.Moods{Moderate: true}))
	w.submit(link, "send", url.Values{"text": {third}})
	w.untilPage(link, "[data-reply] .pill", "Checked by the site")
	var id string
	for _, p := range w.net.All() {
		if p.Text == third {
			id = p.ID
		}
	}
	check(w.t, w.net.Moderate(id, false))
	w.lookLater()
	w.untilPage(link, "[data-reply] .pill", "Rejected by the site")
	if text := w.get(link).Find(".main > .bar .pill").Text(); !strings.Contains(text, "Taken") {
		w.t.Errorf("after the rejection the case is %s", text)
	}
}

// lookLater lets a worker whose clock is ahead look at what the site checks: the desk itself would look after a minute.
func (w *world) lookLater() {
	w.t.Helper()
	clock := func() time.Time { return time.Now().Add(2 * time.Minute) }
	later, err := store.Open(w.t.Context(), store.Options{DSN: w.app.cfg.Database.Reveal(), Now: clock, Log: w.app.log})
	check(w.t, err)
	defer func() { check(w.t, later.Close()) }()
	ledger := work.New(work.Options{Store: workStore{later}, Answer: w.app.answer, Log: w.app.log})
	worker := outbox.New(outbox.Options{Store: later, Owner: "later", Log: w.app.log, Handlers: map[string]outbox.Handler{
		desk.EntryWatch: &outbox.Watcher{Ledger: ledger, Speaker: w.app.speaker, Now: clock, Log: w.app.log},
	}})
	n, err := worker.Drain(w.t.Context())
	check(w.t, err)
	if n == 0 {
		w.t.Error("nothing was to be looked at")
	}
}

// standing counts what the public sees now.
func (w *world) standing(words string) int {
	n := 0
	for _, p := range w.net.All() {
		if p.State == demonet.StatePublic && strings.Contains(p.Text, words) {
			n++
		}
	}
	return n
}

// untilPage waits until a page says something in a place.
func (w *world) untilPage(link, selector, words string) {
	w.t.Helper()
	w.until(link+" says "+words, func() bool { return strings.Contains(w.get(link).Find(selector).Text(), words) })
}
