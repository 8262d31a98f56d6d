package model

import (
	"math"

	"github.com/earshotdesk/earshot/internal/text"
)

// Reading is what a model saw in one text. It may be used again for the next; it is not safe for concurrent use.
type Reading struct {
	Kind  Kind      // how the text reads most
	Size  int       // features seen, by which sums are tempered
	seen  []Feature // all of them
	parts []part    // those with weights
	loose []int32   // sums of unknown words: RunWidth numbers each
	keys  []uint64  // of the runs of an unknown word
	cold  byte      // keeps loads that warm the memory
	sum   [RunWidth]float64
	kinds [Kinds]float64 // how much each kind's own part counts; they sum to 1

	temper float64                  // what sums are multiplied with: long texts repeat themselves
	nats   [3][2][1 + Kinds]float64 // for words, runs and unknown words: of a unit of each column of sentiment
}

// part is a feature that the model knows, or an unknown word.
type part struct {
	key         uint64
	first, last int32
	row         int32 // in the table, or in loose
	from        source
	sign        bool
}

type source uint8

const (
	fromWords source = iota
	fromRuns
	fromLoose
)

// Read reads a text. hint is the kind that the source is known to have, with how sure that is in nats; Kinds means none.
func (m *Model) Read(r *Reading, doc *text.Doc, hint Kind, sure float64) {
	r.seen = appendFeatures(r.seen[:0], doc)
	r.parts, r.loose, r.Size = r.parts[:0], r.loose[:0], len(r.seen)
	m.warm(r)
	for i := range r.seen {
		f := &r.seen[i]
		if !f.Unit {
			if row := m.runs.find(f.Key); row >= 0 {
				r.parts = append(r.parts, part{f.Key, f.First, f.Last, int32(row), fromRuns, f.Sign})
			}
			continue
		}
		if f.Word != nil {
			r.Size += runsOf(f.Word)
		}
		if row := m.words.find(f.Key); row >= 0 {
			r.parts = append(r.parts, part{f.Key, f.First, f.Last, int32(row), fromWords, f.Sign})
		} else if f.Word != nil {
			m.spell(r, f)
		}
	}
	m.add(r, hint, sure)
}

// warm touches the memory that will be searched, so that the waits for it overlap.
func (m *Model) warm(r *Reading) {
	cold := byte(0)
	for i := range r.seen {
		t := &m.runs
		if r.seen[i].Unit {
			t = &m.words
		}
		if key := r.seen[i].Key; t.may(key) {
			cold ^= t.lines[t.bucket(key)]
		}
	}
	r.cold = cold
}

// spell adds up the runs of letters of an unknown word.
func (m *Model) spell(r *Reading, f *Feature) {
	r.keys = appendRuns(r.keys[:0], f.Word)
	cold := byte(0)
	for _, key := range r.keys {
		if m.runs.may(key) {
			cold ^= m.runs.lines[m.runs.bucket(key)]
		}
	}
	r.cold = cold
	var sum lanes
	for _, key := range r.keys {
		if row := m.runs.find(key); row >= 0 {
			sum.add20(m.runs.lines[row:])
		}
	}
	if sum.n == 0 {
		return
	}
	at := len(r.loose)
	r.loose = append(r.loose, make([]int32, RunWidth)...)
	sum.into(r.loose[at:])
	r.parts = append(r.parts, part{f.Key, f.First, f.Last, int32(at), fromLoose, false})
}

