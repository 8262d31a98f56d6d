package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
)

// remotes lists what a filter finds, newest first.
func remotes(t *testing.T, s *Store, scope desk.Scope, f desk.MentionFilter) string {
	t.Helper()
	rows, err := s.ListMentions(t.Context(), scope, f, desk.Page{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range rows {
		out = append(out, string(r.Remote))
	}
	n, err := s.CountMentions(t.Context(), scope, f, 100)
	if err != nil || n != (desk.Count{N: len(out)}) {
		t.Errorf("%+v lists %d and counts %v, %v", f, len(out), n, err)
	}
	return strings.Join(out, " ")
}

func TestMentionsByEachFilter(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		now := at1
		s := e.open(t, clock(&now))
		put(t, s, "first", mention("acme", "a", "delivery late"), mention("birch", "b", "delivery fine", func(a *desk.Arrival) {
			a.Mention.Site, a.Mention.Kind, a.Mention.Author = "demo:other", desk.KindReview, desk.Author{Handle: "bob"}
			a.Verdict.Language.Label, a.Verdict.Sentiment.Label, a.Verdict.Intent.Label = "hu", desk.Positive, desk.IntentPraise
			a.Verdict.Urgency.Label, a.Verdict.Spam.Label = desk.UrgencyHigh, desk.Yes
			a.Verdict.Products, a.Verdict.Topics = []desk.Named{{Name: "Phone"}}, []desk.Named{{Name: "shipping"}}
		}))
		now = now.Add(48 * time.Hour)
		put(t, s, "second", mention("acme", "c", "third"), mention("acme", "ours", "we are sorry", func(a *desk.Arrival) { a.Mention.Ours = true }), mention("acme", "a", "delivery late"))
		for _, c := range []struct {
			f    desk.MentionFilter
			want string
		}{
			{desk.MentionFilter{}, "c b a"}, {desk.MentionFilter{Ours: true}, "ours"},
			{desk.MentionFilter{Brand: "birch"}, "b"}, {desk.MentionFilter{Site: "demo:other"}, "b"}, {desk.MentionFilter{Kind: desk.KindReview}, "b"},
			{desk.MentionFilter{Language: "hu"}, "b"}, {desk.MentionFilter{Sentiment: desk.Negative}, "c a"}, {desk.MentionFilter{Urgency: desk.UrgencyHigh}, "b"},
			{desk.MentionFilter{Intent: desk.IntentComplaint}, "c a"}, {desk.MentionFilter{Spam: desk.Yes}, "b"}, {desk.MentionFilter{Spam: desk.No}, "c a"},
			{desk.MentionFilter{Product: "Phone"}, "b"}, {desk.MentionFilter{Topic: "shipping"}, "b"}, {desk.MentionFilter{Topic: "Phone"}, ""},
			{desk.MentionFilter{Product: "Phone", Topic: "shipping", Source: "first", Query: "fine"}, "b"},
			{desk.MentionFilter{Product: "Phone", Source: "second"}, ""},
			{desk.MentionFilter{Source: "first"}, "b a"}, {desk.MentionFilter{Source: "second"}, "c a"}, {desk.MentionFilter{Author: "ann"}, "c a"},
			{desk.MentionFilter{Author: "ann", Brand: "birch"}, ""}, {desk.MentionFilter{Query: "Delivery"}, "b a"}, {desk.MentionFilter{Query: "late delivery"}, "a"},
			{desk.MentionFilter{Query: "deliver"}, ""}, {desk.MentionFilter{Query: "…!"}, ""}, {desk.MentionFilter{Query: "bob"}, "b"},
			{desk.MentionFilter{Since: at1.Add(time.Hour)}, "c"}, {desk.MentionFilter{Until: at1.Add(time.Hour)}, "b a"}, {desk.MentionFilter{Since: at1.Add(99 * time.Hour)}, ""},
			{desk.MentionFilter{Until: at1}, ""}, {desk.MentionFilter{Since: at1, Until: at1.Add(time.Microsecond), Sentiment: desk.Negative}, "a"},
		} {
			if got := remotes(t, s, desk.Everything, c.f); got != c.want {
				t.Errorf("%+v finds %q, want %q", c.f, got, c.want)
			}
		}
		if got := remotes(t, s, desk.Scope{Brands: []string{"birch"}}, desk.MentionFilter{}); got != "b" {
			t.Errorf("the scope of birch shows %q", got)
		}
		if got := remotes(t, s, desk.Scope{Brands: []string{"birch", "cedar"}}, desk.MentionFilter{Brand: "acme"}); got != "" {
			t.Errorf("a filter widens the scope: %q", got)
		}
	})
}

