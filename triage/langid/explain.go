package langid

import "github.com/earshotdesk/earshot/internal/text"

// Part is what one word of a text, or what is known beside the text, says of its language.
type Part struct {
	From, To int       // where the word stands, in bytes; both 0 for what is no word
	Hint     bool      // it is the site's word
	Moves    []float64 // for each language of [Explanation.Labels] in natural logarithms, before the softmax
}

// Explanation takes an answer apart. The softmax of the summed moves gives the probabilities again, to a thousandth.
type Explanation struct {
	Labels []string
	Parts  []Part
}

// Explain tells what moved [Model.Judge] to its answer; nothing where the script alone decides. It allocates, and is for people who
// ask why.
func (m *Model) Explain(doc *text.Doc, hint string) Explanation {
	if greek(doc) > 0 {
		return Explanation{}
	}
	var said []wordSaid
	r := reading{said: &said}
	m.readFor(&r, doc, hint)
	group := r.group()
	if group < 0 {
		return Explanation{}
	}
	g := &m.groups[group]
	length := LengthOf(r.words[group])
	scale := float64(m.heat[length]) / (1 << heatBits) / unitsPerNat
	whole := Part{Moves: make([]float64, len(g.labels))}
	site := Part{Hint: true, Moves: make([]float64, len(g.labels))}
	for l := range g.labels {
		whole.Moves[l] = float64(float64(g.bias[l])*scale) + float64(float64(g.prior[l])/unitsPerNat)
		if hint != "" && g.hints[l] == hint && !r.certain {
			site.Moves[l] = float64(m.bonus[length]) / unitsPerNat
		}
	}
	out := Explanation{Labels: g.labels, Parts: []Part{whole}}
	if hint != "" && !r.certain {
		out.Parts = append(out.Parts, site)
	}
	for _, s := range said {
		if s.group != group {
			continue
		}
		p := Part{From: s.from, To: s.to, Moves: make([]float64, len(g.labels))}
		for l := range g.labels {
			p.Moves[l] = float64(s.score[l]) * scale
		}
		out.Parts = append(out.Parts, p)
	}
	return out
}

// wordSaid is what one word said, kept for an explanation.
type wordSaid struct {
	from, to, group int
	score           [Lanes]int32
}

// keep notes what a word says.
func (r *reading) keep(w *Word, group int, row *packed, runs *nibbles, n int32, m *Model) {
	s := wordSaid{from: w.From, to: w.To, group: group}
	if row != nil {
		row.addTo(&s.score, 1, m.wordUnit)
	} else {
		runs.addTo(&s.score, n, m.gramUnit)
	}
	*r.said = append(*r.said, s)
}
