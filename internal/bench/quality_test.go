package bench

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/earshotdesk/earshot/triage"
)

// TestQuality judges a small folder and wants the tables in the report and between the README's marks, the same twice.
func TestQuality(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, body string) string {
		t.Helper()
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	rows := "id\tlang\ttext\tlabel\tsource\textra\n"
	for i := range 800 {
		rows += "x\ten\tThis is terrible, order " + strings.Repeat("i", i) + "\tnegative\t\t\n"
	}
	write("sentiment.one.en.tsv", rows)
	write("sentiment.two.hu.tsv", rows)
	write("TRAIN.txt", "# files\nemotion.x.en.tsv\nsentiment.one.en.tsv\n")
	write("EVAL-ONLY.txt", "sentiment.two.hu.tsv\n")
	readme := write("README.md", "before\n"+qualityBegin+"old\n"+qualityEnd+"after\n")
	p, err := triage.New(triage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	o := QualityOptions{Data: dir, Reference: map[string]float64{"sentiment.one.en": 0.5}, Language: write("languages.md", "| sk | 99 |\n"),
		Report: filepath.Join(dir, "quality.md"), Readme: readme, Shipped: p, Out: io.Discard}
	var reports []string
	for range 2 {
		if err := Quality(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		raw, err := os.ReadFile(o.Report)
		if err != nil {
			t.Fatal(err)
		}
		reports = append(reports, string(raw))
	}
	for _, want := range []string{"| sentiment.one.en.tsv | ", "| sentiment.two.hu.tsv | 800 |", "| hu | 1 | 800 |", "| sk | 99 |", "the shipped model itself", "| 50.0 | 2.000 |"} {
		if !strings.Contains(reports[0], want) {
			t.Errorf("no %q in\n%s", want, reports[0])
		}
	}
	if reports[0] != reports[1] || strings.Contains(reports[0], "emotion") {
		t.Errorf("the second report differs, or speaks of other files\n%s", reports[1])
	}
	raw, err := os.ReadFile(readme)
	if s := string(raw); err != nil || !strings.HasPrefix(s, "before\n") || !strings.HasSuffix(s, "after\n") || strings.Contains(s, "old") || !strings.Contains(s, "Sentiment, sources never trained on") {
		t.Errorf("%s, %v", raw, err)
	}
	o.Readme = write("other.md", "no marks\n")
	if err := Quality(t.Context(), o); err == nil || !strings.Contains(err.Error(), "no place for the short table") {
		t.Errorf("a README without marks: %v", err)
	}
}
