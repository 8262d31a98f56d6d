package triage

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Score is how well the pipeline did on one labelled file, or on one language of it. All figures but the counts are fractions.
type Score struct {
	File        string  `json:"file"`
	Language    string  `json:"language,omitempty"` // of a part of a file with several
	Task        string  `json:"task"`               // sentiment, stars, langid, intent, complaint, spam, offensive or urgency
	Rows        int     `json:"rows"`
	LeftOut     int     `json:"left_out"` // rows whose label is not of the task
	Accuracy    float64 `json:"accuracy"`
	MacroF1     float64 `json:"macro_f1"`     // plain mean over the labels that the rows have
	MacroRecall float64 `json:"macro_recall"` // likewise

	Class     string  `json:"class,omitempty"` // the label that matters most: negative, complaint, spam, offensive, high
	Precision float64 `json:"precision"`       // of the class
	Recall    float64 `json:"recall"`          // of the class

	NegativePrecision float64 `json:"negative_precision"` // of "negative"; 0 where the task has no such label
	NegativeRecall    float64 `json:"negative_recall"`

	ECE   float64 `json:"ece"`   // expected calibration error of the winning label's probability, over 15 bins of equal width
	Brier float64 `json:"brier"` // mean squared distance between the probabilities and the truth, summed over labels: 0 to 2

	AccuracySpan Span `json:"accuracy_span"` // 95 % bootstrap intervals
	MacroF1Span  Span `json:"macro_f1_span"`

	Reference float64 `json:"reference,omitempty"` // macro-F1 that this is compared with
	Ratio     float64 `json:"ratio,omitempty"`     // macro-F1 by the reference

	Confusion map[string]map[string]int `json:"confusion"`           // want → got → rows
	Languages []Score                   `json:"languages,omitempty"` // where the file has several
	Mistakes  []Mistake                 `json:"mistakes,omitempty"`  // the surest first
}

// Span is an interval.
type Span struct {
	From float64 `json:"from"`
	To   float64 `json:"to"`
}

// answers adds up what was said about the rows of a file.
type answers struct {
	langs    map[string]*tally
	mistakes []Mistake // the surest, at most as many as are wanted
	wanted   int
}

func newAnswers(mistakes int) *answers {
	return &answers{langs: map[string]*tally{}, wanted: mistakes}
}

func (a *answers) add(j judged, lang string) {
	t := a.langs[lang]
	if t == nil {
		t = &tally{confusion: map[string]map[string]int{}}
		a.langs[lang] = t
	}
	t.add(j)
	if j.mistake != nil {
		a.keep(*j.mistake)
	}
}

// keep keeps a mistake in its place when it is among the surest. Lines decide between equals, so that the order of judging does not.
func (a *answers) keep(m Mistake) {
	at, _ := slices.BinarySearchFunc(a.mistakes, m, func(x, y Mistake) int {
		return cmp.Or(cmp.Compare(y.Sure, x.Sure), cmp.Compare(x.Line, y.Line))
	})
	if at < a.wanted {
		a.mistakes = slices.Insert(a.mistakes, at, m)
		a.mistakes = a.mistakes[:min(len(a.mistakes), a.wanted)]
	}
}

func (a *answers) merge(b *answers) {
	for lang, t := range b.langs {
		if a.langs[lang] == nil {
			a.langs[lang] = t
			continue
		}
		a.langs[lang].merge(t)
	}
	for _, m := range b.mistakes {
		a.keep(m)
	}
}

// score sums up the file and, where it has several, its languages.
func (a *answers) score(t task) Score {
	whole := &tally{confusion: map[string]map[string]int{}}
	var langs []Score
	for _, lang := range slices.Sorted(maps.Keys(a.langs)) {
		whole.merge(a.langs[lang])
		s := a.langs[lang].score(t)
		s.Language = lang
		langs = append(langs, s)
	}
	s := whole.score(t)
	if len(langs) > 1 {
		s.Languages = langs
	}
	return s
}

// bins is how many parts of equal width the probabilities are sorted into to see whether they are true.
const bins = 15

// exact is what a probability is multiplied by before it is added up: sums of whole numbers do not depend on their order, so many
// workers give the same figures as one.
const exact = 1 << 40

// tally counts answers.
type tally struct {
	confusion map[string]map[string]int // want → got → rows
	rows      int
	brier     int64 // in 1/exact
	bins      [bins]struct {
		rows, right int
		sure        int64 // in 1/exact
	}
}

func (t *tally) add(j judged) {
	sure := 0.0
	if j.sure > 0 { // not when it is no number
		sure = min(j.sure, 1)
	}
	t.count(j.want, j.got, 1)
	t.rows++
	if j.brier >= 0 {
		t.brier += int64(min(j.brier, 2) * exact)
	}
	b := &t.bins[min(bins-1, int(sure*bins))]
	b.rows++
	b.sure += int64(sure * exact)
	if j.want == j.got {
		b.right++
	}
}

func (t *tally) count(want, got string, n int) {
	if t.confusion[want] == nil {
		t.confusion[want] = map[string]int{}
	}
	t.confusion[want][got] += n
}

func (t *tally) merge(o *tally) {
	t.rows += o.rows
	t.brier += o.brier
	for i, b := range o.bins {
		t.bins[i].rows += b.rows
		t.bins[i].right += b.right
		t.bins[i].sure += b.sure
	}
	for want, row := range o.confusion {
		for got, n := range row {
			t.count(want, got, n)
		}
	}
}

// score sums up: macro figures are plain means over the labels that the rows have.
func (t *tally) score(about task) Score {
	m := matrixOf(t.confusion)
	s := Score{Task: about.name, Class: about.class, Rows: t.rows, Confusion: t.confusion}
	s.Accuracy, s.MacroF1, s.MacroRecall = m.figures()
	s.Precision, s.Recall = m.of(about.class)
	s.NegativePrecision, s.NegativeRecall = m.of(desk.Negative)
	s.AccuracySpan, s.MacroF1Span = m.bootstrap()
	for _, b := range t.bins {
		s.ECE += math.Abs(float64(b.right) - float64(b.sure)/exact)
	}
	s.ECE /= float64(max(t.rows, 1))
	s.Brier = float64(t.brier) / exact / float64(max(t.rows, 1))
	return s
}

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}
