package store

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// A draw is fair, repeatable and without what may not be shown; it says how many mentions it stands for.
func TestDrawMentions(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		s := e.open(t)
		if err := s.Seed(t.Context(), SeedOptions{Mentions: 3000, Cases: 100, Seed: 1, Now: at1}); err != nil {
			t.Fatal(err)
		}
		all, err := s.DrawMentions(t.Context(), desk.Everything, desk.Draw{Most: 3000, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		if all.Of != len(all.Rows) || all.Of < 2500 || all.Of > 3000 {
			t.Fatalf("%d rows stand for %d", len(all.Rows), all.Of)
		}
		for i, r := range all.Rows {
			if r.Ours || !r.GoneAt.IsZero() || r.Verdict.Sentiment.Label == "" || i > 0 && r.N <= all.Rows[i-1].N {
				t.Fatalf("row %d: %+v", i, r)
			}
		}
		const most = 200
		first, err := s.DrawMentions(t.Context(), desk.Everything, desk.Draw{Most: most, Seed: 7})
		if err != nil {
			t.Fatal(err)
		}
		if len(first.Rows) != most || math.Abs(float64(first.Of-all.Of)) > 0.06*float64(all.Of) {
			t.Errorf("%d rows stand for %d, want %d for about %d", len(first.Rows), first.Of, most, all.Of)
		}
		again, err := s.DrawMentions(t.Context(), desk.Everything, desk.Draw{Most: most, Seed: 7})
		if err != nil || again.Rows[0].ID != first.Rows[0].ID || again.Rows[most-1].ID != first.Rows[most-1].ID {
			t.Errorf("the same seed drew otherwise: %v", err)
		}
		other, err := s.DrawMentions(t.Context(), desk.Everything, desk.Draw{Most: most, Seed: 8})
		if err != nil || shared(first.Rows, other.Rows) > most/4 {
			t.Errorf("%d of %d mentions came with another seed too, %v", shared(first.Rows, other.Rows), most, err)
		}
		if old := before(first.Rows, all.Rows[len(all.Rows)/2].N); old < most/3 || old > most*2/3 {
			t.Errorf("%d of %d are of the older half", old, most)
		}
	})
}

func shared(a, b []desk.MentionRow) (n int) {
	seen := map[int64]bool{}
	for _, r := range a {
		seen[r.N] = true
	}
	for _, r := range b {
		if seen[r.N] {
			n++
		}
	}
	return n
}

func before(list []desk.MentionRow, edge int64) (n int) {
	for _, r := range list {
		if r.N < edge {
			n++
		}
	}
	return n
}

// What a site removed or what was forgotten, what is ours, what came earlier and what a user may not see is never drawn.
func TestDrawLeavesOut(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		s := e.open(t)
		for i := range 6 {
			put(t, s, "src", mention("acme", desk.RemoteID(fmt.Sprint(i)), fmt.Sprintf("words %d", i)))
		}
		put(t, s, "src", mention("birch", "b", "of another brand"))
		err := s.Update(t.Context(), func(tx *Tx) error {
			gone, err := tx.MarkGone(t.Context(), mention("acme", "0", "").Mention.Site, []desk.RemoteID{"0", "1"})
			if err != nil {
				return err
			}
			return tx.Forget(t.Context(), gone[:1])
		})
		if err != nil {
			t.Fatal(err)
		}
		for want, c := range map[int]struct {
			scope desk.Scope
			draw  desk.Draw
		}{
			5: {desk.Everything, desk.Draw{Most: 10}},
			4: {desk.Scope{Brands: []string{"acme"}}, desk.Draw{Most: 10}},
			0: {desk.Everything, desk.Draw{Most: 10, Since: time.Now().Add(72 * time.Hour)}},
			3: {desk.Everything, desk.Draw{Most: 3}},
		} {
			got, err := s.DrawMentions(t.Context(), c.scope, c.draw)
			if err != nil || len(got.Rows) != want {
				t.Errorf("%+v: %d rows, want %d, %v", c, len(got.Rows), want, err)
			}
			for _, r := range got.Rows {
				if r.Text == forgotten || r.Remote == "1" {
					t.Errorf("%s was drawn: %s", r.Remote, r.Text)
				}
			}
		}
	})
}

// No query of a draw reads the history: the span comes from the ends of two indexes, the rows by their numbers.
func TestDrawPlans(t *testing.T) {
	t.Parallel()
	for _, s := range []*Store{openDSN(t, "sqlite:"+t.TempDir()+"/fresh.db"), openDSN(t, "sqlite:"+t.TempDir()+"/known.db")} {
		if strings.Contains(s.dsn, "known") {
			if err := s.Seed(t.Context(), SeedOptions{Mentions: 3000, Cases: 300, Seed: 1, Now: at1}); err != nil {
				t.Fatal(err)
			}
		}
		for _, scope := range []desk.Scope{desk.Everything, {Brands: []string{"acme"}}, {Brands: []string{"acme", "birch"}}} {
			query, args := s.drawnQuery(scope, desk.Draw{Since: at1}, []int64{3, 1, 2})
			got := plan(t, s, query, args)
			if !strings.Contains(got, "m USING INTEGER PRIMARY KEY (rowid=?)") || strings.Contains(got, "SCAN") || strings.Contains(got, "TEMP B-TREE") {
				t.Errorf("%s in %v: %s", s.dsn, scope, got)
			}
		}
		got := plan(t, s, `SELECT COALESCE((SELECT m.n FROM mention m WHERE m.seen_at >= $1 ORDER BY m.seen_at, m.n LIMIT 1), -1)`, []any{1})
		if !strings.Contains(got, "INDEX mention_seen") || strings.Contains(got, "TEMP B-TREE") {
			t.Errorf("the edge: %s", got)
		}
	}
}
