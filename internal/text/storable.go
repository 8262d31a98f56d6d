package text

import (
	"strings"
	"unicode/utf8"
)

// Storable returns s as every database can keep it: without zero bytes, and with the replacement character where it is not UTF-8.
// Sites send both; PostgreSQL refuses both, with all that would be stored beside them.
func Storable(s string) string {
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "")
	}
	if utf8.ValidString(s) {
		return s
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// Cut returns the longest beginning of s that has at most n bytes and does not end within a character.
func Cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// maxLine is the longest line that is kept, in bytes.
const maxLine = 2000

// Line returns a name or a title as it can be kept: storable, on one line, and not longer than such a thing is.
func Line(s string) string { return strings.Join(strings.Fields(Cut(Storable(s), maxLine)), " ") }
