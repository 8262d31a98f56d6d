package store

import (
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// plan returns SQLite's plan of a statement.
func plan(t *testing.T, s *Store, query string, args []any) string {
	t.Helper()
	steps, err := collect(t.Context(), s.read, func(row scanner) (step string, err error) {
		var id, parent, unused int
		return step, row.Scan(&id, &parent, &unused, &step)
	}, "EXPLAIN QUERY PLAN "+query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return strings.Join(steps, "; ")
}

// Every page of the stream walks an index in the order it shows, with and without statistics: nothing is read whole, nothing sorted.
func TestStreamPlans(t *testing.T) {
	t.Parallel()
	fresh := openDSN(t, "sqlite:"+t.TempDir()+"/fresh.db")
	known := openDSN(t, "sqlite:"+t.TempDir()+"/known.db")
	if err := known.Seed(t.Context(), SeedOptions{Mentions: 3000, Cases: 300, Seed: 1, Now: at1}); err != nil {
		t.Fatal(err)
	}
	put(t, fresh, "src", mention("acme", "1", "one"))
	for want, filters := range map[string][]desk.MentionFilter{
		"INDEX mention_brand":                {{Brand: "acme"}},
		"INDEX mention_site":                 {{Site: "demo:site01.example"}},
		"INDEX mention_language":             {{Language: "sk"}},
		"INDEX mention_sentiment":            {{Sentiment: desk.Negative}},
		"INDEX mention_urgency":              {{Urgency: desk.UrgencyCritical}},
		"INDEX mention_intent":               {{Intent: desk.IntentFault}},
		"INDEX mention_handle":               {{Author: "person1"}, {Author: "person1", Brand: "acme"}, {Author: "person1", Sentiment: desk.Negative, Language: "en"}},
		"INDEX mention_ours":                 {{Ours: true}},
		"INDEX mention_spam":                 {{Spam: desk.Yes}},
		"tp USING PRIMARY KEY":               {{Product: "Acme Phone"}, {Product: "Acme Phone", Topic: "price"}, {Product: "Acme Phone", Sentiment: desk.Negative}},
		"tt USING PRIMARY KEY":               {{Topic: "price"}, {Topic: "price", Brand: "acme"}},
		"sg USING PRIMARY KEY":               {{Source: "source01"}, {Source: "source01", Language: "sk"}},
		"ft VIRTUAL TABLE":                   {{Query: "delivery"}, {Query: "delivery late", Brand: "acme"}, {Query: "delivery", Source: "source01", Product: "Acme Phone"}},
		"":                                   {{Brand: "acme", Sentiment: desk.Negative}, {Language: "sk", Sentiment: desk.Positive}, {Urgency: desk.UrgencyCritical, Language: "sk"}},
		"m USING INTEGER PRIMARY KEY (rowid": {{Since: at1.Add(-time.Hour)}, {Until: at1, Kind: desk.KindPost}},
	} {
		for _, f := range filters {
			for _, s := range []*Store{fresh, known} {
				found, err := s.stream(t.Context(), desk.Everything, f)
				if err != nil {
					t.Fatal(err)
				}
				query := found.page(desk.Page{Before: 1 << 40, Limit: 50}, " DESC")
				got := plan(t, s, query, found.args)
				if !strings.Contains(got, want) || strings.Contains(strings.ReplaceAll(got, "SCAN ft VIRTUAL", ""), "SCAN") || strings.Contains(got, "TEMP B-TREE") {
					t.Errorf("%s, %+v: %s, want %s", s.dsn, f, got, want)
				}
			}
		}
	}
}

func TestBoardPlans(t *testing.T) {
	t.Parallel()
	fresh := openDSN(t, "sqlite:"+t.TempDir()+"/fresh.db")
	known := openDSN(t, "sqlite:"+t.TempDir()+"/known.db")
	if err := known.Seed(t.Context(), SeedOptions{Mentions: 3000, Cases: 300, Seed: 1, Now: at1}); err != nil {
		t.Fatal(err)
	}
	for _, f := range []desk.CaseFilter{{}, {Brand: "acme"}, {Owner: seedUserID(1)}, {Nobody: true}, {Site: "demo:site01.example"}, {Urgency: desk.UrgencyCritical}} {
		for _, scope := range []desk.Scope{desk.Everything, {Brands: []string{"acme"}}, {Brands: []string{"acme", "birch"}}} {
			for _, s := range []*Store{fresh, known} {
				w, err := s.board(t.Context(), scope, f)
				if err != nil {
					t.Fatal(err)
				}
				s.inColumn(w, f, desk.ColumnResolved)
				got := plan(t, s, "SELECT "+cardColumns+" FROM "+cardFrom+w.String()+" ORDER BY c.sort, c.id DESC"+w.number(" LIMIT ?", 50), w.args)
				if !strings.Contains(got, "SEARCH c USING INDEX cases_") || strings.Contains(got, "SCAN") || strings.Contains(got, "TEMP B-TREE") {
					t.Errorf("%s, %+v in %v: %s", s.dsn, f, scope, got)
				}
			}
		}
	}
}
