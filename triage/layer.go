package triage

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"slices"

	"github.com/earshotdesk/earshot/internal/desk"
)

// What a layer holds a weight for. Sentiment's are against neutral, spam's and offensive's against no; urgency's is added to its sum.
const (
	layerNegative = iota
	layerPositive
	layerIntent             // the first of six, in the order of intentLabels
	layerUrgency = iota + 5 // behind the six of intent
	layerSpam
	layerOffensive
	layerColumns
)

// Bounds of what a desk can teach. They keep a layer small beside the shipped model, in memory and in force.
const (
	layerMost   = 20_000 // features
	weightMost  = 1500   // of one feature, in thousandths of a nat
	moveMost    = 3.0    // of one label of one text, in nats
	weightLeast = 15     // what is weaker is left out
	layerGrain  = 1000   // units a nat
	layerHead   = "EARLAYR1"
	layerRow    = 8 + 2*int(layerColumns)
)

// Layer is what a desk learned from its people's corrections: small weights of words and pairs of words that are added to what triage
// itself concludes. It never changes once made and is safe for concurrent use; see [LearnLayer] and [Pipeline.SetLayer].
type Layer struct {
	keys   []uint64              // sorted
	rows   [][layerColumns]int16 // in units of a thousandth of a nat
	filter []uint64              // a bit for each key, so that most words need no look-up
	slots  []slot                // keys by their hash
	moves  [layerColumns]bool    // whether a column has any weight
}

// slot is a key and the place of its weights. No key is 0.
type slot struct {
	key uint64
	row int32
}

// newLayer builds the look-ups for sorted keys and their rows.
func newLayer(keys []uint64, rows [][layerColumns]int16) *Layer {
	size := 64
	for size < 2*len(keys) {
		size *= 2
	}
	l := &Layer{keys: keys, rows: rows, filter: make([]uint64, size*4/64), slots: make([]slot, size)}
	for i, k := range keys {
		for c, w := range rows[i] {
			l.moves[c] = l.moves[c] || w != 0
		}
		bit := k % uint64(len(l.filter)*64)
		l.filter[bit/64] |= 1 << (bit % 64)
		at := k >> 32 % uint64(size)
		for l.slots[at].key != 0 {
			at = (at + 1) % uint64(size)
		}
		l.slots[at] = slot{k, int32(i)}
	}
	return l
}

// row is the place of a key's weights, or a negative number.
func (l *Layer) row(key uint64) int32 {
	if bit := key & uint64(len(l.filter)*64-1); l.filter[bit/64]>>(bit%64)&1 == 0 {
		return -1
	}
	mask := uint64(len(l.slots) - 1)
	for at := key >> 32 & mask; ; at = (at + 1) & mask {
		switch l.slots[at].key {
		case key:
			return l.slots[at].row
		case 0:
			return -1
		}
	}
}

// Features is how many words and pairs of words a layer knows.
func (l *Layer) Features() int { return len(l.keys) }

// Bytes writes a layer so that [ReadLayer] gives it again. The same layer gives the same bytes.
func (l *Layer) Bytes() []byte {
	out := make([]byte, 0, len(layerHead)+len(l.keys)*layerRow+4)
	out = append(out, layerHead...)
	for i, k := range l.keys {
		out = binary.LittleEndian.AppendUint64(out, k)
		for _, w := range l.rows[i] {
			out = binary.LittleEndian.AppendUint16(out, uint16(w))
		}
	}
	return binary.LittleEndian.AppendUint32(out, crc32.ChecksumIEEE(out))
}

// ReadLayer reads what [Layer.Bytes] wrote. Weights beyond the bounds are refused, like anything else that no layer of this version has.
func ReadLayer(raw []byte) (*Layer, error) {
	n := len(raw) - len(layerHead) - 4
	if n < 0 || n%layerRow != 0 || n/layerRow > layerMost || string(raw[:len(layerHead)]) != layerHead {
		return nil, fmt.Errorf("these %d bytes are no layer of this version", len(raw))
	}
	body := raw[:len(raw)-4]
	if crc32.ChecksumIEEE(body) != binary.LittleEndian.Uint32(raw[len(body):]) {
		return nil, fmt.Errorf("the layer of %d bytes is damaged", len(raw))
	}
	keys, rows := make([]uint64, n/layerRow), make([][layerColumns]int16, n/layerRow)
	for i := range keys {
		part := body[len(layerHead)+i*layerRow:]
		keys[i] = binary.LittleEndian.Uint64(part)
		for c := range rows[i] {
			w := int16(binary.LittleEndian.Uint16(part[8+2*c:]))
			if w > weightMost || w < -weightMost {
				return nil, fmt.Errorf("the layer gives a weight of %d thousandths, more than %d", w, weightMost)
			}
			rows[i][c] = w
		}
		if keys[i] == 0 || i > 0 && keys[i] <= keys[i-1] {
			return nil, fmt.Errorf("the layer's features are not in order")
		}
	}
	return newLayer(keys, rows), nil
}

