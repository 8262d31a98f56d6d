package triage

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
)

// AuditReport is what an audit says of triage.
type AuditReport struct {
	Rows    int           `json:"rows"` // of the file
	Covers  []AuditCover  `json:"covers"`
	Figures []AuditFigure `json:"figures"`
}

// AuditCover is how much of the whole the answers about one tag speak for.
type AuditCover struct {
	Tag      string  `json:"tag"`
	Answered int     `json:"answered"` // rows that a person filled in
	Share    float64 `json:"share"`    // of the mentions, those in strata with an answer; the figures are about these
}

// AuditFigure is precision and recall of one label, in the whole or one part of it, weighted by the sizes of the strata.
type AuditFigure struct {
	Tag       string   `json:"tag"`
	Label     string   `json:"label"`
	By        string   `json:"by"`   // all, source, language or product
	Part      string   `json:"part"` // of what it is grouped by; empty for all
	Said      int      `json:"said"` // answered rows for which triage gave the label
	True      int      `json:"true"` // answered rows that have it
	Right     int      `json:"right"`
	Precision Estimate `json:"precision"`
	Recall    Estimate `json:"recall"`
}

// Estimate is a share with its Wilson 95 % interval. Known is false where no row speaks of it.
type Estimate struct {
	Known bool    `json:"known"`
	Value float64 `json:"value"`
	From  float64 `json:"from"`
	To    float64 `json:"to"`
}

// ScoreAudit weighs what a person said against what triage said. A row counts for as many mentions as its stratum has, divided by
// the answers in it; rows left empty count for nothing, and nothing is assumed about them.
func ScoreAudit(rows []AuditRow) AuditReport {
	report := AuditReport{Rows: len(rows)}
	for _, tag := range auditTags() {
		cover, weights := weighAnswers(rows, tag)
		report.Covers = append(report.Covers, cover)
		report.Figures = append(report.Figures, figuresOf(rows, weights, tag)...)
	}
	return report
}

// weighAnswers gives each answered row its weight; rows without an answer have none.
func weighAnswers(rows []AuditRow, tag string) (AuditCover, []float64) {
	answers, sizes := map[string]int{}, map[string]float64{}
	cover := AuditCover{Tag: tag}
	for _, r := range rows {
		sizes[r.Stratum] = r.Size
		if r.Want[tag] != "" {
			answers[r.Stratum]++
			cover.Answered++
		}
	}
	whole, spoken := 0.0, 0.0
	for _, name := range sortedKeys(sizes) {
		whole += sizes[name]
		if answers[name] > 0 {
			spoken += sizes[name]
		}
	}
	if whole > 0 {
		cover.Share = spoken / whole
	}
	weights := make([]float64, len(rows))
	for i, r := range rows {
		if r.Want[tag] != "" {
			weights[i] = r.Size / float64(answers[r.Stratum])
		}
	}
	return cover, weights
}

// part is a group of rows and a label.
type part struct{ by, name, label string }

// sums are what the rows of a part add up to.
type sums struct {
	said, want, right weighed
}

// weighed is a number of rows, their weight, and the sum of its squares.
type weighed struct {
	n               int
	weight, squared float64
}

func (w *weighed) add(x float64) {
	w.n++
	w.weight += x
	w.squared += x * x
}

func figuresOf(rows []AuditRow, weights []float64, tag string) []AuditFigure {
	found := map[part]*sums{}
	for i, r := range rows {
		if weights[i] == 0 {
			continue
		}
		got, want := labelsIn(tag, r.Got[tag]), labelsIn(tag, r.Want[tag])
		for _, g := range groupsOf(r) {
			for _, l := range union(got, want) {
				k := part{g[0], g[1], l}
				if found[k] == nil {
					found[k] = &sums{}
				}
				found[k].add(slices.Contains(got, l), slices.Contains(want, l), weights[i])
			}
		}
	}
	var out []AuditFigure
	for k, s := range found {
		out = append(out, AuditFigure{Tag: tag, Label: k.label, By: k.by, Part: k.name, Said: s.said.n, True: s.want.n, Right: s.right.n,
			Precision: wilson(s.right, s.said), Recall: wilson(s.right, s.want)})
	}
	slices.SortFunc(out, func(a, b AuditFigure) int {
		return strings.Compare(orderOf(a), orderOf(b))
	})
	return out
}

func (s *sums) add(said, want bool, weight float64) {
	if said {
		s.said.add(weight)
	}
	if want {
		s.want.add(weight)
	}
	if said && want {
		s.right.add(weight)
	}
}

// orderOf sorts figures: the whole first.
func orderOf(f AuditFigure) string {
	return fmt.Sprint(slices.Index(groupings(), f.By), "\x00", f.Part, "\x00", f.Label)
}

func groupings() []string { return []string{"all", "source", "language", "product"} }

// groupsOf lists the groups that a row belongs to. The language and the product are those that triage gave, for they are what a
// reader of the board filters by.
func groupsOf(r AuditRow) [][2]string {
	out := [][2]string{{"all", ""}, {"source", r.Source}, {"language", r.Got["language"]}}
	for _, p := range strings.Split(r.Got["product"], several) {
		out = append(out, [2]string{"product", p})
	}
	return out
}

// labelsIn lists the labels of an answer.
func labelsIn(tag, answer string) []string {
	switch {
	case tag != "product" && tag != "topic":
		return []string{answer}
	case answer == nothing:
		return nil
	}
	return strings.Split(answer, several)
}

func union(a, b []string) []string {
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Compact(out)
}

// wilson is the share of right in of with its score interval (Wilson 1927). Rows of unequal weight tell less than as many of equal
// weight: they count as their effective number (Kish 1965).
func wilson(right, of weighed) Estimate {
	if of.weight <= 0 {
		return Estimate{}
	}
	const z = 1.959963984540054
	n := of.weight * of.weight / of.squared
	p := right.weight / of.weight
	middle := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return Estimate{Known: true, Value: p, From: max(0, middle-half), To: min(1, middle+half)}
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// Write prints what the answers cover and a line for each label and part, in per cent.
func (r AuditReport) Write(w io.Writer) error {
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, c := range r.Covers {
		fmt.Fprintf(tw, "%s:\t%d of %d rows answered, speaking for %s %% of the mentions\n", c.Tag, c.Answered, r.Rows, percent(c.Share))
	}
	if err := tw.Flush(); err != nil {
		return fmt.Errorf("printing the audit: %w", err)
	}
	fmt.Fprintln(tw, "\ntag\tlabel\tamong\tsaid\ttrue\tright\tprecision\trecall")
	for _, f := range r.Figures {
		among := "all"
		if f.By != "all" {
			among = f.By + " " + printable(f.Part, 60)
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%d\t%d\t%d\t%s\t%s\n", f.Tag, printable(f.Label, 60), among, f.Said, f.True, f.Right, f.Precision, f.Recall)
	}
	if err := tw.Flush(); err != nil {
		return fmt.Errorf("printing the audit: %w", err)
	}
	return nil
}

// String gives a share and its interval in per cent; a dash where nothing is known.
func (e Estimate) String() string {
	if !e.Known {
		return "–"
	}
	return percent(e.Value) + " " + Span{e.From, e.To}.String()
}

// WriteJSON prints the report as one JSON object.
func (r AuditReport) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	if err := enc.Encode(r); err != nil {
		return fmt.Errorf("printing the audit: %w", err)
	}
	return nil
}
