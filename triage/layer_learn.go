package triage

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/earshotdesk/earshot/internal/desk"
)

// LayerLesson is a text with the label that a person says one of its tags has.
type LayerLesson struct {
	N     int64 // orders lessons
	Input desk.TriageInput
	Tag   string
	To    string
}

// How a layer learns.
const (
	lessonPasses = 4
	lessonCap    = 0.25 // the most that one lesson adds to one weight in one pass: C of PA-I
	lessonsLeast = 2    // that a word must stand in; what one text alone says is as likely chance, and would be that text's trace
	lessonMargin = 1.0  // nats by which the right label should lead
	urgentMargin = 0.15 // by which a sum of urgency should lie within its label's stretch
	smallWord    = 0.1  // how readily words like "the" and "my" learn, against others: they stand in every text, and speak for no label
)

// LearnLayer learns a layer from lessons. It is a pure function of the pipeline and the lessons: the order in which they are given is
// indifferent, that of their numbers counts, and the same give the same layer to the last bit. An error says that ctx ended.
//
// The steps are passive-aggressive (Crammer, Dekel, Keshet, Shalev-Shwartz and Singer 2006, variant PA-I): a lesson that the layer
// already heeds by a margin changes nothing, another changes the weights of its words as little as heeds it, and no more than a
// cap. That fits corrections, which are the desk's mistakes and no fair sample of its texts: a learner of probabilities would take
// them for one, and shift every text towards what people corrected last. Averaging over all steps (Freund and Schapire 1999) keeps
// one lesson from undoing many.
func (p *Pipeline) LearnLayer(ctx context.Context, lessons []LayerLesson) (*Layer, error) {
	list := slices.SortedStableFunc(slices.Values(lessons), func(a, b LayerLesson) int { return cmp.Compare(a.N, b.N) })
	small, err := smallWords()
	if err != nil {
		return nil, err
	}
	w := weights{}
	for _, tag := range learnable {
		var of []LayerLesson
		for _, l := range list {
			if l.Tag == tag {
				of = append(of, l)
			}
		}
		if len(of) == 0 {
			continue
		}
		known := &layered{Layer: w.layer(), model: p.model}
		var examples []example
		for _, l := range of {
			if err := ctx.Err(); err != nil {
				return nil, fmt.Errorf("learning from corrections: %w", err)
			}
			if e, ok := p.example(l, known, small); ok {
				examples = append(examples, e)
			}
		}
		w.learn(tag, examples)
	}
	return w.layer(), nil
}

// example is a lesson as numbers.
type example struct {
	traits []trait
	square float64   // by how much a step of 1 raises the sum
	base   []float64 // what triage gives each label without this lesson's tag; for urgency the sum
	right  int       // the index of the right label
	lo, hi float64   // the right stretch of urgency's sum
}

// trait is a feature, how often the text has it, and how readily it learns.
type trait struct {
	key         uint64
	value, rate float64
}

// example prepares a lesson. False says that its tag cannot be learned: a label that there is not.
func (p *Pipeline) example(l LayerLesson, known *layered, small map[uint64]bool) (e example, ok bool) {
	v := p.judge(l.Input, known, p.unruled())
	if v.Failed != "" {
		return e, false
	}
	s := &scratch{}
	s.prepare(l.Input, p)
	e.traits, e.square = s.traits(small)
	if l.Tag == desk.TagUrgency {
		b := p.bounds()
		e.base, e.lo, e.hi = []float64{urgencySum(v.Reasons)}, math.Inf(-1), math.Inf(1)
		bounds := [...]float64{b.Normal, b.High, b.Critical}
		rank := desk.UrgencyRank(l.To)
		if rank > 0 {
			e.lo = bounds[rank-1] + urgentMargin
		}
		if rank < len(bounds) {
			e.hi = bounds[rank] - urgentMargin
		}
		return e, v.Spam.Label != desk.Yes && desk.UrgencyOf(rank) == l.To
	}
	labels := layerLabels(l.Tag)
	e.base = baseScores(&v, l.Tag, labels)
	e.right = slices.Index(labels, l.To)
	return e, e.right >= 0
}

// unruled are the taggers that come before the desk's rules: what a rule sets is not learned from, and not against.
func (p *Pipeline) unruled() []NamedTagger { return p.taggers[:len(p.taggers)-1] }

// traits gathers what a text shows, each once with how often it stands there.
func (s *scratch) traits(small map[uint64]bool) (list []trait, square float64) {
	s.eachTrait(func(key uint64, _, _ int32) {
		t := trait{key, 1, 1}
		if small[key] {
			t.rate = smallWord
		}
		list = append(list, t)
	})
	slices.SortFunc(list, func(a, b trait) int { return cmp.Compare(a.key, b.key) })
	out := list[:0]
	for _, t := range list {
		if n := len(out); n > 0 && out[n-1].key == t.key {
			out[n-1].value++
			continue
		}
		out = append(out, t)
	}
	for _, t := range out {
		square += float64(float64(t.value*t.value) * t.rate)
	}
	return out, square
}

// smallWords are the keys of the words that say nothing about what a text is about, in all languages that have a list.
func smallWords() (map[uint64]bool, error) {
	lists, err := wordLists("words/stop.txt")
	if err != nil {
		return nil, err
	}
	out := map[uint64]bool{}
	for _, words := range lists {
		for _, w := range words {
			key, _ := traitsOf([]byte(w))
			out[key] = true
		}
	}
	return out, nil
}