// layered is a layer in force, with the name that verdicts give.
type layered struct {
	*Layer
	model string
}

// SetLayer puts a layer in force for all texts that are judged from now on; nil takes it off. The version becomes part of what
// [Pipeline.Model] and every verdict name. Safe while others judge: each verdict is by one layer only.
func (p *Pipeline) SetLayer(l *Layer, version int64) {
	if l == nil {
		p.layer.Store(nil)
		return
	}
	p.layer.Store(&layered{l, fmt.Sprintf("%s+layer-%d", p.model, version)})
}

// Layer returns the layer in force; nil when there is none.
func (p *Pipeline) Layer() *Layer {
	if l := p.layer.Load(); l != nil {
		return l.Layer
	}
	return nil
}

// Base names the lexicons and models that judge beneath any layer.
func (p *Pipeline) Base() string { return p.model }

// Teaches tells whether a layer learns a tag.
func Teaches(tag string) bool { return slices.Contains(learnable[:], tag) }

// judges names the model with the layer.
func (p *Pipeline) judges(l *layered) string {
	if l == nil {
		return p.model
	}
	return l.model
}

// skips tells whether a tagger adds nothing, because the layer says nothing of its tag.
func (l *layered) skips(t Tagger) bool {
	of, ok := t.(learnedTagger)
	if !ok || l == nil {
		return ok
	}
	return !slices.ContainsFunc(columnsOf(of.tag), func(c column) bool { return l.moves[c.at] })
}

// layerHit is a feature of a text that the layer knows.
type layerHit struct{ row, first, last int32 }

// find looks up everything that a text shows.
func (l *layered) find(s *scratch) []layerHit {
	if l == nil || len(l.keys) == 0 {
		return nil
	}
	hits := s.layer[:0]
	s.eachTrait(func(key uint64, first, last int32) {
		if row := l.row(key); row >= 0 {
			hits = append(hits, layerHit{row, first, last})
		}
	})
	s.layer = hits
	return hits
}

// learnedTagger adds to a tag what the layer in force says. It follows the tagger of the tag, so that what builds on the tag builds on
// what was learned, too.
type learnedTagger struct {
	tag    string
	bounds desk.UrgencyBounds
}

// Tag implements [Tagger].
func (t learnedTagger) Tag(in Input, v *desk.Verdict) {
	if len(in.learned) == 0 {
		return
	}
	cols := columnsOf(t.tag)
	var sums [len(intentLabels)]int
	var best [shownLearned]learnedPlace
	n := in.layer.strongest(in.learned, cols, &sums, &best)
	if n == 0 || t.tag == desk.TagUrgency && v.Spam.Label == desk.Yes {
		return
	}
	v.Reasons = append(v.Reasons, unlearned(v, t.tag)...)
	t.explain(in, v, cols, &sums, best[:n])
	t.conclude(v)
}

// shownLearned is how many places a tag's list of what was learned names; the weaker ones are told as one sum.
const shownLearned = 5

// learnedPlace is a place and what the layer gives it in the columns of a tag, in units of the layer.
type learnedPlace struct {
	first, last int32
	strength    int
	by          [len(intentLabels)]int
}

