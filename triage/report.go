package triage

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"unicode"
	"unicode/utf8"
)

// Report says how scores are printed.
type Report struct {
	Markdown  bool
	Confusion bool // the confusion matrix of every file, too
	MinRows   int  // files with fewer rows are printed but not in the mean
}

// WriteScores prints scores as a table, figures in per cent but the Brier score and the ratio.
func WriteScores(w io.Writer, scores []Score) error { return Report{}.Write(w, scores) }

// WriteScoresJSON prints scores as one JSON array.
func WriteScoresJSON(w io.Writer, scores []Score) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	if err := enc.Encode(scores); err != nil {
		return fmt.Errorf("printing scores: %w", err)
	}
	return nil
}

// Write prints a line for each file, below it one for each of its languages, and at the end the mean over the files; then what
// was asked for beside: confusion matrices, and the mistakes that the scores hold.
func (r Report) Write(w io.Writer, scores []Score) error {
	var b strings.Builder
	r.table(&b, r.lines(scores))
	for _, s := range scores {
		if r.Confusion {
			fmt.Fprintf(&b, "\n%s: what was wanted (rows) and what was given (columns)\n\n", s.File)
			r.table(&b, confusionLines(s.Confusion))
		}
	}
	for _, s := range scores {
		if len(s.Mistakes) > 0 {
			fmt.Fprintf(&b, "\n%s: the surest mistakes\n\n", s.File)
			for _, m := range s.Mistakes {
				mistakeLine(&b, m)
			}
		}
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("printing scores: %w", err)
	}
	return nil
}

// lines lays the scores out, the head first.
func (r Report) lines(scores []Score) [][]string {
	compared := slices.ContainsFunc(scores, func(s Score) bool { return s.Ratio > 0 })
	head := []string{"file", "rows", "left out", "accuracy", "macro-F1", "macro-recall", "class", "P", "R", "ECE", "Brier"}
	if compared {
		head = append(head, "reference", "ratio")
	}
	out := [][]string{head}
	for _, s := range scores {
		out = append(out, scoreLine(s, s.File, compared))
		for _, l := range s.Languages {
			out = append(out, scoreLine(l, "· "+l.Language, compared))
		}
	}
	if len(scores) < 2 {
		return out
	}
	m := MeanOf(scores, r.MinRows)
	line := []string{fmt.Sprintf("mean of %d files", m.Files), fmt.Sprint(m.Rows), "", percent(m.Accuracy), percent(m.MacroF1), percent(m.MacroRecall),
		"", percent(m.Precision), percent(m.Recall), percent(m.ECE), fmt.Sprintf("%.3f", m.Brier)}
	if compared {
		line = append(line, fmt.Sprintf("of %d", m.Compared), fmt.Sprintf("%.3f", m.Ratio))
	}
	return append(out, line)
}

func scoreLine(s Score, name string, compared bool) []string {
	precision, recall := "–", "–"
	if s.Confusion[s.Class] != nil {
		precision, recall = percent(s.Precision), percent(s.Recall)
	}
	line := []string{name, fmt.Sprint(s.Rows), fmt.Sprint(s.LeftOut), percent(s.Accuracy) + " " + s.AccuracySpan.String(), percent(s.MacroF1) + " " + s.MacroF1Span.String(),
		percent(s.MacroRecall), s.Class, precision, recall, percent(s.ECE), fmt.Sprintf("%.3f", s.Brier)}
	switch {
	case compared && s.Ratio > 0:
		line = append(line, percent(s.Reference), fmt.Sprintf("%.3f", s.Ratio))
	case compared:
		line = append(line, "", "")
	}
	return line
}

func percent(f float64) string { return fmt.Sprintf("%.1f", 100*f) }

// String gives an interval in per cent.
func (s Span) String() string { return "[" + percent(s.From) + "–" + percent(s.To) + "]" }

// table prints lines whose first is the head.
func (r Report) table(w io.Writer, lines [][]string) {
	if r.Markdown {
		for i, l := range lines {
			fmt.Fprintf(w, "| %s |\n", strings.Join(l, " | "))
			if i == 0 {
				fmt.Fprintf(w, "|%s\n", strings.Repeat(" --- |", len(l)))
			}
		}
		return
	}
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, l := range lines {
		fmt.Fprintln(tw, strings.Join(l, "\t"))
	}
	_ = tw.Flush() // a strings.Builder takes everything
}

func confusionLines(confusion map[string]map[string]int) [][]string {
	m := matrixOf(confusion)
	lines := [][]string{append([]string{""}, m.labels...)}
	for _, want := range slices.Sorted(maps.Keys(confusion)) {
		line := []string{want}
		for _, got := range m.labels {
			line = append(line, fmt.Sprint(confusion[want][got]))
		}
		lines = append(lines, line)
	}
	return lines
}

// mistakeLine prints where, what was wanted and given and how surely, the text, and what moved the answer.
func mistakeLine(w io.Writer, m Mistake) {
	fmt.Fprintf(w, "  line %d: %s, not %s (%.2f): %s\n", m.Line, m.Got, m.Want, m.Sure, printable(m.Text, 200))
	for _, r := range m.Reasons {
		fmt.Fprintf(w, "    %s %q %+.2f", r.By, printable(r.Text, 40), r.Weight)
		for _, move := range r.Moves {
			fmt.Fprintf(w, " %s %+.2f", move.Label, move.By)
		}
		fmt.Fprintln(w)
	}
}

// printable makes a stranger's words safe for a terminal: no control characters, no change of direction, at most so many bytes.
func printable(s string, most int) string {
	if len(s) > most {
		for most > 0 && !utf8.RuneStart(s[most]) {
			most--
		}
		s = s[:most] + "…"
	}
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, s)
}
