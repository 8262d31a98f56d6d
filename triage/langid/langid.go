// Package langid tells the language of a text from its script, its words and the letters of its words.
//
// It owns the model of languages: a table of frequent words, known by their hashes alone, with what each says for every language,
// and a table of hashed runs of letters for all other words. Both are learned offline (package train) by multinomial logistic
// regression and kept in eight bits. Greek in Latin letters is a language of its own here.
//
// Judging allocates nothing, reads a bounded part of a text however long it is, and uses integers alone, so that every machine
// comes to the same answer. A Model is safe for concurrent use.
package langid

import "github.com/earshotdesk/earshot/internal/text"

// Guess is the answer of the model.
type Guess struct {
	Label string // ISO 639-1, "el-latn" for Greek in Latin letters; "" where the model cannot tell
	Share int    // the probability of the label, or of none where there is no label, in ten-thousandths
	Other bool   // the text is in a script of which the model knows nothing
	Words int    // how many words were looked at
}

// Bounds of what is read. A text with more tokens is read at several places, evenly spread.
const (
	maxTokens = 64
	windows   = 4
	maxWords  = 200 // a token can hold many; the sums of [packed] have room for 257
)

// reading is what has been seen of one text.
type reading struct {
	letters [scripts]int
	taken   int    // words of all scripts
	words   [2]int // by group
	known   [2]int // of these, how many are in the table
	table   [2]packed
	score   [2][Lanes]int32 // of unknown words
}

// Judge tells the language of a text. The hint is the language that the site names for it, or "".
func (m *Model) Judge(doc *text.Doc, hint string) Guess {
	var r reading
	m.readAll(&r, doc)
	return m.decide(&r, hint)
}

// Scores returns what the languages of the leading script got before they are tempered, for calibration: the group of languages
// (-1 where the script decides), the number of words, and the scores by lane.
func (m *Model) Scores(doc *text.Doc) (group, words int, scores []int32) {
	var r reading
	m.readAll(&r, doc)
	if group = r.group(); group < 0 {
		return group, 0, nil
	}
	s := m.sum(&r, group)
	return group, r.words[group], s[:len(m.groups[group].labels)]
}

func (m *Model) readAll(r *reading, doc *text.Doc) {
	tokens := doc.Tokens
	if len(tokens) <= maxTokens {
		m.read(r, doc, 0, len(tokens), text.Word)
	} else {
		const size = maxTokens / windows
		for k := range windows {
			at := k * (len(tokens) - size) / (windows - 1)
			m.read(r, doc, at, at+size, text.Word)
		}
	}
	if r.letters == [scripts]int{} {
		m.read(r, doc, 0, min(len(tokens), maxTokens), text.Hashtag)
	}
}

func (m *Model) read(r *reading, doc *text.Doc, first, last int, kind text.Kind) {
	var w Word
	for _, t := range doc.Tokens[first:last] {
		if t.Kind != kind {
			continue
		}
		for c := Cut(doc.Text[t.From:t.To], t.From); r.taken < maxWords && c.Next(&w); {
			if w.odd && !w.unmask(doc.Folded[t.Start]) {
				m.readFolded(r, doc.Folded[t.Start:t.End])
				break
			}
			m.take(r, &w)
		}
	}
}

func (m *Model) readFolded(r *reading, token []byte) {
	var w Word
	for c := Cut(string(token[:min(len(token), 4*maxRead)]), 0); r.taken < maxWords && c.Next(&w); {
		m.take(r, &w)
	}
}

func (m *Model) take(r *reading, w *Word) {
	r.taken++
	r.letters[w.Script] += w.n - 2
	if g := groupOf[w.Script]; g >= 0 {
		m.word(r, w, g)
	}
}

// groupOf gives the group of languages that a script has, -1 for none.
var groupOf = [scripts]int{Latin: 0, Greek: -1, Cyrillic: 1, Other: -1}

// word adds what a word says.
func (m *Model) word(r *reading, w *Word, group int) {
	r.words[group]++
	if at := m.find(w.Hash()); at >= 0 {
		r.known[group]++
		r.table[group].add(m.rows[at*Lanes:])
		return
	}
	var p packed
	n := int32(0)
	for i := range w.n {
		h := uint32(gramSeed)
		for k := i; k < min(w.n, i+m.longest); k++ {
			h = (h ^ uint32(w.chars[k])) * gramStep
			p.add(m.grams[int(spread(h)>>m.shift)*Lanes:])
			n++
		}
	}
	p.addTo(&r.score[group], n, 1)
}

// find returns the place of a word in the table, -1 when it is not there.
func (m *Model) find(hash uint64) int {
	slots := uint64(len(m.keys) / 2)
	at, want := hash>>32*slots>>32, keyOf(hash)
	for {
		k := uint16(m.keys[2*at]) | uint16(m.keys[2*at+1])<<8
		if k == want {
			return int(at)
		}
		if k == 0 {
			return -1
		}
		if at++; at == slots {
			at = 0
		}
	}
}

// The groups of languages that words tell apart, and what else a text can be.
const (
	latinGroup    = 0
	cyrillicGroup = 1
	greekAlone    = -1
	otherScript   = -2
	noLetters     = -3
)

// group weighs the scripts.
func (r *reading) group() int {
	latin, greek, cyrillic, other := r.letters[Latin], r.letters[Greek], r.letters[Cyrillic], r.letters[Other]
	switch {
	case latin+greek+cyrillic+other == 0:
		return noLetters
	case greek*2 > latin && greek >= cyrillic && greek >= other: // names and brands in Latin letters are common in Greek
		return greekAlone
	case other > cyrillic && other*2 > latin:
		return otherScript
	case cyrillic > latin:
		return cyrillicGroup
	}
	return latinGroup
}

func (m *Model) decide(r *reading, hint string) Guess {
	switch group := r.group(); group {
	case noLetters:
		return Guess{}
	case greekAlone:
		all := r.letters[Latin] + r.letters[Greek] + r.letters[Cyrillic] + r.letters[Other]
		return Guess{Label: "el", Share: 5000 + 5000*r.letters[Greek]/all, Words: 1}
	case otherScript:
		return Guess{Other: true, Words: 1}
	default:
		return m.choose(r, group, hint)
	}
}

// sum is what all words of a group say together.
func (m *Model) sum(r *reading, group int) [Lanes]int32 {
	score := r.score[group]
	r.table[group].addTo(&score, int32(r.known[group]), m.wordUnit)
	for l := range score {
		score[l] += m.groups[group].bias[l]
	}
	return score
}

// choose takes the likeliest language of a group.
func (m *Model) choose(r *reading, group int, hint string) Guess {
	g := &m.groups[group]
	score := m.sum(r, group)
	n := r.words[group]
	heat := m.heat[LengthOf(n)]
	best := 0
	for l := range g.labels {
		score[l] = int32(int64(score[l]) * int64(heat) >> heatBits)
		if hint != "" && g.hints[l] == hint {
			score[l] += m.bonus[LengthOf(n)]
		}
		if score[l] > score[best] {
			best = l
		}
	}
	share := m.softmax(score[:len(g.labels)], score[best])
	if share < m.floor {
		return Guess{Share: 10000 - share, Words: n}
	}
	return Guess{Label: g.labels[best], Share: share, Words: n}
}
