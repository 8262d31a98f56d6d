// Package specialist trains one plain linear model per labelled file and tests it on rows of the same file: the yardstick that
// a model for all files is held to. It owns no model that ships. It promises the same figures for the same rows, every time.
//
// The model is softmax regression on hashed words, pairs of words and the character 2- to 5-grams inside words (2²¹ buckets),
// trained by stochastic gradient descent for six epochs on the rows outside the dev split, and tested on the dev split.
package specialist

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"unicode"
)

const (
	buckets = 1 << 21
	epochs  = 6
	rate    = 2.0 // at the first row; it falls linearly to nothing at the last. Of 1, 2, 4 and 8 the best over ten files
)

// Row is one text with the label that it should get.
type Row struct{ Text, Label string }

// Model is a trained specialist.
type Model struct {
	labels  []string
	weights []float32 // bucket by label
}

// features are the distinct buckets of a text.
func features(text string, buf []uint32) []uint32 {
	buf = buf[:0]
	before := ""
	for _, w := range words(strings.ToLower(text)) {
		buf = append(buf, bucket("w", w))
		if before != "" {
			buf = append(buf, bucket("p", before+" "+w))
		}
		before = w
		runes := []rune("<" + w + ">")
		for n := 2; n <= 5; n++ {
			for i := 0; i+n <= len(runes); i++ {
				buf = append(buf, bucket("c", string(runes[i:i+n])))
			}
		}
	}
	slices.Sort(buf)
	return slices.Compact(buf)
}

// words cuts a text into runs of letters and digits, and every other sign that is no space.
func words(text string) []string {
	var out []string
	start := -1
	for i, r := range text {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			if start < 0 {
				start = i
			}
			continue
		}
		if start >= 0 {
			out = append(out, text[start:i])
			start = -1
		}
		if !unicode.IsSpace(r) {
			out = append(out, string(r))
		}
	}
	if start >= 0 {
		out = append(out, text[start:])
	}
	return out
}

func bucket(kind, s string) uint32 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(kind))
	_, _ = h.Write([]byte(s))
	x := h.Sum64()
	return uint32((x ^ x>>29) % buckets)
}

// Train fits a specialist. The labels are those of the rows.
func Train(rows []Row) *Model {
	m := &Model{}
	for _, r := range rows {
		if !slices.Contains(m.labels, r.Label) {
			m.labels = append(m.labels, r.Label)
		}
	}
	slices.Sort(m.labels)
	m.weights = make([]float32, buckets*len(m.labels))
	seen := make([][]uint32, len(rows))
	want := make([]int, len(rows))
	for i, r := range rows {
		seen[i] = slices.Clone(features(r.Text, nil))
		want[i] = slices.Index(m.labels, r.Label)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	order := rng.Perm(len(rows))
	step, steps := 0, epochs*len(rows)
	p := make([]float64, len(m.labels))
	for range epochs {
		rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, i := range order {
			m.learn(seen[i], want[i], rate*(1-float64(step)/float64(steps)), p)
			step++
		}
	}
	return m
}

// learn moves the weights of one row's features towards its label.
func (m *Model) learn(f []uint32, want int, rate float64, p []float64) {
	m.chances(f, p)
	value := 1 / math.Sqrt(float64(max(1, len(f))))
	for l := range p {
		wanted := 0.0
		if l == want {
			wanted = 1
		}
		p[l] = rate * (wanted - p[l]) * value
	}
	n := uint32(len(m.labels))
	for _, b := range f {
		for l := range p {
			m.weights[b*n+uint32(l)] += float32(p[l])
		}
	}
}

// chances fills p with the probability of each label.
func (m *Model) chances(f []uint32, p []float64) {
	clear(p)
	n := uint32(len(m.labels))
	for _, b := range f {
		for l := range p {
			p[l] += float64(m.weights[b*n+uint32(l)])
		}
	}
	value := 1 / math.Sqrt(float64(max(1, len(f))))
	most := math.Inf(-1)
	for l := range p {
		p[l] *= value
		most = max(most, p[l])
	}
	sum := 0.0
	for l := range p {
		p[l] = math.Exp(p[l] - most)
		sum += p[l]
	}
	for l := range p {
		p[l] /= sum
	}
}

// Label returns the likeliest label of a text.
func (m *Model) Label(text string) string {
	p := make([]float64, len(m.labels))
	m.chances(features(text, nil), p)
	best := 0
	for l := range p {
		if p[l] > p[best] {
			best = l
		}
	}
	return m.labels[best]
}
