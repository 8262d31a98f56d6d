package train

import (
	"math"
	"slices"

	"github.com/earshotdesk/earshot/internal/text"
	"github.com/earshotdesk/earshot/triage/langid"
)

// maxUnits is the largest weight of a row in units.
const maxUnits = 127

// pack rounds the weights: those of letters to four bits, those of words, which are fewer and say more, to eight. The row of a word
// takes in what its letters say, so that a known word needs one look-up.
func (n *languageNet) pack() *langid.Parts {
	p := &langid.Parts{Longest: n.opt.Longest, Bits: n.opt.Bits, Floor: int(n.opt.Floor * 10_000), GramUnit: 16, Words: make([]uint64, len(n.table))}
	step := gramReach * meanSquare(n.grams) / 7
	unit := step / float64(p.GramUnit)
	whole := make([]languageRow, len(n.table))
	for i, w := range n.table {
		whole[i] = n.rows[i]
		for _, g := range n.words.gramsOf(w) {
			whole[i].add(&n.grams[g])
		}
		whole[i].centre(len(languageLabels(int(n.words.group[w]))))
		p.Words[i] = n.words.hash[w]
	}
	p.RowUnit = max(1, int(math.Ceil(spreadOf(whole)/maxUnits/unit)))
	for i := range whole {
		p.Rows = append(p.Rows, whole[i].rounded(float64(p.RowUnit)*unit, -maxUnits, maxUnits))
	}
	for i := range n.grams {
		p.Grams = append(p.Grams, n.grams[i].rounded(step, -8, 7))
	}
	for g := range p.Labels {
		p.Labels[g] = languageLabels(g)
		for _, sister := range []string{"bs", "sr"} {
			if l := laneOf(sister, latinGroup); g == latinGroup {
				p.Prior[g][l] = sisterPrior
			}
		}
		for l, b := range n.bias[g] {
			p.Bias[g][l] = int32(math.Round(float64(b) / unit))
		}
	}
	for i := range p.Heat {
		p.Heat[i] = unit
	}
	p.Hint = [...]float64{5, 4.5, 4, 4, 3.5, 3, 3, 2.5, 2.5, 2.5}
	return p
}

// latinGroup is the group of the languages of the Latin script.
const latinGroup = 0

// sisterPrior makes Croatian win over Bosnian and Serbian unless a text leaves little doubt, in natural logarithms: the three share
// most of their words, and we know the others from a few newspapers only.
const sisterPrior = -3

// gramReach is how many times their root mean square the weights of letters may have before they are cut.
const gramReach = 6

func meanSquare(rows []languageRow) float64 {
	sum := 0.0
	for i := range rows {
		for _, x := range rows[i] {
			sum += float64(x * x)
		}
	}
	return math.Sqrt(sum / float64(len(rows)*langid.Lanes))
}

// spreadOf is the size that all but one in two thousand of the weights keep to.
func spreadOf(rows []languageRow) float64 {
	var all []float32
	for i := range rows {
		for _, x := range rows[i] {
			if x != 0 {
				all = append(all, max(x, -x))
			}
		}
	}
	slices.Sort(all)
	return float64(all[len(all)-1-len(all)/2000])
}

// centre shifts the first size weights so that the largest and the smallest are as far from zero: only differences count.
func (r *languageRow) centre(size int) {
	mid := (slices.Max(r[:size]) + slices.Min(r[:size])) / 2
	for l := range size {
		r[l] -= mid
	}
}

func (r *languageRow) rounded(unit, least, most float64) (out [langid.Lanes]int8) {
	for l, x := range r {
		out[l] = int8(min(max(math.Round(float64(x)/unit), least), most))
	}
	return out
}

// fitLanguageHeat finds for every class of length the heat at which the dev rows are the likeliest.
func fitLanguageHeat(p *langid.Parts, dev []LanguageRow) ([langid.Lengths]float64, error) {
	heat := p.Heat
	m, err := langid.Load(p.Encode())
	if err != nil {
		return heat, err
	}
	type seen struct {
		scores []int32
		lane   int
	}
	var by [langid.Lengths][]seen
	var doc text.Doc
	for _, r := range dev {
		doc.Read(r.Text)
		group, words, scores := m.Scores(&doc)
		if group < 0 {
			continue
		}
		if lane := laneOf(r.Label, group); lane >= 0 {
			c := langid.LengthOf(words)
			by[c] = append(by[c], seen{scores, lane})
		}
	}
	for c := range by {
		best := math.Inf(1)
		for step := range 60 {
			h := p.Heat[c] * math.Pow(1.06, float64(step-45))
			loss := 0.0
			for _, s := range by[c] {
				sum := 0.0
				for _, x := range s.scores {
					sum += math.Exp(float64(x-s.scores[s.lane]) * h)
				}
				loss += math.Log(sum)
			}
			if loss < best {
				best, heat[c] = loss, h
			}
		}
	}
	return heat, nil
}
