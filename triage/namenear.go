package triage

import (
	"unicode/utf8"

	"github.com/earshotdesk/earshot/internal/text"
)

// nearby finds the long words of names that a misspelt word is one edit from: a letter too many, too few, another, or two turned
// round. Names and texts meet at what is left of them without one letter, by its hash, so that no name is visited in vain; the
// first letter must be right.
type nearby struct {
	words  []longWord
	at     map[uint64][]int32
	held   []uint64        // a bit for each key of at, so that most are known to be absent at once
	shift  uint8           // from a hash to its bit
	pairs  [1 << 10]uint64 // a bit for the first letter and the second or third
	spared map[string]bool // words of the language that look like misspellings
}

type longWord struct {
	letters []rune
	word    nameWord
	last    byte
}

const (
	minLong = 7  // letters of a name whose misspellings count
	maxLong = 32 // letters of a word that is compared
)

// letters is a word of a text as far as it is compared.
type letters struct {
	runes  [maxLong + 1]rune
	n      int
	heads  [maxLong + 2]uint64 // hash of the first i letters
	sizes  [maxLong + 2]int    // in bytes of the first i letters
	powers [maxLong + 2]uint64
}

const hashBase = 0x9E3779B97F4A7C15

// read returns false for a word too short, too long, or with digits: another number is another product.
func (l *letters) read(word []byte) bool {
	l.n, l.powers[0] = 0, 1
	for i := 0; i < len(word); {
		r, size := rune(word[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRune(word[i:])
		}
		if '0' <= r && r <= '9' || l.n >= maxLong {
			return false
		}
		i += size
		l.runes[l.n] = r
		l.heads[l.n+1] = l.heads[l.n]*hashBase + uint64(r)
		l.powers[l.n+1] = l.powers[l.n] * hashBase
		l.n++
		l.sizes[l.n] = i
	}
	return l.n >= minLong-1
}

// without is the hash of the first n letters but letter i.
func (l *letters) without(i, n int) uint64 {
	tail := l.heads[n] - l.heads[i+1]*l.powers[n-i-1]
	return l.heads[i]*l.powers[n-i-1] + tail
}

// add notes a word of a name.
func (b *nearby) add(f form, w nameWord) {
	var l letters
	if !l.read([]byte(f.text)) {
		return
	}
	if b.at == nil {
		b.at, b.spared = map[uint64][]int32{}, map[string]bool{}
	}
	me := int32(len(b.words))
	b.words = append(b.words, longWord{append([]rune(nil), l.runes[:l.n]...), w, f.text[len(f.text)-1]})
	for _, other := range l.runes[1:3] {
		pair := pairOf(byte(l.runes[0]), byte(other))
		b.pairs[pair>>6] |= 1 << (pair & 63)
	}
	b.at[l.heads[l.n]] = append(b.at[l.heads[l.n]], me)
	for i := 1; i < l.n; i++ {
		h := l.without(i, l.n)
		if list := b.at[h]; len(list) == 0 || list[len(list)-1] != me {
			b.at[h] = append(list, me)
		}
	}
}

// pairOf numbers two letters by their low bytes, which tell the letters of one alphabet apart.
func pairOf(a, b byte) uint16 { return uint16(a)<<8 | uint16(b) }

// hold notes the keys once all words are there.
func (b *nearby) hold() {
	bits := 10
	for 1<<bits < 64*len(b.at) && bits < 22 {
		bits++
	}
	b.held, b.shift = make([]uint64, 1<<bits>>6), uint8(64-bits)
	for h := range b.at {
		bit := h * hashBase >> b.shift
		b.held[bit>>6] |= 1 << (bit & 63)
	}
}

func (b *nearby) holds(h uint64) bool {
	bit := h * hashBase >> b.shift
	return b.held[bit>>6]&(1<<(bit&63)) != 0
}

// begins tells whether some long word begins as this one does, with an edit of its second letter allowed for.
func (b *nearby) begins(word []byte) bool {
	first, second, third := word[0], word[1], word[2]
	if first >= utf8.RuneSelf { // the letters of two bytes that names have are apart in their six low bits and the one above
		first, second, third = word[0]<<6|word[1]&63, word[2]<<6|word[3]&63, word[4]<<6|word[5]&63
	}
	near, far := pairOf(first, second), pairOf(first, third)
	return b.pairs[near>>6]&(1<<(near&63)) != 0 || b.pairs[far>>6]&(1<<(far&63)) != 0
}

// spare notes those words of the language that would be taken for misspellings.
func (b *nearby) spare(list []string) {
	if b.hold(); len(b.words) == 0 {
		return
	}
	for _, w := range list {
		var buf [4]match
		if len(b.find(buf[:0], []byte(text.Fold(w)), 0)) > 0 {
			b.spared[text.Fold(w)] = true
		}
	}
}

// find appends the words of names that a word at offset at of a text is one edit from, with an ending or without.
func (b *nearby) find(out []match, word []byte, at int) []match {
	if len(word) < minLong-1 || !b.begins(word) {
		return out
	}
	var l letters
	if !l.read(word) || b.spared[string(word)] {
		return out
	}
	for n := l.n; n >= minLong-1 && n >= l.n-maxEnding; n-- {
		rest := word[l.sizes[n]:]
		if !b.maybe(&l, n) || len(rest) > 0 && (!isEnding(rest) || b.spared[string(word[:l.sizes[n]])]) {
			continue
		}
		if out = b.prefix(out, &l, n, rest, at+len(word)); len(out) > 0 {
			break
		}
	}
	return out
}

// maxEnding is the longest ending of a misspelt name, in letters.
const maxEnding = 5

func isEnding(rest []byte) bool {
	return latinEndings[string(rest)] != 0 || greekEndings[string(rest)] != 0 || len(rest) == 3 && rest[2] == 'l'
}

// maybe tells at little cost whether the first n letters may be near a name.
func (b *nearby) maybe(l *letters, n int) bool {
	if b.holds(l.heads[n]) {
		return true
	}
	for i := 1; i < n; i++ {
		if b.holds(l.without(i, n)) {
			return true
		}
	}
	return false
}

// prefix compares the first n letters.
func (b *nearby) prefix(out []match, l *letters, n int, rest []byte, end int) []match {
	try := func(h uint64) {
		if !b.holds(h) {
			return
		}
		for _, i := range b.at[h] {
			w := &b.words[i]
			in := w.word.rule.allows(rest, w.last)
			if in == 0 || len(out) == cap(out) || !oneEdit(w.letters, l.runes[:n]) {
				continue
			}
			known := false
			for _, m := range out {
				known = known || m.word.id == w.word.id
			}
			if !known {
				out = append(out, match{word: w.word, end: end, in: in, short: len(rest) > 0 && utf8.RuneCount(rest) <= shortEnding, edited: true})
			}
		}
	}
	try(l.heads[n])
	for i := 1; i < n; i++ {
		try(l.without(i, n))
	}
	return out
}

// oneEdit tells whether a and b differ by exactly one edit that leaves the first letter.
func oneEdit(a, b []rune) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 || a[0] != b[0] {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	j := 0
	for j < len(a)-i && a[len(a)-1-j] == b[len(b)-1-j] {
		j++
	}
	if len(a) < len(b) {
		return i+j >= len(a)
	}
	mid := len(a) - i - j
	return mid == 1 || mid == 2 && a[i] == b[i+1] && a[i+1] == b[i]
}
