package store

import (
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
)

// An older desk's hourly counts, which edits had left behind, are counted anew from its mentions.
func TestUpgradeCountsAgain(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		ctx := t.Context()
		s, err := connect(Options{DSN: e.dsn(t), Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		p, err := s.provider()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.UpTo(ctx, 5); err != nil {
			t.Fatal(err)
		}
		if err := s.Seed(ctx, SeedOptions{Mentions: 500, Cases: 20, Seed: 3, Now: at1}); err != nil {
			t.Fatal(err)
		}
		counts := func() []desk.HourCount {
			t.Helper()
			all, err := s.Rollup(ctx, desk.Everything, at1.AddDate(-2, 0, 0), at1.AddDate(1, 0, 0))
			if err != nil {
				t.Fatal(err)
			}
			return all
		}
		want := counts()
		if _, err := s.write.ExecContext(ctx, `UPDATE rollup SET n = n + 1, sentiment = 'neutral' WHERE sentiment = 'negative' AND NOT EXISTS
			(SELECT 1 FROM rollup o WHERE o.hour = rollup.hour AND o.brand = rollup.brand AND o.source = rollup.source AND o.language = rollup.language AND o.sentiment = 'neutral')`); err != nil {
			t.Fatal(err)
		}
		if cmp.Equal(want, counts()) {
			t.Fatal("nothing was spoilt; the test would check nothing")
		}
		if err := s.migrate(ctx); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, counts()); diff != "" {
			t.Errorf("the counts (-before +after):\n%s", diff)
		}
	})
}

// Verdicts that follow each other within one moment all stay, and a late one does not overwrite what came between.
func TestRejudgeKeepsAll(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		now := at1
		s := e.open(t, clock(&now))
		put(t, s, "src", mention("acme", "1", "words"))
		list, err := s.Judged(t.Context(), desk.Everything, desk.Walk{Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		first := list[0]
		again := func(was time.Time, sentiment string) int {
			t.Helper()
			v := first.Verdict
			v.Set(desk.TagSentiment, sentiment)
			var done []int64
			err := s.Update(t.Context(), func(tx *Tx) (err error) {
				done, err = tx.Rejudge(t.Context(), []desk.Rejudged{{N: first.N, Was: was, Machine: &v, Verdict: v}})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return len(done)
		}
		if again(first.JudgedAt, desk.Positive) != 1 || again(first.JudgedAt, desk.Neutral) != 0 {
			t.Error("a verdict that was given by another one's leave was stored")
		}
		if list, err = s.Judged(t.Context(), desk.Everything, desk.Walk{Limit: 1}); err != nil {
			t.Fatal(err)
		}
		if got := list[0]; got.Verdict.Sentiment.Label != desk.Positive || again(got.JudgedAt, desk.Neutral) != 1 {
			t.Errorf("the verdict in force is %s", got.Verdict.Sentiment.Label)
		}
		var n int
		if err := s.read.QueryRowContext(t.Context(), `SELECT count(*) FROM verdict`).Scan(&n); err != nil || n != 3 {
			t.Errorf("%d verdicts are kept, want 3: %v", n, err)
		}
	})
}
