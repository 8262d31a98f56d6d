package train

import (
	"math/rand/v2"
	"strings"
	"unicode/utf8"

	"github.com/earshotdesk/earshot/internal/text"
)

// plain writes a text as people do whose keyboard has no accents.
func plain(s, label string) string {
	if label == "de" {
		s = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "Ä", "Ae", "Ö", "Oe", "Ü", "Ue", "ß", "ss").Replace(s)
	}
	return text.Fold(s)
}

// cedillas writes Romanian with the letters that older keyboards have.
func cedillas(s string) string {
	return strings.NewReplacer("ș", "ş", "Ș", "Ş", "ț", "ţ", "Ț", "Ţ").Replace(s)
}

// greeklish writes Greek in Latin letters, in one of the ways that people do: by sound, by spelling, or by the look of the letters.
// One text keeps to one way. It is "" for a text that is not Greek.
func greeklish(s string, rng *rand.Rand) string {
	s = text.Fold(s)
	pairs := greekPairs(rng.IntN(3))
	single := map[rune]string{}
	for _, l := range greekLetters() {
		r, _ := utf8.DecodeRuneInString(l)
		ways := strings.Fields(l)[1:]
		single[r] = ways[rng.IntN(len(ways))]
	}
	var b strings.Builder
	greek := 0
	for i := 0; i < len(s); {
		if long, n := firstPair(pairs, s[i:]); n > 0 {
			b.WriteString(long)
			i += n
			greek += n
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		if l, ok := single[r]; ok {
			b.WriteString(l)
			greek += size
		} else {
			b.WriteRune(r)
		}
	}
	if greek < len(s)/2 {
		return ""
	}
	return b.String()
}

func firstPair(pairs []string, s string) (string, int) {
	for i := 0; i < len(pairs); i += 2 {
		if strings.HasPrefix(s, pairs[i]) {
			return pairs[i+1], len(pairs[i])
		}
	}
	return "", 0
}

// greekLetters lists each letter with the ways to write it; a way that comes twice is more usual.
func greekLetters() []string {
	return []string{
		"α a", "β v v v b", "γ g", "δ d", "ε e", "ζ z", "η i i i h", "θ th th th 8", "ι i", "κ k", "λ l", "μ m", "ν n", "ξ x x ks 3",
		"ο o", "π p", "ρ r", "σ s", "τ t", "υ y y i u", "φ f f f ph", "χ x h h ch", "ψ ps", "ω o o w w",
	}
}

// greekPairs are letters written together.
func greekPairs(way int) []string {
	switch way {
	case 0:
		return []string{"ου", "ou", "μπ", "mp", "ντ", "nt"}
	case 1:
		return []string{"ου", "ou", "αυ", "af", "ευ", "ef", "μπ", "b", "ντ", "d", "γγ", "gg", "γκ", "gk", "αι", "ai", "ει", "ei", "οι", "oi"}
	}
	return []string{"ου", "ou", "αυ", "au", "ευ", "eu", "μπ", "b", "ντ", "nt", "γγ", "ng", "γκ", "g", "αι", "e", "ει", "i", "οι", "i"}
}

// inCyrillic writes Serbian in its other alphabet.
func inCyrillic(s string) string {
	const latin, cyrillic = "abvgdđežzijklmnoprstćufhcčšABVGDĐEŽZIJKLMNOPRSTĆUFHCČŠ", "абвгдђежзијклмнопрстћуфхцчшАБВГДЂЕЖЗИЈКЛМНОПРСТЋУФХЦЧШ"
	pairs := []string{"lj", "љ", "Lj", "Љ", "nj", "њ", "Nj", "Њ", "dž", "џ", "Dž", "Џ"}
	to := []rune(cyrillic)
	for i, r := range []rune(latin) {
		pairs = append(pairs, string(r), string(to[i]))
	}
	return strings.NewReplacer(pairs...).Replace(s)
}
