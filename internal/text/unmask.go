package text

import (
	"math/bits"
	"unicode"
	"unicode/utf8"
)

// spelledLetters is how many single letters in a row are a word that is spelled out.
const spelledLetters = 4

// unmask reads what was written to be misread: letters spaced out, and words whose letters come from several alphabets. It does so
// from a folded offset on, once for a text, in time linear in its length. Only here can the folded form grow, where Latin letters
// of one byte hide among Greek or Cyrillic ones of two: never to twice its length. It returns where to go on cutting: there, or at
// the beginning when what stands before has changed too.
func (d *Doc) unmask(from int) int {
	d.unmasked, d.posing = true, true
	if d.same {
		d.offsets = d.offsets[:0]
		for i := range len(d.Folded) + 1 {
			d.offsets = append(d.offsets, int32(i))
		}
		d.same = false
	}
	d.joinSpelled(from)
	if d.seen == 0 {
		return from
	}
	d.survey()
	if latins, others := d.mendWords(0); others > 0 && others*2 <= latins {
		d.mendStrangers()
		return 0
	}
	return from
}

// joinSpelled draws spelled-out words together, in place.
func (d *Doc) joinSpelled(from int) {
	b, off := d.Folded, d.offsets
	n := from
	for i := from; i < len(b); {
		end := i
		if !d.midWord(i) {
			end = spelledEnd(b, i)
		}
		if end == i {
			_, size := utf8.DecodeRune(b[i:])
			for range size {
				b[n], off[n] = b[i], off[i]
				n, i = n+1, i+1
			}
			continue
		}
		for i < end {
			size := max(singleSize(b, i), 1)
			if letterSize(b, i) == 0 {
				i++
				continue
			}
			for range size {
				b[n], off[n] = b[i], off[i]
				n, i = n+1, i+1
			}
		}
	}
	off[n] = off[len(b)]
	d.Folded, d.offsets = b[:n], off[:n+1]
}

// midWord tells whether the character before folded offset i belongs to a word.
func (d *Doc) midWord(i int) bool {
	r, _ := utf8.DecodeLastRune(d.Folded[:i])
	return i > 0 && inWords(r)
}

// spelledEnd returns the end of a spelled-out word that starts at i, or i: single letters with the same one or two signs between
// each two of them.
func spelledEnd(b []byte, i int) int {
	size := singleSize(b, i)
	gap := i + size
	if size == 0 || gap >= len(b) {
		return i
	}
	width := 0
	for width < 3 && gap+width < len(b) && spacer(b[gap+width]) {
		width++
	}
	if width == 0 || width == 3 {
		return i
	}
	sign := b[gap : gap+width]
	end, letters := gap, 1
	for {
		next := end + width
		if next >= len(b) || string(b[end:next]) != string(sign) {
			break
		}
		if size = singleSize(b, next); size == 0 {
			break
		}
		letters++
		end = next + size
	}
	if letters < spelledLetters {
		return i
	}
	return end
}

func spacer(c byte) bool {
	switch c {
	case ' ', '.', '-', '_', '*', '|', '~':
		return true
	}
	return false
}

// singleSize is the size of the letter at i when no other letter or digit follows it; 0 otherwise, and for writing systems
// whose words are often of one character.
func singleSize(b []byte, i int) int {
	if i >= len(b) || b[i] < 'a' {
		return 0
	}
	r, size := utf8.DecodeRune(b[i:])
	if r >= 0x530 || !inWords(r) || letterSize(b, i+size) > 0 {
		return 0
	}
	return size
}

// run counts the letters of a word by alphabet, and notes in which alphabets all of it can be read.
type run struct {
	count [4]int // latin, greek, cyrl, rare
	able  script
}

var alphabets = [4]script{latin, greek, cyrl, rareScript}

func (d *Doc) measure(i, end int) (w run, all script) {
	w.able = latin | greek | cyrl
	for i < end {
		r, size := utf8.DecodeRune(d.Folded[i:])
		sc := scriptOf(r)
		all |= sc
		for k, a := range alphabets {
			if sc == a {
				w.count[k]++
			} else if sc != 0 && w.able&a != 0 && d.passes(a, r, i) == 0 {
				w.able &^= a
			}
		}
		i += size
	}
	return w, all
}

// passes is the letter of an alphabet that the folded letter r at i, of another one, passes for; 0 when it passes for none. An
// accent gives a letter away: ά is no a, nor é an ε.
func (d *Doc) passes(to script, r rune, i int) rune {
	given, _ := utf8.DecodeRuneInString(d.Text[d.offsets[i]:])
	if accented(given) {
		return 0
	}
	return as(to, r, unicode.IsUpper(given))
}

func accented(r rune) bool {
	switch {
	case r < 0xC0:
		return false
	case r < 0x250:
		return true
	case r < 0x370:
		return false
	case r < 0x400:
		return r < 0x391 || 0x3AA <= r && r <= 0x3B0 || 0x3CA <= r && r <= 0x3CE
	}
	return 0x1E00 <= r && r < 0x2000
}

