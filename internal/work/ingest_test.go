package work_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

func TestIngestIsIdempotent(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		first := b.bring(post("1", "eve"), post("2", "mallory"), post("1", "eve"))
		if first.New != 2 || first.Opened != 2 {
			t.Errorf("first: %+v, want 2 new and 2 opened", first)
		}
		again := b.bring(post("1", "eve"), post("2", "mallory"))
		if again.New != 0 || again.Known != 2 || again.Opened != 0 {
			t.Errorf("again: %+v, want 2 known and nothing else", again)
		}
	})
}

func TestTwoSourcesOneCase(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.bring(post("1", "eve"))
		other := desk.Source{Name: "search", Kind: "demo", Site: "demo:x", Brand: "acme", Every: time.Minute}
		b.must(b.store.SyncSources(b.ctx, []desk.Source{b.src, other}))
		r, err := b.desk.Ingest(b.ctx, desk.Intake{Source: other, At: b.now, Mentions: []desk.Mention{post("1", "eve")}})
		b.must(err)
		if r.New != 0 || r.Known != 1 {
			t.Errorf("second source: %+v, want one known mention", r)
		}
		b.only()
	})
}

func TestFirstContactIsQuiet(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		var old []desk.Mention
		for i := range 500 {
			old = append(old, post(fmt.Sprint(i), fmt.Sprint("author", i)))
		}
		r := b.intake(desk.Intake{Mentions: old, First: true})
		if r.New != 500 || r.Opened != 0 || len(b.cards()) != 0 {
			t.Errorf("first contact: %+v and %d cases, want 500 new and no case", r, len(b.cards()))
		}
		if r := b.bring(post("new", "eve")); r.Opened != 1 {
			t.Errorf("the next poll: %+v, want one opened", r)
		}
	})
}

func TestJoins(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.bring(post("1", "eve"))
		b.now = b.now.Add(time.Hour)
		for name, m := range map[string]desk.Mention{
			"same thread, another person": post("2", "bob", under("1")),
			"same author, new thread":     post("3", "eve"),
		} {
			if r := b.bring(m); r.Joined != 1 || r.Opened != 0 {
				t.Errorf("%s: %+v, want it joined", name, r)
			}
		}
		if c := b.only(); c.Mentions != 3 {
			t.Errorf("the case has %d mentions, want 3", c.Mentions)
		}
		b.now = b.now.Add(8 * 24 * time.Hour)
		if r := b.bring(post("4", "eve")); r.Opened != 1 {
			t.Errorf("after the span: %+v, want a case of its own", r)
		}
		for _, remote := range []string{"5", "6"} {
			if r := b.bring(post(remote, "", func(m *desk.Mention) { m.Anonymous = true })); r.Opened != 1 {
				t.Errorf("anonymous: %+v, want a case of its own", r)
			}
		}
	})
}

func TestNewRemarkReopens(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.bring(post("1", "eve"))
		c := b.only()
		b.must(b.desk.Claim(b.ctx, b.anna, c.ID))
		b.must(b.desk.Resolve(b.ctx, b.anna, c.ID, 0, "done"))
		b.now = b.now.Add(time.Hour)
		if b.bring(post("2", "bob", under("1"), words("me too"))); b.only().State != desk.CaseResolved {
			t.Error("a stranger's harmless word reopened the case")
		}
		b.bring(post("3", "eve", under("1"), words("and now it is on fire, broken again")))
		if c = b.only(); c.State != desk.CaseTaken || c.Owner != b.anna.ID || c.Reopened != 1 || c.Urgency != desk.UrgencyCritical {
			t.Errorf("after the customer's word: %s, owner %s, reopened %d, %s; want taken by Anna again, critical", c.State, c.Owner, c.Reopened, c.Urgency)
		}
	})
}

