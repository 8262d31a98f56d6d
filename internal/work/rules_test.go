package work_test

import (
	"errors"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/work"
)

// said dates a mention, minutes after the bench's first moment.
func said(minutes int) func(*desk.Mention) {
	return func(m *desk.Mention) {
		m.PostedAt = time.Date(2026, 3, 2, 8, minutes, 0, 0, time.UTC)
	}
}

// resolve takes the only case and ends it.
func (b *bench) resolve() {
	b.t.Helper()
	c := b.only()
	b.must(b.desk.Claim(b.ctx, b.anna, c.ID))
	b.must(b.desk.Resolve(b.ctx, b.anna, c.ID, 0, "done"))
}

// History that a new source or an import brings joins its thread, but wakes nothing and tells nobody.
func TestQuietHistoryWakesNothing(t *testing.T) {
	for name, in := range map[string]desk.Intake{"first contact": {First: true}, "import": {OpenNone: true}} {
		t.Run(name, func(t *testing.T) {
			engines(t, func(t *testing.T, b *bench) {
				b.bring(post("1", "eve", said(20)))
				b.resolve()
				before := b.only()
				b.now = b.now.Add(time.Hour)
				in := in
				in.Mentions = []desk.Mention{
					post("2", "eve", under("1"), said(10)), post("3", "eve", under("1")), post("4", "eve", said(5)), post("5", "eve"),
					post("6", "acme", byUs, under("1"), said(15)), post("7", "acme", byUs, under("1")),
				}
				r, err := b.from("other", in)
				b.must(err)
				if r.New != 6 || r.Opened != 0 || r.Joined != 2 {
					t.Errorf("%+v, want six new, of which two joined the thread", r)
				}
				c := b.only()
				if c.State != desk.CaseResolved || c.Case.Head != before.Case.Head || !c.RemarkAt.Equal(before.RemarkAt) {
					t.Errorf("the case is %s, its head and newest remark moved: %v to %v", c.State, before.RemarkAt, c.RemarkAt)
				}
			})
		})
	}
}

// What first contact brings and was certainly said after all that is known of a case is news to it: no later poll brings it again.
func TestFirstContactBringsNewsOfACase(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.bring(post("1", "eve", said(10)))
		b.resolve()
		_, err := b.from("other", desk.Intake{First: true, Mentions: []desk.Mention{post("2", "eve", under("1"), said(20))}})
		b.must(err)
		if c := b.only(); c.State != desk.CaseTaken {
			t.Errorf("the case is %s, want taken again", c.State)
		}
	})
}

// A poll that brings a conversation newest first, with our answer in it, ends as one that brings it in order.
func TestOrderWithinAPoll(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.bring(post("2", "acme", byUs, under("1"), said(20)), post("1", "eve", said(10)))
		if c := b.only(); c.State != desk.CaseAnswered {
			t.Errorf("answered before the poll: the case is %s", c.State)
		}
		b.bring(post("6", "bob", under("5"), said(40)), post("5", "bob", said(30)))
		for _, c := range b.cards() {
			if c.Author == "bob" && c.Head.Remote != "6" {
				t.Errorf("the newest word of the case is %s, want 6", c.Head.Remote)
			}
		}
	})
}

// A post of ours answers nothing when it began the conversation or is older than what the customer said last.
func TestWhatOfOursIsNoAnswer(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.bring(post("2", "eve", under("1"), said(10)))
		b.bring(post("1", "acme", byUs, words("Our news"), func(m *desk.Mention) { m.Thread = "1" }))
		b.bring(post("3", "acme", byUs, under("1"), said(5)))
		if c := b.only(); c.State != desk.CaseNew {
			t.Errorf("the case is %s, want still new", c.State)
		}
		b.bring(post("4", "acme", byUs, under("1"), said(15)))
		if c := b.only(); c.State != desk.CaseAnswered {
			t.Errorf("the case is %s, want answered by the later post", c.State)
		}
	})
}

// A case that was joined from another conversation hears what is said there; so does one whose root comes late.
func TestEveryConversationOfACase(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.bring(post("1", "eve"))
		b.bring(post("20", "eve"))
		other := desk.Source{Name: "other", Site: b.src.Site, Brand: "birch"}
		_, err := b.desk.Ingest(b.ctx, desk.Intake{Source: other, At: b.now, Mentions: []desk.Mention{post("21", "acme", byUs, under("20"), words("On it."))}})
		b.must(err)
		if c := b.only(); c.State != desk.CaseAnswered {
			t.Errorf("after a colleague's answer in the second conversation: %s, want answered", c.State)
		}
		b.bring(post("22", "bob", words("me too"), func(m *desk.Mention) { m.Parent, m.Thread = "20", "somewhere else" }))
		if c := b.only(); c.Mentions != 3 {
			t.Errorf("the case has %d mentions, want 3", c.Mentions)
		}
		b.bring(post("31", "zoe", under("30")))
		if r := b.bring(post("30", "tom", words("a question"))); r.Joined != 1 {
			t.Errorf("the root that came late: %+v, want it joined", r)
		}
	})
}

