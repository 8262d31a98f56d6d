package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
)

// today is the day of at1.
func today() int64 { return us(at1) / dayLong }

// counted reads what is kept of a brand.
func counted(t *testing.T, s *Store, scope desk.Scope, brand, product string) (out []string) {
	t.Helper()
	err := s.Terms(t.Context(), scope, brand, product, today()-100, today(), func(day int64, c desk.TermCount) {
		out = append(out, fmt.Sprintf("%d %s %s %s %d %s", day-today(), c.Language, c.Term, c.Word, c.N, c.Who))
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// dayToCount is the only day that waits to be counted.
func dayToCount(t *testing.T, s *Store) desk.TermDay {
	t.Helper()
	days, err := s.DaysToCount(t.Context(), today()-5, today())
	if err != nil || len(days) != 1 {
		t.Fatalf("days to count: %v, %v", days, err)
	}
	return days[0]
}

func keep(t *testing.T, s *Store, day desk.TermDay, word string, n int) {
	t.Helper()
	c := desk.TermCount{TermScope: desk.TermScope{Brand: "acme", Language: "en"}, Term: word, Word: word + "s", N: n, Who: "abc"}
	if err := s.SaveTerms(t.Context(), day, []desk.TermCount{c}); err != nil {
		t.Fatal(err)
	}
}

func TestTerms(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		now := at1
		s := e.open(t, clock(&now))
		put(t, s, "src", mention("acme", "1", "Login loop", func(a *desk.Arrival) {
			a.Verdict.Products = []desk.Named{{Name: "Acme Phone"}}
		}), mention("acme", "2", "Spam", func(a *desk.Arrival) { a.Verdict.Spam.Label = desk.Yes }),
			mention("acme", "3", "Secret", func(a *desk.Arrival) { a.Mention.Visibility = desk.Private }),
			mention("acme", "4", "Ours", func(a *desk.Arrival) { a.Mention.Ours = true }),
			mention("acme", "5", "No date", func(a *desk.Arrival) { a.Mention.PostedAt = time.Time{} }))
		day := dayToCount(t, s)
		if day.Day != today() || day.Seen != 5 {
			t.Errorf("to count: %+v", day)
		}
		texts, err := s.TermTexts(t.Context(), day, 100)
		if err != nil {
			t.Fatal(err)
		}
		for i := range texts {
			texts[i].N = 0
		}
		want := []desk.TermText{
			{Brand: "acme", Products: []string{"Acme Phone"}, Language: "en", Text: "Login loop", Author: "demo:example u1", Names: "Ann ann"},
			{Brand: "acme", Language: "en", Text: "No date", Author: "demo:example u1", Names: "Ann ann"},
		}
		if diff := cmp.Diff(want, texts); diff != "" {
			t.Errorf("texts of the day (-want +got)\n%s", diff)
		}
		if few, err := s.TermTexts(t.Context(), day, 1); err != nil || len(few) > 1 {
			t.Errorf("of a sample of one: %v, %v", few, err)
		}
		keep(t, s, day, "loop", 3)
		if days, err := s.DaysToCount(t.Context(), today()-5, today()); err != nil || len(days) != 0 {
			t.Errorf("after it was counted, %v waits: %v", days, err)
		}
		if diff := cmp.Diff([]string{"0 en loop loops 3 abc"}, counted(t, s, desk.Everything, "acme", "")); diff != "" {
			t.Errorf("kept (-want +got)\n%s", diff)
		}
		if got := counted(t, s, desk.Scope{Brands: []string{"birch"}}, "acme", ""); len(got) != 0 {
			t.Errorf("outside the scope there is %q", got)
		}
		put(t, s, "src", mention("acme", "6", "Another"))
		keep(t, s, dayToCount(t, s), "screen", 4)
		if diff := cmp.Diff([]string{"0 en screen screens 4 abc"}, counted(t, s, desk.Everything, "acme", "")); diff != "" {
			t.Errorf("counted again (-want +got)\n%s", diff)
		}
		if n, err := s.PurgeTerms(t.Context(), today()); err != nil || n != 0 {
			t.Errorf("%d purged of today: %v", n, err)
		}
		if n, err := s.PurgeTerms(t.Context(), today()+1); err != nil || n != 2 {
			t.Errorf("%d purged, want the term and its day: %v", n, err)
		}
	})
}

// TestForgettingTakesTheDaysTerms: what a site removed leaves no words, not even when they are counted while it happens.
func TestForgettingTakesTheDaysTerms(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		now := at1
		s := e.open(t, clock(&now))
		put(t, s, "src", mention("acme", "1", "Login loop"), mention("acme", "2", "Other words"))
		keep(t, s, dayToCount(t, s), "loop", 3)
		put(t, s, "src", mention("acme", "3", "More"))
		day := dayToCount(t, s) // read before the words are forgotten
		rows, err := s.ListMentions(t.Context(), desk.Everything, desk.MentionFilter{Query: "login"}, desk.Page{Limit: 5})
		if err != nil || len(rows) != 1 {
			t.Fatalf("%d rows: %v", len(rows), err)
		}
		if err := s.Update(t.Context(), func(tx *Tx) error { return tx.Forget(t.Context(), rows) }); err != nil {
			t.Fatal(err)
		}
		if got := counted(t, s, desk.Everything, "acme", ""); len(got) != 0 {
			t.Errorf("after forgetting there is %q", got)
		}
		keep(t, s, day, "loop", 3)
		if got := counted(t, s, desk.Everything, "acme", ""); len(got) != 0 {
			t.Errorf("what was read before is kept after: %q", got)
		}
		texts, err := s.TermTexts(t.Context(), dayToCount(t, s), 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range texts {
			if strings.Contains(m.Text, "oop") || strings.Contains(m.Text, forgotten) {
				t.Errorf("%q is counted again", m.Text)
			}
		}
	})
}

// TestTermPlans: reading what rises and the texts of a day walk an index.
func TestTermPlans(t *testing.T) {
	t.Parallel()
	s := openDSN(t, "sqlite:"+t.TempDir()+"/fresh.db")
	if err := s.Seed(t.Context(), SeedOptions{Mentions: 2000, Cases: 100, Seed: 1, Now: at1}); err != nil {
		t.Fatal(err)
	}
	for query, c := range map[string]struct {
		args []any
		want string
	}{
		termsQuery: {[]any{"acme", "", 1, 2}, "SEARCH term USING PRIMARY KEY (brand=? AND product=? AND day>? AND day<?)"},
		textsOfDay: {[]any{1, 2, 1}, "SEARCH m USING INDEX mention_said"},
		"SELECT count(*) FROM mention m WHERE " + saidAt + " >= $1 AND " + saidAt + " < $2": {[]any{1, 2}, "SEARCH m USING COVERING INDEX mention_said"},
		"DELETE FROM term WHERE day = $1": {[]any{1}, "USING INDEX term_day_of"},
	} {
		if got := plan(t, s, query, c.args); !strings.Contains(got, c.want) || strings.Contains(got, "SCAN") || strings.Contains(got, "TEMP B-TREE") {
			t.Errorf("%s: %s, want %s", query, got, c.want)
		}
	}
}
