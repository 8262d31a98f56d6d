package file

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	utf16 "golang.org/x/text/encoding/unicode"
)

// encodings are those that need decoding, by the names of the options.
func encodings() map[string]encoding.Encoding {
	return map[string]encoding.Encoding{
		"utf-16":       utf16.UTF16(utf16.LittleEndian, utf16.UseBOM),
		"utf-16be":     utf16.UTF16(utf16.BigEndian, utf16.UseBOM),
		"windows-1250": charmap.Windows1250,
		"windows-1252": charmap.Windows1252,
		"windows-1253": charmap.Windows1253,
		"iso-8859-2":   charmap.ISO8859_2,
	}
}

// guessEncoding looks at the beginning of a stream. A file is taken for UTF-8 unless its bytes speak clearly against it: a few
// bad bytes in UTF-8 are bad rows, not another encoding.
func guessEncoding(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return "utf-16"
	case zeros(head, 1):
		return "utf-16"
	case zeros(head, 0):
		return "utf-16be"
	}
	good, bad, inWords := 0, 0, 0
	for i := 0; i < len(head); {
		r, n := utf8.DecodeRune(head[i:])
		switch {
		case r == utf8.RuneError && n == 1 && !utf8.FullRune(head[i:]):
			// cut off by the end of the head
		case r == utf8.RuneError && n == 1:
			bad++
			near := i > 0 && wordByte(head[i-1]) || i+1 < len(head) && wordByte(head[i+1])
			if near && wordByte(head[i]) {
				inWords++
			}
		case n > 1:
			good++
		}
		i += n
	}
	if good > 0 || bad < 3 || inWords*10 < bad*7 {
		return "utf-8"
	}
	return legacy(head)
}

// zeros tells whether nearly every second byte from a place on is zero, as Latin letters in UTF-16 are.
func zeros(head []byte, from int) bool {
	n := 0
	for i := from; i < len(head); i += 2 {
		if head[i] == 0 {
			n++
		}
	}
	return len(head) >= 4 && n*10 >= len(head)/2*8
}

// wordByte tells whether a byte is a letter in ASCII or in a one-byte encoding of our parts.
func wordByte(b byte) bool { return unicode.IsLetter(charmap.Windows1250.DecodeByte(b)) }

// legacy chooses among the one-byte encodings by their letters: Greek ones fill a whole block of the code; what is Western uses
// letters that Central European languages do not have.
func legacy(head []byte) string {
	greek, west, letters := 0, 0, 0
	for _, b := range head {
		if b < 0x80 {
			continue
		}
		letters++
		if b >= 0xd3 && unicode.IsLetter(charmap.Windows1253.DecodeByte(b)) {
			greek++
		}
		if bytes.IndexByte([]byte("\xe0\xe3\xe5\xe6\xea\xf1\xe7\xdf"), b) >= 0 {
			west++ // à ã å æ ê ñ ç ß; as ŕ ă ĺ ć ę ń they are rare in 1250, but for Polish
		}
	}
	run := longestRun(head)
	switch {
	case run >= 4 && greek*2 > letters:
		return "windows-1253"
	case west*4 > letters:
		return "windows-1252"
	}
	return "windows-1250"
}

// longestRun is the longest run of bytes beyond ASCII: whole words only where the script itself is not Latin.
func longestRun(head []byte) int {
	longest, run := 0, 0
	for _, b := range head {
		if run++; b < 0x80 {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}
