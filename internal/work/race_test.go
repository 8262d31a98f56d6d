package work_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/work"
)

// from ingests what another source saw, without a lease.
func (b *bench) from(source string, in desk.Intake) (desk.IngestResult, error) {
	in.Source, in.At = desk.Source{Name: source, Kind: "demo", Site: b.src.Site, Brand: b.src.Brand}, b.now
	return b.desk.Ingest(b.ctx, in)
}

// Eight sources see the same posts in different orders at the same moment: each post is one mention, each author has one case, and
// nothing fails.
func TestSourcesThatSeeTheSame(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		const sources, authors = 8, 20
		var all []desk.Mention
		for i := range authors * 3 {
			all = append(all, post(fmt.Sprint(i), fmt.Sprint("author", i%authors)))
		}
		var group sync.WaitGroup
		results := make([]desk.IngestResult, sources)
		failed := make([]error, sources)
		for i := range sources {
			mine := make([]desk.Mention, len(all))
			for to, from := range rand.New(rand.NewPCG(uint64(i), 1)).Perm(len(all)) {
				mine[to] = all[from]
				mine[to].Counts.Likes = int64(i + 1) // so that every source writes to every row
			}
			group.Go(func() { results[i], failed[i] = b.from(fmt.Sprint("source", i), desk.Intake{Mentions: mine}) })
		}
		group.Wait()
		b.must(errors.Join(failed...))
		fresh, opened := 0, 0
		for _, r := range results {
			fresh, opened = fresh+r.New, opened+r.Opened
		}
		if fresh != len(all) || opened != authors || len(b.cards()) != authors {
			t.Errorf("%d new mentions, %d opened and %d cases; want %d, %d and %d", fresh, opened, len(b.cards()), len(all), authors, authors)
		}
	})
}

// Posts of one author in two polls at the same moment make one case.
func TestOneAuthorInTwoPolls(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		for round := range 10 {
			var group sync.WaitGroup
			failed := make([]error, 4)
			for i := range failed {
				m := post(fmt.Sprint(round, "/", i), fmt.Sprint("author", round))
				group.Go(func() { _, failed[i] = b.from(fmt.Sprint("source", i), desk.Intake{Mentions: []desk.Mention{m}}) })
			}
			group.Wait()
			b.must(errors.Join(failed...))
			if n := len(b.cards()); n != round+1 {
				t.Fatalf("after round %d there are %d cases, want %d", round, n, round+1)
			}
		}
	})
}

// While people work a case, its post is edited and colleagues answer elsewhere. People may be told that something changed; polls
// never fail.
func TestPollsAndPeopleMeet(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.bring(post("1", "eve"))
		id := b.only().ID
		var group sync.WaitGroup
		for worker := range 3 {
			group.Go(func() {
				for i := range 15 {
					who := fmt.Sprint(worker, "/", i)
					if _, err := b.from("edits", desk.Intake{Mentions: []desk.Mention{
						post("1", "eve", words("broken "+who)), post("ours"+who, "acme", byUs, under("1"), words("Sorry "+who)),
					}}); err != nil {
						t.Errorf("a poll failed: %v", err)
					}
				}
			})
			group.Go(func() {
				for range 15 {
					if err := b.answerOnce(id); err != nil && !errors.Is(err, desk.ErrConflict) && !errors.Is(err, desk.ErrDenied) {
						t.Errorf("a person failed: %v", err)
					}
				}
			})
		}
		group.Wait()
	})
}

// answerOnce drafts, sends and takes back, as far as others let it.
func (b *bench) answerOnce(id desk.CaseID) error {
	v, err := b.store.CaseView(b.ctx, desk.Everything, id)
	if err != nil {
		return err
	}
	var version int64
	for _, r := range v.Replies {
		if r.State == desk.ReplyDraft {
			version = r.Version
		}
	}
	r, err := b.desk.SaveDraft(b.ctx, b.anna, id, v.Case.Head, "We are on it.", version)
	if err != nil {
		return err
	}
	target, err := b.store.Mention(b.ctx, desk.Everything, v.Case.Head)
	if err != nil {
		return err
	}
	if _, err = b.desk.Send(b.ctx, b.anna, r.ID, r.Version, desk.Seen{Case: v.Case.Version, Target: target.Version}); err != nil {
		return err
	}
	_, err = b.desk.Withdraw(b.ctx, b.anna, r.ID)
	return err
}

// Words that another source changed while triage looked at what was stored before get a verdict all the same.
func TestChangedWhileJudged(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.bring(post("1", "eve"))
		meddle := sync.OnceFunc(func() {
			b.now = b.now.Add(time.Second)
			_, err := b.from("other", desk.Intake{Mentions: []desk.Mention{post("1", "eve", words("all is well"))}})
			b.must(err)
			b.now = b.now.Add(time.Second)
		})
		slow := work.New(work.Options{Store: inTx{b.store}, Judge: func(in desk.TriageInput) desk.Verdict { meddle(); return judge(in) }})
		source, at := b.src, b.now
		r, err := slow.Ingest(b.ctx, desk.Intake{Source: source, At: at, Mentions: []desk.Mention{post("1", "eve"), post("2", "bob", words("hello"))}})
		b.must(err)
		m, err := b.store.Mention(b.ctx, desk.Everything, b.only().Case.Head)
		b.must(err)
		if r.Edited != 1 || m.Version != 3 || m.Verdict.Sentiment.Label != desk.Negative {
			t.Errorf("%+v, version %d, sentiment %q; want one edited, the third, negative", r, m.Version, m.Verdict.Sentiment.Label)
		}
	})
}
