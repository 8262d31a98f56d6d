package train

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"

	"github.com/earshotdesk/earshot/triage/model"
)

// ModelOptions say how the model of triage is learned. [ModelDefaults] are the tried ones.
type ModelOptions struct {
	Seed       uint64
	WithoutDev bool    // leave the dev part out of what ships: a twin for honest figures
	Bits       uint    // sentiment is learned in 1 << Bits buckets, the other columns in half as many
	Epochs     int     // of sentiment
	Rate       float64 // of learning; it falls to nothing in a straight line
	Rare       float64 // exponent by which labels that a file has few of weigh more
	Small      float64 // exponent by which small files weigh more
	Blind      float64 // share of texts that are learned from as if their kind were not known
	Words      int     // rows in the table of words
	Runs       int     // rows in the table of all other features
	Tell       func(format string, a ...any)
}

// ModelDefaults are the options of the shipped model.
func ModelDefaults() ModelOptions {
	return ModelOptions{
		Seed: 1, Bits: 23, Epochs: 8, Rate: 2, Rare: 0.6, Small: 0.3, Blind: 0.1,
		Words: 210_000, Runs: 590_000,
	}
}

func (o *ModelOptions) tell(format string, a ...any) {
	if o.Tell != nil {
		o.Tell(format, a...)
	}
}

// ModelReport is what training says of itself.
type ModelReport struct {
	Twin     []byte             // the file of a model that has not seen the dev part
	Examples int                // texts and words learned from
	Heat     map[string]float64 // by column: what scores are multiplied with, fitted on the dev part
	Words    int                // rows of words kept, of those seen
	WordsOf  int
	Runs     int // rows of other features kept, of those seen
	RunsOf   int
	KindsHit float64 // share of dev texts whose kind is told rightly
	Bytes    int
}

// Learn trains the model and returns its file. A twin is trained first without the dev part; on the dev part it tells how far
// scores must be tempered to be probabilities.
func Learn(ctx context.Context, d Data, opt ModelOptions) (blob []byte, rep ModelReport, err error) {
	if len(d.Examples) == 0 {
		return nil, rep, errors.New("there is nothing to learn from")
	}
	c := gather(d, opt.Bits)
	opt.tell("%d examples, %d different words", len(c.texts), len(c.vocabulary))
	rep.Examples = len(c.texts)
	twin, err := c.learn(ctx, opt, true)
	if err != nil {
		return nil, rep, err
	}
	cal := c.calibrate(twin)
	rep.Heat, rep.KindsHit = cal.heats(), cal.kinds
	if rep.Twin, err = c.pack(twin, cal, opt, &rep); err != nil {
		return nil, rep, err
	}
	blob = rep.Twin
	if !opt.WithoutDev {
		ship, err := c.learn(ctx, opt, false)
		if err != nil {
			return nil, rep, err
		}
		if blob, err = c.pack(ship, cal, opt, &rep); err != nil {
			return nil, rep, err
		}
	}
	rep.Bytes = len(blob)
	opt.tell("%d of %d words and %d of %d other features kept, %d bytes", rep.Words, rep.WordsOf, rep.Runs, rep.RunsOf, rep.Bytes)
	return blob, rep, nil
}

// weights is a trained model before it is rounded.
type weights struct {
	sentiment []float32 // four to a bucket: negative, neutral, positive, nothing; a kind's own part under keys of its own
	kinds     []float32 // [model.Kinds] to a bucket
	columns   [model.Columns][]float32
	mask      uint32
}

func (c *corpus) learn(ctx context.Context, opt ModelOptions, twin bool) (*weights, error) {
	w := &weights{mask: 1<<opt.Bits - 1}
	var wg sync.WaitGroup
	var failed [2]error
	wg.Go(func() { w.sentiment, failed[0] = c.learnSentiment(ctx, opt, twin) })
	wg.Go(func() {
		w.kinds = c.learnKinds(opt, twin)
		for col := model.Complaint; col < model.Columns; col++ {
			if failed[1] = ctx.Err(); failed[1] != nil {
				return
			}
			w.columns[col] = c.learnColumn(opt, twin, col)
		}
	})
	wg.Wait()
	if err := errors.Join(failed[:]...); err != nil {
		return nil, fmt.Errorf("learning: %w", err)
	}
	return w, nil
}

