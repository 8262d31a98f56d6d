package triage

import (
	"context"
	"strconv"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/triage/labelled"
)

// ReadReference reads macro-F1 figures to compare with: a file's name in the first column of a TSV, the figure in the last, in per
// cent, or as a fraction of 1. Lines that begin with "file" or "#" are skipped. The names come back bare: "sentiment.airline.en".
func ReadReference(ctx context.Context, file string) (map[string]float64, error) {
	out := map[string]float64{}
	err := labelled.Lines(ctx, file, func(n int, line string) error {
		if line == "" || line[0] == '#' || strings.HasPrefix(line, "file\t") {
			return nil
		}
		fields := strings.Split(line, "\t")
		figure, err := strconv.ParseFloat(fields[len(fields)-1], 64)
		if err != nil || len(fields) < 2 || !(figure > 0 && figure <= 100) {
			return desk.Invalidf("%s:%d: a line needs a file's name and its macro-F1 in per cent, parted by a tab", file, n)
		}
		if figure > 1 {
			figure /= 100
		}
		out[labelled.Name(fields[0])] = figure
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Mean is the plain mean of several files' scores.
type Mean struct {
	Files, Rows                                       int
	Accuracy, MacroF1, MacroRecall, Precision, Recall float64
	ECE, Brier                                        float64
	Ratio                                             float64 // over the Compared files alone
	Compared                                          int     // how many files have a reference
}

// MeanOf returns the mean over files that have at least so many rows. Precision and recall are over the files that have the class.
func MeanOf(scores []Score, minRows int) Mean {
	var m Mean
	classes := 0
	for _, s := range scores {
		if s.Rows < minRows {
			continue
		}
		m.Files++
		m.Rows += s.Rows
		m.Accuracy += s.Accuracy
		m.MacroF1 += s.MacroF1
		m.MacroRecall += s.MacroRecall
		m.ECE += s.ECE
		m.Brier += s.Brier
		if s.Confusion[s.Class] != nil {
			classes++
			m.Precision += s.Precision
			m.Recall += s.Recall
		}
		if s.Ratio > 0 {
			m.Compared++
			m.Ratio += s.Ratio
		}
	}
	for _, x := range []*float64{&m.Accuracy, &m.MacroF1, &m.MacroRecall, &m.ECE, &m.Brier} {
		*x /= float64(max(m.Files, 1))
	}
	m.Precision /= float64(max(classes, 1))
	m.Recall /= float64(max(classes, 1))
	m.Ratio /= float64(max(m.Compared, 1))
	return m
}