// add sums what was found and tells the kind of text.
func (m *Model) add(r *Reading, hint Kind, sure float64) {
	var words [WordWidth]int32
	var runs [RunWidth]int32
	var someWords, someRuns lanes
	for i := range r.parts {
		p := &r.parts[i]
		switch p.from {
		case fromWords:
			if someWords.add28(m.words.lines[p.row:]); someWords.n == mostRows {
				someWords.into(words[:])
			}
		case fromRuns:
			if someRuns.add20(m.runs.lines[p.row:]); someRuns.n == mostRows {
				someRuns.into(runs[:])
			}
		default:
			for c, w := range r.loose[p.row : int(p.row)+RunWidth] {
				runs[c] += w
			}
		}
	}
	someWords.into(words[:])
	someRuns.into(runs[:])
	for c := range r.sum {
		r.sum[c] = float64(float64(words[c])*m.words.scale[c]) + float64(float64(runs[c])*m.runs.scale[c])
	}
	r.temper = 1 / math.Sqrt(float64(max(1, r.Size)))
	for k := range r.kinds {
		r.kinds[k] = m.kindBias[k] + float64(float64(float64(words[KindAt+k])*m.words.scale[KindAt+k])*r.temper)
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
	m.prepare(r)
}

// soften turns the scores of kinds into shares.
func (r *Reading) soften() {
	top, sum := r.kinds[r.Kind], 0.0
	for k := range r.kinds {
		r.kinds[k] = Exp(r.kinds[k] - top)
		sum += r.kinds[k]
	}
	for k := range r.kinds {
		r.kinds[k] /= sum
	}
}

// Score is the score of a column in nats, tempered so that its softmax or sigmoid is a probability.
func (m *Model) Score(r *Reading, c Column) float64 {
	return float64((m.bias[c] + m.ownBias(r, c) + float64(m.raw(r, c)*r.temper)) * m.heat[c])
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
	Sign        bool   // it is the signs behind token First
}

// Parts is how many places add something.
func (r *Reading) Parts() int { return len(r.parts) }

// Part returns the place and name of a part.
func (r *Reading) Part(i int) Part {
	p := &r.parts[i]
	return Part{p.first, p.last, p.key, p.sign}
}

// prepare works out what a unit of each column of sentiment is in nats.
func (m *Model) prepare(r *Reading) {
	for side := range 2 {
		heat := float64(r.temper * m.heat[side])
		for k := range 1 + int(Kinds) {
			col, share := side, heat
			if k > 0 {
				col, share = OwnAt+2*(k-1)+side, float64(heat*r.kinds[k-1])
			}
			r.nats[fromWords][side][k] = float64(m.words.scale[col] * share)
			r.nats[fromRuns][side][k] = float64(m.runs.scale[col] * share)
		}
	}
	r.nats[fromLoose] = r.nats[fromRuns]
}

// Feeling is what part i adds to the scores of negative and of positive, in nats. The parts of all places and [Model.Prior] sum to
// [Model.Score].
func (m *Model) Feeling(r *Reading, i int) (negative, positive float64) {
	p := &r.parts[i]
	n := &r.nats[p.from]
	if p.from == fromLoose {
		row := r.loose[p.row : int(p.row)+RunWidth]
		negative, positive = float64(float64(row[Negative])*n[0][0]), float64(float64(row[Positive])*n[1][0])
		for k := range int(Kinds) {
			negative += float64(float64(row[OwnAt+2*k]) * n[0][k+1])
			positive += float64(float64(row[OwnAt+2*k+1]) * n[1][k+1])
		}
		return negative, positive
	}
	t := &m.words
	if p.from == fromRuns {
		t = &m.runs
	}
	row := t.lines[p.row : int(p.row)+RunWidth : int(p.row)+RunWidth]
	negative, positive = float64(float64(int8(row[Negative]))*n[0][0]), float64(float64(int8(row[Positive]))*n[1][0])
	for k := range int(Kinds) {
		negative += float64(float64(int8(row[OwnAt+2*k])) * n[0][k+1])
		positive += float64(float64(int8(row[OwnAt+2*k+1])) * n[1][k+1])
	}
	return negative, positive
}

// By is what part i adds to the score of c, in nats; see [Model.Feeling].
func (m *Model) By(r *Reading, i int, c Column) float64 {
	if c <= Positive {
		negative, positive := m.Feeling(r, i)
		if c == Negative {
			return negative
		}
		return positive
	}
	p := &r.parts[i]
	w := 0.0
	switch p.from {
	case fromWords:
		w = float64(float64(int8(m.words.lines[int(p.row)+int(c)])) * m.words.scale[c])
	case fromRuns:
		w = float64(float64(int8(m.runs.lines[int(p.row)+int(c)])) * m.runs.scale[c])
	default:
		w = float64(float64(r.loose[int(p.row)+int(c)]) * m.runs.scale[c])
	}
	return float64(float64(w*r.temper) * m.heat[c])
}