// survey finds the alphabet of the text, and which others have no letter in it of their own look. In a Latin text the letters of
// those are there to deceive, however many a word has of them.
func (d *Doc) survey() {
	var own, all [len(alphabets)]int
	for i := 0; i < len(d.Folded); {
		r, size := utf8.DecodeRune(d.Folded[i:])
		if sc := scriptOf(r); sc != 0 {
			k := bits.TrailingZeros8(uint8(sc))
			all[k]++
			if sc == latin && as(greek, r, false) == 0 || sc != latin && d.passes(latin, r, i) == 0 {
				own[k]++
			}
		}
		i += size
	}
	best := 0
	for k := range own {
		if own[k] > own[best] || own[k] == own[best] && all[k] > all[best] {
			best = k
		}
	}
	d.around, d.foreign = alphabets[best], 0
	for k := range own {
		if own[k] > 0 {
			d.foreign |= alphabets[k]
		}
	}
}

// target is the alphabet that a mixed word is meant in: of those in which all of it can be read, that of most of its letters, where
// those of the alphabet of the text around it count twice; and where there is none, that of three letters in four. 0 leaves the
// word as it is: people do write "SMSάκι".
func (d *Doc) target(w run) script {
	if d.around == latin && w.able&latin != 0 && w.count[0] > 0 {
		w.able &= d.foreign | latin
	}
	best, most, plain, total := script(0), 0, 0, 0
	for k, n := range w.count {
		total += n
		if k == 3 || n == 0 || w.able&alphabets[k] == 0 {
			continue
		}
		weight := n
		if alphabets[k] == d.around {
			weight *= 2
		}
		if weight > most || weight == most && n > plain {
			best, most, plain = alphabets[k], weight, n
		}
	}
	for k, n := range w.count[:3] {
		if best == 0 && n*4 >= total*3 {
			best = alphabets[k]
		}
	}
	return best
}

// mendWords writes every mixed word in one alphabet. It returns how many Latin letters there are now, and how many of other
// alphabets are in words that Latin look-alikes could make up as a whole; the latter is 0 when some could not.
func (d *Doc) mendWords(from int) (latins, others int) {
	b := d.Folded
	out, off := append(d.spare[:0], b[:from]...), append(d.spareOff[:0], d.offsets[:from]...)
	honest := false
	for i := from; i < len(b); {
		end := i
		for n := letterSize(b, end); end < len(b) && n > 0; n = letterSize(b, end) {
			end += n
		}
		if end == i {
			_, size := utf8.DecodeRune(b[i:])
			out, off = append(out, b[i:i+size]...), append(off, d.offsets[i:i+size]...)
			i += size
			continue
		}
		w, all := d.measure(i, end)
		if to := d.target(w); all.mixed() && to != 0 {
			out, off = d.appendAs(out, off, i, end, to)
			if to == latin {
				latins += w.count[0] + w.count[1] + w.count[2] + w.count[3]
			}
		} else {
			out, off = append(out, b[i:end]...), append(off, d.offsets[i:end]...)
			latins += w.count[0]
			others += w.count[1] + w.count[2]
			honest = honest || w.able&latin == 0
		}
		i = end
	}
	off = append(off, d.offsets[len(b)])
	d.Folded, d.spare = out, b
	d.offsets, d.spareOff = off, d.offsets
	if honest {
		others = 0
	}
	return latins, others
}

// appendAs appends the word from i to end with its letters in one alphabet.
func (d *Doc) appendAs(out []byte, off []int32, i, end int, to script) ([]byte, []int32) {
	for i < end {
		r, size := utf8.DecodeRune(d.Folded[i:])
		if sc := scriptOf(r); sc != 0 && sc != to {
			if l := d.passes(to, r, i); l != 0 {
				r = l
			}
		}
		n := len(out)
		out = utf8.AppendRune(out, r)
		for range len(out) - n {
			off = append(off, d.offsets[i])
		}
		i += size
	}
	return out, off
}

// mendStrangers makes Latin, in place, the words of look-alikes only that stand among Latin words: the Cyrillic "а" in "а scam".
func (d *Doc) mendStrangers() {
	b, off := d.Folded, d.offsets
	n := 0
	for i := 0; i < len(b); {
		r, size := utf8.DecodeRune(b[i:])
		if sc := scriptOf(r); sc == greek || sc == cyrl {
			if c := d.passes(latin, r, i); c != 0 {
				b[n], off[n] = byte(c), off[i]
				n, i = n+1, i+size
				continue
			}
		}
		for range size {
			b[n], off[n] = b[i], off[i]
			n, i = n+1, i+1
		}
	}
	off[n] = off[len(b)]
	d.Folded, d.offsets = b[:n], off[:n+1]
}
