package text

import (
	"bytes"
	"unicode/utf8"
)

// Kind is what a token is.
type Kind uint8

// The kinds of token.
const (
	Word    Kind = iota // letters and digits, with inner apostrophes and hyphens
	Number              // digits, with inner decimal points and commas
	Handle              // @name, @name.example, @name@example.social
	Hashtag             // #name
	URL                 // with or without scheme
	Email
	Emoji // one emoji as a reader sees it, with its skin tone and joiners
)

// Token is one unit of a text. From and To are byte offsets in the text as given, Start and End in its folded form.
type Token struct {
	Kind       Kind
	Masked     bool // the letters as given only look like those of the word: what reads the text as given takes [Doc.AppendPlain] instead
	From, To   int
	Start, End int
}

// Doc is a text read once: folded as [Judged] says and cut into tokens. The zero value is ready; Read may be called again to reuse
// its memory.
type Doc struct {
	Text   string
	Folded []byte
	Tokens []Token

	offsets  []int32 // for each byte of Folded where it came from, and len(Text)
	same     bool    // every byte folded to one, so that offsets stay empty
	seen     script  // the alphabets besides the Latin one
	greek    int     // Greek letters
	unmasked bool    // nothing is left to unmask, or nothing is to be
	posing   bool    // some characters pass for others
	around   script  // of a text with several alphabets its own
	foreign  script  // and which of them have letters that pass for no Latin ones
	spare    []byte
	spareOff []int32
}

// Tokens cuts s into its tokens as it stands, unmasking nothing; what lies between them is punctuation, space or invalid.
func Tokens(s string) []Token {
	var d Doc
	d.Text, d.unmasked = s, true
	d.fold(s, false)
	d.cut(0)
	return d.Tokens
}

// Read folds and cuts s, in time linear in its length.
func (d *Doc) Read(s string) {
	d.Text, d.unmasked, d.posing = s, false, false
	d.Tokens = d.Tokens[:0]
	d.fold(s, true)
	if d.seen != 0 && (d.seen != greek || d.greek*8 < len(s)) {
		d.unmask(0) // letters of two alphabets
	}
	d.cut(0)
}

// cut finds the tokens from a folded offset on.
func (d *Doc) cut(i int) {
	single := 0 // words of one letter in a row
	for i < len(d.Folded) {
		kind, end := d.scan(i)
		if end <= i {
			i += runeSize(d.Folded[i])
			continue
		}
		if !d.unmasked {
			if kind != Word || end-i > runeSize(d.Folded[i]) {
				single = 0
			} else if single++; single == spelledLetters {
				first := len(d.Tokens) - spelledLetters + 1
				i = d.Tokens[first].Start
				d.Tokens = d.Tokens[:first]
				i = d.goOn(i)
				continue
			}
			if d.masked(kind, i, end) {
				i = d.goOn(i)
				continue
			}
		}
		from, to := d.Place(i, end)
		d.Tokens = append(d.Tokens, Token{kind, d.posing && d.poses(i, end, from, to), from, to, i, end})
		i = end
	}
}

// goOn unmasks from a folded offset on and returns where cutting goes on; tokens before it stay.
func (d *Doc) goOn(i int) int {
	if i = d.unmask(i); i == 0 {
		d.Tokens = d.Tokens[:0]
	}
	return i
}

// masked tells whether the token from i to end mixes alphabets, or is a word spelled out with hyphens.
func (d *Doc) masked(kind Kind, i, end int) bool {
	if kind != Word && kind != Hashtag {
		return false
	}
	b := d.Folded[i:end]
	if len(b) >= 2*spelledLetters-1 && (b[1] == '-' || b[2] == '-') && spelledEnd(d.Folded, i) > i {
		return true
	}
	if d.seen == 0 {
		return false
	}
	var all byteClass
	for _, c := range b {
		all |= classes[c]
	}
	return all&(isLatin|isGreek) == isLatin|isGreek
}

// poses tells whether folding alone does not make the word of what was given.
func (d *Doc) poses(start, end, from, to int) bool {
	d.spare = AppendFold(d.spare[:0], d.Text[from:to])
	word := d.Folded[start:end]
	return !bytes.Equal(d.spare, word) || len(word) > 0 && wide(d.Text[from:to])
}

// wide tells whether a word has letters in the forms that folding reads as plain ones: fullwidth, mathematical, circled.
func wide(s string) bool {
	for _, r := range s {
		if r >= 0x2100 && isLetter(r) || 0x249C <= r && r <= 0x24E9 {
			return true
		}
	}
	return false
}

// runeSize is the length in bytes of the character that starts with c.
func runeSize(c byte) int {
	switch {
	case c < 0xC0:
		return 1
	case c < 0xE0:
		return 2
	case c < 0xF0:
		return 3
	}
	return 4
}

// Word returns the folded form of token i. It is valid until the next Read.
func (d *Doc) Word(i int) []byte { return d.Folded[d.Tokens[i].Start:d.Tokens[i].End] }

// Place maps a range of the folded form to the range of the text as given that it came from.
func (d *Doc) Place(start, end int) (from, to int) {
	if d.same {
		return start, end
	}
	off := d.offsets
	for start > 0 && start < len(d.Folded) && off[start] == off[start-1] {
		start-- // inside a character that folds to several
	}
	for end > 0 && end < len(d.Folded) && off[end] == off[end-1] {
		end++
	}
	return int(off[start]), int(off[end])
}

