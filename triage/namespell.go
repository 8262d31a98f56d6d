package triage

import (
	"strings"
	"unicode/utf8"

	"github.com/earshotdesk/earshot/internal/text"
)

// form is one spelling of a word, folded, with the endings that it takes.
type form struct {
	text string
	rule endingRule
}

// spelling is an alias as texts may write it: its words in a row.
type spelling struct {
	words []spelled
	tail  string // signs that must follow at once: the + of Disney+
}

// spelled is one word of a spelling; gap is the sign that must stand before it, "" for a space, a hyphen or nothing.
type spelled struct {
	forms []form
	gap   string
}

// spellings are the ways in which an alias is looked for: word by word, and joined as hashtags and handles write it.
func spellings(alias string) []spelling {
	plain := strings.Join(strings.Fields(alias), " ")
	tagged := plain != "" && (plain[0] == '@' || plain[0] == '#')
	plain, open := strings.CutSuffix(plain, "*")
	raw, gaps, tail := cut(strings.TrimLeft(plain, "@#"))
	if len(raw) == 0 {
		return pictured(plain)
	}
	whole := spelling{tail: tail}
	for i, w := range raw {
		forms := formsOf(w, i < len(raw)-1, len(raw) > 1)
		if tagged {
			forms = []form{{text.Fold(w), endNone}}
		}
		if open && i == len(raw)-1 {
			forms = []form{{text.Fold(w), endAny}}
		}
		whole.words = append(whole.words, spelled{forms, gaps[i]})
	}
	out := []spelling{whole}
	if joined := strings.Join(raw, ""); len(raw) > 1 && utf8.RuneCountInString(joined) > 4 && tail == "" && !open {
		out = append(out, spelling{words: []spelled{{forms: formsOf(joined, false, false)}}})
	}
	return out
}

// pictured is the spelling of an alias without letters: an emoji.
func pictured(plain string) []spelling {
	if folded := text.Fold(plain); folded != "" {
		return []spelling{{words: []spelled{{forms: []form{{folded, endNone}}}}}}
	}
	return nil
}

// cut parts an alias into its words, the signs between them that matter, and those at its end.
func cut(alias string) (words, gaps []string, tail string) {
	gap, start := "", -1
	flush := func(end int) {
		if start >= 0 {
			words, gaps, gap, start = append(words, alias[start:end]), append(gaps, gap), "", -1
		}
	}
	for i, r := range alias {
		if wordRune(r) {
			if start < 0 {
				start = i
			}
			continue
		}
		flush(i)
		if strings.ContainsRune("&+.", r) {
			gap += string(r)
		}
	}
	flush(len(alias))
	if len(gaps) > 0 {
		gaps[0] = ""
	}
	return words, gaps, strings.Trim(gap, ".&")
}

// wordRune tells whether r, unfolded, is part of a word as [text.Doc] cuts them; combining accents are.
func wordRune(r rune) bool {
	f := text.Fold(string(r))
	return f == "" || partOfWord(f[0])
}

func partOfWord(c byte) bool { return wordBytes[c] }

// wordBytes are the bytes of folded text that words are made of; those that begin signs and pictures are not. The table is built
// once and never written again.
var wordBytes = func() (t [256]bool) {
	for c := range t {
		t[c] = 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c >= 0x80 && c != 0xE2 && c != 0xF0
	}
	return t
}()

// formsOf lists the spellings of one word of an alias. A word inside an alias may be an adjective and be inflected as one; short
// words are inflected only beside others.
func formsOf(word string, inside, beside bool) []form {
	out := formsPlain(word, inside, beside)
	if len(out) > 0 && out[0].rule != endNone && len(out[0].text) >= minLong {
		for _, swap := range [][2]string{{"f", "ph"}, {"ph", "f"}} {
			if other := strings.Replace(out[0].text, swap[0], swap[1], 1); other != out[0].text && !strings.Contains(other, "phf") {
				return append(out, form{other, out[0].rule})
			}
		}
	}
	return out
}

