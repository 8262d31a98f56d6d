package text

import "unicode"

// byteClass is a set of what a byte of folded text can be.
type byteClass uint8

const (
	isLatin byteClass = 1 << iota // an ASCII letter
	isDigit
	isGreek // begins a character of the Greek block
	isJoint // may join what stands around it: the signs within words, numbers, links and addresses, and bytes beyond ASCII
)

// The tables are built once and never written again.
var (
	classes = byteClasses()
	letters = smallLetters() // of the characters of two bytes
)

func byteClasses() (t [256]byteClass) {
	for c := range t {
		switch {
		case 'a' <= c && c <= 'z':
			t[c] = isLatin
		case '0' <= c && c <= '9':
			t[c] = isDigit
		case c >= 0x80:
			t[c] = isJoint
		}
	}
	for _, c := range ".-_+%@:,'" {
		t[c] = isJoint
	}
	t[0xCD], t[0xCE], t[0xCF] = isGreek|isJoint, isGreek|isJoint, isGreek|isJoint
	return t
}

func smallLetters() (t [0x800]bool) {
	for r := range rune(0x800) {
		t[r] = r >= 0x80 && isLetter(r)
	}
	return t
}

// alnum tells whether c is an ASCII letter or digit of folded text.
func alnum(c byte) bool { return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' }

// wordByte is alnum, with every byte of a character beyond ASCII taken for part of a word.
func wordByte(c byte) bool { return alnum(c) || c >= 0x80 && c != 0xE2 && c != 0xF0 }

// isLetter tells whether r, beyond ASCII, belongs into words: letters, digits, and the vowel signs of Indic scripts.
func isLetter(r rune) bool {
	switch {
	case r < 0xC0:
		return false
	case r < 0x250:
		return r != 0xD7 && r != 0xF7
	case 0x370 <= r && r < 0x530:
		return unicode.IsLetter(r)
	case 0x2000 <= r && r < 0x2C00, 0x1F000 <= r && r < 0x20000, r == unicode.ReplacementChar:
		return false
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

// isEmoji tells whether r is a picture by default.
func isEmoji(r rune) bool {
	switch {
	case r < 0x203C:
		return false
	case r >= 0x1F000:
		return r <= 0x1FAFF && r != 0x1F3FB
	case 0x2600 <= r && r <= 0x27BF:
		return true
	}
	switch r {
	case 0x203C, 0x2049, 0x231A, 0x231B, 0x23CF, 0x2B05, 0x2B06, 0x2B07, 0x2B1B, 0x2B1C, 0x2B50, 0x2B55:
		return true
	}
	return 0x23E9 <= r && r <= 0x23FA
}

func isRegional(r rune) bool { return 0x1F1E6 <= r && r <= 0x1F1FF }
