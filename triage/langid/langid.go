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
	Known int    // how many of these are among the frequent words of some language
}

// Bounds of what is read. Of a text with more tokens, as many are read, evenly spread.
const (
	maxTokens = 64
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
	certain bool            // half of the words were enough
	said    *[]wordSaid     // what each word said, where somebody wants to know
}

// Judge tells the language of a text. The hint is the language that the site names for it, or "".
func (m *Model) Judge(doc *text.Doc, hint string) Guess {
	if share := greek(doc); share > 0 {
		return Guess{Label: "el", Share: share, Words: 1}
	}
	var r reading
	return m.readFor(&r, doc, hint)
}

// readFor reads as much of a text as its answer needs.
func (m *Model) readFor(r *reading, doc *text.Doc, hint string) Guess {
	if n := len(doc.Tokens); n < leastSkipped || n > maxTokens {
		m.readAll(r, doc)
		return m.decide(r, hint)
	}
	for first := range stride {
		m.read(r, doc, first, stride, text.Word)
		if g := m.decide(r, ""); g.Share >= decisive && g.Label != "" && r.taken >= leastRead {
			r.certain = true
			return g
		}
	}
	if r.taken == 0 {
		m.readAll(r, doc)
	}
	return m.decide(r, hint)
}

// Of a text of some length every fourth word is read first, then the ones after these, until there is no doubt left.
const (
	leastSkipped = 12 // tokens of a text of some length
	leastRead    = 4  // words
	stride       = 4
	decisive     = 9990
)

// Scores returns what the languages of the leading script got before they are tempered, for calibration: the group of languages
// (-1 where the script decides), the number of words, and the scores by lane.
func (m *Model) Scores(doc *text.Doc) (group, words int, scores []int32) {
	if greek(doc) > 0 {
		return scriptAlone, 0, nil
	}
	var r reading
	m.readAll(&r, doc)
	if group = r.group(); group < 0 {
		return group, 0, nil
	}
	s := m.sum(&r, group)
	return group, r.words[group], s[:len(m.groups[group].labels)]
}

// greek tells, by the folded words, whether a text is in Greek letters: the probability in ten-thousandths, or 0. Names and brands in
// Latin letters are common in Greek.
func greek(doc *text.Doc) int {
	step := max((len(doc.Tokens)+maxTokens-1)/maxTokens, 1)
	for _, kind := range [...]text.Kind{text.Word, text.Hashtag} {
		mine, others := 0, 0
		for i := 0; i < len(doc.Tokens); i += step {
			t := &doc.Tokens[i]
			if t.Kind != kind {
				continue
			}
			at, sign := t.Start, 0
			if kind == text.Hashtag {
				sign = 1
			}
			if lead := doc.Folded[at+sign]; 0xCD <= lead && lead <= 0xCF {
				mine += (t.End - at - sign) / 2
			} else {
				others += t.End - at - sign
			}
		}
		if mine*2 > others {
			return 5000 + 5000*mine/(mine+others)
		}
		if others > 0 {
			return 0
		}
	}
	return 0
}

func (m *Model) readAll(r *reading, doc *text.Doc) {
	step := (len(doc.Tokens) + maxTokens - 1) / maxTokens
	m.read(r, doc, 0, max(step, 1), text.Word)
	if r.letters == [scripts]int{} {
		m.read(r, doc, 0, max(step, 1), text.Hashtag)
	}
}

// read reads every step-th token from the first on, those of one kind.
func (m *Model) read(r *reading, doc *text.Doc, first, step int, kind text.Kind) {
	var w Word
	for i := first; i < len(doc.Tokens) && r.taken < maxWords; i += step {
		t := &doc.Tokens[i]
		if t.Kind != kind {
			continue
		}
		for c := Cut(doc.Text[t.From:t.To], t.From); r.taken < maxWords && c.Next(&w); {
			if w.odd && !w.unmask(doc.Folded[t.Start]) {
				m.readFolded(r, doc.Folded[t.Start:t.End], t)
				break
			}
			m.take(r, &w)
		}
	}
}

func (m *Model) readFolded(r *reading, token []byte, t *text.Token) {
	var w Word
	for c := Cut(string(token[:min(len(token), 4*maxRead)]), 0); r.taken < maxWords && c.Next(&w); {
		w.From, w.To = t.From, t.To
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
	if row := m.words.find(w.Hash()); row != nil {
		r.known[group]++
		r.table[group].add(row)
		if r.said != nil {
			var p packed
			p.add(row)
			r.keep(w, group, &p, nil, 1, m)
		}
		return
	}
	var p nibbles
	n := int32(0)
	for i := range w.n {
		h := uint32(gramSeed)
		for k := i; k < min(w.n, i+m.longest); k++ {
			h = (h ^ uint32(w.chars[k])) * gramStep
			p.add(m.grams[int(gramHash(h)>>m.shift)*nibbleRow:])
			n++
		}
	}
	p.addTo(&r.score[group], n, m.gramUnit)
	if r.said != nil {
		r.keep(w, group, nil, &p, n, m)
	}
}

// The groups of languages that words tell apart, and what else a text can be.
const (
	latinGroup    = 0
	cyrillicGroup = 1
	scriptAlone   = -1
	otherScript   = -2
	noLetters     = -3
)

// group weighs the scripts.
func (r *reading) group() int {
	latin, cyrillic, other := r.letters[Latin], r.letters[Cyrillic], r.letters[Other]
	switch {
	case latin+cyrillic+other == 0:
		return noLetters
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
		score[l] = int32(int64(score[l])*int64(heat)>>heatBits) + g.prior[l]
		if hint != "" && g.hints[l] == hint {
			score[l] += m.bonus[LengthOf(n)]
		}
		if score[l] > score[best] {
			best = l
		}
	}
	share, second := m.exp.softmax(score[:len(g.labels)], best)
	if share < m.floor || g.hints[best] != hint && foreign(n, r.known[group], share, second) {
		return Guess{Share: 10000 - share, Words: n, Known: r.known[group]}
	}
	return Guess{Label: g.labels[best], Share: share, Words: n, Known: r.known[group]}
}

// foreign tells whether a text is likely to be in a language that the model has not learned: few of its words are known, and what
// their letters say is far from sure, or none are. Two languages close to each other may share a text between them.
func foreign(words, known, share, second int) bool {
	return words >= 5 && known*2 < words && share < 7000 && share+second < 8000 || words >= 8 && known*8 <= words && share < 9950
}
