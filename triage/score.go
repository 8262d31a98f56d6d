package triage

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/earshotdesk/earshot/internal/desk"
)

// tally counts answers while a file is judged.
type tally struct {
	confusion map[string]map[string]int // want → got → rows
	rows      int
	right     int
	bins      [10]struct {
		rows, right int
		sure        float64
	}
}

func (t *tally) add(want, got string, sure float64) {
	if t.confusion[want] == nil {
		t.confusion[want] = map[string]int{}
	}
	t.confusion[want][got]++
	t.rows++
	b := &t.bins[min(9, max(0, int(sure*10)))]
	b.rows++
	b.sure += sure
	if want == got {
		t.right++
		b.right++
	}
}

// score sums up: macro figures are plain means over the labels that the file has.
func (t *tally) score() Score {
	s := Score{Rows: t.rows, Confusion: t.confusion, Accuracy: ratio(t.right, t.rows)}
	for label := range t.confusion {
		precision, recall := t.of(label)
		s.MacroRecall += recall
		if precision+recall > 0 {
			s.MacroF1 += 2 * precision * recall / (precision + recall)
		}
		if label == desk.Negative {
			s.Precision, s.Recall = precision, recall
		}
	}
	if n := float64(len(t.confusion)); n > 0 {
		s.MacroRecall /= n
		s.MacroF1 /= n
	}
	for _, b := range t.bins {
		s.ECE += abs(float64(b.right)-b.sure) / float64(max(t.rows, 1))
	}
	return s
}

// of returns precision and recall of one label.
func (t *tally) of(label string) (precision, recall float64) {
	got, want := 0, 0
	for l, row := range t.confusion {
		got += row[label]
		if l == label {
			for _, n := range row {
				want += n
			}
		}
	}
	right := t.confusion[label][label]
	return ratio(right, got), ratio(right, want)
}

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

// WriteScores prints scores as a table, figures in per cent.
func WriteScores(w io.Writer, scores []Score) error {
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(tw, "file\trows\taccuracy\tmacro-F1\tmacro-recall\tnegative P\tnegative R\tECE")
	for _, s := range scores {
		fmt.Fprintf(tw, "%s\t%d\t%.1f\t%.1f\t%.1f\t%.1f\t%.1f\t%.1f\n",
			s.File, s.Rows, 100*s.Accuracy, 100*s.MacroF1, 100*s.MacroRecall, 100*s.Precision, 100*s.Recall, 100*s.ECE)
	}
	if err := tw.Flush(); err != nil {
		return fmt.Errorf("printing scores: %w", err)
	}
	return nil
}

// WriteScoresJSON prints scores as one JSON array.
func WriteScoresJSON(w io.Writer, scores []Score) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	if err := enc.Encode(scores); err != nil {
		return fmt.Errorf("printing scores: %w", err)
	}
	return nil
}