func TestMentionComesBackWhole(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		now := at1
		s := e.open(t, clock(&now))
		a := mention("acme", "9223372036854775809", "line one\nőű ς 👎🏽", func(a *desk.Arrival) {
			a.Mention.Title, a.Mention.Language, a.Mention.URL, a.Mention.Thread, a.Mention.Parent = "Title", "hu", "https://example.com/?a=1", "t", "p"
			a.Mention.Rating, a.Mention.Counts, a.Mention.Extra = desk.Rating{Value: 1.5, Best: 5}, desk.Counts{Likes: 1, Shares: 2, Replies: 3, Views: 4}, map[string]string{"a": "b"}
			a.Mention.EditedAt, a.Mention.Author = at1.Add(time.Minute), desk.Author{ID: "7", Handle: "ann", Name: "Ann", URL: "https://example.com/ann", Followers: 12}
			a.Verdict.Reasons = []desk.Reason{{Tag: "sentiment", By: "word", Text: "őű", From: 9, To: 13, Weight: -1.25}}
		})
		landed := put(t, s, "src", a)
		want := desk.MentionRow{Mention: a.Mention, N: 1, Verdict: a.Verdict}
		want.ID, want.SeenAt, want.Source, want.Version = landed[0].ID, at1, "src", 1
		got, err := s.Mention(t.Context(), desk.Everything, landed[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		if _, err := s.Mention(t.Context(), desk.Scope{Brands: []string{"birch"}}, landed[0].ID); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("outside the scope: %v", err)
		}
		if _, err := s.Mention(t.Context(), desk.Everything, "nobody"); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("unknown: %v", err)
		}
	})
}

// Both engines find the same, whatever people write.
func TestSearchHits(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		s := e.open(t)
		for remote, words := range map[desk.RemoteID]string{
			"url": "see https://acme.com/shop?id=42", "handle": "hello @acme_help now", "decimal": "costs 3.50 €", "hyphen": "a state-of-the-art e-mail",
			"hu": "Az ÁRVÍZTŰRŐ tükörfúrógép", "el": "Ο ΛΟΓΑΡΙΑΣΜΌΣ μου είναι λάθος", "sk": "Ľúbim žltý kôň", "quote": `it's a "test" AND NOT OR near`,
			"emoji": "👎🏽 bad", "percent": "100%_sure", "operators": "a:b & c | d ! (e) * <-> 'f' \\ g",
		} {
			put(t, s, "src", mention("acme", remote, words, func(a *desk.Arrival) { a.Mention.Author = desk.Author{} }))
		}
		for query, want := range map[string]string{
			"shop": "url", "acme.com/shop": "url", "https://acme.com": "url", "42": "url", "@acme_help": "handle", "acme help": "handle", "3.50": "decimal", "50": "decimal",
			"e-mail": "hyphen", "mail": "hyphen", "art state": "hyphen", "arvizturo": "hu", "ÁRVÍZTŰRŐ TÜKÖRFÚRÓGÉP": "hu", "λογαριασμος": "el", "ΛΟΓΑΡΙΑΣΜΟΣ": "el",
			"lubim kon": "sk", "ŽLTÝ": "sk", "AND": "quote", "NOT test": "quote", `"test"`: "quote", "100%": "percent", "%": "", "a:b": "operators", "c & d": "operators",
			"f'": "operators", "bad": "emoji", "sho": "", "shop*": "url", "NEAR": "quote",
		} {
			if got := remotes(t, s, desk.Everything, desk.MentionFilter{Query: query}); got != want {
				t.Errorf("%q finds %q, want %q", query, got, want)
			}
		}
	})
}

