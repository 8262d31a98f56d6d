package store

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

func TestEveryRecentMentionIsTakenOnceARound(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		now := at1.Add(-10 * 24 * time.Hour)
		s := e.open(t, clock(&now))
		sync1(t, s, source("a", "1"), source("b", "1"))
		put(t, s, "a", mention("acme", "old", "long ago"))
		now = at1
		for i := range 5 {
			put(t, s, "a", mention("acme", desk.RemoteID(fmt.Sprint("a", i)), "x"))
			put(t, s, "b", mention("acme", desk.RemoteID(fmt.Sprint("b", i)), "x"))
		}
		if err := s.Update(t.Context(), func(tx *Tx) error {
			_, err := tx.MarkGone(t.Context(), "demo:example", []desk.RemoteID{"a1"})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		l := lease(t, s, "a", now)
		take := func() (ids []string) {
			t.Helper()
			got, err := s.TakeRecheck(t.Context(), l, 7*24*time.Hour, 2)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range got {
				ids = append(ids, string(m.Remote))
			}
			return ids
		}
		round := func() (ids []string) {
			for range 3 {
				ids = append(ids, take()...)
			}
			return ids
		}
		want := []string{"a0", "a2", "a3", "a4"}
		if got := round(); !slices.Equal(got, want) {
			t.Errorf("the first round took %v, want %v", got, want)
		}
		if got := take(); len(got) != 0 {
			t.Errorf("within the hour it took %v again", got)
		}
		now = now.Add(61 * time.Minute)
		if got := round(); !slices.Equal(got, want) {
			t.Errorf("the second round took %v, want %v", got, want)
		}
		stale := l
		stale.Fence--
		if _, err := s.TakeRecheck(t.Context(), stale, time.Hour, 2); !errors.Is(err, desk.ErrConflict) {
			t.Errorf("with a lost lease: %v", err)
		}
	})
}

// The very first mention of a desk has its turn like all others.
func TestTheFirstMentionIsTakenToo(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		now := at1
		s := e.open(t, clock(&now))
		sync1(t, s, source("a", "1"))
		put(t, s, "a", mention("acme", "first", "x"))
		got, err := s.TakeRecheck(t.Context(), lease(t, s, "a", now), time.Hour, 5)
		if err != nil || len(got) != 1 {
			t.Errorf("took %d, %v", len(got), err)
		}
	})
}

func TestSpend(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		now := at1
		s := e.open(t, clock(&now))
		sync1(t, s, source("a", "1"))
		l := lease(t, s, "a", now)
		if err := s.ReportPoll(t.Context(), desk.PollReport{Lease: l, At: now, Running: true, Spend: 5, Units: 1}); err != nil {
			t.Fatal(err)
		}
		now = at1.Add(3 * time.Hour)
		for range 2 {
			if err := s.Pay(t.Context(), "a", 10, 50); err != nil {
				t.Fatal(err)
			}
		}
		for since, want := range map[time.Time][2]int64{at1: {25, 101}, at1.Add(time.Hour): {20, 100}, now.Add(time.Hour): {0, 0}} {
			if micros, units, err := s.Spent(t.Context(), "a", since); err != nil || micros != want[0] || units != want[1] {
				t.Errorf("since %v: %d, %d, %v; want %v", since, micros, units, err, want)
			}
		}
		if got := remembered(t, s, "a").SpendMicros; got != 25 {
			t.Errorf("this month: %d", got)
		}
	})
}

func TestForget(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		s := e.open(t)
		said := mention("acme", "1", "my card was charged twice", func(a *desk.Arrival) {
			a.Mention.Raw = []byte("charged")
			a.Verdict.Reasons = []desk.Reason{{Tag: "sentiment", By: "word", Text: "charged"}}
		})
		id := put(t, s, "a", said)[0].ID
		said.Mention.Text = "my card was charged thrice"
		put(t, s, "a", said)
		bystander := put(t, s, "a", mention("acme", "2", "so was mine", func(a *desk.Arrival) { a.Mention.Author = desk.Author{ID: "u2", Handle: "bob"} }))[0].ID
		change(t, s, func(tx *Tx) error {
			for id, author := range map[desk.MentionID]desk.RemoteID{id: "u1", bystander: "u2"} {
				c := desk.Case{ID: "C" + desk.CaseID(author), Brand: "acme", Site: "demo:example", Thread: "1", Author: author, Head: bystander, State: desk.CaseNew, Urgency: desk.UrgencyNormal, OpenedAt: at1, ChangedAt: at1, RemarkAt: at1}
				if err := errors.Join(tx.InsertCase(t.Context(), &c), tx.Join(t.Context(), id, c.ID)); err != nil {
					return err
				}
			}
			_, err := tx.PutPoison(t.Context(), []desk.Poison{{Source: "a", Remote: "1", Err: "no date", Raw: []byte("charged")}, {Source: "a", Remote: "2", Err: "no date", Raw: []byte("mine")}})
			return err
		})
		err := s.Update(t.Context(), func(tx *Tx) error {
			rows, err := tx.MarkGone(t.Context(), "demo:example", []desk.RemoteID{"1"})
			if err != nil {
				return err
			}
			return tx.Forget(t.Context(), rows)
		})
		if err != nil {
			t.Fatal(err)
		}
		left := rowsOf(t, s)
		for table, lines := range left {
			for _, line := range lines {
				if regexp.MustCompile(`charged|Y2hhcmdlZ|(?i:"ann")|"u1"`).MatchString(line) { // base64 of it, too
					t.Errorf("%s still holds %s", table, line)
				}
			}
		}
		if len(left["raw"]) != 0 && strings.Join(left["raw"], "") != "" || len(left["poison"]) != 1 || !strings.Contains(strings.Join(left["cases"], ""), `"u2"`) {
			t.Errorf("raw: %q; odd items: %q; cases: %q", left["raw"], left["poison"], left["cases"])
		}
		if hits := remotes(t, s, desk.Everything, desk.MentionFilter{Query: "charged"}); hits != "" {
			t.Errorf("it is still found: %q", hits)
		}
		if err := s.Tidy(t.Context()); err != nil {
			t.Fatal(err)
		}
		var parts int
		if s.d.name == sqlite.name {
			err := s.read.QueryRowContext(t.Context(), `SELECT count(*) FROM mention_fts_segdir WHERE instr(CAST(root AS TEXT), 'charged') > 0 OR instr(CAST(root AS TEXT), 'thrice') > 0`).Scan(&parts)
			if err != nil || parts > 0 {
				t.Errorf("%d parts of the index hold it (%v)", parts, err)
			}
		}
		if m, err := s.Mention(t.Context(), desk.Everything, id); err != nil || m.GoneAt.IsZero() || m.Verdict.Sentiment.Label != desk.Negative {
			t.Errorf("%+v, %v", m, err)
		}
	})
}