func formsPlain(word string, inside, beside bool) []form {
	plain := text.Fold(word)
	last, _ := utf8.DecodeLastRuneInString(plain)
	letters := utf8.RuneCountInString(plain)
	switch {
	case plain == "":
		return nil
	case last >= 0x370 && last < 0x400:
		return greekForms(plain)
	case letters < 3 || letters == 3 && !beside || last < 'a' || last > 'z':
		return []form{{plain, endNone}}
	case !strings.ContainsRune("aeioy", last):
		out := []form{{plain, endLatin}}
		if n := len(plain); letters >= 6 && strings.IndexByte("eo", plain[n-2]) >= 0 && strings.IndexByte("kclrmnzg", plain[n-1]) >= 0 {
			out = append(out, form{plain[:n-2] + plain[n-1:], endFleeting})
		}
		return out
	}
	out := []form{{plain, endLatinOpen}}
	stem := plain[:len(plain)-1]
	if strings.ContainsRune("aeo", last) && letters >= 4 {
		out = append(out, form{stem, endStem})
	}
	if end := []rune(word); inside && letters >= 4 || strings.ContainsRune("ýÝ", end[len(end)-1]) {
		out = append(out, form{stem, endAdjective})
	}
	return out
}

func greekForms(plain string) []form {
	out := []form{{plain, endNone}}
	if strings.HasSuffix(plain, "μα") {
		out[0].rule = endGreekMa
	}
	stem := greekStem(plain)
	inflects := stem != plain && utf8.RuneCountInString(stem) >= 4
	if inflects {
		rule := endGreek
		if strings.HasSuffix(plain, "οσ") {
			rule = endGreekOs
		}
		out = append(out, form{stem, rule})
	}
	for _, latin := range greeklish(plain) {
		out = append(out, form{latin, endNone})
	}
	if inflects {
		for _, latin := range greeklish(stem) {
			out = append(out, form{latin, endGreeklish})
		}
	}
	return out
}

// maxGreeklish bounds the ways in which one word is written in Latin letters.
const maxGreeklish = 24

// greeklish returns how people write a folded Greek word in Latin letters; none for a short word, which would be one of another
// language.
func greeklish(word string) []string {
	if utf8.RuneCountInString(word) < 5 {
		return nil
	}
	out := []string{""}
	for len(word) > 0 {
		ways, size := latinFor(word)
		word = word[size:]
		if len(out)*len(ways) > maxGreeklish {
			ways = ways[:1]
		}
		next := make([]string, 0, len(out)*len(ways))
		for _, head := range out {
			for _, w := range ways {
				next = append(next, head+w)
			}
		}
		out = next
	}
	return out
}

// latinFor returns the ways to write the first letter or pair of letters, the usual one first, and its size in bytes.
func latinFor(word string) ([]string, int) {
	for _, p := range greekPairs {
		if strings.HasPrefix(word, p[0]) {
			return p[1:], len(p[0])
		}
	}
	_, size := utf8.DecodeRuneInString(word)
	return []string{word[:size]}, size
}

var greekPairs = [][]string{
	{"ου", "ou"}, {"αυ", "av", "au"}, {"ευ", "ev", "eu"}, {"μπ", "mp", "b"}, {"ντ", "nt", "d"}, {"γκ", "gk", "g"},
	{"α", "a"}, {"β", "v", "b"}, {"γ", "g"}, {"δ", "d"}, {"ε", "e"}, {"ζ", "z"}, {"η", "i", "h"}, {"θ", "th", "8"}, {"ι", "i"}, {"κ", "k"},
	{"λ", "l"}, {"μ", "m"}, {"ν", "n"}, {"ξ", "ks", "x"}, {"ο", "o"}, {"π", "p"}, {"ρ", "r"}, {"σ", "s"}, {"τ", "t"}, {"υ", "y", "u", "i"},
	{"φ", "f"}, {"χ", "x", "h", "ch"}, {"ψ", "ps"}, {"ω", "o", "w"},
}
