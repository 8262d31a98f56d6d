package app

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// TestKilledOnMastodon kills a desk each time that a server which drops no repetition has taken an answer, before or just after it
// says so. Every answer is public once in the end, and the desk knows where.
func TestKilledOnMastodon(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	t.Parallel()
	const kills = 5
	w, h := newHerdWorld(t)
	took := make(chan struct{}, kills)
	h.do(func() {
		h.took = func() {
			took <- struct{}{}
			time.Sleep(rand.N(200 * time.Millisecond)) // processes are real, so is the time
		}
	})
	s := &siege{t: t, config: w.app.opt.Config, log: filepath.Join(t.TempDir(), "desks.log")}
	opt := tortured(s.config)
	opt.Err = w.out
	var err error
	w.app, err = Open(t.Context(), opt)
	check(t, err)
	t.Cleanup(func() { check(t, w.app.Close()) })
	who := operator()
	u, _, err := w.app.work.AddUser(t.Context(), &who, desk.User{Email: "agent@example.com", Name: "Andrea", Role: desk.RoleAdmin})
	check(t, err)
	running := s.spawn("desk", s.config)
	w.until("first contact is over", func() bool {
		source, err := w.app.store.Source(t.Context(), "town")
		return err == nil && !source.FirstPollAt.IsZero()
	})
	var said []string
	for i := range kills {
		said = append(said, h.says(fmt.Sprint("mira", i), "@acme my Acme Phone is broken, terrible", "public"))
	}
	w.until("every mention has a case", func() bool {
		w.look()
		return len(w.mentions()) == kills
	})
	for _, m := range w.mentions() {
		w.answers(&u, m)
		select {
		case <-took:
		case <-time.After(time.Minute):
			t.Fatalf("no answer left\n%s", s.tail())
		}
		time.Sleep(rand.N(250 * time.Millisecond))
		running.kill(t)
		running = s.spawn("desk", s.config)
	}
	published := func() bool {
		for _, m := range w.mentions() {
			v, err := w.app.store.CaseView(t.Context(), desk.Everything, m.Case)
			check(t, err)
			if len(v.Replies) != 1 || v.Replies[0].State != desk.ReplyPublished || v.Replies[0].Receipt.Remote == "" {
				return false
			}
		}
		return true
	}
	w.until("the desk knows of every answer", published)
	running.end(t)
	for _, id := range said {
		if got := h.answers(id); len(got) != 1 {
			t.Errorf("in public stands %q", got)
		}
	}
}

// answers sends an answer past the pages, as a colleague's browser on another desk's process would.
func (w *world) answers(who *desk.User, m desk.MentionRow) {
	w.t.Helper()
	r, err := w.app.work.SaveDraft(w.t.Context(), who, m.Case, m.ID, "We are sorry.", 0)
	check(w.t, err)
	v, err := w.app.store.CaseView(w.t.Context(), desk.Everything, m.Case)
	check(w.t, err)
	_, err = w.app.work.Send(w.t.Context(), who, r.ID, r.Version, desk.Seen{Case: v.Case.Version, Target: m.Version})
	check(w.t, err)
}
