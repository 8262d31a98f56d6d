package triage_test

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/triage"
)

func write(t *testing.T, name, body string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

const header = "id\tlang\ttext\tlabel\tsource\textra\n"

func TestEvaluate(t *testing.T) {
	t.Parallel()
	p := pipeline(t, triage.Options{})
	file := write(t, "sentiment.own.en.tsv", header+
		"1\ten\tThis is terrible and I hate it\tnegative\t\t\n"+
		"2\ten\tI love it, excellent and perfect work\tpositive\t\t\n"+
		"3\ten\tThe bus goes to the station\tneutral\t\t\n"+
		"4\ten\tThis is horrible, the worst ever\tpositive\t\t\n"+
		"5\ten\twhatever\tmixed\t\t\n")
	got, err := triage.Evaluate(t.Context(), p, []string{file})
	if err != nil {
		t.Fatal(err)
	}
	s := got[0]
	want := map[string]map[string]int{"negative": {"negative": 1}, "positive": {"positive": 1, "negative": 1}, "neutral": {"neutral": 1}}
	if diff := cmp.Diff(want, s.Confusion); diff != "" {
		t.Errorf("confusion (-want +got)\n%s", diff)
	}
	for name, pair := range map[string][2]float64{
		"accuracy":     {s.Accuracy, 0.75},
		"macro-F1":     {s.MacroF1, (2.0/3 + 2.0/3 + 1) / 3},
		"macro-recall": {s.MacroRecall, (1 + 0.5 + 1) / 3},
		"precision":    {s.Precision, 0.5},
		"recall":       {s.Recall, 1},
	} {
		if math.Abs(pair[0]-pair[1]) > 1e-9 {
			t.Errorf("%s %v, want %v", name, pair[0], pair[1])
		}
	}
	if s.Rows != 4 || s.LeftOut != 1 || s.ECE <= 0 || s.ECE >= 1 {
		t.Errorf("%d rows, %d left out, ECE %v", s.Rows, s.LeftOut, s.ECE)
	}
	var table, raw bytes.Buffer
	if err := triage.WriteScores(&table, got); err != nil || !strings.Contains(table.String(), "75.0") {
		t.Errorf("table %q, %v", table.String(), err)
	}
	var back []triage.Score
	if err := triage.WriteScoresJSON(&raw, got); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw.Bytes(), &back); err != nil || cmp.Diff(got, back) != "" {
		t.Errorf("JSON does not come back: %v\n%s", err, cmp.Diff(got, back))
	}
}

// TestEvaluateTwoClasses wants a file without neutral rows to be decided between the other two.
func TestEvaluateTwoClasses(t *testing.T) {
	t.Parallel()
	file := write(t, "stars.own.en.tsv", header+"1\ten\tterrible\t0\t\t\n2\ten\ta good bus\t5\t\t\n3\ten\tthe bus is late\t2\t\t\n")
	got, err := triage.Evaluate(t.Context(), pipeline(t, triage.Options{}), []string{file})
	if err != nil {
		t.Fatal(err)
	}
	if got[0].Task != "stars" || got[0].Accuracy != 1 {
		t.Errorf("%+v", got[0])
	}
}

func TestEvaluateRefuses(t *testing.T) {
	t.Parallel()
	p := pipeline(t, triage.Options{})
	for name, body := range map[string]string{
		"topic.own.en.tsv":       header + "1\ten\tx\ty\t\t\n",
		"sentiment.bad.tsv":      header + "1\ten\n",
		"sentiment.empty.tsv":    header,
		"sentiment.plain.tsv.gz": "not packed",
	} {
		file := write(t, name, body)
		if _, err := triage.Evaluate(t.Context(), p, []string{file}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := triage.Evaluate(t.Context(), p, []string{"sentiment.absent.tsv"}); err == nil {
		t.Error("a file that is not there was accepted")
	}
}
