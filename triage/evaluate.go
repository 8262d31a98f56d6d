package triage

import (
	"bufio"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Score is how well the pipeline did on one labelled file.
type Score struct {
	File        string                    `json:"file"`
	Task        string                    `json:"task"` // sentiment, stars or langid
	Rows        int                       `json:"rows"`
	LeftOut     int                       `json:"left_out"` // rows whose label is not of the task
	Accuracy    float64                   `json:"accuracy"`
	MacroF1     float64                   `json:"macro_f1"`
	MacroRecall float64                   `json:"macro_recall"`
	Precision   float64                   `json:"negative_precision"`
	Recall      float64                   `json:"negative_recall"`
	ECE         float64                   `json:"ece"` // expected calibration error over ten bins
	Confusion   map[string]map[string]int `json:"confusion"`
}

// Evaluate judges labelled files: TSV, perhaps gzipped, with the header "id lang text label source extra". The task is the
// beginning of the file's name. Stars of 0 to 2 count as negative, 3 as neutral, 4 and 5 as positive; rows with other labels
// are left out. A file with two classes is decided between those two.
func Evaluate(ctx context.Context, p *Pipeline, files []string) ([]Score, error) {
	var out []Score
	for _, f := range files {
		s, err := evaluateFile(ctx, p, f)
		if err != nil {
			return out, err
		}
		out = append(out, s)
	}
	return out, nil
}

// row is one labelled text.
type row struct{ text, label string }

func evaluateFile(ctx context.Context, p *Pipeline, file string) (Score, error) {
	rows, task, leftOut, err := readRows(file)
	if err != nil {
		return Score{}, err
	}
	labels := map[string]bool{}
	for _, r := range rows {
		labels[r.label] = true
	}
	t := tally{confusion: map[string]map[string]int{}}
	for i, r := range rows {
		if i%1024 == 0 && ctx.Err() != nil {
			return Score{}, fmt.Errorf("evaluating %s: %w", file, ctx.Err())
		}
		v := p.Judge(desk.TriageInput{Text: r.text})
		got, sure := v.Language.Label, v.Language.Score
		if task != "langid" {
			got, sure = among(v.Sentiment.Scores, labels)
		}
		t.add(r.label, got, sure)
	}
	s := t.score()
	s.File, s.Task, s.LeftOut = filepath.Base(file), task, leftOut
	return s, nil
}

// among picks the likeliest of the labels that a file has.
func among(s desk.SentimentScores, labels map[string]bool) (string, float64) {
	best, score, sum := "", -1.0, 0.0
	for _, c := range []struct {
		label string
		p     float64
	}{{desk.Neutral, s.Neutral}, {desk.Negative, s.Negative}, {desk.Positive, s.Positive}} {
		if labels[c.label] {
			if sum += c.p; c.p > score {
				best, score = c.label, c.p
			}
		}
	}
	if sum > 0 {
		score /= sum
	}
	return best, score
}

// readRows reads the rows of one file whose labels belong to its task.
func readRows(file string) (rows []row, task string, leftOut int, err error) {
	task, _, _ = strings.Cut(filepath.Base(file), ".")
	if !slices.Contains([]string{"sentiment", "stars", "langid"}, task) {
		return nil, task, 0, desk.Invalidf("%s: the name must begin with sentiment, stars or langid to say what its labels are", file)
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, task, 0, fmt.Errorf("opening labelled texts: %w", err)
	}
	defer f.Close()
	var in io.Reader = f
	if strings.HasSuffix(file, ".gz") {
		if in, err = gzip.NewReader(f); err != nil {
			return nil, task, 0, fmt.Errorf("unpacking %s: %w", file, err)
		}
	}
	sc := bufio.NewScanner(in)
	sc.Buffer(nil, maxLine)
	for n := 1; sc.Scan(); n++ {
		fields := strings.Split(sc.Text(), "\t")
		if len(fields) < 4 {
			return nil, task, 0, desk.Invalidf("%s:%d: a row needs id, lang, text and label, parted by tabs", file, n)
		}
		if n == 1 {
			continue
		}
		if label := labelOf(task, fields[3]); label != "" {
			rows = append(rows, row{fields[2], label})
		} else {
			leftOut++
		}
	}
	if err := sc.Err(); err != nil {
		return nil, task, 0, fmt.Errorf("reading %s: %w", file, err)
	}
	if len(rows) == 0 {
		return nil, task, 0, desk.Invalidf("%s holds no labelled rows", file)
	}
	return rows, task, leftOut, nil
}

// labelOf maps a file's label to ours; "" leaves the row out.
func labelOf(task, label string) string {
	switch task {
	case "langid":
		return label
	case "stars":
		switch label {
		case "0", "1", "2":
			return desk.Negative
		case "3":
			return desk.Neutral
		case "4", "5":
			return desk.Positive
		}
		return ""
	}
	if label == desk.Negative || label == desk.Neutral || label == desk.Positive {
		return label
	}
	return ""
}
