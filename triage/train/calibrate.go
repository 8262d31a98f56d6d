package train

import (
	"math"
	"slices"

	"github.com/earshotdesk/earshot/triage/model"
)

// calibration is how scores become probabilities: multiplied with heat after bias is added (Platt 1999; for sentiment the
// temperature alone, Guo et al. 2017).
type calibration struct {
	heat, bias [model.Columns]float64
	kinds      float64
}

func (c calibration) heats() map[string]float64 {
	out := map[string]float64{}
	for col := range model.Columns {
		out[col.String()] = c.heat[col]
	}
	return out
}

// point is one dev text's score of a column, or its three of sentiment, and what is true.
type point struct {
	z     [3]float64
	label int8
	w     float64
}

// calibrate fits heat and bias on the dev part with the twin.
func (c *corpus) calibrate(w *weights) calibration {
	var cal calibration
	var sentiment []point
	var columns [model.Columns][]point
	perFile := make([]float64, len(c.files))
	for i := range c.texts {
		if e := &c.texts[i]; e.dev && e.sentiment >= 0 {
			perFile[e.file]++
		}
	}
	right, all := 0.0, 0.0
	for i := range c.texts {
		e := &c.texts[i]
		if !e.dev || c.files[e.file].Words {
			continue
		}
		if e.sentiment >= 0 {
			shares := c.kindChances(w.kinds, uint32(len(w.kinds)/int(model.Kinds)-1), e)
			if want := c.files[e.file].Kind; want < model.Kinds {
				all++
				if shares[want] == slices.Max(shares[:]) {
					right++
				}
			}
			sentiment = append(sentiment, point{w.sentimentOf(e, shares), e.sentiment, 1 / math.Sqrt(perFile[e.file])})
		}
		for col := model.Complaint; col < model.Columns; col++ {
			if m := e.marks[col-model.Complaint]; m >= 0 {
				columns[col] = append(columns[col], point{z: [3]float64{w.columnOf(e, col)}, label: m, w: 1})
			}
		}
	}
	cal.kinds = right / max(all, 1)
	t := bestHeat(sentiment)
	cal.heat[model.Negative], cal.heat[model.Positive] = t, t
	for col := model.Complaint; col < model.Columns; col++ {
		cal.heat[col], cal.bias[col] = platt(columns[col])
	}
	return cal
}

func (w *weights) sentimentOf(e *example, shares [model.Kinds]float64) (out [3]float64) {
	var z [3]float32
	sumRows(&z, w.sentiment, e.buckets)
	for i := range z {
		out[i] = float64(z[i]) * e.temper()
	}
	for k, share := range shares {
		if share < 0.01 {
			continue
		}
		var own [3]float32
		for _, b := range e.buckets {
			r := w.sentiment[4*int(ownKey(b, model.Kind(k))&w.mask):]
			own[0] += r[0]
			own[1] += r[1]
			own[2] += r[2]
		}
		for i := range own {
			out[i] += float64(own[i]) * e.temper() * share
		}
	}
	return out
}

func (w *weights) columnOf(e *example, col model.Column) float64 {
	z := float32(0)
	table := w.columns[col]
	for _, b := range e.buckets {
		z += table[b&uint32(len(table)-1)]
	}
	return float64(z) * e.temper()
}

// bestHeat finds the heat with the least loss by golden section.
func bestHeat(points []point) float64 {
	if len(points) == 0 {
		return 1
	}
	loss := func(heat float64) float64 {
		sum := 0.0
		for _, p := range points {
			top := max(p.z[0], p.z[1], p.z[2]) * heat
			total := 0.0
			for _, z := range p.z {
				total += math.Exp(z*heat - top)
			}
			sum += p.w * (math.Log(total) + top - p.z[p.label]*heat)
		}
		return sum
	}
	lo, hi := 0.2, 4.0
	for hi-lo > 0.005 {
		a, b := lo+(hi-lo)*0.382, lo+(hi-lo)*0.618
		if loss(a) < loss(b) {
			hi = b
		} else {
			lo = a
		}
	}
	return (lo + hi) / 2
}

// platt fits heat and bias of a yes-or-no column by gradient descent; the bias stands before the heat.
func platt(points []point) (heat, bias float64) {
	a, b := 1.0, 0.0
	if len(points) == 0 {
		return a, b
	}
	for range 500 {
		ga, gb := 0.0, 0.0
		for _, p := range points {
			g := 1/(1+math.Exp(-(a*p.z[0]+b))) - float64(p.label)
			ga += g * p.z[0]
			gb += g
		}
		n := float64(len(points))
		a -= 0.5 * ga / n
		b -= 2 * gb / n
	}
	return max(a, 0.05), b / max(a, 0.05)
}
