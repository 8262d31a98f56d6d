package model

import (
	"unicode/utf8"

	"github.com/earshotdesk/earshot/internal/text"
)

// Bounds of what is read. Of a longer text the beginning and the end count.
const (
	maxHead    = 256 // tokens
	maxTail    = 128
	maxLetters = 40 // of a word whose runs of letters are read
	shortRun   = 3
	longRun    = 6
)

// Feature is one thing that a text shows, with the tokens that it spans.
type Feature struct {
	Key         uint64
	First, Last int32
	Word        []byte // of a word: its folded letters, whose runs are features too; else nil
	Unit        bool   // one unit by itself: a word, an emoji, a sign, a link; its row also tells kinds of text apart
	Sign        bool   // signs alone: they follow the token at First
}

// salts tell features of different sorts apart.
const (
	saltWord = iota + 1
	saltRun
	saltSign
	saltPair
	saltTriple
	saltNegated
	saltShouted
	saltShape
)

func mix(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

func hashOf(b []byte, salt uint64) uint64 { return mix(hashOn(seed(salt), b)) }

func seed(salt uint64) uint64 { return salt*0x9E3779B97F4A7C15 + 0xcbf29ce484222325 }

func hashOn(h uint64, b []byte) uint64 {
	for _, c := range b {
		h = (h ^ uint64(c)) * 0x100000001b3
	}
	return h
}

func joined(a, b, salt uint64) uint64 { return mix(a*0x9E3779B97F4A7C15 + b + salt) }

// sequence walks over a text's units in order.
type sequence struct {
	out          []Feature
	before, last uint64 // hashes of the two units before
	at           int32  // token of the unit before
	atBefore     int32
	lastSign     bool // the unit before is a sign
	beforeSign   bool
	negated      int // words that a negation still turns
}

// unit adds one unit and how it follows on those before.
func (s *sequence) unit(h uint64, i int32, sign bool) {
	if s.last != 0 {
		s.out = append(s.out, Feature{Key: joined(s.last, h, saltPair), First: s.at, Last: i, Sign: sign && s.lastSign})
	}
	if s.before != 0 {
		triple := joined(joined(s.before, s.last, saltPair), h, saltTriple)
		s.out = append(s.out, Feature{Key: triple, First: s.atBefore, Last: i, Sign: sign && s.lastSign && s.beforeSign})
	}
	s.before, s.last, s.atBefore, s.at = s.last, h, s.at, i
	s.beforeSign, s.lastSign = s.lastSign, sign
}

// The hashes of what stands for all of its kind.
var (
	hashURL    = hashOf([]byte("url"), saltShape)
	hashHandle = hashOf([]byte("handle"), saltShape)
	hashTag    = hashOf([]byte("hashtag"), saltShape)
	hashShout  = hashOf([]byte("shouting"), saltShape)
	hashEnd    = hashOf([]byte("end"), saltShape)
)

// Features yields what doc shows, from its beginning to its end. Every word comes once for each time it stands there.
func Features(doc *text.Doc, yield func(Feature)) {
	for _, f := range appendFeatures(nil, doc) {
		yield(f)
	}
}

// appendFeatures appends what [Features] yields.
func appendFeatures(dst []Feature, doc *text.Doc) []Feature {
	s := sequence{out: dst}
	tokens := doc.Tokens
	words, shouted := 0, 0
	end := 0
	for i := 0; i < len(tokens); i++ {
		if i == maxHead && len(tokens) > maxHead+maxTail {
			i = len(tokens) - maxTail
			end, s.before, s.last = tokens[i].Start, 0, 0
		}
		t := &tokens[i]
		if end < t.Start {
			s.signs(doc.Folded[end:t.Start], int32(max(0, i-1)))
		}
		end = t.End
		if s.token(doc, i) {
			words++
			if text.Shouted(doc.Text[t.From:t.To]) {
				shouted++
				s.add(Feature{Key: joined(s.last, 0, saltShouted), First: int32(i), Last: int32(i)})
			}
		}
	}
	if n := len(tokens); n > 0 {
		tail := doc.Folded[end:]
		s.signs(tail[:min(len(tail), 256)], int32(n-1))
	}
	s.unit(hashEnd, int32(max(0, len(tokens)-1)), true)
	s.add(Feature{Key: joined(uint64(min(len(tokens)/4, 12)), 0, saltShape), First: -1, Last: -1, Unit: true})
	if words > 1 && shouted*2 > words {
		s.add(Feature{Key: hashShout, First: -1, Last: -1, Unit: true})
	}
	return s.out
}

func (s *sequence) add(f Feature) { s.out = append(s.out, f) }

// token adds token i and tells whether it is a word.
func (s *sequence) token(doc *text.Doc, i int) bool {
	at := int32(i)
	w := doc.Word(i)
	word := true
	switch doc.Tokens[i].Kind {
	case text.URL, text.Email:
		s.whole(hashURL, at)
		return false
	case text.Handle:
		s.whole(hashHandle, at)
		return false
	case text.Hashtag:
		w = w[1:]
		s.add(Feature{Key: hashTag, First: at, Last: at, Unit: true})
	case text.Number, text.Emoji:
		word = false
	}
	h := hashOf(w, saltWord)
	f := Feature{Key: h, First: at, Last: at, Unit: true}
	if word {
		f.Word = w
	}
	s.add(f)
	if s.negated > 0 {
		s.negated--
		s.add(Feature{Key: joined(h, 0, saltNegated), First: at, Last: at})
	}
	if negations.has(h) {
		s.negated = 3
	}
	s.unit(h, at, false)
	return word
}

func (s *sequence) whole(h uint64, at int32) {
	s.add(Feature{Key: h, First: at, Last: at, Unit: true})
	s.unit(h, at, false)
}

// signs adds the signs between two tokens, a run of the same up to three as one unit.
func (s *sequence) signs(gap []byte, at int32) {
	for i, n := 0, 0; i < len(gap) && n < 16; n++ {
		c := gap[i]
		if c == ' ' || c == '\n' || c == '\t' || c == '\r' {
			i++
			continue
		}
		size := 1
		if c >= utf8.RuneSelf {
			_, size = utf8.DecodeRune(gap[i:])
		}
		j := i + size
		for j+size <= len(gap) && gap[j] == c && string(gap[j:j+size]) == string(gap[i:i+size]) {
			j += size
		}
		h := hashOf(gap[i:min(j, i+3*size)], saltSign)
		s.add(Feature{Key: h, First: at, Last: at, Unit: true, Sign: true})
		s.unit(h, at, true)
		switch c {
		case '.', ',', '!', '?', ';', ':', '(', ')':
			s.negated = 0
		}
		i = j
	}
}

// Runs yields the keys of the runs of letters of a word, its edges included.
func Runs(w []byte, yield func(key uint64)) {
	var buf [mostRuns]uint64
	for _, key := range appendRuns(buf[:0], w) {
		yield(key)
	}
}

// mostRuns is how many runs a word can have.
const mostRuns = (longRun - shortRun + 1) * (maxLetters + 2)

// appendRuns appends the keys that [Runs] yields: those of three letters first.
func appendRuns(dst []uint64, w []byte) []uint64 {
	var buf [4*maxLetters + 2]byte
	var at [maxLetters + 3]int
	b := append(buf[:0], '^')
	n := 1
	for i := 0; i < len(w) && n <= maxLetters; n++ {
		at[n] = len(b)
		size := 1
		if w[i] >= utf8.RuneSelf {
			_, size = utf8.DecodeRune(w[i:])
		}
		b = append(b, w[i:i+size]...)
		i += size
	}
	at[n] = len(b)
	b = append(b, '$')
	n++
	at[n] = len(b)
	var begun [maxLetters + 2]uint64 // of the run from each letter on, before its bits are mixed
	for i := 0; i+shortRun <= n; i++ {
		begun[i] = hashOn(seed(saltRun), b[at[i]:at[i+shortRun-1]])
	}
	for l := shortRun; l <= longRun; l++ {
		for i := 0; i+l <= n; i++ {
			begun[i] = hashOn(begun[i], b[at[i+l-1]:at[i+l]])
			dst = append(dst, mix(begun[i]))
		}
	}
	return dst
}

// runsOf is how many runs [Runs] yields for a word.
func runsOf(w []byte) int {
	n := 2
	for _, c := range w[:min(len(w), 4*maxLetters)] {
		if c&0xC0 != 0x80 {
			n++
		}
	}
	n = min(n, maxLetters+2)
	sum := 0
	for l := shortRun; l <= longRun; l++ {
		sum += max(0, n-l+1)
	}
	return sum
}
