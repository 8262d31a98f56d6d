package work

import "testing"

func TestSameWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sent, seen string
		want       bool
	}{
		{"Sorry, we look into it.", "Sorry, we  look into it.", true},
		{"Sorry, we look into it.", "@eva@masik.example Sorry, we look into it.", true},
		{"@mira hello there", "hello there", true},
		{"@mira @eva hello there", "@mira hello there", true},
		{"Sorry, we look into it.", "Sorry, we looked into it.", false},
		{"@mira", "@mira", true},
		{"", "", false},
	} {
		if got := sameWords(c.sent, c.seen); got != c.want {
			t.Errorf("%q and %q: %v", c.sent, c.seen, got)
		}
		if c.want && c.sent != "" && plainWords(c.sent) != plainWords(c.seen) {
			t.Errorf("%q and %q: told as an edit", c.sent, c.seen)
		}
	}
}
