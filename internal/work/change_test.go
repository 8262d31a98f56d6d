package work_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/outbox"
	"github.com/earshotdesk/earshot/internal/work"
)

// wall is a network on which published replies can be changed. The errors are its next answers; what it was asked to do it does all
// the same when the answer is merely lost.
type wall struct {
	words string // of the one reply; empty once it is deleted
	edits int
	errs  []error
}

func (w *wall) next(do func()) error {
	if len(w.errs) == 0 {
		do()
		return nil
	}
	err := w.errs[0]
	w.errs = w.errs[1:]
	if _, lost := errors.AsType[*desk.Unknown](err); lost {
		do()
	}
	return err
}

func (w *wall) Edit(_ context.Context, out desk.Outgoing, r desk.Receipt) (desk.Receipt, error) {
	return desk.Receipt{Remote: r.Remote, URL: "https://demo.example/r1"}, w.next(func() { w.words = out.Text; w.edits++ })
}

func (w *wall) Delete(context.Context, desk.Outgoing, desk.Receipt) error {
	return w.next(func() { w.words = "" })
}

// editable lets the network edit and delete.
func editable(o *work.Options) {
	o.Answer = func(desk.Mention) work.Answer {
		return work.Answer{Account: "acme", Publish: true, Replies: true, Edit: true, Delete: true, Limit: 40, Unit: "characters", Length: func(s string) int { return len(s) }}
	}
}

// published opens a case and publishes an answer to it.
func (b *bench) published(text string, receipt desk.Receipt) (desk.CaseID, desk.Reply) {
	b.t.Helper()
	b.bring(post("1", "eve", said(10)))
	c, r := b.queued(text)
	b.now = b.now.Add(time.Minute)
	e := b.claim()
	_, err := b.desk.Begin(b.ctx, e)
	b.must(err)
	receipt.Remote = "r1"
	b.must(b.desk.Settle(b.ctx, e, desk.Settlement{State: desk.EntryDone, Receipt: receipt}))
	return c.ID, b.reply(r.ID)
}

func (b *bench) reply(id desk.ReplyID) desk.Reply {
	b.t.Helper()
	for _, r := range b.view(b.only().ID).Replies {
		if r.ID == id {
			return r
		}
	}
	b.t.Fatalf("there is no reply %s", id)
	return desk.Reply{}
}

// due claims the one entry of a kind that is due.
func (b *bench) due(kind string) desk.Entry {
	b.t.Helper()
	entries, err := b.store.ClaimEntries(b.ctx, kind, "test", time.Minute, 10)
	b.must(err)
	if len(entries) != 1 {
		b.t.Fatalf("%d entries of kind %s are due, want one", len(entries), kind)
	}
	return entries[0]
}

// mend carries the due change out, and again later for as long as it waits.
func (b *bench) mend(kind string, w *wall) desk.Settlement {
	b.t.Helper()
	c := &outbox.Changer{Ledger: b.desk, Now: func() time.Time { return b.now }, Mender: func(context.Context, string, desk.Mention) (outbox.Mender, outbox.Terms, error) {
		return w, outbox.Terms{Timeout: 20 * time.Second}, nil
	}}
	for range 30 {
		b.now = b.now.Add(20 * time.Minute)
		e := b.due(kind)
		s := c.Act(b.ctx, e)
		b.must(c.Settle(b.ctx, e, s))
		if s.State != desk.EntryWaiting {
			return s
		}
	}
	b.t.Fatal("the change never ended")
	return desk.Settlement{}
}

// life is what the public read of a reply, one line for each moment.
func (b *bench) life(id desk.ReplyID) string {
	b.t.Helper()
	var out []string
	for _, v := range b.view(b.only().ID).Past[id] {
		who := "site"
		if v.By != "" {
			who = "us"
		}
		out = append(out, string(v.Kind)+" "+who+" "+v.Text)
	}
	return strings.Join(out, "\n")
}

