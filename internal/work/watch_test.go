package work_test

import (
	"context"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/outbox"
)

// gate is a network that checks replies first.
type gate struct{ desk.Found }

func (g *gate) Reply(context.Context, desk.Outgoing) (desk.Receipt, error) {
	panic("a watch must not speak")
}
func (g *gate) Find(_ context.Context, out desk.Outgoing) (desk.Found, error) { return g.Found, nil }

// look carries a due watch out once.
func (b *bench) look(g *gate) desk.Settlement {
	b.t.Helper()
	w := &outbox.Watcher{Ledger: b.desk, Now: func() time.Time { return b.now }, Speaker: func(context.Context, string, desk.Mention) (outbox.Speaker, outbox.Terms, error) {
		return g, outbox.Terms{Timeout: 20 * time.Second}, nil
	}}
	e := b.due(desk.EntryWatch)
	s := w.Act(b.ctx, e)
	b.must(w.Settle(b.ctx, e, s))
	return s
}

func TestModerationEndsInPublic(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		_, r := b.published("We are on it.", desk.Receipt{Visibility: desk.VisibleModerate})
		if r.Visibility != desk.VisibleModerate || b.only().State != desk.CaseAnswered {
			t.Errorf("in moderation: %+v, the case is %s", r, b.only().State)
		}
		g := &gate{desk.Found{Finding: desk.FoundIt, Receipt: desk.Receipt{Visibility: desk.VisibleModerate}}}
		for _, later := range []time.Duration{time.Minute, 4 * time.Minute, 10 * time.Minute, 45 * time.Minute, 5 * time.Hour, 6 * time.Hour} {
			b.now = b.now.Add(later)
			if s := b.look(g); s.State != desk.EntryWaiting {
				t.Fatalf("after %s: %+v", later, s)
			}
		}
		b.queued("And a second answer.") // which must not wait for the watch
		b.now = b.now.Add(time.Hour)
		b.claim()
		b.now = b.now.Add(5 * time.Hour)
		g.Receipt = desk.Receipt{Visibility: desk.VisiblePublic, URL: "https://demo.example/r1"}
		b.look(g)
		if got := b.reply(r.ID); got.Visibility != desk.VisiblePublic || got.Receipt.URL == "" || got.Text != "We are on it." {
			t.Errorf("at the end: %+v", got)
		}
	})
}

func TestModerationEndsInRejection(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		id, r := b.published("We are on it.", desk.Receipt{Visibility: desk.VisibleModerate})
		b.must(b.desk.Resolve(b.ctx, b.anna, id, 0, "answered"))
		b.now = b.now.Add(time.Minute)
		b.look(&gate{desk.Found{Finding: desk.FoundIt, Receipt: desk.Receipt{Visibility: desk.VisibleRejected, Note: "It names a person."}}})
		got, c := b.reply(r.ID), b.only()
		if got.Visibility != desk.VisibleRejected || got.Receipt.Note != "It names a person." || got.Stands() {
			t.Errorf("rejected: %+v", got)
		}
		if c.State != desk.CaseTaken || !c.AnsweredAt.IsZero() {
			t.Errorf("the case is %s, answered %v; want taken again and never answered", c.State, c.AnsweredAt)
		}
		told := false
		for _, e := range b.view(id).History {
			told = told || e.What == desk.EventReplyVisible && e.To == string(desk.VisibleRejected)
		}
		if !told {
			t.Error("no event tells of the rejection")
		}

		// Mended and accepted, it answers after all.
		_, err := b.desk.EditPublished(b.ctx, b.anna, r.ID, "We are on it, thank you.", 0)
		b.must(err)
		b.mend(desk.EntryEdit, &wall{})
		if got, c := b.reply(r.ID), b.only(); got.Visibility != desk.VisiblePublic || got.Receipt.Note != "" || c.State != desk.CaseAnswered {
			t.Errorf("mended: %+v, the case is %s", got, c.State)
		}
	}, editable)
}

// What the network rejects at once has answered nobody.
func TestRejectedAtOnce(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		_, r := b.published("We are on it.", desk.Receipt{Visibility: desk.VisibleRejected})
		if c := b.only(); r.Visibility != desk.VisibleRejected || c.State != desk.CaseTaken || !c.AnsweredAt.IsZero() {
			t.Errorf("%s, the case is %s", r.Visibility, c.State)
		}
		b.queued("Other words.") // where the network takes one answer, a rejected one does not count
	}, editable)
}

// A watch ends when the reply is gone before the site has looked at it.
func TestWatchOfWhatIsDeleted(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		_, r := b.published("We are on it.", desk.Receipt{Visibility: desk.VisibleModerate})
		_, err := b.desk.DeletePublished(b.ctx, b.anna, r.ID, 0)
		b.must(err)
		b.mend(desk.EntryDelete, &wall{})
		if s := b.look(&gate{}); s.State != desk.EntryDone {
			t.Errorf("the watch: %+v", s)
		}
		if got := b.reply(r.ID); got.Visibility != desk.VisibleDeleted {
			t.Errorf("the reply is %s", got.Visibility)
		}
	}, editable)
}

// A poll that shows an answer in moderation, new or known, lets the desk look at once instead of hours later. What is public is left alone.
func TestPollEndsTheWait(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		_, r := b.published("We are on it.", desk.Receipt{Visibility: desk.VisibleModerate})
		g := &gate{desk.Found{Finding: desk.FoundIt, Receipt: desk.Receipt{Visibility: desk.VisibleModerate}}}
		idle := func(when string) {
			t.Helper()
			entries, err := b.store.ClaimEntries(b.ctx, desk.EntryWatch, "test", time.Minute, 10)
			b.must(err)
			if len(entries) != 0 {
				t.Fatalf("%s a look is due", when)
			}
		}
		b.now = b.now.Add(2 * time.Hour)
		b.look(g)
		b.now = b.now.Add(time.Minute)
		idle("before the poll")
		answer := post("r1", "acme", byUs, under("1"), words("We are on it."))
		b.bring(post("r2", "acme", byUs, under("1"), words("Something else.")))
		idle("after another answer of ours")
		b.bring(answer)
		b.look(g)
		idle("after the look")
		b.bring(answer) // known by now
		g.Receipt = desk.Receipt{Visibility: desk.VisiblePublic}
		b.look(g)
		if got := b.reply(r.ID); got.Visibility != desk.VisiblePublic {
			t.Errorf("the reply is %s", got.Visibility)
		}
		b.bring(answer)
		idle("after the end")
	})
}
