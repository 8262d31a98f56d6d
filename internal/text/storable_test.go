package text

import "testing"

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
