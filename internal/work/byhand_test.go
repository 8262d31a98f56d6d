package work_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/work"
)

// readOnly is a site that takes no answers from outside.
func readOnly(o *work.Options) { o.Answer = func(desk.Mention) work.Answer { return work.Answer{} } }

// handed opens a case and leaves an answer to a person's hand.
func (b *bench) handed(text string) desk.Reply {
	b.t.Helper()
	b.bring(post("1", "eve", said(10)))
	c, r := b.draft(text)
	r, err := b.desk.PostByHand(b.ctx, b.anna, r.ID, r.Version, b.seen(c.ID, c.Case.Head))
	b.must(err)
	return r
}

// at dates a mention by the bench's clock.
func (b *bench) at(m *desk.Mention) { m.PostedAt = b.now }

func TestPostedByHandAndSeen(t *testing.T) {
	const ours = "We are sorry, Eve. A new parcel leaves today and the old one is yours."
	for name, seen := range map[string]string{
		"as it was":    ours,
		"blanks":       strings.ReplaceAll(ours, " ", "\u00a0\n"),
		"letter":       strings.ReplaceAll(ours, "parcel", "package"),
		"handle":       "@eve " + ours,
		"other accent": strings.ReplaceAll(ours, "Eve", "Éve"),
	} {
		t.Run(name, func(t *testing.T) {
			engines(t, func(t *testing.T, b *bench) {
				r := b.handed(ours)
				if c := b.only(); c.ReplyState != desk.ReplyByHand || c.State != desk.CaseTaken {
					t.Errorf("the case is %s with a reply that is %s", c.State, c.ReplyState)
				}
				if page, err := b.store.ListCards(b.ctx, desk.Everything, desk.CaseFilter{}, desk.ColumnByHand, "", 9); err != nil || len(page.Cards) != 1 {
					t.Errorf("%d cards by hand, %v", len(page.Cards), err)
				}
				b.now = b.now.Add(time.Hour)
				b.bring(post("1#reply", "acme", byUs, under("1"), words(seen), b.at))
				got := b.reply(r.ID)
				if got.State != desk.ReplyPublished || got.Receipt.Remote != "1#reply" || got.Receipt.Verified != desk.VerifiedPoll || got.Visibility != desk.VisiblePublic {
					t.Errorf("%+v", got)
				}
				if c := b.only(); c.State != desk.CaseAnswered {
					t.Errorf("the case is %s", c.State)
				}
			}, readOnly)
		})
	}
}

func TestPostedByHandOtherwise(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		r := b.handed("We are sorry. A new parcel leaves today.")
		b.now = b.now.Add(time.Hour)
		b.bring(post("9", "acme", byUs, under("1"), words("Please call us."), b.at))
		got := b.reply(r.ID)
		if got.State != desk.ReplyByHand || !strings.Contains(got.Note, "words differ") || b.only().State != desk.CaseAnswered {
			t.Errorf("the case is %s, the reply %+v", b.only().State, got)
		}
		if got.Unseen(b.now) || !got.Unseen(b.now.Add(4*24*time.Hour)) {
			t.Error("unseen after an hour, or not after four days")
		}
		b.bring(post("9", "acme", byUs, under("1"), words("We are sorry. A new parcel leaves today."), b.at, func(m *desk.Mention) { m.EditedAt = b.now }))
		if got := b.reply(r.ID); got.State != desk.ReplyPublished || got.Receipt.Remote != "9" {
			t.Errorf("after the colleague put in the right words: %+v", got)
		}
	}, readOnly)
}

func TestPostedByHandSaysAPerson(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		r := b.handed("We are sorry.")
		if _, err := b.desk.Posted(b.ctx, b.bela, r.ID, "javascript:alert(1)"); !errors.Is(err, desk.ErrInvalid) {
			t.Errorf("an address that is none: %v, want invalid", err)
		}
		back, err := b.desk.Withdraw(b.ctx, b.anna, r.ID)
		b.must(err)
		c := b.only()
		r, err = b.desk.PostByHand(b.ctx, b.anna, r.ID, back.Version, b.seen(c.ID, c.Case.Head))
		b.must(err)
		_, err = b.desk.Posted(b.ctx, b.bela, r.ID, "https://reviews.example/1#reply")
		b.must(err)
		got := b.reply(r.ID)
		if got.State != desk.ReplyPublished || got.Receipt.Verified != desk.VerifiedPerson || got.Receipt.URL == "" || b.only().State != desk.CaseAnswered {
			t.Errorf("the case is %s, the reply %+v", b.only().State, got)
		}
		b.now = b.now.Add(time.Hour)
		b.bring(post("1#reply", "acme", byUs, under("1"), words("We are sorry."), b.at))
		if got := b.reply(r.ID); got.Receipt.Remote != "1#reply" {
			t.Errorf("seen later: %+v", got.Receipt)
		}
		if entries, err := b.store.ListOutbox(b.ctx, desk.Everything, []desk.EntryState{desk.EntryWaiting, desk.EntryLeased, desk.EntryDone, desk.EntryCancelled}, 9); err != nil || len(entries) != 0 {
			t.Errorf("%d entries in the outbox (%v), want none", len(entries), err)
		}
	}, readOnly)
}

func TestByHandOnlyWhereTheDeskCannot(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.bring(post("1", "eve"))
		c, r := b.draft("We are sorry.")
		if _, err := b.desk.PostByHand(b.ctx, b.anna, r.ID, r.Version, b.seen(c.ID, c.Case.Head)); !errors.Is(err, desk.ErrDenied) {
			t.Errorf("by hand where the desk answers itself: %v, want denied", err)
		}
	})
	t.Run("approval", func(t *testing.T) {
		engines(t, func(t *testing.T, b *bench) {
			b.bring(post("1", "eve"))
			c, r := b.draft("We are sorry.")
			if _, err := b.desk.PostByHand(b.ctx, b.anna, r.ID, r.Version, b.seen(c.ID, c.Case.Head)); !errors.Is(err, desk.ErrDenied) {
				t.Errorf("without approval: %v, want denied", err)
			}
			r, err := b.desk.Submit(b.ctx, b.anna, r.ID, r.Version, b.seen(c.ID, c.Case.Head))
			b.must(err)
			r, err = b.desk.Approve(b.ctx, b.chief, r.ID, r.Version, b.seen(c.ID, c.Case.Head))
			b.must(err)
			if r.State != desk.ReplyByHand || r.ApprovedBy != b.chief.ID {
				t.Errorf("approved: %+v", r)
			}
		}, readOnly, func(o *work.Options) { o.Workflow.Approval = "always" })
	})
}
