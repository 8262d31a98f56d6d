package triage

import (
	"unicode"
	"unicode/utf8"

	"github.com/earshotdesk/earshot/internal/text"
)

// scriptWords is of how many tokens the script is looked at.
const scriptWords = 300

// scriptOf names the language that a script alone gives away, "latin" for the Latin script, and "" where there are no words. The
// share is that of the script among the letters.
func scriptOf(in *Input) (code string, share float64) {
	var n scriptCount
	for i, tok := range in.Doc.Tokens {
		if tok.Kind != text.Word && tok.Kind != text.Hashtag {
			continue
		}
		n.add(in.Doc.Word(i))
		if i > scriptWords {
			break
		}
	}
	return n.best()
}

type scriptCount struct {
	latin, greek, cyrillic, ukrainian, other int
	code                                     string // of the last other script seen
}

func (n *scriptCount) add(w []byte) {
	for i := 0; i < len(w) && i < 64; {
		if w[i] < utf8.RuneSelf {
			if w[i] >= 'a' && w[i] <= 'z' {
				n.latin++
			}
			i++
			continue
		}
		r, size := utf8.DecodeRune(w[i:])
		i += size
		switch {
		case r < 0x250:
			n.latin++
		case r < 0x400:
			n.greek++
		case r < 0x530:
			n.cyrillic++
			if r == 'і' || r == 'ї' || r == 'є' || r == 'ґ' {
				n.ukrainian++
			}
		default:
			n.more(r)
		}
	}
}

func (n *scriptCount) more(r rune) {
	for _, s := range otherScripts {
		if unicode.Is(s.table, r) {
			n.other++
			if n.code != "ja" || s.code != "zh" { // Japanese mixes Chinese characters in
				n.code = s.code
			}
			return
		}
	}
}

var otherScripts = [...]struct {
	table *unicode.RangeTable
	code  string
}{
	{unicode.Han, "zh"},
	{unicode.Hiragana, "ja"},
	{unicode.Katakana, "ja"},
	{unicode.Hangul, "ko"},
	{unicode.Arabic, "ar"},
	{unicode.Hebrew, "he"},
	{unicode.Thai, "th"},
	{unicode.Devanagari, "hi"},
	{unicode.Georgian, "ka"},
	{unicode.Armenian, "hy"},
}

func (n *scriptCount) best() (string, float64) {
	all := n.latin + n.greek + n.cyrillic + n.other
	if all == 0 {
		return "", 0
	}
	share := func(k int) float64 { return float64(k) / float64(all) }
	switch {
	case n.greek*2 > n.latin && n.greek >= n.cyrillic && n.greek >= n.other:
		return codes[langEl], share(n.greek) // names and brands in Latin letters are common in Greek
	case n.latin >= n.cyrillic && n.latin >= n.other*2:
		return "latin", share(n.latin)
	case n.cyrillic > n.other:
		if n.ukrainian > 0 {
			return "uk", share(n.cyrillic)
		}
		return "ru", share(n.cyrillic)
	}
	if n.code == "" {
		return "", 0
	}
	return n.code, share(n.other)
}