// What is common is found by walking, what is rare by the index; both must agree.
func TestCommonWords(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		s := e.open(t)
		var list []desk.Arrival
		for i := range rare + 10 {
			list = append(list, mention("acme", desk.RemoteID(fmt.Sprint(i)), fmt.Sprintf("delivery number %d", i)))
		}
		put(t, s, "src", list...)
		opened(t, s, "C1")
		found := opened(t, s, "C2")
		put(t, s, "src", mention("acme", "mC2", "number of the delivery"))
		for query, want := range map[string]string{"delivery number": "C2", "delivery": "C2", "delivery numb": "", "number": "C2", "words c1": "C1"} {
			if got := ids(t, s, desk.Everything, desk.CaseFilter{Query: query}, desk.ColumnNew); got != want {
				t.Errorf("the board finds %q by %q, want %q", got, query, want)
			}
		}
		if c, err := s.CountCards(t.Context(), desk.Everything, desk.CaseFilter{Query: "delivery"}, 9); err != nil || c[desk.ColumnNew].N != 1 {
			t.Errorf("the board counts %v of %s, %v", c, found.ID, err)
		}
		n, err := s.CountMentions(t.Context(), desk.Everything, desk.MentionFilter{Query: "delivery number"}, rare+5)
		if err != nil || n != (desk.Count{N: rare + 5, More: true}) {
			t.Errorf("counted %v, %v", n, err)
		}
		rows, err := s.ListMentions(t.Context(), desk.Everything, desk.MentionFilter{Query: "delivery"}, desk.Page{Limit: 3, Before: 1000})
		if err != nil || len(rows) != 3 || rows[0].N != 999 {
			t.Errorf("%d rows, %v", len(rows), err)
		}
	})
}

// Somebody who turns pages while mentions arrive sees each once: older ones by Before, what arrived by After.
func TestPagesHaveNoHolesWhileMentionsArrive(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		s := e.open(t)
		arrive := func(from, n int) {
			for i := from; i < from+n; i++ {
				put(t, s, "src", mention("acme", desk.RemoteID(fmt.Sprint(i)), "text"))
			}
		}
		arrive(0, 40)
		var wg sync.WaitGroup
		wg.Go(func() { arrive(40, 40) })
		list := func(p desk.Page) []desk.MentionRow {
			rows, err := s.ListMentions(context.Background(), desk.Everything, desk.MentionFilter{}, p)
			if err != nil {
				t.Fatal(err)
			}
			for i := 1; i < len(rows); i++ {
				if rows[i].N >= rows[i-1].N {
					t.Fatalf("%d stands under %d", rows[i].N, rows[i-1].N)
				}
			}
			return rows
		}
		seen := map[desk.RemoteID]int{}
		page := list(desk.Page{Limit: 7})
		newest := page[0].N
		for ; len(page) > 0; page = list(desk.Page{Before: page[len(page)-1].N, Limit: 7}) {
			for _, r := range page {
				seen[r.Remote]++
			}
		}
		wg.Wait()
		for page = list(desk.Page{After: newest, Limit: 7}); len(page) > 0; page = list(desk.Page{After: page[0].N, Limit: 7}) {
			for _, r := range page {
				seen[r.Remote]++
			}
		}
		for i := range 80 {
			if n := seen[desk.RemoteID(fmt.Sprint(i))]; n != 1 {
				t.Errorf("mention %d was seen %d times", i, n)
			}
		}
	})
}

// What is no text is kept as well as it goes; it stops nothing and finds nothing.
func TestStrayBytes(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		s := e.open(t)
		landed := put(t, s, "src", mention("acme", "1", "before\x00after \xff end"))
		got, err := s.Mention(t.Context(), desk.Everything, landed[0].ID)
		if err != nil || !strings.HasPrefix(got.Text, "before") || !strings.HasSuffix(got.Text, "end") {
			t.Errorf("%q, %v", got.Text, err)
		}
		if got := remotes(t, s, desk.Everything, desk.MentionFilter{Query: "after"}); got != "1" {
			t.Errorf("search finds %q", got)
		}
		if got := remotes(t, s, desk.Everything, desk.MentionFilter{Author: "\x00\xff", Brand: "\x00"}); got != "" {
			t.Errorf("found %q", got)
		}
		if _, _, err := s.Card(t.Context(), desk.Everything, "\x00\xff"); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("a case of stray bytes: %v", err)
		}
		if _, err := s.UserByEmail(t.Context(), "\x00\xff"); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("a user of stray bytes: %v", err)
		}
	})
}
