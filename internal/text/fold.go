package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Fold returns s in lower case without accents, invisible characters and typographic variants: "Žluťoučký", "ΚΙΝΗΤΌ" and
// "ﬁne" become "zlutoucky", "κινητο" and "fine". An invalid byte becomes U+001A. The result is never longer than s.
func Fold(s string) string {
	if isFolded(s) {
		return s
	}
	return string(AppendFold(make([]byte, 0, len(s)), s))
}

// AppendFold appends the folded form of s to dst.
func AppendFold(dst []byte, s string) []byte {
	dst, _ = appendFold(dst, nil, s, false)
	return dst
}

// AppendFoldMap appends the folded form of s to dst and, for each byte appended, the offset in s of the character that it came
// from; a last entry holds len(s). Texts beyond 2 GB are not for it.
func AppendFoldMap(dst []byte, offsets []int32, s string) ([]byte, []int32) {
	dst, offsets = appendFold(dst, offsets, s, true)
	return dst, append(offsets, int32(len(s)))
}

// isFolded tells whether s is plain lower-case ASCII, which most queries and lexicon words are.
func isFolded(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || 'A' <= c && c <= 'Z' || c == '`' {
			return false
		}
	}
	return true
}

func appendFold(dst []byte, off []int32, s string, mapped bool) ([]byte, []int32) {
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			dst = append(dst, asciiFold[c])
			if mapped {
				off = append(off, int32(i))
			}
			i++
			continue
		}
		n := len(dst)
		size := 2
		if 0xC2 <= c && c < 0xE0 && i+1 < len(s) && s[i+1]&0xC0 == 0x80 {
			p := twoBytes[rune(c&0x1F)<<6|rune(s[i+1]&0x3F)]
			dst = append(dst, byte(p), byte(p>>8))[:n+int(p>>16&3)]
		} else {
			var r rune
			r, size = utf8.DecodeRuneInString(s[i:])
			dst = appendFoldRune(dst, r, size)
		}
		if mapped {
			for ; n < len(dst); n++ {
				off = append(off, int32(i))
			}
		}
		i += size
	}
	return dst, off
}

// appendFoldRune folds one character beyond ASCII; size 1 says that it is an invalid byte.
func appendFoldRune(dst []byte, r rune, size int) []byte {
	switch {
	case size == 1:
		return append(dst, 0x1a)
	case r < 0xC0:
		return appendLatin1Sign(dst, r)
	case r < 0x250:
		return append(dst, folded.latin[r-0xC0]...)
	case r < 0x300:
		return appendModifier(dst, r)
	case r < 0x370: // combining accents
		return dst
	case r < 0x400:
		return append(dst, folded.greek[r-0x370]...)
	case r < 0x530:
		return utf8.AppendRune(dst, cyrillic(r))
	case r < 0x1E00:
		return appendRare(dst, r)
	case r < 0x1F00:
		return append(dst, folded.viet[r-0x1E00]...)
	case r < 0x2000:
		return append(dst, folded.poly[r-0x1F00]...)
	case r < 0x2070:
		return appendPunctuation(dst, r)
	}
	return appendHigh(dst, r)
}

func appendLatin1Sign(dst []byte, r rune) []byte {
	switch r {
	case 0xA0:
		return append(dst, ' ')
	case 0xAD: // soft hyphen
		return dst
	case 0xB4: // acute accent, typed for an apostrophe
		return append(dst, '\'')
	case 0xAA:
		return append(dst, 'a')
	case 0xBA:
		return append(dst, 'o')
	case 0xAB, 0xBB: // « »
		return append(dst, '"')
	case 0xB5: // micro sign, which is a Greek letter
		return append(dst, "μ"...)
	}
	return utf8.AppendRune(dst, r)
}

func appendModifier(dst []byte, r rune) []byte {
	if r == 0x2BC || r == 0x2B9 || r == 0x2BB || r == 0x2C8 {
		return append(dst, '\'')
	}
	return utf8.AppendRune(dst, r)
}

func cyrillic(r rune) rune {
	r = unicode.ToLower(r)
	if r == 'ё' || r == 'ѐ' {
		return 'е'
	}
	return r
}

func appendRare(dst []byte, r rune) []byte {
	if r == 0x61C || r == 0x180E { // Arabic letter mark, Mongolian vowel separator
		return dst
	}
	return appendLower(dst, r)
}

// appendLower keeps the promise that nothing grows: a lower case that takes more bytes is left as it was.
func appendLower(dst []byte, r rune) []byte {
	if l := unicode.ToLower(r); utf8.RuneLen(l) <= utf8.RuneLen(r) {
		r = l
	}
	return utf8.AppendRune(dst, r)
}

func appendPunctuation(dst []byte, r rune) []byte {
	switch {
	case r <= 0x200A, r == 0x202F, r == 0x205F, r == 0x2028, r == 0x2029:
		return append(dst, ' ')
	case r <= 0x200F, 0x202A <= r && r <= 0x202E, r >= 0x2060: // zero-width characters and bidirectional controls
		return dst
	case r <= 0x2011:
		return append(dst, '-')
	case 0x2018 <= r && r <= 0x201B, r == 0x2032:
		return append(dst, '\'')
	case 0x201C <= r && r <= 0x201F:
		return append(dst, '"')
	case r == 0x2026:
		return append(dst, "..."...)
	}
	return utf8.AppendRune(dst, r)
}

func appendHigh(dst []byte, r rune) []byte {
	switch {
	case 0x24B6 <= r && r <= 0x24E9: // circled letters
		return append(dst, 'a'+byte((r-0x24B6)%26))
	case r == 0x3000:
		return append(dst, ' ')
	case 0xFB00 <= r && r <= 0xFB06:
		return append(dst, ligatures[r-0xFB00]...)
	case 0xFE00 <= r && r <= 0xFE0F, r == 0xFEFF: // variation selectors, byte order mark
		return dst
	case 0xFF01 <= r && r <= 0xFF5E: // fullwidth forms
		return append(dst, asciiFold[r-0xFF01+'!'])
	case 0x1D400 <= r && r <= 0x1D6A3: // mathematical letters, the fancy fonts of posts
		return append(dst, 'a'+byte((r-0x1D400)%26))
	case 0x1D7CE <= r && r <= 0x1D7FF:
		return append(dst, '0'+byte((r-0x1D7CE)%10))
	case 0xE0000 <= r && r <= 0xE007F: // tags, invisible
		return dst
	}
	return appendLower(dst, r)
}

// The tables are built once and never written again.
var (
	asciiFold = foldASCII()
	folded    = foldTables{
		latin: table(latinFold, 0xC0), greek: table(greekFold, 0x370), viet: table(vietFold, 0x1E00), poly: table(polyFold, 0x1F00),
	}
	ligatures = [...]string{"ff", "fi", "fl", "ffi", "ffl", "st", "st"}
)

type foldTables struct{ latin, greek, viet, poly []string }

func table(list string, first rune) []string {
	fields := strings.Fields(list)
	for i, f := range fields {
		if f == "." {
			fields[i] = string(first + rune(i))
		}
	}
	return fields
}

func foldASCII() (t [128]byte) {
	for c := range byte(128) {
		t[c] = c
		if 'A' <= c && c <= 'Z' {
			t[c] = c + 'a' - 'A'
		}
	}
	t['`'] = '\''
	return t
}