// strongest adds up what all hits give, and picks the places that move most. It returns how many it picked; none says that nothing
// moves.
func (l *layered) strongest(hits []layerHit, cols []column, sums *[len(intentLabels)]int, best *[shownLearned]learnedPlace) (n int) {
	for i := 0; i < len(hits); {
		p := learnedPlace{first: hits[i].first, last: hits[i].last}
		for ; i < len(hits) && hits[i].first == p.first && hits[i].last == p.last; i++ { // a word and its beginning
			row := &l.rows[hits[i].row]
			for c := range cols {
				p.by[c] += int(row[cols[c].at])
			}
		}
		for c := range cols {
			sums[c] += p.by[c]
			p.strength = max(p.strength, p.by[c], -p.by[c])
		}
		if p.strength == 0 || n == shownLearned && p.strength <= best[n-1].strength {
			continue
		}
		if n < shownLearned {
			n++
		}
		at := n - 1
		for ; at > 0 && best[at-1].strength < p.strength; at-- {
			best[at] = best[at-1]
		}
		best[at] = p
	}
	return n
}

// explain adds a reason for each of the places and one for the rest. Together they keep to the bounds.
func (t learnedTagger) explain(in Input, v *desk.Verdict, cols []column, sums *[len(intentLabels)]int, best []learnedPlace) {
	var share, left [len(intentLabels)]float64
	for c := range cols {
		share[c] = 1.0 / layerGrain
		left[c] = float64(sums[c]) / layerGrain
		if all := abs(left[c]); all > moveMost {
			share[c] *= moveMost / all
			left[c] *= moveMost / all
		}
	}
	moves := make([]desk.Move, 0, (len(best)+1)*len(cols))
	for i := range best {
		words, from, to := in.given(best[i].first, best[i].last)
		start := len(moves)
		for c := range cols {
			if by := round(float64(best[i].by[c]) * share[c]); by != 0 {
				moves = append(moves, desk.Move{Label: cols[c].label, By: by})
				left[c] -= by
			}
		}
		if len(moves) > start {
			v.Reasons = append(v.Reasons, t.reason(moves[start:len(moves):len(moves)], words, from, to))
		}
	}
	start := len(moves)
	for c := range cols {
		if by := round(left[c]); by != 0 {
			moves = append(moves, desk.Move{Label: cols[c].label, By: by})
		}
	}
	if len(moves) > start {
		v.Reasons = append(v.Reasons, t.reason(moves[start:], "", 0, 0))
	}
}

// byLayer is the By of what the desk learned.
const byLayer = "layer"

// reason says what one place moves. Tags with a single sum have a weight and no moves.
func (t learnedTagger) reason(moves []desk.Move, words string, from, to int) desk.Reason {
	r := desk.Reason{Tag: t.tag, By: byLayer, Text: words, From: from, To: to}
	switch t.tag {
	case desk.TagSentiment:
		r.Moves = moves
		for _, m := range moves {
			if m.Label == desk.Negative {
				r.Weight -= m.By
			} else {
				r.Weight += m.By
			}
		}
		r.Weight = round(r.Weight)
	case desk.TagIntent:
		r.Moves = moves
		for _, m := range moves {
			if abs(m.By) > abs(r.Weight) {
				r.Weight = m.By
			}
		}
	default:
		r.Weight = moves[0].By
	}
	return r
}

// conclude draws the tag from all its reasons, as a reader would.
func (t learnedTagger) conclude(v *desk.Verdict) {
	r, ok := recompute(t.tag, v.Reasons, t.bounds)
	if !ok {
		return
	}
	tag := desk.Tag{Label: r.Label, Score: round(r.Score)}
	switch t.tag {
	case desk.TagSentiment:
		var p [3]float64
		for _, c := range r.Chances {
			p[slices.Index(sentimentLabels[:], c.Label)] = c.P
		}
		stateSentiment(v, round(p[0]), round(p[2]))
	case desk.TagUrgency:
		v.Urgency = tag
	case desk.TagIntent:
		v.Intent = tag
	case desk.TagSpam:
		v.Spam = tag
	case desk.TagOffensive:
		v.Offensive = tag
	}
}

// stateSentiment states the probabilities and the label of the highest.
func stateSentiment(v *desk.Verdict, negative, positive float64) {
	s := desk.SentimentScores{Negative: negative, Neutral: round(1 - negative - positive), Positive: positive}
	v.Sentiment = desk.Sentiment{Label: desk.Neutral, Score: s.Neutral, Scores: s}
	if negative > v.Sentiment.Score && negative >= positive {
		v.Sentiment.Label, v.Sentiment.Score = desk.Negative, negative
	} else if positive > v.Sentiment.Score {
		v.Sentiment.Label, v.Sentiment.Score = desk.Positive, positive
	}
}
