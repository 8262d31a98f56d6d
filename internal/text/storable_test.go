package text

import (
	"strings"
	"testing"
)

func TestStorable(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                "",
		"Όλα καλά 🙂":      "Όλα καλά 🙂",
		"a\x00b":          "ab",
		"caf\xe9":         "caf\uFFFD",
		"\xff\x00\xfe ok": "\uFFFD ok",
	} {
		if got := Storable(in); got != want {
			t.Errorf("Storable(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCut(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "", 1: "a", 2: "a", 3: "aé", 9: "aéb"} {
		if got := Cut("aéb", n); got != want {
			t.Errorf("Cut to %d = %q, want %q", n, got, want)
		}
	}
}

func TestLine(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"  Jó\n\tcím\x00 \u00a0itt ": "Jó cím itt", "": "", "\n": "", "a\xffb": "a\ufffdb",
		strings.Repeat("ő", 3000): strings.Repeat("ő", 1000),
	} {
		if got := Line(in); got != want {
			t.Errorf("%.40q: got %.40q, want %.40q", in, got, want)
		}
	}
}