// share gives every example its weight: labels that are rare in a file and files that are small weigh more, so that no file's
// habit to be neutral decides for all.
func (c *corpus) share(opt ModelOptions, twin bool, label func(*example) int8, labels int) []float32 {
	type count struct{ of [8]float64 }
	counts := make([]count, len(c.files))
	for i := range c.texts {
		if e := &c.texts[i]; label(e) >= 0 && !(twin && e.dev) {
			counts[e.file].of[label(e)]++
		}
	}
	out := make([]float32, len(c.texts))
	for i := range c.texts {
		e := &c.texts[i]
		l := label(e)
		if l < 0 || twin && e.dev {
			continue
		}
		f := &c.files[e.file]
		if f.Words {
			out[i] = float32(f.Weight)
			continue
		}
		total, present := 0.0, 0.0
		for _, n := range counts[e.file].of[:labels] {
			total += n
			if n > 0 {
				present++
			}
		}
		out[i] = float32(math.Pow(total/present/counts[e.file].of[l], opt.Rare) * math.Pow(5000/total, opt.Small))
	}
	return out
}

// rounds calls visit for every example of some weight in an order drawn anew each round, with the rate of learning at that moment.
func (c *corpus) rounds(seed uint64, epochs int, rate float64, share []float32, visit func(rng *rand.Rand, e *example, rate float64)) {
	var order []int32
	for i, s := range share {
		if s > 0 {
			order = append(order, int32(i))
		}
	}
	rng := rand.New(rand.NewPCG(seed, 2))
	step, steps := 0, epochs*len(order)
	for range epochs {
		rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, i := range order {
			r := rate * (1 - float64(step)/float64(steps))
			visit(rng, &c.texts[i], r*float64(share[i]))
			step++
		}
	}
}

// ownKey is the bucket of a feature's own part for a kind of text.
func ownKey(bucket uint32, k model.Kind) uint32 {
	x := (uint64(bucket)*131 + uint64(k+1)*0x9E3779B97F4A7C15)
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	return uint32(x ^ x>>33)
}

func (c *corpus) learnSentiment(ctx context.Context, opt ModelOptions, twin bool) ([]float32, error) {
	w := make([]float32, 4<<opt.Bits)
	mask := uint32(1)<<opt.Bits - 1
	share := c.share(opt, twin, func(e *example) int8 { return e.sentiment }, 3)
	for i := range share {
		if f := &c.files[c.texts[i].file]; !f.Words {
			share[i] *= float32(f.Weight)
		}
	}
	var own []uint32
	seen, loss := 0, 0.0
	c.rounds(opt.Seed, opt.Epochs, opt.Rate, share, func(rng *rand.Rand, e *example, rate float64) {
		if seen++; seen%100_000 == 0 {
			opt.tell("sentiment: %d texts seen, loss %.4f", seen, loss/100_000)
			loss = 0
		}
		if ctx.Err() != nil {
			return
		}
		f := &c.files[e.file]
		own = own[:0]
		if !f.Words && f.Kind < model.Kinds && rng.Float64() >= opt.Blind {
			for _, b := range e.buckets {
				own = append(own, ownKey(b, f.Kind)&mask)
			}
		}
		z := [3]float32{}
		sumRows(&z, w, e.buckets)
		sumRows(&z, w, own)
		temper := 1 / math.Sqrt(float64(max(1, len(e.buckets))))
		p := softmax3(z, temper)
		loss -= math.Log(max(p[e.sentiment], 1e-9))
		p[e.sentiment]--
		step := rate * temper
		d := [3]float32{float32(step * p[0]), float32(step * p[1]), float32(step * p[2])}
		moveRows(w, e.buckets, d)
		moveRows(w, own, d)
	})
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("sentiment: %w", err)
	}
	return w, nil
}

func sumRows(z *[3]float32, w []float32, buckets []uint32) {
	for _, b := range buckets {
		r := w[4*int(b) : 4*int(b)+4]
		z[0] += r[0]
		z[1] += r[1]
		z[2] += r[2]
	}
}

func moveRows(w []float32, buckets []uint32, d [3]float32) {
	for _, b := range buckets {
		r := w[4*int(b) : 4*int(b)+4]
		r[0] -= d[0]
		r[1] -= d[1]
		r[2] -= d[2]
	}
}

func softmax3(z [3]float32, temper float64) (p [3]float64) {
	top := float64(max(z[0], z[1], z[2])) * temper
	sum := 0.0
	for i := range z {
		p[i] = math.Exp(float64(z[i])*temper - top)
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
	return p
}