// scan finds the token that starts at i; end is i when none does.
func (d *Doc) scan(i int) (Kind, int) {
	b := d.Folded
	switch c := b[i]; {
	case c == '@' || c == '#':
		if i > 0 && wordByte(b[i-1]) {
			return 0, i
		}
		if c == '@' {
			return Handle, handleEnd(b, i)
		}
		return Hashtag, hashtagEnd(b, i)
	case c < utf8.RuneSelf:
		if classes[c]&(isLatin|isDigit) == 0 {
			return 0, i
		}
		return wordOrLink(b, i)
	case c < 0xE0:
		if letterSize(b, i) > 0 {
			return wordEnd(b, i)
		}
		return 0, i // no emoji is below three bytes
	}
	r, size := utf8.DecodeRune(b[i:])
	if isLetter(r) {
		return wordEnd(b, i)
	}
	if isEmoji(r) {
		return Emoji, d.emojiEnd(i+size, r)
	}
	return 0, i
}

// wordOrLink scans what starts with an ASCII letter or digit. Most words end where their first run of these does; only before a
// sign that may join more to it do we look closer.
func wordOrLink(b []byte, i int) (Kind, int) {
	j, all := i, byteClass(0)
	for j < len(b) && classes[b[j]]&(isLatin|isDigit) != 0 {
		all |= classes[b[j]]
		j++
	}
	if j == len(b) || classes[b[j]] == 0 {
		if all&isLatin != 0 {
			return Word, j
		}
		return Number, j
	}
	if b[j] < utf8.RuneSelf {
		if kind, end := dotted(b, i); end > i {
			return kind, end
		}
	}
	return wordEnd(b, i)
}

// wordEnd scans a word or number.
func wordEnd(b []byte, i int) (Kind, int) {
	kind := Number
	for i < len(b) {
		c := classes[b[i]]
		switch {
		case c&isLatin != 0:
			kind = Word
			i++
		case c&isDigit != 0:
			i++
		case c&isGreek != 0 && letters[rune(b[i]&0x1F)<<6|rune(b[i+1]&0x3F)]:
			kind = Word
			i += 2
		case c == 0:
			return kind, i
		default:
			n := letterSize(b, i)
			if n > 0 {
				kind = Word
			} else if innerMark(b, i, kind) {
				n = 1
			} else {
				return kind, i
			}
			i += n
		}
	}
	return kind, i
}

// innerMark tells whether the byte at i joins what stands around it: an apostrophe or hyphen in a word, a point or comma
// between digits.
func innerMark(b []byte, i int, kind Kind) bool {
	if i+1 >= len(b) {
		return false
	}
	switch c, next := b[i], b[i+1]; c {
	case '\'':
		return kind == Word && wordByte(next)
	case '-':
		return wordByte(next)
	case '.', ',':
		return kind == Number && '0' <= next && next <= '9'
	}
	return false
}

// letterSize is the size of the letter, mark or digit at i; 0 when there is none.
func letterSize(b []byte, i int) int {
	if i >= len(b) {
		return 0
	}
	if c := b[i]; c < utf8.RuneSelf {
		if alnum(c) {
			return 1
		}
		return 0
	}
	if b[i] < 0xE0 && i+1 < len(b) {
		if letters[rune(b[i]&0x1F)<<6|rune(b[i+1]&0x3F)] {
			return 2
		}
		return 0
	}
	r, size := utf8.DecodeRune(b[i:])
	if isLetter(r) {
		return size
	}
	return 0
}

func handleEnd(b []byte, i int) int {
	end := i
	for j := i + 1; j < len(b); {
		n := letterSize(b, j)
		if n == 0 && b[j] == '_' {
			n = 1
		}
		if n == 0 {
			c := b[j]
			if j == i+1 || c != '.' && c != '-' && c != '@' || j+1 >= len(b) || !alnum(b[j+1]) && b[j+1] != '_' {
				break
			}
			j++
			continue
		}
		j += n
		end = j
	}
	return end
}

func hashtagEnd(b []byte, i int) int {
	j := i + 1
	for j < len(b) {
		n := letterSize(b, j)
		if n == 0 && b[j] == '_' {
			n = 1
		}
		if n == 0 {
			break
		}
		j += n
	}
	if j == i+1 {
		return i
	}
	return j
}

// emojiEnd extends an emoji over its skin tone and over what zero-width joiners bind to it.
func (d *Doc) emojiEnd(i int, first rune) int {
	b := d.Folded
	for i < len(b) {
		r, size := utf8.DecodeRune(b[i:])
		pair := isRegional(first) && isRegional(r)
		if !pair && !(0x1F3FB <= r && r <= 0x1F3FF) && !(isEmoji(r) && d.joined(i)) {
			break
		}
		i += size
		if pair {
			break
		}
	}
	return i
}

// joined tells whether a zero-width joiner stood right before the character at folded offset i.
func (d *Doc) joined(i int) bool {
	at, _ := d.Place(i, i)
	return at >= 3 && d.Text[at-3:at] == "\u200d"
}
