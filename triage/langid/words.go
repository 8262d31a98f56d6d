package langid

import (
	"slices"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Script is a writing system as far as the model tells them apart.
type Script uint8

// The scripts. What is none of the first three is Other.
const (
	Latin Script = iota
	Greek
	Cyrillic
	Other
	scripts
)

const (
	maxWord = 24 // how many characters of a word are looked at
	maxRead = 60 // what is longer is no word: its rest is not read
)

// The borders of a word among its characters; no letter has these numbers.
const (
	wordStart = 1
	wordEnd   = 2
)

// Word is one word in lower case as the model sees it: its characters with a border on each side, its accents kept. The zero
// value is ready, [Cutter] fills it.
type Word struct {
	Script Script
	From   int // where in the text it began, in bytes
	To     int // and ended

	odd   bool // it mixes alphabets or has letters of rare forms
	n     int  // characters with both borders
	chars [maxWord + 2]uint16
}

// Cutter cuts a token into the words of the model: at hyphens, and behind apostrophes, so that "l'albergo" is "l'" and "albergo".
type Cutter struct {
	s    string
	at   int
	base int
}

// Cut starts at a token, given as written; base is where it stands in the text.
func Cut(token string, base int) Cutter { return Cutter{s: token, base: base} }

// Next reads the next word into w, and tells whether there was one.
func (c *Cutter) Next(w *Word) bool {
	for c.at < len(c.s) {
		if c.read(w); w.n > 2 {
			return true
		}
	}
	return false
}

func (c *Cutter) read(w *Word) {
	w.chars[0] = wordStart
	n := 1
	var count [scripts]int32
	w.From = c.base + c.at
	for c.at < len(c.s) {
		var ch uint16
		script := Latin
		if b := c.s[c.at]; b < utf8.RuneSelf {
			c.at++
			ch = asciiLower[b]
		} else {
			ch, script = c.next(w.chars[n-1])
		}
		if ch == skip {
			continue
		}
		if ch == end || ch == '\'' && n == 1 {
			break
		}
		if ch&composed != 0 { // in place of the letter before
			w.chars[n-1] = ch &^ composed
			continue
		}
		count[script]++
		if n <= maxWord {
			w.chars[n] = ch
			n++
		} else if count[script] == maxRead {
			c.at = len(c.s)
		}
		if ch == '\'' {
			break
		}
	}
	w.To = c.base + c.at
	w.chars[n] = wordEnd
	w.n = n + 1
	w.Script, w.odd = scriptOf(&count)
}

// scriptOf is the script of most letters. The word is odd when there are several, and when it may be in letters of rare forms.
func scriptOf(count *[scripts]int32) (most Script, odd bool) {
	if count[Greek]|count[Cyrillic]|count[Other] == 0 {
		return Latin, false
	}
	kinds := 0
	for s, c := range count {
		if c > 0 {
			kinds++
		}
		if c > count[most] {
			most = Script(s)
		}
	}
	return most, kinds > 1 || most == Other
}

// unmask puts Latin letters for those of other alphabets that look the same. It tells whether the word then is a Latin one; the
// first byte of its folded form says whether it should be.
func (w *Word) unmask(folded byte) bool {
	if folded >= utf8.RuneSelf {
		return false
	}
	for i, c := range w.chars[1 : w.n-1] {
		if c < 0x370 || 0x1E00 <= c && c < 0x1F00 {
			continue
		}
		at := slices.Index(lookalikes, c)
		if at < 0 {
			return false
		}
		w.chars[1+i] = lookalikes[at+1]
	}
	w.Script = Latin
	return true
}

// lookalikes lists letters of the Greek and Cyrillic alphabets, each before the Latin one of its shape. It is never written.
var lookalikes = utf16.Encode([]rune("аaеeоoрpсcуyхxіiѕsјjһhԁdԛqԝwвbнhкkмmтtοoαaνvρpκkιiυuχxΟoΑaΕeΡpΚkΙiΥyΧxΤtΝnΒbΗhΜmΖz"))

// next reads one character beyond ASCII; before is the one it follows.
func (c *Cutter) next(before uint16) (uint16, Script) {
	if b := c.s[c.at]; b < 0xE0 && c.at+1 < len(c.s) && c.s[c.at+1]&0xC0 == 0x80 {
		r := uint16(b&0x1F)<<6 | uint16(c.s[c.at+1]&0x3F)
		c.at += 2
		if 0x300 <= r && r < 0x370 {
			return compose(before, rune(r)), Latin
		}
		switch {
		case r < 0x370:
			return lower[r], Latin
		case r < 0x400:
			return r, Greek
		case r < 0x530:
			return lower[r], Cyrillic
		}
		return r, Other
	}
	r, size := utf8.DecodeRuneInString(c.s[c.at:])
	c.at += size
	switch {
	case r < 0x1E00:
		return uint16(r), Other
	case r < 0x1F00:
		return uint16(unicode.ToLower(r)), Latin
	case r < 0x2000:
		return uint16(r), Greek
	case r < 0x2070, 0x20D0 <= r && r < 0x2100, r == 0xFEFF, 0xFE00 <= r && r <= 0xFE0F, r >= 0xE0000:
		return marks(r), Latin
	}
	return rare(r)
}

// lower holds the Latin and Cyrillic letters of two bytes in lower case, and skip for what is none. It is never written.
var lower = func() (t [0x530]uint16) {
	for r := range rune(len(t)) {
		switch {
		case r < 0xC0, 0x483 <= r && r <= 0x489: // signs, and accents of old Cyrillic that are piled on anything
			t[r] = skip
		case r == 0x162, r == 0x163: // with a cedilla, as older Romanian keyboards have it
			t[r] = 0x21B
		case r == 0x130: // the capital of the Turkish i, whose lower case is a letter with a point of its own
			t[r] = 'i'
		default:
			t[r] = uint16(unicode.ToLower(r))
		}
	}
	return t
}()

// marks tells a dash or an apostrophe of typography from what is invisible.
func marks(r rune) uint16 {
	switch {
	case 0x2018 <= r && r <= 0x201B, r == 0x2032:
		return '\''
	case 0x2010 <= r && r <= 0x2017:
		return end
	}
	return skip
}

// compose joins an accent of its own to the letter before, as most texts have it. One that makes no letter we know is skipped.
func compose(letter uint16, mark rune) uint16 {
	for i := 0; i < len(accents); i += 3 {
		if accents[i] == letter && accents[i+2] == uint16(mark) {
			return accents[i+1] | composed
		}
	}
	return skip
}

// accents lists letters with and without their accent, each with the accent. It is never written.
var accents = utf16.Encode([]rune("a\u00e1\u0301e\u00e9\u0301i\u00ed\u0301o\u00f3\u0301u\u00fa\u0301y\u00fd\u0301l\u013a\u0301r\u0155\u0301s\u015b\u0301" +
	"c\u0107\u0301n\u0144\u0301z\u017a\u0301a\u00e0\u0300e\u00e8\u0300i\u00ec\u0300o\u00f2\u0300u\u00f9\u0300a\u00e2\u0302e\u00ea\u0302" +
	"i\u00ee\u0302o\u00f4\u0302u\u00fb\u0302a\u00e3\u0303o\u00f5\u0303n\u00f1\u0303a\u00e4\u0308e\u00eb\u0308i\u00ef\u0308o\u00f6\u0308" +
	"u\u00fc\u0308a\u00e5\u030au\u016f\u030ao\u0151\u030bu\u0171\u030bc\u010d\u030cd\u010f\u030ce\u011b\u030cl\u013e\u030cn\u0148\u030c" +
	"r\u0159\u030cs\u0161\u030ct\u0165\u030cz\u017e\u030cc\u00e7\u0327s\u015f\u0327t\u021b\u0327s\u0219\u0326t\u021b\u0326a\u0105\u0328" +
	"e\u0119\u0328a\u0103\u0306g\u011f\u0306z\u017c\u0307"))

// rare reads the letters in fancy and full-width forms as what they stand for.
func rare(r rune) (uint16, Script) {
	switch {
	case 0x24B6 <= r && r <= 0x24E9:
		return 'a' + uint16(r-0x24B6)%26, Latin
	case 0xFF01 <= r && r <= 0xFF5E:
		return asciiLower[r-0xFF01+'!'], Latin
	case 0x1D400 <= r && r <= 0x1D6A3:
		return 'a' + uint16(r-0x1D400)%26, Latin
	}
	return uint16(r&0x3FFF) | 0x4000, Other
}

const (
	hashSeed = 0x9E3779B97F4A7C15
	hashStep = 0xD6E8FEB86659FD93
)

// mix spreads the bits of a hash.
func mix(h uint64) uint64 {
	h ^= h >> 32
	h *= 0xD6E8FEB86659FD93
	return h ^ h>>32
}

// Hash identifies the word by its characters. No word is stored anywhere, only this.
func (w *Word) Hash() uint64 {
	h := uint64(hashSeed)
	for _, c := range w.chars[1 : w.n-1] {
		h = (h ^ uint64(c)) * hashStep
	}
	return mix(h)
}

// Grams appends the hashes of the runs of up to longest characters in the word, its borders counted.
func (w *Word) Grams(dst []uint32, longest int) []uint32 {
	for i := range w.n {
		h := uint32(gramSeed)
		for k := i; k < min(w.n, i+longest); k++ {
			h = (h ^ uint32(w.chars[k])) * gramStep
			dst = append(dst, gramHash(h))
		}
	}
	return dst
}

const (
	gramSeed = 0x811C9DC5
	gramStep = 0x9E3779B1
)

// gramHash spreads the bits of a run's hash; its top bits say which row is its own.
func gramHash(h uint32) uint32 { return (h ^ h>>15) * 0x85EBCA6B }

// What [Cutter.next] returns beside letters.
const (
	end      = 0
	skip     = 3
	composed = 0x8000
)

// asciiLower holds letters and digits in lower case, the apostrophe, and end for the rest. It is never written.
var asciiLower = func() (t [128]uint16) {
	for c := range uint16(128) {
		switch {
		case 'A' <= c && c <= 'Z':
			t[c] = c + 'a' - 'A'
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
			t[c] = c
		case c == '\'', c == '`':
			t[c] = '\''
		}
	}
	return t
}()
