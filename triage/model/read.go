package model

import (
	"math"

	"github.com/earshotdesk/earshot/internal/text"
)

// Reading is what a model saw in one text. It may be used again for the next; it is not safe for concurrent use.
type Reading struct {
	Kind  Kind    // how the text reads most
	Size  int     // features seen, by which sums are tempered
	parts []part  // those with weights
	loose []int32 // sums of unknown words: RunWidth numbers each
	sum   [RunWidth]float64
	kinds [Kinds]float64 // how much each kind's own part counts; they sum to 1
}

// part is a feature that the model knows, or an unknown word.
type part struct {
	key         uint64
	first, last int32
	row         int32 // in the table, or in loose
	from        source
}

type source uint8

const (
	fromWords source = iota
	fromRuns
	fromLoose
)

// Read reads a text. hint is the kind that the source is known to have, with how sure that is in nats; Kinds means none.
func (m *Model) Read(r *Reading, doc *text.Doc, hint Kind, sure float64) {
	r.parts, r.loose, r.Size = r.parts[:0], r.loose[:0], 0
	Features(doc, func(f Feature) {
		r.Size++
		if !f.Unit {
			m.look(r, f)
			return
		}
		if f.Word != nil {
			r.Size += runsOf(f.Word)
		}
		if row := m.words.find(f.Key); row >= 0 {
			r.parts = append(r.parts, part{f.Key, f.First, f.Last, int32(row), fromWords})
		} else if f.Word != nil {
			m.spell(r, f)
		}
	})
	m.add(r, hint, sure)
}

// look looks up a feature that is no word.
func (m *Model) look(r *Reading, f Feature) {
	if row := m.runs.find(f.Key); row >= 0 {
		r.parts = append(r.parts, part{f.Key, f.First, f.Last, int32(row), fromRuns})
	}
}

// spell adds up the runs of letters of an unknown word.
func (m *Model) spell(r *Reading, f Feature) {
	at := len(r.loose)
	for range RunWidth {
		r.loose = append(r.loose, 0)
	}
	sum := r.loose[at:]
	known := false
	Runs(f.Word, func(key uint64) {
		row := m.runs.find(key)
		if row < 0 {
			return
		}
		known = true
		for c, w := range m.runs.rows[row : row+RunWidth] {
			sum[c] += int32(int8(w))
		}
	})
	if !known {
		r.loose = r.loose[:at]
		return
	}
	r.parts = append(r.parts, part{f.Key, f.First, f.Last, int32(at), fromLoose})
}

// add sums what was found and tells the kind of text.
func (m *Model) add(r *Reading, hint Kind, sure float64) {
	var words [WordWidth]int32
	var runs [RunWidth]int32
	for _, p := range r.parts {
		switch p.from {
		case fromWords:
			for c, w := range m.words.rows[p.row : int(p.row)+WordWidth] {
				words[c] += int32(int8(w))
			}
		case fromRuns:
			for c, w := range m.runs.rows[p.row : int(p.row)+RunWidth] {
				runs[c] += int32(int8(w))
			}
		default:
			for c, w := range r.loose[p.row : int(p.row)+RunWidth] {
				runs[c] += w
			}
		}
	}
	for c := range r.sum {
		r.sum[c] = float64(float64(words[c])*m.words.scale[c]) + float64(float64(runs[c])*m.runs.scale[c])
	}
	temper := r.temper()
	for k := range r.kinds {
		r.kinds[k] = m.kindBias[k] + float64(float64(float64(words[KindAt+k])*m.words.scale[KindAt+k])*temper)
	}
	if hint < Kinds {
		r.kinds[hint] += sure
	}
	r.Kind = 0
	for k := range r.kinds {
		if r.kinds[k] > r.kinds[r.Kind] {
			r.Kind = Kind(k)
		}
	}
	r.soften()
}

// soften turns the scores of kinds into shares.
func (r *Reading) soften() {
	top, sum := r.kinds[r.Kind], 0.0
	for k := range r.kinds {
		r.kinds[k] = exp(r.kinds[k] - top)
		sum += r.kinds[k]
	}
	for k := range r.kinds {
		r.kinds[k] /= sum
	}
}

// temper is what sums are multiplied with: long texts repeat themselves.
func (r *Reading) temper() float64 { return 1 / math.Sqrt(float64(max(1, r.Size))) }

// Score is the score of a column in nats, tempered so that its softmax or sigmoid is a probability.
func (m *Model) Score(r *Reading, c Column) float64 {
	return float64((m.bias[c] + m.ownBias(r, c) + float64(m.raw(r, c)*r.temper())) * m.heat[c])
}

func (m *Model) raw(r *Reading, c Column) float64 {
	s := r.sum[c]
	if c <= Positive {
		for k, share := range r.kinds {
			s += float64(r.sum[OwnAt+2*k+int(c)] * share)
		}
	}
	return s
}

func (m *Model) ownBias(r *Reading, c Column) float64 {
	sum := 0.0
	if c <= Positive {
		for k, share := range r.kinds {
			sum += float64(m.own[k][c] * share)
		}
	}
	return sum
}

// Prior is the part of a score that no word gives.
func (m *Model) Prior(r *Reading, c Column) float64 {
	return float64((m.bias[c] + m.ownBias(r, c)) * m.heat[c])
}

// Part is what one place of the text adds to scores, in nats.
type Part struct {
	First, Last int32  // tokens; -1 when it is the shape of the whole text
	Key         uint64 // names the feature in every text
}

// Parts is how many places add something.
func (r *Reading) Parts() int { return len(r.parts) }

// Part returns the place and name of a part.
func (r *Reading) Part(i int) Part {
	p := &r.parts[i]
	return Part{p.first, p.last, p.key}
}

// By is what part i adds to the score of c, in nats. The parts of all places and [Model.Prior] sum to [Model.Score].
func (m *Model) By(r *Reading, i int, c Column) float64 {
	p := &r.parts[i]
	w := m.weight(r, p, int(c))
	if c <= Positive {
		for k, share := range r.kinds {
			w += float64(m.weight(r, p, OwnAt+2*k+int(c)) * share)
		}
	}
	return float64(float64(w*r.temper()) * m.heat[c])
}

func (m *Model) weight(r *Reading, p *part, col int) float64 {
	switch p.from {
	case fromWords:
		return m.words.weight(p.row, col)
	case fromRuns:
		return m.runs.weight(p.row, col)
	}
	return float64(float64(r.loose[int(p.row)+col]) * m.runs.scale[col])
}

func (t *table) weight(row int32, c int) float64 {
	return float64(float64(int8(t.rows[int(row)+c])) * t.scale[c])
}
