package desk_test

import (
	"testing"

	"github.com/earshotdesk/earshot/internal/desk"
)

func TestConditionHolds(t *testing.T) {
	t.Parallel()
	three := 3.0
	known := desk.Facts{
		Source: "shop", Site: "shop:acme", Kind: desk.KindReview, Brands: []desk.Named{{Name: "acme"}, {Name: "bolt"}},
		Products: []desk.Named{{Name: "Vac"}}, Topics: []desk.Named{{Name: "delivery"}},
		Language: "hu", Sentiment: desk.Negative, Urgency: desk.UrgencyHigh, Intent: "complaint", Spam: desk.No,
		Rating: desk.Rating{Value: 6, Best: 10}, Reach: 100, AuthorPosts: 2,
	}
	for _, c := range []struct {
		name         string
		holds, fails desk.Condition
	}{
		{"brand", desk.Condition{Brand: []string{"x", "bolt"}}, desk.Condition{Brand: []string{"x"}}},
		{"product", desk.Condition{Product: []string{"Vac"}}, desk.Condition{Product: []string{"vac"}}},
		{"topic", desk.Condition{Topic: []string{"delivery"}}, desk.Condition{Topic: []string{"legal"}}},
		{"source", desk.Condition{Source: []string{"shop"}}, desk.Condition{Source: []string{"news"}}},
		{"site", desk.Condition{Site: []string{"shop:acme"}}, desk.Condition{Site: []string{"shop"}}},
		{"kind", desk.Condition{Kind: []string{"review"}}, desk.Condition{Kind: []string{"post"}}},
		{"language", desk.Condition{Language: []string{"en", "hu"}}, desk.Condition{Language: []string{"en"}}},
		{"sentiment", desk.Condition{Sentiment: []string{"negative"}}, desk.Condition{Sentiment: []string{"positive"}}},
		{"urgency", desk.Condition{Urgency: []string{"high"}}, desk.Condition{Urgency: []string{"critical"}}},
		{"intent", desk.Condition{Intent: []string{"complaint"}}, desk.Condition{Intent: []string{"praise"}}},
		{"spam", desk.Condition{Spam: []string{"no"}}, desk.Condition{Spam: []string{"yes"}}},
		{"stars, on the scale of five", desk.Condition{MaxStars: &three}, desk.Condition{MaxStars: new(float64)}},
		{"reach", desk.Condition{MinReach: 100}, desk.Condition{MinReach: 101}},
		{"author's posts", desk.Condition{AuthorPosts: 2}, desk.Condition{AuthorPosts: 3}},
		{"nothing, and one of two", desk.Condition{}, desk.Condition{Brand: []string{"acme"}, Urgency: []string{"low"}}},
	} {
		never := func() bool { t.Errorf("%s: the words were asked for though there are none", c.name); return true }
		if !c.holds.Holds(known, never) {
			t.Errorf("%s: %+v does not hold", c.name, c.holds)
		}
		if c.fails.Holds(known, never) {
			t.Errorf("%s: %+v holds", c.name, c.fails)
		}
		if c.name != "nothing, and one of two" && c.holds.Holds(desk.Facts{}, never) {
			t.Errorf("%s: %+v holds though nothing is known", c.name, c.holds)
		}
	}
	words := desk.Condition{Words: []string{"fire"}}
	if !words.Holds(known, func() bool { return true }) || words.Holds(known, func() bool { return false }) {
		t.Error("a condition with words does not hold as they were said")
	}
}
