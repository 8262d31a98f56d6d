package notify

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/earshotdesk/earshot/internal/desk"
)

func TestCleanAndShorten(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain":                    "plain",
		" a\r\nb\rc\td ":           "a\nb\nc d",
		"\x1b[31mred\x00":          "[31mred",
		"a\n\n\n\n\nb":             "a\n\nb",
		"abc\u202Edef\u2066x":      "abcdefx",
		"bad \xff byte":            "bad � byte",
		"para\u2029graph":          "para\ngraph",
		"family 👩‍👩‍👧 stays whole": "family 👩‍👩‍👧 stays whole",
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
	for _, tc := range []struct {
		in   string
		n    int
		want string
	}{
		{"12345", 5, "12345"}, {"123456", 5, "1234…"}, {"123 456", 5, "123…"}, {"ab👩‍👩‍👧cd", 5, "ab…"}, {"e\u0301e\u0301e\u0301", 4, "e\u0301…"}, {"", 3, ""},
	} {
		got := Shorten(tc.in, tc.n)
		if got != tc.want || utf8.RuneCountInString(got) > tc.n {
			t.Errorf("Shorten(%q, %d) = %q, want %q", tc.in, tc.n, got, tc.want)
		}
	}
}

func TestCards(t *testing.T) {
	t.Parallel()
	c := aCase("1", urgency("critical"), func(c *desk.NoticeCase) {
		c.Head.Text = strings.Repeat("long ", 300)
		c.Head.Author = desk.Author{Handle: "anna"}
		c.Head.Rating = desk.Rating{Value: 2, Best: 10}
		c.Head.URL = "javascript:alert(1)"
		c.Head.Verdict.Urgency.Label = "critical"
		c.Head.Verdict.Reasons = []desk.Reason{{Tag: "urgency", Text: "fire", Weight: 2}, {Tag: "urgency", Text: "calm", Weight: -1}, {Tag: "sentiment", Text: "bad", Weight: 1}}
	}).Card
	got := NewCard(&c, "u", nil)
	if got.Author != "@anna" || got.Stars != 1 || got.Link != "" || got.Why != "“fire”" || utf8.RuneCountInString(got.Excerpt) > maxExcerpt {
		t.Errorf("card: %+v", got)
	}
	c.State = desk.CaseDismissed
	if got := NewCard(&c, "u", nil); got.Excerpt != "" || got.Why != "" {
		t.Errorf("a closed case still quotes %q, %q", got.Excerpt, got.Why)
	}
	c.Head = desk.MentionRow{} // deleted
	if got := NewCard(&c, "u", nil); !got.Gone || got.Author != "" {
		t.Errorf("a case whose mention was deleted: %+v", got)
	}
	names := Names{"googleplay": "Google Play", "hackernews": "Hacker News", "nameless": ""}
	for site, want := range map[desk.Site]string{"": "", "googleplay:com.acme": "Google Play", "hackernews": "Hacker News", "nameless": "Nameless", "mastodon:x": "Mastodon", "élan": "Élan"} {
		if got := names.Site(site); got != want {
			t.Errorf("%q is called %q, want %q", site, got, want)
		}
	}
	c.Site = "googleplay:com.acme"
	if got := NewCard(&c, "u", names); got.Site != "Google Play" {
		t.Errorf("the card says %q", got.Site)
	}
}
