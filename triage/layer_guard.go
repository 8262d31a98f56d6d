package triage

import (
	"context"
	_ "embed"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/earshotdesk/earshot/internal/desk"
)

// goldenRows are sentences of our own with the labels that a support manager would give them.
//
//go:embed testdata/golden.tsv
var goldenRows string

// goldenColumns are the tags of goldenRows; then come what makes the sentence hard, and the sentence.
var goldenColumns = [...]string{desk.TagLanguage, desk.TagSentiment, desk.TagUrgency, desk.TagIntent, desk.TagOffensive, desk.TagSpam}

// goldenPipeline is what judges the golden set: the company that its sentences are about and no rules.
var goldenPipeline = sync.OnceValues(func() (*Pipeline, error) {
	return New(Options{Brands: []desk.Brand{{Name: "Acme", Competitors: []desk.Product{{Name: "Globex"}}}}})
})

// Guarded is what the guard found about a layer.
type Guarded struct {
	Golden  []desk.LayerScore // macro-F1 of each tag that corrections teach on the golden set
	Unseen  desk.LayerScore   // lessons judged right, each by a layer that did not learn it; Before is without any layer
	Refused string            // why the layer should not go into force; empty when it may
}

// gentler are the parts of what was learned that are tried one after another until the guard is content: where the whole would cost too
// much elsewhere, a part may do what the desk wants.
var gentler = [...]float64{1, 0.5}

// TeachLayer learns a layer from lessons and lets the guard judge it; see [Pipeline.LearnLayer] and [Pipeline.GuardLayer]. What the guard
// refuses is tried again with half of its weights. A refused layer is returned whole, with why.
func (p *Pipeline) TeachLayer(ctx context.Context, before *Layer, lessons []LayerLesson, margin float64) (*Layer, Guarded, error) {
	whole, err := p.LearnLayer(ctx, lessons)
	if err != nil {
		return nil, Guarded{}, err
	}
	var refused Guarded
	for _, part := range gentler {
		l := whole.scaled(part)
		g, err := p.GuardLayer(ctx, before, l, lessons, margin)
		if err != nil || g.Refused == "" {
			return l, g, err
		}
		if part == 1 {
			refused = g
		}
	}
	return whole, refused, nil
}

// scaled is a layer with a part of every weight.
func (l *Layer) scaled(part float64) *Layer {
	rows := slices.Clone(l.rows)
	for i := range rows {
		for c, w := range rows[i] {
			rows[i][c] = int16(math.Round(float64(w) * part))
		}
	}
	return newLayer(l.keys, rows)
}

// folds is in how many parts lessons are split to be judged by a layer that learned from the others.
const folds = 5

// GuardLayer judges a layer before it goes into force. It is refused where the macro-F1 of any tag on the golden set would lie by more
// than margin, in points, below what triage has without a layer, or where it makes the desk judge corrections that it did not
// learn from worse than without. before is the layer in force, nil for none.
func (p *Pipeline) GuardLayer(ctx context.Context, before, after *Layer, lessons []LayerLesson, margin float64) (g Guarded, err error) {
	scores := [3]map[string]float64{}
	for i, l := range []*Layer{nil, before, after} {
		if scores[i], err = goldenScores(ctx, l); err != nil {
			return g, err
		}
	}
	for _, tag := range learnable {
		s := desk.LayerScore{Tag: tag, Without: scores[0][tag], Before: scores[1][tag], After: scores[2][tag]}
		g.Golden = append(g.Golden, s)
		if s.After < s.Without-margin && g.Refused == "" {
			g.Refused = fmt.Sprintf("The macro-F1 of %s on the golden set would fall from %.1f to %.1f, by more than %g points.", tag, s.Without, s.After, margin)
		}
	}
	if g.Unseen, err = p.leaveOut(ctx, before, lessons); err != nil {
		return g, err
	}
	if u := g.Unseen; u.After < u.Without && g.Refused == "" {
		g.Refused = fmt.Sprintf("Of the corrections that it did not learn from it judges %.1f %% right; without it the desk judges %.1f %% right.", u.After, u.Without)
	}
	return g, nil
}

// goldenScores is the macro-F1 of each tag in per cent, all languages together.
func goldenScores(ctx context.Context, l *Layer) (map[string]float64, error) {
	p, err := goldenPipeline()
	if err != nil {
		return nil, fmt.Errorf("preparing the golden set: %w", err)
	}
	in := (*layered)(nil)
	if l != nil {
		in = &layered{Layer: l, model: p.model}
	}
	tables := map[string]goldenTable{}
	for i, line := range strings.Split(strings.TrimSpace(goldenRows), "\n") {
		f := strings.Split(line, "\t")
		if i == 0 || len(f) != len(goldenColumns)+2 {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("judging the golden set: %w", err)
		}
		v := p.judge(desk.TriageInput{Text: f[len(f)-1]}, in, p.taggers)
		for j, tag := range goldenColumns {
			if f[j] == "-" || !slices.Contains(learnable[:], tag) {
				continue
			}
			if tables[tag] == nil {
				tables[tag] = goldenTable{}
			}
			tables[tag].add(strings.Split(f[j], "|"), v.Label(tag))
		}
	}
	out := map[string]float64{}
	for tag, t := range tables {
		out[tag] = t.macroF1()
	}
	return out, nil
}

// goldenTable counts, for each label: right, wanted and given.
type goldenTable map[string]*[3]int

// add counts one sentence. Any of the wanted labels is right.
func (t goldenTable) add(wants []string, got string) {
	want := wants[0]
	if slices.Contains(wants, got) {
		want = got
	}
	for _, l := range []string{want, got} {
		if t[l] == nil {
			t[l] = &[3]int{}
		}
	}
	t[want][1]++
	t[got][2]++
	if want == got {
		t[want][0]++
	}
}

// macroF1 is the mean F1 of the labels that are wanted anywhere, in per cent.
func (t goldenTable) macroF1() float64 {
	var all []float64
	for _, n := range t {
		if n[1] > 0 {
			all = append(all, 200*float64(n[0])/float64(n[1]+n[2]))
		}
	}
	slices.Sort(all) // so that the sum has one order
	sum := 0.0
	for _, f := range all {
		sum += f
	}
	return round(sum / float64(max(1, len(all))))
}

// leaveOut judges every lesson by a layer that learned from the other four fifths.
func (p *Pipeline) leaveOut(ctx context.Context, before *Layer, lessons []LayerLesson) (desk.LayerScore, error) {
	var right [3]int
	for fold := range folds {
		var others, these []LayerLesson
		for _, l := range lessons {
			if l.N%folds == int64(fold) {
				these = append(these, l)
			} else {
				others = append(others, l)
			}
		}
		learned, err := p.LearnLayer(ctx, others)
		if err != nil {
			return desk.LayerScore{}, err
		}
		for _, l := range these {
			for i, by := range []*Layer{nil, before, learned} {
				in := (*layered)(nil)
				if by != nil {
					in = &layered{Layer: by, model: p.model}
				}
				v := p.judge(l.Input, in, p.unruled())
				if v.Label(l.Tag) == l.To {
					right[i]++
				}
			}
		}
	}
	share := func(n int) float64 { return round(100 * float64(n) / float64(max(1, len(lessons)))) }
	return desk.LayerScore{Without: share(right[0]), Before: share(right[1]), After: share(right[2])}, nil
}
