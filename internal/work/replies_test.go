package work_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/work"
)

func TestSendGuard(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.bring(post("1", "eve"))
		c, r := b.draft("We are on it.")
		if c.State != desk.CaseTaken || c.Owner != b.anna.ID {
			t.Errorf("after a first draft the case is %s of %q, want it taken by the writer", c.State, c.Owner)
		}
		seen := b.seen(c.ID, c.Case.Head)
		r, err := b.desk.SaveDraft(b.ctx, b.anna, c.ID, c.Case.Head, "We are on it!", r.Version)
		b.must(err)
		if b.seen(c.ID, c.Case.Head) != seen {
			t.Error("saving a draft changed what the send guard compares")
		}
		b.bring(post("1", "eve", words("it is broken, and worse")))
		if _, err := b.desk.Send(b.ctx, b.anna, r.ID, r.Version, seen); !errors.Is(err, desk.ErrConflict) {
			t.Errorf("sending after an edit: %v, want a conflict", err)
		}
		if got, err := b.desk.Send(b.ctx, b.anna, r.ID, r.Version, b.seen(c.ID, c.Case.Head)); err != nil || got.State != desk.ReplyQueued {
			t.Errorf("sending what was read again: %s, %v", got.State, err)
		}
	})
}

func TestTheWritersOwnDraftDoesNotTripTheGuard(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.bring(post("1", "eve"))
		c := b.only()
		seen := b.seen(c.ID, c.Case.Head) // when the page was opened, before anybody had the case
		r, err := b.desk.SaveDraft(b.ctx, b.anna, c.ID, c.Case.Head, "We are on it.", 0)
		b.must(err)
		if c = b.only(); c.Owner != b.anna.ID || c.State != desk.CaseTaken {
			t.Errorf("the case is %s of %q, want it taken by the writer", c.State, c.Owner)
		}
		if _, err := b.desk.Send(b.ctx, b.anna, r.ID, r.Version, seen); err != nil {
			t.Errorf("sending: %v", err)
		}
	})
}

func TestTwoWritersOneDraft(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.bring(post("1", "eve"))
		c, r := b.draft("Anna's words")
		if _, err := b.desk.SaveDraft(b.ctx, b.bela, c.ID, c.Case.Head, "Béla's words", 0); !errors.Is(err, desk.ErrConflict) {
			t.Errorf("a second draft: %v, want a conflict", err)
		}
		if got := b.view(c.ID).Replies; len(got) != 1 || got[0].Text != "Anna's words" || got[0].ID != r.ID {
			t.Errorf("kept drafts: %+v", got)
		}
	})
}

func TestUndo(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.bring(post("1", "eve"))
		_, r := b.queued("We are on it.")
		if entries, err := b.store.ClaimEntries(b.ctx, desk.EntryPublish, "test", time.Minute, 10); err != nil || len(entries) != 0 {
			t.Fatalf("%d entries are due within the undo time (%v), want none", len(entries), err)
		}
		back, err := b.desk.Withdraw(b.ctx, b.anna, r.ID)
		b.must(err)
		if back.State != desk.ReplyDraft || back.Text != "We are on it." {
			t.Errorf("taken back: %s %q", back.State, back.Text)
		}
		b.now = b.now.Add(time.Minute)
		c := b.only()
		again, err := b.desk.Send(b.ctx, b.anna, r.ID, back.Version, b.seen(c.ID, c.Case.Head))
		b.must(err)
		b.now = b.now.Add(time.Minute)
		b.claim()
		if _, err := b.desk.Withdraw(b.ctx, b.anna, again.ID); !errors.Is(err, desk.ErrConflict) {
			t.Errorf("taking back what has left: %v, want a conflict", err)
		}
	})
}

