package text

import (
	"bytes"
	"unicode/utf8"
)

// Judged returns s as triage reads it: folded, and without what hides words from a reader's eye but not from a machine's. Beyond
// [Fold] it reads letters in disguise (small capitals, letters in boxes), drops every invisible character, skin tones and the sex
// of emoji, joins letters that are spaced out, and reads a word that mixes alphabets in the one that it means.
func Judged(s string) string {
	var d Doc
	d.Read(s)
	return string(d.Folded)
}

// packed is what a character of two bytes folds to: up to two bytes, their number from bit 16 on, the alphabet from bit 24 on.
type packed uint32

// The tables are built once and never written again. A letter is in the tables of both, folded and judged.
var (
	asciiJudged = judgedASCII()
	twoBytes    = packTwo(false)
	twoJudged   = packTwo(true)
)

// judgedASCII gives the folded byte and, from bit 8 on, 1 when it stays: control characters are as invisible as joiners.
func judgedASCII() (t [128]uint16) {
	for c := range t {
		t[c] = uint16(asciiFold[c]) | 1<<8
		if c < ' ' && (c < '\t' || c > '\r') && c != 0x1a || c == 0x7f {
			t[c] = 0
		}
	}
	return t
}

// packTwo folds every character that takes two bytes.
func packTwo(judged bool) (t [0x800]packed) {
	for r := rune(0x80); r < 0x800; r++ {
		b := appendFoldRune(nil, r, 2)
		if judged {
			b = appendJudgedRune(nil, r, 2)
		}
		p := packed(len(b)) << 16
		for i, c := range b {
			p |= packed(c) << (8 * i)
		}
		if first, _ := utf8.DecodeRune(b); scriptOf(first) != latin {
			p |= packed(scriptOf(first)) << 24
		}
		t[r] = p
	}
	return t
}

// fold fills the folded form and its offsets, and notes which alphabets besides the Latin one are there.
func (d *Doc) fold(s string, judged bool) {
	if cap(d.Folded) < len(s) {
		d.Folded = make([]byte, 0, len(s)+len(s)/4)
	}
	if cap(d.offsets) < len(s)+1 {
		d.offsets = make([]int32, 0, len(s)+len(s)/4+1)
	}
	b, n := d.Folded[:len(s)], 0
	for ; n < len(s) && s[n] < utf8.RuneSelf; n++ {
		t := asciiJudged[s[n]]
		if t == 0 {
			break
		}
		b[n] = byte(t)
	}
	d.seen, d.greek = 0, 0
	d.offsets = d.offsets[:0]
	if d.same = n == len(s); d.same {
		d.Folded = b
		return
	}
	d.foldRest(s, n, judged)
}

