package store

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Two transactions that take the same rows in opposite order both end well: the one that the engine ends is tried again.
func TestUpdateIsTriedAgain(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		s := e.open(t)
		rows := []string{"a", "b"}
		for _, name := range rows {
			_, err := s.write.ExecContext(t.Context(), `INSERT INTO counter (name, n) VALUES ($1, 0)`, name)
			if err != nil {
				t.Fatal(err)
			}
		}
		var both, group sync.WaitGroup
		both.Add(2)
		failed := make([]error, 2)
		for i := range failed {
			meet := sync.OnceFunc(func() {
				both.Done()
				if e.name == "postgres" { // SQLite has one writer: the other cannot be in the middle, too
					both.Wait()
				}
			})
			group.Go(func() {
				failed[i] = s.Update(t.Context(), func(tx *Tx) error {
					for j := range rows {
						if _, err := tx.exec(t.Context(), `UPDATE counter SET n = n + 1 WHERE name = $1`, rows[(i+j)%2]); err != nil {
							return fmt.Errorf("wrapped: %w", err)
						}
						meet()
					}
					return nil
				})
			})
		}
		group.Wait()
		if err := errors.Join(failed...); err != nil {
			t.Error(err)
		}
		var sum int
		if err := s.read.QueryRowContext(t.Context(), `SELECT SUM(n) FROM counter WHERE name IN ('a', 'b')`).Scan(&sum); err != nil || sum != 4 {
			t.Errorf("counted %d (%v), want 4", sum, err)
		}
	})
}

// An author's past is counted within its span, up to 200, for more authors at once than a statement takes arguments.
func TestHistory(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		now := at1
		s := e.open(t, clock(&now))
		by := func(who desk.RemoteID) func(*desk.Arrival) {
			return func(a *desk.Arrival) { a.Mention.Author = desk.Author{ID: who} }
		}
		put(t, s, "src", mention("acme", "old", "long ago", by("bob")))
		now = now.Add(time.Hour)
		var all []desk.Arrival
		for i := range historyMost + 20 {
			all = append(all, mention("acme", desk.RemoteID(fmt.Sprint(i)), "words", by("paper")))
		}
		put(t, s, "src", append(all, mention("acme", "new", "now", by("bob")))...)
		authors := []string{"paper", "bob", "nobody"}
		for i := range 33_000 {
			authors = append(authors, fmt.Sprint("reader", i))
		}
		got, err := s.History(t.Context(), "demo:example", authors, at1.Add(time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != 2 || got["paper"].AuthorPosts != historyMost || got["bob"].AuthorPosts != 1 {
			t.Errorf("%+v, want %d of the paper and 1 of bob", got, historyMost)
		}
	})
}

// Nothing that an ingest asks for reads more the more is stored: every step is a search of an index.
func TestIngestPlans(t *testing.T) {
	t.Parallel()
	s := openDSN(t, "sqlite:"+t.TempDir()+"/known.db")
	if err := s.Seed(t.Context(), SeedOptions{Mentions: 3000, Cases: 300, Seed: 1, Now: at1}); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]string{
		`SELECT n FROM mention WHERE site = 'a' AND remote_id IN ('1', '2')`:                                                                "(site=? AND remote_id=?)",
		`SELECT id FROM cases c WHERE c.id IN (SELECT case_id FROM mention WHERE site = 'a' AND remote_id IN ('1', '2') AND case_id <> '')`: "(site=? AND remote_id=?)",
		`SELECT thread FROM cases WHERE site = 'a' AND thread IN ('1', '2')`:                                                                "cases_thread (site=? AND thread=?)",
		`SELECT id FROM cases WHERE site = 'a' AND author = 'b' AND brand = 'c' AND remark_at >= 5 ORDER BY remark_at DESC LIMIT 1`:         "cases_author (site=? AND author=? AND brand=? AND remark_at>?)",
		`SELECT seen_at FROM mention m WHERE m.site = 'a' AND m.author_key = 'b' ORDER BY m.n DESC LIMIT 200`:                               "mention_author (site=? AND author_key=?)",
		`SELECT id FROM reply WHERE parent = 'a'`:                                                                                           "reply_parent (parent=?)",
		`SELECT n FROM outbox i WHERE i.kind = 'publish' AND i.state = 'leased' AND i.lease_until <= 5 ORDER BY i.lease_until`:              "outbox_leased (kind=? AND lease_until<?)",
		`SELECT n FROM outbox i WHERE i.kind = 'publish' AND i.state = 'waiting' AND i.next_at <= 5 AND NOT EXISTS (SELECT 1 FROM outbox e
			WHERE e.order_key = i.order_key AND e.n < i.n AND e.state IN ('waiting', 'leased')) ORDER BY i.next_at, i.n LIMIT 10`: "outbox_due (kind=? AND next_at<?)",
	} {
		got := plan(t, s, query, nil)
		if !strings.Contains(got, want) || strings.Contains(got, "SCAN") || strings.Contains(got, "TEMP B-TREE") {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
}
