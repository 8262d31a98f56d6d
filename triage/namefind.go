package triage

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"github.com/earshotdesk/earshot/internal/text"
)

// finder looks for names in one text.
type finder struct {
	names  *names
	doc    *text.Doc
	breaks []bool // for each token whether a clause ends before it
	out    []name

	place place
	stop  int // where the token ends, in handles, hashtags and domains
}

// place is where a name stands.
type place uint8

const (
	inText place = iota
	inTag        // a hashtag or handle
	inDomain
)

// match is a word of a name at a place: where it ends with its ending, and in which languages that is one.
type match struct {
	word   nameWord
	end    int
	in     tongues
	short  bool
	edited bool
}

// maxMatches is how many readings of one word are followed.
const maxMatches = 5

// token looks for names that begin in token i.
func (f *finder) token(i int) {
	t := &f.doc.Tokens[i]
	f.place, f.stop = inText, t.End
	switch t.Kind {
	case text.Email:
	case text.Emoji:
		f.begin(t.Start, t.End)
	case text.URL:
		f.domain(*t)
	case text.Handle:
		f.handle(*t)
	case text.Hashtag:
		f.hashtag(*t)
	default:
		for b, at := f.doc.Folded, t.Start; at < t.End; {
			end := unitEnd(b, at, t.End)
			if f.names.promising(b[at:end]) {
				f.begin(at, end)
			}
			at = end + 1
		}
	}
}

// unitEnd is where the run of letters and digits at i ends.
func unitEnd(b []byte, i, stop int) int {
	for i < stop && partOfWord(b[i]) {
		i++
	}
	return i
}

// promising tells at little cost whether a word may be one of a name's. Most are not.
func (n *names) promising(word []byte) bool {
	bit, ok := startOf(word)
	if !ok {
		return len(word) > 0
	}
	if n.brief || n.starts[bit>>6]&(1<<(bit&63)) != 0 {
		at := int32(0)
		for _, c := range word {
			if at = n.child(at, c); at == 0 {
				break
			}
			if n.nodes[at].words != 0 {
				return true
			}
		}
	}
	return len(word) >= minLong-1 && n.long.begins(word)
}

// begin follows every alias that begins with the word at [start, end).
func (f *finder) begin(start, end int) {
	var buf [maxMatches]match
	found := f.lookup(buf[:0], start, end)
	for k := range found {
		if m := &found[k]; m.word.state != 0 {
			f.walk(m.word.state, start, *m)
		}
	}
}

// lookup appends what the word at [start, end) may be. In hashtags and handles other words may follow without a space.
func (f *finder) lookup(out []match, start, end int) []match {
	n, b, at := f.names, f.doc.Folded, int32(0)
	for i := start; i < end; i++ {
		if at = n.child(at, b[i]); at == 0 {
			break
		}
		w := n.nodes[at].words
		if w == 0 {
			continue
		}
		rest := b[i+1 : end]
		for _, word := range n.words[w-1] {
			if len(rest) > maxRest && word.rule != endAny && f.place != inTag {
				continue
			}
			in, stop := word.rule.allows(rest, b[i]), end
			if in == 0 && f.place == inTag {
				in, stop = word.rule.allows(nil, b[i]), i+1
			}
			if in != 0 && len(out) < cap(out) {
				out = append(out, match{word: word, end: stop, in: in, short: stop > i+1 && word.rule != endAny && utf8.RuneCount(rest) <= shortEnding})
			}
		}
	}
	if len(out) == 0 && f.place == inText && len(n.long.words) > 0 {
		out = n.long.find(out, b[start:end], start)
	}
	return out
}

// maxRest is the longest ending, in bytes.
const maxRest = 14

// walk notes the aliases that end in a state and goes on with the next word.
func (f *finder) walk(state int32, start int, m match) {
	for i := range f.names.finals[state] {
		f.note(&f.names.finals[state][i], start, m)
	}
	steps := f.names.steps[state]
	if len(steps) == 0 || f.place != inText && m.end >= f.stop {
		return
	}
	b := f.doc.Folded
	if f.place != inText {
		b = b[:f.stop]
	}
	from, sign := m.end, byte(0)
	for ; from < len(b) && from-m.end < maxGap && !partOfWord(b[from]); from++ {
		switch c := b[from]; c {
		case ' ', '-', '_', '\'':
		case '&', '+', '.':
			if sign != 0 {
				return
			}
			sign = c
		default:
			return
		}
	}
	to := unitEnd(b, from, min(len(b), from+maxUnit))
	if to == from || from == m.end {
		return
	}
	var buf [maxMatches]match
	for _, next := range f.lookup(buf[:0], from, to) {
		for _, s := range steps {
			if s.word != next.word.id || len(s.gap) > 1 || (s.gap == "") != (sign == 0) || sign != 0 && s.gap[0] != sign || m.edited && next.edited {
				continue
			}
			next.in, next.short, next.edited = next.in&m.in, next.short || m.short, next.edited || m.edited
			f.walk(s.to, start, next)
		}
	}
}

const (
	maxGap  = 4  // bytes between two words of an alias
	maxUnit = 64 // bytes of a word of an alias with its ending
)

// note records an alias found, when its surroundings allow it.
func (f *finder) note(fin *nameFinal, start int, m match) {
	b := f.doc.Folded
	if !bytes.HasPrefix(b[m.end:], []byte(fin.tail)) || !f.whole(m.end) {
		return
	}
	m.end += len(fin.tail)
	i := f.tokenAt(start)
	j := f.tokenAt(m.end - 1)
	if home := fin.target.home; home != 0 && m.in&home == 0 {
		return // an ending of another language
	}
	found := name{target: fin.target, start: start, end: m.end, first: i, in: m.in, short: m.short, edited: m.edited}
	if f.place == inText {
		if fin.lone && f.somebody(int(i), int(j)) || m.end-start > 0 && m.in != anywhere && fin.lone && f.names.around.ordinary[string(b[start:m.end])] {
			return
		}
		if fin.ordinary {
			switch f.ordinaryAs(int(i), int(j)) {
			case standsNot:
				return
			case standsWeak:
				found.weak = true
			}
		}
	}
	if f.place == inText && m.end < len(b) && (b[m.end] == '\'' || b[m.end] == '-') {
		found.end = f.doc.Tokens[j].End // Acme's, Acme-nál
	}
	if len(f.out) < maxNames {
		f.out = append(f.out, found)
	}
}

// capital tells whether a text begins with a capital letter.
func capital(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsUpper(r)
}