// foldRest goes on at i, up to which every byte folded to one.
func (d *Doc) foldRest(s string, i int, judged bool) {
	b, off := d.Folded[:len(s)], d.offsets[:len(s)+1]
	for j := range i {
		off[j] = int32(j)
	}
	two := &twoBytes
	if judged {
		two = &twoJudged
	}
	n, all := i, packed(0)
	for i < len(s) {
		c := s[i]
		if c < utf8.RuneSelf {
			b[n], off[n] = asciiFold[c], int32(i)
			n++
			if judged {
				n += int(asciiJudged[c]>>8) - 1
			}
			i++
			continue
		}
		if 0xC2 <= c && c < 0xE0 && i+1 < len(s) && s[i+1]&0xC0 == 0x80 {
			p := two[rune(c&0x1F)<<6|rune(s[i+1]&0x3F)]
			b[n], b[n+1] = byte(p), byte(p>>8)
			off[n], off[n+1] = int32(i), int32(i)
			n += int(p >> 16 & 3)
			d.greek += int(p >> 25 & 1)
			all |= p
			i += 2
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		from := n
		n = d.foldOther(s, i, n, r, size, judged)
		for ; from < n; from++ {
			off[from] = int32(i)
		}
		i += size
	}
	off[n] = int32(len(s))
	d.seen |= script(all >> 24)
	d.Folded, d.offsets = b[:n], off[:n+1]
}

// foldOther folds an invalid byte or a character of three or four bytes.
func (d *Doc) foldOther(s string, i, n int, r rune, size int, judged bool) int {
	if !judged {
		return len(appendFoldRune(d.Folded[:n], r, size))
	}
	if i >= 3 && s[i-3:i] == "\u200d" && (r == 0x2640 || r == 0x2642 || 0x1F9B0 <= r && r <= 0x1F9B3) {
		return n // the sex or hair of the emoji before
	}
	out := appendJudgedRune(d.Folded[:n], r, size)
	if len(out) > n {
		first, _ := utf8.DecodeRune(out[n:])
		sc := scriptOf(first)
		d.greek += index(sc == greek)
		if sc != latin {
			d.seen |= sc
		}
		d.posing = d.posing || r >= 0x2100 && first < utf8.RuneSelf
	}
	return len(out)
}

// appendJudgedRune folds one character beyond ASCII as triage reads it.
func appendJudgedRune(dst []byte, r rune, size int) []byte {
	switch {
	case size == 1:
		return appendFoldRune(dst, r, size)
	case invisible(r):
		return dst
	case r == 0x2800: // a Braille cell without dots
		return append(dst, ' ')
	case 0x249C <= r && r <= 0x24B5: // letters in brackets
		return append(dst, 'a'+byte(r-0x249C))
	case 0x1D6A8 <= r && r <= 0x1D7C9:
		return appendMathGreek(dst, (r-0x1D6A8)%58)
	case 0x1F110 <= r && r <= 0x1F189 && (r-0x1F110)%32 < 26: // letters in boxes and discs
		return append(dst, 'a'+byte((r-0x1F110)%32))
	case r < 0xC0 || 0x2C7D < r && r < 0xA730 || r >= 0xA732:
		return appendFoldRune(dst, r, size)
	}
	if c, ok := fancyLetters[r]; ok {
		return append(dst, c)
	}
	return appendFoldRune(dst, r, size)
}

// appendMathGreek folds letter i of one style of the mathematical Greek alphabets.
func appendMathGreek(dst []byte, i rune) []byte {
	switch {
	case i == 25 || i == 51:
		return append(dst, ' ')
	case i > 51:
		return append(dst, [...]string{"ε", "θ", "κ", "φ", "ρ", "π"}[i-52]...)
	case i == 17:
		return append(dst, "θ"...)
	}
	return append(dst, folded.greek['α'-0x370+i%26]...)
}

// invisible tells whether nothing of r is to be seen, or nothing but an ornament of the character before it: controls, joiners,
// fillers, selectors, tags, skin tones, and marks that pile up on letters.
func invisible(r rune) bool {
	switch {
	case r < 0xA0:
		return r >= 0x80 && r != 0x85
	case r < 0x2000:
		return r == 0xAD || 0x300 <= r && r < 0x370 || 0x483 <= r && r <= 0x489 || r == 0x61C || r == 0x115F || r == 0x1160 ||
			r == 0x17B4 || r == 0x17B5 || 0x180B <= r && r <= 0x180F || 0x1AB0 <= r && r <= 0x1AFF || 0x1DC0 <= r && r <= 0x1DFF
	case r < 0x3000:
		return 0x200B <= r && r <= 0x200F || 0x202A <= r && r <= 0x202E || 0x2060 <= r && r <= 0x206F || 0x20D0 <= r && r <= 0x20FF
	case r < 0x10000:
		return r == 0x3164 || 0xFE00 <= r && r <= 0xFE0F || 0xFE20 <= r && r <= 0xFE2F || r == 0xFEFF || r == 0xFFA0 || 0xFFF0 <= r && r <= 0xFFFB
	}
	return 0x1D173 <= r && r <= 0x1D17A || 0x1F3FB <= r && r <= 0x1F3FF || 0xE0000 <= r && r <= 0xE0FFF
}

// AppendPlain appends word i as it was given, in its capitals and accents, but with the letters in place of those that only look like
// them and without what is invisible. Only of a [Token] that is Masked is that anything else than the text as given.
func (d *Doc) AppendPlain(dst []byte, i int) []byte {
	tok := d.Tokens[i]
	var buf [8]byte
	for at := tok.Start; at < tok.End; {
		_, size := utf8.DecodeRune(d.Folded[at:])
		from, _ := d.Place(at, at)
		given, width := utf8.DecodeRuneInString(d.Text[from:])
		folded := appendFoldRune(buf[:0], given, max(width, 2))
		if given < utf8.RuneSelf {
			folded = append(buf[:0], asciiFold[given])
		}
		if wide(d.Text[from:from+width]) || len(folded) == 0 || !bytes.HasPrefix(d.Folded[at:tok.End], folded) {
			dst = append(dst, d.Folded[at:at+size]...)
			at += size
			continue
		}
		dst = utf8.AppendRune(dst, given)
		at += len(folded)
	}
	return dst
}
