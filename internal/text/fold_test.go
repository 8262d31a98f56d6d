package text_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/earshotdesk/earshot/internal/text"
)

func TestFold(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Őrült Ősz, ÁRVÍZTŰRŐ":      "orult osz, arvizturo",
		"ΚΙΝΗΤΌ ΰποδομής Άι ΐ":      "κινητο υποδομησ αι ι",
		"Žluťoučký kôň, ľúbim":      "zlutoucky kon, lubim",
		"Łódź Straße Ærø œuvre":     "lodz strasse aero oeuvre",
		"ıİ ĳ ĿL":                   "ii ij ll",
		"don’t don‘t don`t don´t":   "don't don't don't don't",
		"sz\u200börny\u202eű\u2066": "szornyu",
		"ＦＲＥＥ　ｘ":                    "free x",
		"𝐅𝐫𝐞𝐞 𝟙 Ⓐⓑ ﬁne":             "free 1 ab fine",
		"ko\u0308szi":               "koszi",
		"Ёлка Й":                    "елка й",
		"a\xffb\xc3":                "a\x1ab\x1a",
		"Hmm… „x” «y»":              "hmm... \"x\" \"y\"",
		"❤️":                        "❤",
		"":                          "",
		"plain":                     "plain",
	} {
		if got := text.Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestFoldAgainstNormalisation takes normal form D without marks as the oracle for every Latin and Greek letter.
func TestFoldAgainstNormalisation(t *testing.T) {
	t.Parallel()
	own := "\u0374ßẞÆæŒœØøŁłĐđÐðÞþıİĦħŊŋŦŧĸςſŉĲĳĿŀǢǣǼǽǾǿȺȾẛẜẝ"
	for r := rune(0xC0); r < 0x2000; r++ {
		if !unicode.IsLetter(r) || r >= 0x250 && r < 0x370 || r >= 0x400 && r < 0x1E00 || strings.ContainsRune(own, r) {
			continue
		}
		lower := strings.ToLower(norm.NFD.String(strings.ToLower(norm.NFD.String(string(r)))))
		want := strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Mn, r) {
				return -1
			}
			return r
		}, lower)
		if got := text.Fold(string(r)); got != want && len(want) <= len(string(r)) {
			t.Errorf("Fold(%q U+%04X) = %q, want %q", r, r, got, want)
		}
	}
}

func TestFoldMap(t *testing.T) {
	t.Parallel()
	in := "Straße \u200bőr\xff!"
	folded, offsets := text.AppendFoldMap(nil, nil, in)
	if len(offsets) != len(folded)+1 || int(offsets[len(folded)]) != len(in) {
		t.Fatalf("%d offsets for %d bytes, the last %d", len(offsets), len(folded), offsets[len(offsets)-1])
	}
	at := strings.Index(string(folded), "or")
	if want := strings.Index(in, "őr"); int(offsets[at]) != want {
		t.Errorf("the folded or comes from %d, want %d", offsets[at], want)
	}
}

func TestFoldCostsNoMemory(t *testing.T) {
	buf := make([]byte, 0, 256)
	if n := testing.AllocsPerRun(100, func() { buf = text.AppendFold(buf[:0], "Žluťoučký ΚΙΝΗΤΌ Őr 😀 ﬁ") }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"Őr\xff", "ß\u202e", "👨‍👩‍👧‍👦", "Ⱥﬃ…"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := text.Fold(s)
		if !utf8.ValidString(got) {
			t.Errorf("Fold(%q) = %q is not valid UTF-8", s, got)
		}
		if len(got) > len(s) {
			t.Errorf("Fold(%q) grew to %q", s, got)
		}
		if again := text.Fold(got); again != got {
			t.Errorf("Fold(%q) = %q, folded again %q", s, got, again)
		}
	})
}

func BenchmarkFold(b *testing.B) {
	s := strings.Repeat("Szörnyű élmény volt, a Žluťoučký κινητό nem működik! ", 3)
	buf := make([]byte, 0, 512)
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		buf = text.AppendFold(buf[:0], s)
	}
}