func TestEditThenDelete(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		id, r := b.published("We are on it.", desk.Receipt{URL: "https://demo.example/r1"})
		w := &wall{words: r.Text, errs: []error{
			&desk.Transient{Err: errors.New("busy")}, &desk.Unknown{Err: errors.New("no answer")}, &desk.Unknown{Err: &desk.Transient{Err: errors.New("cut")}},
		}}
		asked, err := b.desk.EditPublished(b.ctx, b.bela, r.ID, " It is mended now. ", r.Version)
		b.must(err)
		if !asked.Change.Pending() || asked.Text != "We are on it." || asked.State != desk.ReplyPublished {
			t.Errorf("asked: %+v", asked)
		}
		if _, err := b.desk.DeletePublished(b.ctx, b.anna, r.ID, 0); !errors.Is(err, desk.ErrConflict) {
			t.Errorf("a second change while the first is on its way: %v, want a conflict", err)
		}
		b.mend(desk.EntryEdit, w)
		got := b.reply(r.ID)
		if w.words != "It is mended now." || got.Text != w.words || got.Change.Kind != "" || got.Visibility != desk.VisiblePublic {
			t.Errorf("public: %q, the desk says %+v", w.words, got)
		}
		if diff := cmp.Diff("published us We are on it.\nedited us It is mended now.", b.life(r.ID)); diff != "" {
			t.Error(diff)
		}
		_, err = b.desk.DeletePublished(b.ctx, b.anna, r.ID, got.Version)
		b.must(err)
		w.errs = []error{&desk.Unknown{Err: errors.New("no answer")}}
		b.mend(desk.EntryDelete, w)
		got = b.reply(r.ID)
		if w.words != "" || got.State != desk.ReplyPublished || got.Visibility != desk.VisibleDeleted || got.Text != "It is mended now." || got.Stands() {
			t.Errorf("public: %q, the desk says %+v", w.words, got)
		}
		if !strings.HasSuffix(b.life(r.ID), "\ndeleted us ") {
			t.Errorf("its life: %s", b.life(r.ID))
		}
		if _, err := b.desk.EditPublished(b.ctx, b.anna, r.ID, "again", 0); !errors.Is(err, desk.ErrConflict) {
			t.Errorf("editing what is deleted: %v, want a conflict", err)
		}
		var told []string
		for _, e := range b.view(id).History {
			if e.What == desk.EventReplyEdit || e.What == desk.EventReplyDelete {
				told = append([]string{e.What + " " + e.To}, told...)
			}
		}
		if diff := cmp.Diff([]string{"reply.edit asked", "reply.edit done", "reply.delete asked", "reply.delete done"}, told); diff != "" {
			t.Error(diff)
		}
	}, editable)
}

// A desk dies between the network's act and the note of it: the next one does the same again, and the public sees it once.
func TestEditAfterACrash(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		_, r := b.published("We are on it.", desk.Receipt{})
		_, err := b.desk.EditPublished(b.ctx, b.anna, r.ID, "It is mended.", 0)
		b.must(err)
		w := &wall{words: r.Text}
		b.now = b.now.Add(time.Minute)
		e := b.due(desk.EntryEdit)
		out, receipt, err := b.desk.BeginChange(b.ctx, e)
		b.must(err)
		_, err = w.Edit(b.ctx, out, receipt)
		b.must(err) // and the process dies here
		if _, err := b.desk.DropChange(b.ctx, b.anna, r.ID); !errors.Is(err, desk.ErrConflict) {
			t.Errorf("taking back what may have left: %v, want a conflict", err)
		}
		b.mend(desk.EntryEdit, w)
		if got := b.reply(r.ID); w.words != "It is mended." || got.Text != w.words || w.edits != 2 || strings.Count(b.life(r.ID), "edited") != 1 {
			t.Errorf("public %q after %d edits, the desk says %q and\n%s", w.words, w.edits, got.Text, b.life(r.ID))
		}
		if err := b.desk.SettleChange(b.ctx, e, desk.Settlement{State: desk.EntryDead, Error: "late"}); !errors.Is(err, desk.ErrConflict) {
			t.Errorf("the dead holder settles: %v, want a conflict", err)
		}
	}, editable)
}