// A reply that awaits approval is taken back when a colleague answers elsewhere, and keeps its case from being ended; a newer
// draft does not hide it.
func TestAwaitingReply(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.bring(post("1", "eve"))
		c, r := b.draft("We are on it.")
		_, err := b.desk.Submit(b.ctx, b.anna, r.ID, r.Version, b.seen(c.ID, c.Case.Head))
		b.must(err)
		if err := b.desk.Resolve(b.ctx, b.anna, c.ID, 0, ""); !errors.Is(err, desk.ErrConflict) {
			t.Errorf("resolving: %v, want a conflict", err)
		}
		_, err = b.desk.SaveDraft(b.ctx, b.bela, c.ID, c.Case.Head, "Another idea", 0)
		b.must(err)
		if _, col, err := b.store.Card(b.ctx, desk.Everything, c.ID); err != nil || col != desk.ColumnAwaiting {
			t.Errorf("column %s (%v), want awaiting", col, err)
		}
		b.bring(post("2", "acme", under("1"), byUs, words("Answered from the app.")))
		v := b.view(c.ID)
		if v.Case.State != desk.CaseAnswered || v.Replies[0].State != desk.ReplyDraft || v.Replies[0].Note == "" {
			t.Errorf("case %s, reply %s (%q); want answered, and a draft with a note", v.Case.State, v.Replies[0].State, v.Replies[0].Note)
		}
	})
}

// Approval is of words: taking the reply back to change them loses it.
func TestApprovalIsOfWords(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.bring(post("1", "eve"))
		c, r := b.draft("We are on it.")
		see := func() desk.Seen { return b.seen(c.ID, c.Case.Head) }
		r, err := b.desk.Submit(b.ctx, b.anna, r.ID, r.Version, see())
		b.must(err)
		old := see()
		b.bring(post("1", "eve", words("broken, and edited")))
		if _, err := b.desk.Approve(b.ctx, b.chief, r.ID, r.Version, old); !errors.Is(err, desk.ErrConflict) {
			t.Errorf("approving an answer to other words: %v, want a conflict", err)
		}
		_, err = b.desk.Approve(b.ctx, b.chief, r.ID, r.Version, see())
		b.must(err)
		r, err = b.desk.Withdraw(b.ctx, b.anna, r.ID)
		b.must(err)
		r, err = b.desk.SaveDraft(b.ctx, b.anna, c.ID, c.Case.Head, "Something rude", r.Version)
		b.must(err)
		if _, err := b.desk.Send(b.ctx, b.anna, r.ID, r.Version, see()); !errors.Is(err, desk.ErrDenied) {
			t.Errorf("sending other words than were approved: %v, want it refused", err)
		}
	}, func(o *work.Options) { o.Workflow.Approval = "always" })
}

// An edit that asks for more raises the case and wakes it; one that mends a word does not.
func TestEditRaisesTheCase(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.bring(post("1", "eve"))
		b.resolve()
		b.now = b.now.Add(time.Hour)
		b.bring(post("1", "eve", words("it is broken, sorry for the typo")))
		if c := b.only(); c.State != desk.CaseResolved {
			t.Errorf("after mending a word: %s, want resolved", c.State)
		}
		b.bring(post("1", "eve", words("broken, and now it is on fire")))
		c := b.only()
		if c.State != desk.CaseTaken || c.Urgency != desk.UrgencyCritical || c.Reopened != 1 || !c.RemarkAt.Equal(b.now) {
			t.Errorf("after a worse edit: %s, %s, reopened %d, remark %v", c.State, c.Urgency, c.Reopened, c.RemarkAt)
		}
		b.bring(post("1", "eve", words("all is well")))
		if c = b.only(); c.Sentiment != desk.Neutral || c.Urgency != desk.UrgencyCritical {
			t.Errorf("after a kinder edit: %s, %s; want neutral, still critical", c.Sentiment, c.Urgency)
		}
	})
}

// A mention keeps the brand and the ownership under which it was first seen, whatever another source says of it.
func TestFirstSightDecidesBrandAndOwnership(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.bring(post("1", "eve", words("hello")), post("2", "acme", byUs, words("news")))
		other := desk.Source{Name: "other", Site: b.src.Site, Brand: "birch"}
		r, err := b.desk.Ingest(b.ctx, desk.Intake{Source: other, At: b.now, Mentions: []desk.Mention{post("1", "eve"), post("2", "acme")}})
		b.must(err)
		if c := b.only(); r.Edited != 2 || c.Brand != "acme" || c.Head.Remote != "1" {
			t.Errorf("%+v, a case of %s about %s; want one of acme about 1", r, c.Brand, c.Head.Remote)
		}
	})
}

// A reply that a person confirmed is known when a poll brings it, and does not take back the next one.
func TestConfirmedReplyComesBack(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.bring(post("1", "eve"))
		c, r := b.queued("We are on it.")
		b.now = b.now.Add(time.Minute)
		e := b.claim()
		_, err := b.desk.Begin(b.ctx, e)
		b.must(err)
		b.must(b.desk.Settle(b.ctx, e, desk.Settlement{State: desk.EntryUnconfirmed}))
		_, err = b.desk.Confirm(b.ctx, b.anna, r.ID, desk.ReplyPublished)
		b.must(err)
		b.queued("And done.")
		b.bring(post("7", "acme", under("1"), byUs, words("We are on it.")))
		replies := b.view(c.ID).Replies
		if replies[0].Receipt.Remote != "7" || replies[1].State != desk.ReplyQueued {
			t.Errorf("receipt %+v, the next reply is %s; want 7 and queued", replies[0].Receipt, replies[1].State)
		}
	})
}

// What an operator turned off between the click and the call is not said.
func TestPublishingTurnedOff(t *testing.T) {
	on := true
	answer := func(o *work.Options) {
		o.Answer = func(desk.Mention) work.Answer {
			return work.Answer{Account: "acme", Publish: on, Replies: true, Many: true}
		}
	}
	b := setup(t, "sqlite:"+t.TempDir()+"/desk.db", answer)
	b.bring(post("1", "eve"))
	b.queued("We are on it.")
	b.now = b.now.Add(time.Minute)
	on = false
	if _, err := b.desk.Begin(b.ctx, b.claim()); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("beginning: %v, want it refused", err)
	}
}
