package text

import "unicode/utf8"

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
	From, To   int
	Start, End int
}

// Doc is a text read once: folded and cut into tokens. The zero value is ready; Read may be called again to reuse its memory.
type Doc struct {
	Text    string
	Folded  []byte
	Tokens  []Token
	offsets []int32
}

// Tokens cuts s into its tokens; what lies between them is punctuation, space or invalid.
func Tokens(s string) []Token {
	var d Doc
	d.Read(s)
	return d.Tokens
}

// Read folds and cuts s, in time linear in its length.
func (d *Doc) Read(s string) {
	d.Text = s
	d.Folded, d.offsets = AppendFoldMap(d.Folded[:0], d.offsets[:0], s)
	d.Tokens = d.Tokens[:0]
	for i := 0; i < len(d.Folded); {
		kind, end := d.scan(i)
		if end <= i {
			_, size := utf8.DecodeRune(d.Folded[i:])
			i += size
			continue
		}
		from, to := d.Place(i, end)
		d.Tokens = append(d.Tokens, Token{kind, from, to, i, end})
		i = end
	}
}

// Word returns the folded form of token i. It is valid until the next Read.
func (d *Doc) Word(i int) []byte { return d.Folded[d.Tokens[i].Start:d.Tokens[i].End] }

// Place maps a range of the folded form to the range of the text as given that it came from.
func (d *Doc) Place(start, end int) (from, to int) {
	for start > 0 && start < len(d.Folded) && d.offsets[start] == d.offsets[start-1] {
		start-- // inside a character that folds to several
	}
	for end > 0 && end < len(d.Folded) && d.offsets[end] == d.offsets[end-1] {
		end++
	}
	return int(d.offsets[start]), int(d.offsets[end])
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
		if !alnum(c) {
			return 0, i
		}
		if kind, end := dotted(b, i); end > i {
			return kind, end
		}
		return wordEnd(b, i)
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

// wordEnd scans a word or number.
func wordEnd(b []byte, i int) (Kind, int) {
	kind := Number
	for i < len(b) {
		n := letterSize(b, i)
		if n == 0 {
			if !innerMark(b, i, kind) {
				break
			}
			n = 1
		} else if b[i] < '0' || b[i] > '9' {
			kind = Word
		}
		i += n
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
	if c := b[i]; c < utf8.RuneSelf {
		if alnum(c) {
			return 1
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
	at := int(d.offsets[i])
	return at >= 3 && d.Text[at-3:at] == "\u200d"
}
