package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/store"
)

// fiveWeeks writes a history: the usual talk, and in the last days a loop that several people are stuck in.
func fiveWeeks(t *testing.T, file string) {
	t.Helper()
	var out bytes.Buffer
	enc, n := json.NewEncoder(&out), 0
	say := func(day int, author, words string) {
		n++
		row := map[string]any{"id": fmt.Sprint(n), "text": words, "author": author, "handle": strings.ToLower(author), "posted_at": time.Now().Add(-time.Duration(day)*24*time.Hour - time.Minute).Format(time.RFC3339)}
		if err := enc.Encode(row); err != nil {
			t.Fatal(err)
		}
	}
	usual := []string{"The delivery was slow and the driver was rude to my neighbour", "Nice shop and friendly staff, I will come back", "My invoice was wrong again this month", "Where is my parcel, nobody came to the door"}
	for day := range 34 {
		for i := range 8 {
			say(day, fmt.Sprintf("Person%c", 'A'+i), usual[(day+i)%len(usual)])
		}
	}
	for i := range 6 {
		say(i%3, fmt.Sprintf("Reader%c", 'A'+i), "The Acme app is stuck in the login loop since the update, ask @WalburgaFinch or Walburga")
	}
	say(0, "Walburga", "I have nothing to say about the shop")
	if err := os.WriteFile(file, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestTrends imports five weeks and asks what rises; then the site removes the posts, and nothing of them is left.
func TestTrends(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	conf, rows := filepath.Join(dir, "desk.yaml"), filepath.Join(dir, "rows.jsonl")
	if err := os.WriteFile(conf, []byte("database: sqlite:"+filepath.Join(dir, "desk.db")+"\nbrands:\n  - {name: acme, title: Acme, products: [{name: Acme app}]}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	fiveWeeks(t, rows)
	var out bytes.Buffer
	opt := Options{Config: conf, Out: &out, Err: &bytes.Buffer{}}
	if err := Import(t.Context(), opt, ImportOptions{Source: "old", File: rows, Brand: "acme"}); err != nil {
		t.Fatal(err)
	}
	ask := func(f desk.TrendFilter, lines bool) string {
		t.Helper()
		out.Reset()
		if err := Trends(t.Context(), opt, f, lines); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	week := ask(desk.TrendFilter{Span: desk.SpanWeek, Brand: "acme", Limit: 20}, true)
	if !strings.Contains(week, `"word":"login loop","language":"en","mentions":6`) || strings.Contains(week, "alburga") || strings.Contains(week, "delivery") {
		t.Errorf("what rises:\n%s", week)
	}
	if table := ask(desk.TrendFilter{Span: desk.SpanWeek}, false); !strings.Contains(table, "login loop") {
		t.Errorf("as a table:\n%s", table)
	}
	if product := ask(desk.TrendFilter{Span: desk.SpanWeek, Brand: "acme", Product: "Acme app"}, false); !strings.Contains(product, "too few") {
		t.Errorf("of a product with nothing to compare with:\n%s", product)
	}
	forgetLoops(t, opt)
	if week = ask(desk.TrendFilter{Span: desk.SpanWeek, Limit: 20}, true); strings.Contains(week, "loop") {
		t.Errorf("after the site removed the posts:\n%s", week)
	}
}

// forgetLoops takes away all posts about the loop but two, as a site's terms ask for.
func forgetLoops(t *testing.T, opt Options) {
	t.Helper()
	a, err := Open(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { check(t, a.Close()) }()
	list, err := a.store.ListMentions(t.Context(), desk.Everything, desk.MentionFilter{Query: "loop"}, desk.Page{Limit: 20})
	if err != nil || len(list) != 6 {
		t.Fatalf("%d posts: %v", len(list), err)
	}
	check(t, a.store.Update(t.Context(), func(tx *store.Tx) error { return tx.Forget(t.Context(), list[2:]) }))
}
