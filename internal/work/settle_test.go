package work_test

import (
	"errors"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/store"
)

// force puts a reply into a state, past the state machine: as a bug or a hand in the database would.
func (b *bench) force(id desk.ReplyID, s desk.ReplyState) {
	b.t.Helper()
	b.must(b.store.Update(b.ctx, func(tx *store.Tx) error {
		r, err := tx.Reply(b.ctx, id)
		if err != nil {
			return err
		}
		r.State = s
		return tx.UpdateReply(b.ctx, &r)
	}))
}

// An entry whose reply went another way ends: it neither speaks nor comes back for ever.
func TestAnEntryEndsWithoutItsReply(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.bring(post("1", "eve"))
		c, r := b.queued("We are on it.")
		b.now = b.now.Add(time.Minute)
		e := b.claim()
		b.force(r.ID, desk.ReplyDraft)
		if _, err := b.desk.Begin(b.ctx, e); !errors.Is(err, desk.ErrDenied) {
			t.Fatalf("beginning a draft: %v, want denied", err)
		}
		b.must(b.desk.Settle(b.ctx, e, desk.Settlement{State: desk.EntryDead, NotSent: true}))
		if got := b.view(c.ID).Replies[0].State; got != desk.ReplyDraft {
			t.Errorf("the reply is %s, want still a draft", got)
		}
		b.now = b.now.Add(time.Hour)
		if due, err := b.store.ClaimEntries(b.ctx, desk.EntryPublish, "test", time.Minute, 10); err != nil || len(due) != 0 {
			t.Errorf("%d entries are due (%v), want none", len(due), err)
		}
	})
}

// Two replies with the same words, the first unconfirmed, the second published: when the second comes back through a poll, the
// first stays unconfirmed.
func TestTheSameWordsTwice(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.bring(post("1", "eve"))
		for _, s := range []desk.Settlement{
			{State: desk.EntryUnconfirmed}, {State: desk.EntryDone, Receipt: desk.Receipt{Remote: "r2"}},
		} {
			b.queued("We are on it.")
			b.now = b.now.Add(time.Minute)
			e := b.claim()
			_, err := b.desk.Begin(b.ctx, e)
			b.must(err)
			b.must(b.desk.Settle(b.ctx, e, s))
		}
		b.bring(post("r2", "acme", byUs, under("1"), words("We are on it.")))
		replies := b.view(b.only().ID).Replies
		if len(replies) != 2 || replies[0].State != desk.ReplyUnconfirmed || replies[1].State != desk.ReplyPublished {
			t.Errorf("replies: %+v", replies)
		}
	})
}

// A colleague's answer that arrives while ours is being sent is stored; ours goes its way.
func TestColleagueAnswersWhileOursLeaves(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.bring(post("1", "eve"))
		_, r := b.queued("We are on it.")
		b.now = b.now.Add(time.Minute)
		e := b.claim()
		if got := b.bring(post("c1", "acme", byUs, under("1"), words("Fixed, sorry!"))); got.New != 1 {
			t.Fatalf("the colleague's answer: %+v, want it new", got)
		}
		_, err := b.desk.Begin(b.ctx, e)
		b.must(err)
		b.must(b.desk.Settle(b.ctx, e, desk.Settlement{State: desk.EntryDone, Receipt: desk.Receipt{Remote: "r1"}}))
		if got := b.view(b.only().ID).Replies[0]; got.ID != r.ID || got.State != desk.ReplyPublished {
			t.Errorf("our reply: %+v, want it published", got)
		}
	})
}
