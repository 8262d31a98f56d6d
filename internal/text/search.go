package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxSearchToken is the longest token of the index in bytes; what is longer is cut, in the index and in queries alike.
const maxSearchToken = 64

// SearchTokens returns the tokens of s for the search index, joined by spaces. Only runs of letters and digits remain, folded, so
// that SQLite's unicode61 and PostgreSQL's simple parser see the very same words: "acme.com/shop" is acme, com and shop,
// "@acme" is acme, "3.5" is 3 and 5.
func SearchTokens(s string) string {
	folded := AppendFold(make([]byte, 0, len(s)), s)
	out := folded[:0] // never overtakes what is still to be read, as a run and its space are no longer than where they stood
	for i := 0; i < len(folded); {
		n, end := searchRun(folded, i)
		if n > 0 {
			if len(out) > 0 {
				out = append(out, ' ')
			}
			out = append(out, folded[i:i+n]...)
		}
		i = end
	}
	return string(out)
}

// QueryTokens returns the words that a search for s must find, each once, in order. It cuts as [SearchTokens] does.
func QueryTokens(s string) []string {
	var words []string
	seen := map[string]bool{}
	for w := range strings.FieldsSeq(SearchTokens(s)) {
		if !seen[w] {
			seen[w] = true
			words = append(words, w)
		}
	}
	return words
}

// searchRun returns how many bytes of the run at i to keep and where to go on.
func searchRun(b []byte, i int) (keep, end int) {
	j := i
	for j < len(b) {
		n := 1
		if c := b[j]; c < utf8.RuneSelf {
			if !alnum(c) {
				break
			}
		} else {
			var r rune
			if r, n = utf8.DecodeRune(b[j:]); r == unicode.ReplacementChar || !unicode.IsLetter(r) && !unicode.IsDigit(r) {
				break
			}
		}
		if j += n; j-i <= maxSearchToken {
			keep = j - i
		}
	}
	if j == i {
		_, n := utf8.DecodeRune(b[i:])
		j += n
	}
	return keep, j
}
