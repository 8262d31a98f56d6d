package text

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Phrase is a word, or several in a row, made ready to be looked for.
type Phrase struct {
	words [][]byte // folded
	open  bool     // the last word may go on
}

// NewPhrase reads a phrase as people write it in rules and routes: its case, accents and spaces do not matter, and a * at its end
// stands for every ending. Without a word in it, it is found nowhere.
func NewPhrase(s string) Phrase {
	stem, open := strings.CutSuffix(strings.TrimSpace(Fold(s)), "*")
	p := Phrase{open: open}
	for w := range strings.FieldsSeq(stem) {
		p.words = append(p.words, []byte(w))
	}
	return p
}

// In tells whether a folded text has the phrase, not in the middle of a word. Between its words any space may stand, also a line
// break. A phrase that begins or ends in something else than a letter or digit, such as an emoji, may touch a word there.
func (p Phrase) In(folded []byte) bool {
	if len(p.words) == 0 {
		return false
	}
	for from := 0; ; {
		i := bytes.Index(folded[from:], p.words[0])
		if i < 0 {
			return false
		}
		start := from + i
		if end := p.end(folded, start); end > 0 && !insideWord(folded, start) && (p.open || !insideWord(folded, end)) {
			return true
		}
		from = start + 1
	}
}

// end returns where a phrase that begins at an offset ends; 0 when it does not stand there.
func (p Phrase) end(folded []byte, at int) int {
	for i, w := range p.words {
		if i > 0 {
			rest := bytes.TrimLeftFunc(folded[at:], unicode.IsSpace)
			if len(rest) == len(folded)-at {
				return 0
			}
			at = len(folded) - len(rest)
		}
		if !bytes.HasPrefix(folded[at:], w) {
			return 0
		}
		at += len(w)
	}
	return at
}

// insideWord tells whether the characters before and after an offset belong to one word.
func insideWord(folded []byte, at int) bool {
	before, _ := utf8.DecodeLastRune(folded[:at])
	after, _ := utf8.DecodeRune(folded[at:])
	return inWords(before) && inWords(after)
}

// inWords tells whether words have the folded character.
func inWords(r rune) bool {
	if r < utf8.RuneSelf {
		return alnum(byte(r))
	}
	return isLetter(r)
}