func TestChangeThatFails(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		_, r := b.published("We are on it.", desk.Receipt{})
		_, err := b.desk.EditPublished(b.ctx, b.anna, r.ID, "It is mended.", 0)
		b.must(err)
		w := &wall{words: r.Text, errs: []error{desk.Deniedf("Editing is over after a day.")}}
		b.mend(desk.EntryEdit, w)
		got := b.reply(r.ID)
		if !got.Change.Failed || got.Change.Note != "Editing is over after a day." || got.Text != "We are on it." || got.Visibility != desk.VisiblePublic {
			t.Errorf("refused: %+v", got)
		}
		_, err = b.desk.EditPublished(b.ctx, b.anna, r.ID, "It is mended.", got.Version) // a person tries again
		b.must(err)
		for range 40 {
			w.errs = append(w.errs, errors.New("surprise"))
		}
		if s := b.mend(desk.EntryEdit, w); s.State != desk.EntryDead || !strings.Contains(s.Error, "10 tries") {
			t.Errorf("after many tries: %+v", s)
		}
		_, err = b.desk.DropChange(b.ctx, b.anna, r.ID)
		b.must(err)
		if got := b.reply(r.ID); got.Change.Kind != "" || b.life(r.ID) != "" {
			t.Errorf("put away: %+v\n%s", got, b.life(r.ID))
		}
		if care, err := b.store.ListOutbox(b.ctx, desk.Everything, []desk.EntryState{desk.EntryDead}, 9); err != nil || len(care) != 0 {
			t.Errorf("%d acts still need a decision (%v), want none", len(care), err)
		}
	}, editable)
}

func TestChangesAreHeldBack(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		_, r := b.published("We are on it.", desk.Receipt{})
		b.must(b.desk.SetStop(b.ctx, b.chief, "desk", ""))
		_, err := b.desk.EditPublished(b.ctx, b.anna, r.ID, "It is mended.", 0)
		b.must(err)
		b.now = b.now.Add(time.Minute)
		e := b.due(desk.EntryEdit)
		_, _, err = b.desk.BeginChange(b.ctx, e)
		if held, ok := errors.AsType[*desk.Transient](err); !ok || held.After == 0 {
			t.Errorf("with the stop switch set: %v, want to wait", err)
		}
		b.must(b.desk.SettleChange(b.ctx, e, desk.Settlement{State: desk.EntryWaiting, NextAt: b.now, Error: "outgoing words are stopped", NotSent: true}))
		if got := b.reply(r.ID); got.Change.Note != "outgoing words are stopped" {
			t.Errorf("it does not say why it waits: %+v", got.Change)
		}
		_, err = b.desk.DropChange(b.ctx, b.anna, r.ID) // taken back while it waits
		b.must(err)
		if entries, err := b.store.ClaimEntries(b.ctx, desk.EntryEdit, "test", time.Minute, 10); err != nil || len(entries) != 0 {
			t.Errorf("%d entries are due (%v), want none", len(entries), err)
		}
	}, editable)
}

func TestWhoMayChangeWhat(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		_, r := b.published("We are on it.", desk.Receipt{})
		denied := func(what, says string, err error) {
			t.Helper()
			if err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("%s: %v, want %q", what, err, says)
			}
		}
		ask := func(words string) error {
			_, err := b.desk.EditPublished(b.ctx, b.anna, r.ID, words, 0)
			return err
		}
		denied("no words", "delete it", ask("  "))
		denied("the same words", "public already", ask("We are on it."))
		denied("too many words", "takes 40", ask(strings.Repeat("x", 41)))
		_, err := b.desk.EditPublished(b.ctx, b.anna, r.ID, "other", r.Version-1)
		denied("an old page", "changed meanwhile", err)
	}, editable)
	t.Run("approval", func(t *testing.T) {
		engines(t, func(t *testing.T, b *bench) {
			b.bring(post("1", "eve"))
			c, r := b.draft("We are on it.")
			r, err := b.desk.Submit(b.ctx, b.anna, r.ID, r.Version, b.seen(c.ID, c.Case.Head))
			b.must(err)
			_, err = b.desk.Approve(b.ctx, b.chief, r.ID, r.Version, b.seen(c.ID, c.Case.Head))
			b.must(err)
			b.now = b.now.Add(time.Minute)
			e := b.claim()
			_, err = b.desk.Begin(b.ctx, e)
			b.must(err)
			b.must(b.desk.Settle(b.ctx, e, desk.Settlement{State: desk.EntryDone, Receipt: desk.Receipt{Remote: "r1"}}))
			if _, err := b.desk.DeletePublished(b.ctx, b.anna, r.ID, 0); !errors.Is(err, desk.ErrDenied) {
				t.Errorf("an agent deletes where replies need approval: %v, want denied", err)
			}
			_, err = b.desk.DeletePublished(b.ctx, b.chief, r.ID, 0)
			b.must(err)
		}, editable, func(o *work.Options) { o.Workflow.Approval = "always" })
	})
}
