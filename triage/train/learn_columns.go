package train

import (
	"math"
	"math/rand/v2"

	"github.com/earshotdesk/earshot/triage/model"
)

// The columns beside sentiment and the kinds of text are learned in fewer rounds: they have less to tell apart.
const (
	columnEpochs = 4
	kindEpochs   = 2
	kindsPerFile = 4000 // texts of one file that teach kinds
)

// learnColumn learns one yes-or-no column by logistic regression.
func (c *corpus) learnColumn(opt ModelOptions, twin bool, col model.Column) []float32 {
	w := make([]float32, 1<<(opt.Bits-1))
	mask := uint32(len(w) - 1)
	share := c.share(opt, twin, func(e *example) int8 { return e.marks[col-model.Complaint] }, 2)
	c.rounds(opt.Seed+uint64(col), columnEpochs, opt.Rate, share, func(_ *rand.Rand, e *example, rate float64) {
		temper := 1 / math.Sqrt(float64(max(1, len(e.buckets))))
		z := float32(0)
		for _, b := range e.buckets {
			z += w[b&mask]
		}
		g := 1/(1+math.Exp(-float64(z)*temper)) - float64(e.marks[col-model.Complaint])
		step := float32(rate * temper * g)
		for _, b := range e.buckets {
			w[b&mask] -= step
		}
	})
	return w
}

// learnKinds learns to tell kinds of text by their words.
func (c *corpus) learnKinds(opt ModelOptions, twin bool) []float32 {
	const kinds = int(model.Kinds)
	bits := opt.Bits - 2
	w := make([]float32, kinds<<bits)
	mask := uint32(1)<<bits - 1
	seen := make([]int, len(c.files))
	even := opt
	even.Rare, even.Small = 0, 0.5
	share := c.share(even, twin, func(e *example) int8 {
		if f := &c.files[e.file]; f.Words || f.Kind == model.Kinds || e.sentiment < 0 {
			return -1
		}
		return 0
	}, 1)
	for i := range share {
		if f := c.texts[i].file; share[i] > 0 {
			if seen[f]++; seen[f] > kindsPerFile {
				share[i] = 0
			}
		}
	}
	c.rounds(opt.Seed+100, kindEpochs, opt.Rate, share, func(_ *rand.Rand, e *example, rate float64) {
		want := int(c.files[e.file].Kind)
		p := c.kindChances(w, mask, e)
		step := rate * e.temper()
		p[want]--
		for _, b := range e.wordBuckets() {
			r := w[int(b&mask)*kinds : int(b&mask)*kinds+kinds]
			for k := range r {
				r[k] -= float32(step * p[k])
			}
		}
	})
	return w
}

func (c *corpus) kindChances(w []float32, mask uint32, e *example) (p [model.Kinds]float64) {
	const kinds = int(model.Kinds)
	var z [model.Kinds]float32
	for _, b := range e.wordBuckets() {
		for k, x := range w[int(b&mask)*kinds : int(b&mask)*kinds+kinds] {
			z[k] += x
		}
	}
	top, sum := float32(math.Inf(-1)), 0.0
	for _, x := range z {
		top = max(top, x)
	}
	for k, x := range z {
		p[k] = math.Exp(float64(x-top) * e.temper())
		sum += p[k]
	}
	for k := range p {
		p[k] /= sum
	}
	return p
}
