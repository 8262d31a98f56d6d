package text_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/earshotdesk/earshot/internal/text"
)

// TestLengthVectors compares with what the networks' own libraries count.
func TestLengthVectors(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/length-vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vectors []struct {
			Name, Text                              string
			Codepoints, UTF16, UTF8Bytes, Graphemes int
			X                                       struct{ WeightedLength int }
			Bluesky                                 struct{ GraphemeLength int }
		}
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Vectors) < 20 {
		t.Fatalf("%d vectors", len(file.Vectors))
	}
	for _, v := range file.Vectors {
		for unit, want := range map[text.Unit]int{
			text.Codepoints: v.Codepoints, text.UTF16: v.UTF16, text.Bytes: v.UTF8Bytes, text.Graphemes: v.Bluesky.GraphemeLength,
			text.Weighted: v.X.WeightedLength,
		} {
			if got := text.Length(v.Text, unit); got != want {
				t.Errorf("%s in %s: %d, want %d", v.Name, unit, got, want)
			}
		}
	}
}

func TestLengthMastodon(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]int{
		"Hi @eva@example.social!":                             8,
		"https://example.org/a/very/long/path?with=arguments": 23,
		"👨‍👩‍👧‍👦 ok":                                          4,
	} {
		if got := text.Length(in, text.Mastodon); got != want {
			t.Errorf("%q: %d, want %d", in, got, want)
		}
	}
}

func TestExcerpt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		n    int
		want string
	}{
		{"short", 10, "short"},
		{"exactly", 7, "exactly"},
		{"one two three", 8, "one two…"},
		{"one two three", 9, "one two…"},
		{"  a \n\n b  ", 5, "a b"},
		{"👨‍👩‍👧‍👦👨‍👩‍👧‍👦👍🏽", 2, "👨‍👩‍👧‍👦…"},
		{"abc", 1, "…"},
		{"abc", 0, ""},
		{strings.Repeat("x", 1<<20), 3, "xx…"},
	} {
		if got := text.Excerpt(c.in, c.n); got != c.want {
			t.Errorf("Excerpt(%.20q, %d) = %q, want %q", c.in, c.n, got, c.want)
		}
	}
}
