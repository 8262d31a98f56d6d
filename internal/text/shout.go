package text

import (
	"unicode"
	"unicode/utf8"
)

// Shouted tells whether a word of three letters or more is in capitals only.
func Shouted(word string) bool {
	letters := 0
	for i, r := range word {
		if r < utf8.RuneSelf {
			if 'a' <= r && r <= 'z' {
				return false
			}
			if 'A' <= r && r <= 'Z' {
				letters++
			}
			continue
		}
		if unicode.IsLower(r) {
			return false
		}
		if unicode.IsUpper(r) {
			letters++
		}
		if i > 64 {
			break
		}
	}
	return letters >= 3
}