// layerLabels are the labels of a tag that chooses one, those without weights included.
func layerLabels(tag string) []string {
	switch tag {
	case desk.TagSentiment:
		return sentimentLabels[:]
	case desk.TagIntent:
		return intentLabels[:]
	}
	return []string{desk.No, desk.Yes}
}

// baseScores are the logarithms of the probabilities of labels.
func baseScores(v *desk.Verdict, tag string, labels []string) []float64 {
	chances := statedChances(v, tag)
	if tag == desk.TagSpam || tag == desk.TagOffensive {
		yes := yesChance(v, tag)
		chances = []Chance{{desk.Yes, yes}, {desk.No, 1 - yes}}
	}
	if r, ok := recompute(tag, v.Reasons, desk.UrgencyBounds{}); ok && r.Set == "" {
		chances = r.Chances
	}
	out := make([]float64, len(labels))
	for i, l := range labels {
		p := 0.0
		for _, c := range chances {
			if c.Label == l {
				p = c.P
			}
		}
		out[i] = log(max(p, leastChance))
	}
	return out
}

// weights are those of all features by their keys, while they are learned.
type weights map[uint64]*[layerColumns]float64

func (w weights) at(key uint64) *[layerColumns]float64 {
	r := w[key]
	if r == nil {
		r = &[layerColumns]float64{}
		w[key] = r
	}
	return r
}

// learn goes over the examples of one tag some times and keeps the mean of all the weights that it had on its way.
func (w weights) learn(tag string, list []example) {
	cols := columnsOf(tag)
	labels := layerLabels(tag)
	place := make([]int, len(labels)) // column of each label, -1 for none
	for i, l := range labels {
		at := slices.IndexFunc(cols, func(c column) bool { return c.label == l })
		if place[i] = -1; at >= 0 {
			place[i] = cols[at].at
		}
	}
	total := float64(lessonPasses * len(list))
	later := weights{} // what the mean lacks of the last weights, times total
	step := 0.0
	for range lessonPasses {
		for i := range list {
			if tag == desk.TagUrgency {
				w.urge(&list[i], later, step)
			} else {
				w.choose(&list[i], place, later, step)
			}
			step++
		}
	}
	support := map[uint64]int{}
	for i := range list {
		for _, t := range list[i].traits {
			support[t.key]++
		}
	}
	for key, row := range later {
		r := w[key]
		for _, c := range cols {
			if r[c.at] -= row[c.at] / total; support[key] < lessonsLeast {
				r[c.at] = 0
			}
		}
	}
}

// sum is what the weights of a column say of an example, within the bounds that a layer keeps to.
func (w weights) sum(e *example, at int) float64 {
	sum := 0.0
	for _, t := range e.traits {
		if r := w[t.key]; r != nil {
			sum += float64(r[at] * t.value)
		}
	}
	return max(min(sum, moveMost), -moveMost)
}

// choose is one passive-aggressive step for a tag that chooses a label.
func (w weights) choose(e *example, place []int, later weights, step float64) {
	scores := slices.Clone(e.base)
	for i, at := range place {
		if at >= 0 {
			scores[i] += w.sum(e, at)
		}
	}
	rival := -1
	for i, s := range scores {
		if i != e.right && (rival < 0 || s > scores[rival]) {
			rival = i
		}
	}
	loss := lessonMargin + scores[rival] - scores[e.right]
	touched := 0.0
	for _, i := range []int{e.right, rival} {
		if place[i] >= 0 {
			touched++
		}
	}
	if loss <= 0 || e.square == 0 || touched == 0 {
		return
	}
	tau := min(lessonCap, loss/float64(e.square*touched))
	w.move(e, place[e.right], tau, later, step)
	w.move(e, place[rival], -tau, later, step)
}

// urge is one passive-aggressive step for the sum of urgency, which should come to lie within a stretch.
func (w weights) urge(e *example, later weights, step float64) {
	sum := e.base[0] + w.sum(e, layerUrgency)
	by := 0.0
	if sum < e.lo {
		by = e.lo - sum
	} else if sum > e.hi {
		by = e.hi - sum
	}
	if by == 0 || e.square == 0 {
		return
	}
	w.move(e, layerUrgency, max(min(by/e.square, lessonCap), -lessonCap), later, step)
}

// move adds tau times the example to a column.
func (w weights) move(e *example, at int, tau float64, later weights, step float64) {
	if at < 0 {
		return
	}
	const most = float64(weightMost) / layerGrain
	for _, t := range e.traits {
		r := w.at(t.key)
		was := r[at]
		r[at] = max(min(was+float64(float64(tau*t.rate)*t.value), most), -most)
		later.at(t.key)[at] += float64((r[at] - was) * step)
	}
}

// layer rounds the weights to those of a layer and keeps the strongest.
func (w weights) layer() *Layer {
	type feature struct {
		key  uint64
		row  [layerColumns]int16
		most int16
	}
	var list []feature
	for key, r := range w {
		f := feature{key: key}
		for c, x := range r {
			f.row[c] = int16(math.Round(x * layerGrain))
			f.most = max(f.most, f.row[c], -f.row[c])
		}
		if f.most >= weightLeast {
			list = append(list, f)
		}
	}
	slices.SortFunc(list, func(a, b feature) int { return cmp.Or(cmp.Compare(b.most, a.most), cmp.Compare(a.key, b.key)) })
	list = list[:min(len(list), layerMost)]
	slices.SortFunc(list, func(a, b feature) int { return cmp.Compare(a.key, b.key) })
	keys, rows := make([]uint64, len(list)), make([][layerColumns]int16, len(list))
	for i, f := range list {
		keys[i], rows[i] = f.key, f.row
	}
	return newLayer(keys, rows)
}