func TestApprovalAlways(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.bring(post("1", "eve"))
		c, r := b.draft("We are on it.")
		see := func() desk.Seen { return b.seen(c.ID, c.Case.Head) }
		if _, err := b.desk.Send(b.ctx, b.anna, r.ID, r.Version, see()); !errors.Is(err, desk.ErrDenied) {
			t.Errorf("sending without approval: %v, want it refused", err)
		}
		r, err := b.desk.Submit(b.ctx, b.anna, r.ID, r.Version, see())
		b.must(err)
		if _, col, err := b.store.Card(b.ctx, desk.Everything, c.ID); err != nil || col != desk.ColumnAwaiting {
			t.Errorf("submitted: column %s (%v), want awaiting", col, err)
		}
		r, err = b.desk.Return(b.ctx, b.chief, r.ID, r.Version, "Kinder, please.")
		b.must(err)
		if r.State != desk.ReplyDraft || r.Note == "" {
			t.Errorf("returned: %s %q, want a draft with a note", r.State, r.Note)
		}
		r, err = b.desk.Submit(b.ctx, b.anna, r.ID, r.Version, see())
		b.must(err)
		r, err = b.desk.Approve(b.ctx, b.chief, r.ID, r.Version, see())
		b.must(err)
		if r.State != desk.ReplyQueued || r.ApprovedBy != b.chief.ID {
			t.Errorf("approved: %s by %q, want queued by the chief", r.State, r.ApprovedBy)
		}
	}, func(o *work.Options) { o.Workflow.Approval = "always" })
}

func TestWhatCannotBeSent(t *testing.T) {
	answer := work.Answer{Account: "acme", Publish: true, Replies: true, Limit: 40, Unit: "characters"}
	engines(t, func(t *testing.T, b *bench) {
		b.bring(post("1", "eve", func(m *desk.Mention) { m.Visibility = desk.Private }), post("2", "bob"))
		for _, c := range b.cards() {
			r, err := b.desk.SaveDraft(b.ctx, b.anna, c.ID, c.Case.Head, "Short.", 0)
			b.must(err)
			_, err = b.desk.Send(b.ctx, b.anna, r.ID, r.Version, b.seen(c.ID, c.Case.Head))
			if private := c.Head.Visibility == desk.Private; private != errors.Is(err, desk.ErrDenied) {
				t.Errorf("private %v: %v", private, err)
			}
			if err != nil {
				continue
			}
			long, err := b.desk.SaveDraft(b.ctx, b.anna, c.ID, c.Case.Head, strings.Repeat("long ", 20), 0)
			b.must(err)
			_, err = b.desk.Send(b.ctx, b.anna, long.ID, long.Version, b.seen(c.ID, c.Case.Head))
			if !errors.Is(err, desk.ErrInvalid) || !strings.Contains(err.Error(), "takes 40") {
				t.Errorf("too long: %v, want a sentence with the limit", err)
			}
			second, err := b.desk.SaveDraft(b.ctx, b.anna, c.ID, c.Case.Head, "Once more.", long.Version)
			b.must(err)
			if _, err = b.desk.Send(b.ctx, b.anna, second.ID, second.Version, b.seen(c.ID, c.Case.Head)); !errors.Is(err, desk.ErrConflict) {
				t.Errorf("a second reply where one is the most: %v, want a conflict", err)
			}
		}
	}, func(o *work.Options) { o.Answer = func(desk.Mention) work.Answer { return answer } })
}

func TestStopSwitchHoldsRepliesBack(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.bring(post("1", "eve"))
		_, r := b.queued("We are on it.")
		b.must(b.desk.SetStop(b.ctx, b.chief, "brand", "acme"))
		b.must(b.desk.SetStop(b.ctx, b.chief, "brand", "acme"))
		b.now = b.now.Add(time.Minute)
		e := b.claim()
		var wait *desk.Transient
		if _, err := b.desk.Begin(b.ctx, e); !errors.As(err, &wait) {
			t.Fatalf("beginning while stopped: %v, want it to wait", err)
		}
		b.must(b.desk.Settle(b.ctx, e, desk.Settlement{State: desk.EntryWaiting, NextAt: b.now, NotSent: true, Free: true, Error: "stopped"}))
		if got := b.view(b.only().ID).Replies[0]; got.ID != r.ID || got.State != desk.ReplyQueued || !got.StartedAt.IsZero() {
			t.Errorf("held back: %s started %v, want queued and not started", got.State, got.StartedAt)
		}
		b.must(b.desk.LiftStop(b.ctx, b.chief, "brand", "acme"))
		if _, err := b.desk.Begin(b.ctx, b.claim()); err != nil {
			t.Errorf("after lifting: %v", err)
		}
	})
}