func TestColleagueAnswersElsewhere(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.bring(post("1", "eve"))
		c, r := b.queued("We are on it.")
		b.bring(post("2", "acme", under("1"), byUs, words("Answered from the app.")))
		v := b.view(c.ID)
		if v.Case.State != desk.CaseAnswered {
			t.Errorf("the case is %s, want answered", v.Case.State)
		}
		if got := v.Replies[0]; got.ID != r.ID || got.State != desk.ReplyDraft || got.Note == "" {
			t.Errorf("the queued reply is %s (%q), want it back as a draft with a note", got.State, got.Note)
		}
		b.now = b.now.Add(time.Minute)
		if entries, err := b.store.ClaimEntries(b.ctx, desk.EntryPublish, "test", time.Minute, 10); err != nil || len(entries) != 0 {
			t.Errorf("%d entries are due (%v), want none", len(entries), err)
		}
	})
}

func TestEditMarksTheAnswerOutdated(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.bring(post("1", "eve"))
		c, _ := b.queued("We are on it.")
		b.now = b.now.Add(time.Minute)
		e := b.claim()
		_, err := b.desk.Begin(b.ctx, e)
		b.must(err)
		b.must(b.desk.Settle(b.ctx, e, desk.Settlement{State: desk.EntryDone, Receipt: desk.Receipt{Remote: "9"}}))
		if r := b.bring(post("1", "eve", words("it is broken, and worse"))); r.Edited != 1 {
			t.Errorf("edit: %+v", r)
		}
		v := b.view(c.ID)
		if !v.Replies[0].Outdated {
			t.Error("the published reply is not marked as outdated")
		}
		if n := len(v.Versions[v.Case.Head]); n != 2 {
			t.Errorf("%d versions are kept, want 2", n)
		}
		if r := b.bring(post("9", "acme", under("1"), byUs, words("We are on it."))); r.New != 1 || b.view(c.ID).Case.State != desk.CaseAnswered {
			t.Errorf("our own reply came back: %+v, case %s", r, b.view(c.ID).Case.State)
		}
	})
}

func TestPoisonIsKept(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		r := b.bring(post("1", "eve"), desk.Mention{Remote: "2", Raw: []byte("{}")}, desk.Mention{Text: "no id"})
		if r.New != 1 || r.Poison != 2 {
			t.Errorf("%+v, want 1 new and 2 set aside", r)
		}
		items, err := b.store.ListPoison(b.ctx, desk.Everything, "wall", 10)
		b.must(err)
		if len(items) != 2 || items[0].Err == "" {
			t.Errorf("kept items: %+v", items)
		}
	})
}

func TestGoneIsNoted(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.bring(post("1", "eve"))
		c, r := b.draft("We are on it.")
		seen := b.seen(c.ID, c.Case.Head)
		if res := b.intake(desk.Intake{Gone: []desk.RemoteID{"1", "never seen"}}); res.Gone != 1 {
			t.Errorf("%+v, want 1 gone", res)
		}
		if _, err := b.desk.Send(b.ctx, b.anna, r.ID, r.Version, seen); !errors.Is(err, desk.ErrConflict) {
			t.Errorf("sending as seen before: %v, want a conflict", err)
		}
		if _, err := b.desk.Send(b.ctx, b.anna, r.ID, r.Version, b.seen(c.ID, c.Case.Head)); !errors.Is(err, desk.ErrDenied) {
			t.Errorf("sending to what is gone: %v, want it refused", err)
		}
	})
}

func TestLostLeaseStoresNothing(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		old := b.lease
		b.now = b.now.Add(2 * time.Hour)
		_, _, ok, err := b.store.LeaseSource(b.ctx, "wall", "other", time.Hour, b.now, true)
		if b.must(err); !ok {
			t.Fatal("the lease did not run out")
		}
		_, err = b.desk.Ingest(b.ctx, desk.Intake{Source: b.src, Lease: old, At: b.now, Mentions: []desk.Mention{post("1", "eve")}})
		if !errors.Is(err, desk.ErrConflict) {
			t.Errorf("with the old lease: %v, want a conflict", err)
		}
		if n, err := b.store.CountMentions(b.ctx, desk.Everything, desk.MentionFilter{}, 10); err != nil || n.N != 0 {
			t.Errorf("%d mentions were stored (%v), want none", n.N, err)
		}
	})
}
