package notify

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
)

func dur(d time.Duration) *desk.Duration { v := desk.Duration(d); return &v }

// aCase is a new case with what routes ask for.
func aCase(id string, set ...func(*desk.NoticeCase)) desk.NoticeCase {
	var c desk.NoticeCase
	c.Case = desk.Case{ID: desk.CaseID(id), Brand: "acme", Site: "mastodon:social.example", State: desk.CaseNew, Urgency: "normal", Sentiment: "negative", Version: 1}
	c.Head.ID, c.Head.Version, c.Head.Source, c.Head.Kind = desk.MentionID("m"+id), 1, "masto", desk.KindPost
	c.Head.Text = "The blue light blinks."
	c.Head.Verdict = desk.Verdict{Language: desk.Tag{Label: "en"}, Intent: desk.Tag{Label: "complaint"}, Spam: desk.Tag{Label: "no"},
		Products: []desk.Named{{Name: "Vac S5"}}, Topics: []desk.Named{{Name: "light"}}}
	for _, f := range set {
		f(&c)
	}
	return c
}

func targetsOf(t *testing.T, tree *Tree, c desk.NoticeCase) []string {
	t.Helper()
	var out []string
	for _, n := range tree.find(&c) {
		out = append(out, n.target)
	}
	return out
}

func mustCompile(t tester, r desk.Route) *Tree {
	t.Helper()
	tree, err := Compile(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func TestRoutesTakeTheFirstMatchAndInherit(t *testing.T) {
	t.Parallel()
	tree := mustCompile(t, desk.Route{Target: "all", GroupWait: dur(30 * time.Second), Routes: []desk.Route{
		{Match: desk.Condition{Urgency: []string{"critical"}}, Target: "pager", Continue: true, GroupBy: []string{"case"}},
		{Match: desk.Condition{Product: []string{"Vac S5"}}, Target: "vacuums", Routes: []desk.Route{
			{Match: desk.Condition{Language: []string{"hu"}}, Target: "vacuums-hu"},
			{Match: desk.Condition{Words: []string{"smok*"}}, GroupInterval: dur(time.Minute)},
		}},
		{Match: desk.Condition{Brand: []string{"acme"}}, Target: "acme"},
	}})
	critical := func(c *desk.NoticeCase) { c.Urgency = "critical" }
	for _, tc := range []struct {
		name string
		c    desk.NoticeCase
		want []string
	}{
		{"a child without a match leaves it to its parent", aCase("1"), []string{"vacuums"}},
		{"the deepest match wins", aCase("1", func(c *desk.NoticeCase) { c.Head.Verdict.Language.Label = "hu" }), []string{"vacuums-hu"}},
		{"continue tries later siblings", aCase("1", critical), []string{"pager", "vacuums"}},
		{"the first sibling ends it", aCase("1", func(c *desk.NoticeCase) { c.Head.Verdict.Products = nil }), []string{"acme"}},
		{"the root takes the rest", aCase("1", func(c *desk.NoticeCase) { c.Head.Verdict.Products = nil; c.Brand = "other" }), []string{"all"}},
		{"a target is inherited", aCase("1", func(c *desk.NoticeCase) { c.Head.Text = "It is SMOKING" }), []string{"vacuums"}},
	} {
		if diff := cmp.Diff(tc.want, targetsOf(t, tree, tc.c)); diff != "" {
			t.Errorf("%s: targets (-want +got):\n%s", tc.name, diff)
		}
	}
	smoke := aCase("1", func(c *desk.NoticeCase) { c.Head.Text = "It is smoking" })
	got := tree.find(&smoke)[0].timing
	want := timing{30 * time.Second, time.Minute, desk.DefaultRepeatInterval}
	if got != want {
		t.Errorf("timing of the smoke route is %+v, want what it says, its parents say and the defaults: %+v", got, want)
	}
}

func TestConditionsOfRoutes(t *testing.T) {
	t.Parallel()
	two := 2.0
	rated := func(v float64) func(*desk.NoticeCase) {
		return func(c *desk.NoticeCase) { c.Head.Rating = desk.Rating{Value: v, Best: 10} }
	}
	says := func(text string) func(*desk.NoticeCase) { return func(c *desk.NoticeCase) { c.Head.Text = text } }
	for _, tc := range []struct {
		name string
		when desk.Condition
		c    desk.NoticeCase
		want bool
	}{
		{"nothing asked", desk.Condition{}, aCase("1"), true},
		{"one of several", desk.Condition{Brand: []string{"x", "acme"}}, aCase("1"), true},
		{"all must hold", desk.Condition{Brand: []string{"acme"}, Urgency: []string{"high"}}, aCase("1"), false},
		{"stars on the scale of five", desk.Condition{MaxStars: &two}, aCase("1", rated(4)), true},
		{"too many stars", desk.Condition{MaxStars: &two}, aCase("1", rated(5)), false},
		{"no stars at all", desk.Condition{MaxStars: &two}, aCase("1"), false},
		{"reach", desk.Condition{MinReach: 10}, aCase("1"), false},
		{"author's posts", desk.Condition{AuthorPosts: 3}, aCase("1", func(c *desk.NoticeCase) { c.AuthorPosts = 3 }), true},
		{"a word", desk.Condition{Words: []string{"fire"}}, aCase("1", says("FIRE!")), true},
		{"not inside a word", desk.Condition{Words: []string{"fire"}}, aCase("1", says("misfired fireman")), false},
		{"a later place", desk.Condition{Words: []string{"fire"}}, aCase("1", says("fireman on fire")), true},
		{"an ending", desk.Condition{Words: []string{"fustol*"}}, aCase("1", says("Füstölni kezdett")), true},
		{"a phrase over a line break", desk.Condition{Words: []string{"on  fire"}}, aCase("1", says("it is on\nfire")), true},
		{"an emoji after a word", desk.Condition{Words: []string{"🔥"}}, aCase("1", says("great🔥")), true},
		{"Greek", desk.Condition{Words: []string{"φωτιά"}}, aCase("1", says("ΦΩΤΙΑ στο σπίτι")), true},
		{"a star alone matches nothing", desk.Condition{Words: []string{"*"}}, aCase("1"), false},
		{"topic", desk.Condition{Topic: []string{"light"}}, aCase("1"), true},
		{"site", desk.Condition{Site: []string{"bluesky"}}, aCase("1"), false},
	} {
		m := newMatcher(tc.when)
		if got := m.takes(&tc.c); got != tc.want {
			t.Errorf("%s: takes = %t, want %t", tc.name, got, tc.want)
		}
	}
}

func TestRoutesThatMakeNoSense(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		route desk.Route
		want  string
	}{
		{desk.Route{Target: "slak"}, `notify.route: there is no target "slak"; the targets are slack`},
		{desk.Route{Match: desk.Condition{Brand: []string{"a"}}}, "notify.route: the root takes every case"},
		{desk.Route{Routes: []desk.Route{{}, {GroupBy: []string{"colour"}}}}, `notify.route.routes[1]: cannot group by "colour"`},
		{desk.Route{GroupWait: dur(-time.Second)}, "notify.route.group_wait: -1s is negative"},
		{desk.Route{RepeatInterval: dur(time.Minute)}, "repeat_interval 1m0s is shorter than group_interval 5m0s"},
	} {
		_, err := Compile(tc.route, []string{"slack"})
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("Compile(%+v) = %v, want an error with %q", tc.route, err, tc.want)
		}
	}
}

func TestRouteIdentifiersAreStable(t *testing.T) {
	t.Parallel()
	a := desk.Route{Match: desk.Condition{Brand: []string{"acme", "bolt"}}, GroupWait: dur(time.Second)}
	b := desk.Route{Match: desk.Condition{Brand: []string{"bolt", "acme"}}}
	c := desk.Route{Match: desk.Condition{Urgency: []string{"high"}}}
	key := func(r desk.Route) string {
		one := aCase("1")
		return mustCompile(t, r).groupsOf(&one)[0].key
	}
	first := key(desk.Route{Target: "x", Routes: []desk.Route{a}})
	if again := key(desk.Route{Target: "x", Routes: []desk.Route{c, b}}); again != first {
		t.Errorf("the key became %q from %q, though only another route was added, the brands reordered and the wait changed", again, first)
	}
	if moved := key(desk.Route{Target: "y", Routes: []desk.Route{a}}); moved == first {
		t.Errorf("the key %q did not change with the target: it would rewrite messages that stand elsewhere", moved)
	}
	want := `root>x/brand=acme|bolt{brand="acme",product="Vac S5",source="masto"}`
	if first != want {
		t.Errorf("key = %s, want %s", first, want)
	}
}