func TestTargetIsCheckedRightBeforeTheCall(t *testing.T) {
	for name, change := range map[string]func(b *bench){
		"edited": func(b *bench) { b.bring(post("1", "eve", words("something else is broken"))) },
		"gone":   func(b *bench) { b.intake(desk.Intake{Gone: []desk.RemoteID{"1"}}) },
	} {
		t.Run(name, func(t *testing.T) {
			engines(t, func(t *testing.T, b *bench) {
				b.bring(post("1", "eve"))
				c, _ := b.queued("We are on it.")
				b.now = b.now.Add(time.Minute)
				change(b)
				e := b.claim()
				_, err := b.desk.Begin(b.ctx, e)
				if !errors.Is(err, desk.ErrDenied) {
					t.Fatalf("beginning: %v, want it refused", err)
				}
				b.must(b.desk.Settle(b.ctx, e, desk.Settlement{State: desk.EntryDead, Error: err.Error(), NotSent: true}))
				v := b.view(c.ID)
				if r := v.Replies[0]; r.State != desk.ReplyFailed || r.Note == "" || v.Case.State != desk.CaseTaken {
					t.Errorf("reply %s (%q), case %s; want failed with a sentence, case still taken", r.State, r.Note, v.Case.State)
				}
			})
		})
	}
}

func TestConfirm(t *testing.T) {
	for _, outcome := range []desk.ReplyState{desk.ReplyPublished, desk.ReplyFailed} {
		t.Run(string(outcome), func(t *testing.T) {
			engines(t, func(t *testing.T, b *bench) {
				b.bring(post("1", "eve"))
				c, r := b.queued("We are on it.")
				b.now = b.now.Add(time.Minute)
				e := b.claim()
				_, err := b.desk.Begin(b.ctx, e)
				b.must(err)
				b.must(b.desk.Settle(b.ctx, e, desk.Settlement{State: desk.EntryUnconfirmed, Error: "Look there."}))
				_, err = b.desk.Confirm(b.ctx, b.anna, r.ID, outcome)
				b.must(err)
				v := b.view(c.ID)
				answered := v.Case.State == desk.CaseAnswered
				if v.Replies[0].State != outcome || answered != (outcome == desk.ReplyPublished) {
					t.Errorf("reply %s, case %s", v.Replies[0].State, v.Case.State)
				}
				if _, err := b.desk.Confirm(b.ctx, b.anna, r.ID, outcome); !errors.Is(err, desk.ErrConflict) {
					t.Errorf("confirming twice: %v, want a conflict", err)
				}
			})
		})
	}
}

func TestUnconfirmedIsSettledByItsReturn(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.bring(post("1", "eve"))
		c, _ := b.queued("We are  on it.")
		b.now = b.now.Add(time.Minute)
		e := b.claim()
		_, err := b.desk.Begin(b.ctx, e)
		b.must(err)
		b.must(b.desk.Settle(b.ctx, e, desk.Settlement{State: desk.EntryUnconfirmed, Error: "Look there."}))
		b.bring(post("7", "acme", under("1"), byUs, words("@eve We are on it.")))
		v := b.view(c.ID)
		if r := v.Replies[0]; r.State != desk.ReplyPublished || r.Receipt.Remote != "7" || v.Case.State != desk.CaseAnswered {
			t.Errorf("reply %s with receipt %q, case %s; want it published by what the poll saw", r.State, r.Receipt.Remote, v.Case.State)
		}
	})
}
