package model

import (
	"math"

	"github.com/earshotdesk/earshot/internal/text"
)

// Reading is what a model saw in one text. It may be used again for the next; it is not safe for concurrent use.
type Reading struct {
	Kind  Kind    // how the text reads
	Size  int     // features seen, by which sums are tempered
	parts []part  // those with weights
	loose []int32 // sums of unknown words: runWidth numbers each
	sum   [runWidth]float64
	kinds [Kinds]float64
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
		if f.Word == nil {
			m.look(r, f)
			return
		}
		r.Size += runsOf(f.Word)
		if row := m.words.find(f.Key); row >= 0 {
			r.parts = append(r.parts, part{f.Key, f.First, f.Last, int32(row), fromWords})
			return
		}
		m.spell(r, f)
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
	for range runWidth {
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
		for c, w := range m.runs.rows[row : row+runWidth] {
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
	var words [wordWidth]int32
	var runs [runWidth]int32
	for _, p := range r.parts {
		switch p.from {
		case fromWords:
			for c, w := range m.words.rows[p.row : int(p.row)+wordWidth] {
				words[c] += int32(int8(w))
			}
		case fromRuns:
			for c, w := range m.runs.rows[p.row : int(p.row)+runWidth] {
				runs[c] += int32(int8(w))
			}
		default:
			for c, w := range r.loose[p.row : int(p.row)+runWidth] {
				runs[c] += w
			}
		}
	}
	for c := range r.sum {
		r.sum[c] = float64(float64(words[c])*m.words.scale[c]) + float64(float64(runs[c])*m.runs.scale[c])
	}
	temper := r.temper()
	for k := range r.kinds {
		r.kinds[k] = m.kindBias[k] + float64(float64(float64(words[kindAt+k])*m.words.scale[kindAt+k])*temper)
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
		s += r.sum[ownAt+2*int(r.Kind)+int(c)]
	}
	return s
}

func (m *Model) ownBias(r *Reading, c Column) float64 {
	if c <= Positive {
		return m.own[r.Kind][c]
	}
	return 0
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
	own := ownAt + 2*int(r.Kind) + int(c)
	var w float64
	switch p.from {
	case fromWords:
		w = m.words.weight(p.row, int(c))
		if c <= Positive {
			w += m.words.weight(p.row, own)
		}
	case fromRuns:
		w = m.runs.weight(p.row, int(c))
		if c <= Positive {
			w += m.runs.weight(p.row, own)
		}
	default:
		w = float64(float64(r.loose[int(p.row)+int(c)]) * m.runs.scale[c])
		if c <= Positive {
			w += float64(float64(r.loose[int(p.row)+own]) * m.runs.scale[own])
		}
	}
	return float64(float64(w*r.temper()) * m.heat[c])
}

func (t *table) weight(row int32, c int) float64 {
	return float64(float64(int8(t.rows[int(row)+c])) * t.scale[c])
}
