package triage_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/triage"
	"github.com/earshotdesk/earshot/triage/labelled"
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
	for name, c := range map[string]struct{ body, want string }{
		"topic.own.en.tsv":       {header + "1\ten\tx\ty\t\t\n", "topic.own.en.tsv: the name must begin with the task"},
		"sentiment.bad.tsv":      {header + "1\ten\tx\tneutral\n2\ten\n", "sentiment.bad.tsv:3: the row has 2 columns"},
		"sentiment.head.tsv":     {"id,lang,text,label\n", "sentiment.head.tsv:1: the header must name the columns text and label"},
		"sentiment.nothing.tsv":  {"", "sentiment.nothing.tsv:1: the file is empty"},
		"sentiment.empty.tsv":    {header, "sentiment.empty.tsv holds no rows with labels of the task sentiment"},
		"intent.others.tsv":      {header + "1\ten\tx\tcard_arrival\n", "intent.others.tsv holds no rows with labels of the task intent"},
		"sentiment.plain.tsv.gz": {"not packed", "sentiment.plain.tsv.gz:1: the file cannot be unpacked"},
		"langid.wild.tsv":        {header + unlike(1200), "langid.wild.tsv:1002: there are more than 1000 different labels"},
	} {
		_, err := triage.Evaluate(t.Context(), p, []string{write(t, name, c.body)})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if _, err := triage.Evaluate(t.Context(), p, []string{"sentiment.absent.tsv"}); err == nil {
		t.Error("a file that is not there was accepted")
	}
}

// unlike returns rows of which no two have the same label.
func unlike(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%d\tmul\tword\tl%d\t\t\n", i, i)
	}
	return b.String()
}

// TestEvaluateTasks wants each task to be decided by its own tag.
func TestEvaluateTasks(t *testing.T) {
	t.Parallel()
	p := pipeline(t, triage.Options{})
	for name, c := range map[string]struct {
		rows     [][2]string // text, label
		accuracy float64
		class    string
	}{
		"intent.own.en": {[][2]string{{"What time does the shop open on Saturday?", "question"}, {"The app crashes every time I open it since the update.", "fault"},
			{"Could you please send me the invoice for October.", "request"}}, 1, "complaint"},
		"complaint.own.en": {[][2]string{{"I have been waiting three weeks for my refund and nobody answers my emails.", "complaint"},
			{"The app crashes every time I open it since the update.", "complaint"}, {"What time does the shop open on Saturday?", "not_complaint"}}, 1, "complaint"},
		"spam.own.en": {[][2]string{{"Earn money from home! Click here https://x.example/win for your free gift card", "spam"}, {"I feel free and easy today", "ham"}}, 1, "spam"},
		"urgency.own.en": {[][2]string{{"Your charger caught fire last night and burned my desk. This is dangerous.", "high"}, {"I took the bus to work and had lunch there.", "very_low"},
			{"What time does the shop open on Saturday?", "medium"}}, 1, "high"},
		"langid.own.mul": {[][2]string{{"Szeretném tudni, hogy mikor érkezik meg a rendelésem", "hu"}, {"Θα ήθελα να μάθω πότε θα έρθει η παραγγελία μου", "el"}}, 1, ""},
	} {
		var b strings.Builder
		for i, r := range c.rows {
			fmt.Fprintf(&b, "%d\ten\t%s\t%s\t\t\n", i, r[0], r[1])
		}
		got, err := triage.Evaluate(t.Context(), p, []string{write(t, name+".tsv", header+b.String())})
		if err != nil {
			t.Fatal(err)
		}
		s := got[0]
		if s.Rows != len(c.rows) || math.Abs(s.Accuracy-c.accuracy) > 1e-9 || s.Class != c.class || !(s.Brier >= 0 && s.Brier <= 2) {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

// TestEvaluateParts wants the dev split and the rest to be the whole, and a file's languages to add up.
func TestEvaluateParts(t *testing.T) {
	t.Parallel()
	p := pipeline(t, triage.Options{})
	var b strings.Builder
	dev := map[string]int{}
	for i := range 300 {
		lang, text := []string{"en", "hu"}[i%2], fmt.Sprintf("This is terrible number %d", i)
		if labelled.InDev(text) {
			dev[lang]++
		}
		fmt.Fprintf(&b, "%d\t%s\t%s\t%s\t\t\n", i, lang, text, []string{"negative", "neutral", "positive", "mixed"}[i%4])
	}
	file := write(t, "sentiment.own.mul.tsv", header+b.String())
	rows := map[string]triage.Score{}
	for _, part := range []string{triage.PartAll, triage.PartDev, triage.PartTrain} {
		got, err := triage.Evaluation{Part: part, Mistakes: 3}.Files(t.Context(), p, []string{file})
		if err != nil {
			t.Fatal(err)
		}
		s := got[0]
		rows[part] = s
		if len(s.Languages) != 2 || s.Languages[0].Rows+s.Languages[1].Rows != s.Rows || s.Languages[1].Language != "hu" {
			t.Errorf("%s: %+v", part, s.Languages)
		}
		if len(s.Mistakes) != 3 || s.Mistakes[0].Sure < s.Mistakes[2].Sure || s.Mistakes[0].Got != desk.Negative || len(s.Mistakes[0].Reasons) == 0 {
			t.Errorf("%s: %+v", part, s.Mistakes)
		}
	}
	all, d, rest := rows[triage.PartAll], rows[triage.PartDev], rows[triage.PartTrain]
	if all.Rows != 225 || all.LeftOut != 75 || d.Rows+rest.Rows != all.Rows || d.Rows+d.LeftOut != dev["en"]+dev["hu"] || d.Rows == 0 {
		t.Errorf("%d rows and %d left out, of them %d and %d in dev, want %v", all.Rows, all.LeftOut, d.Rows, d.LeftOut, dev)
	}
}

// TestEvaluateHint hands the lang column over only when asked.
func TestEvaluateHint(t *testing.T) {
	t.Parallel()
	p := pipeline(t, triage.Options{})
	file := write(t, "langid.own.sk.tsv", header+"1\tsk\tok super\tsk\t\t\n")
	for hint, want := range map[bool]float64{false: 0, true: 1} {
		got, err := triage.Evaluation{LanguageHint: hint}.Files(t.Context(), p, []string{file})
		if err != nil || got[0].Accuracy != want {
			t.Errorf("hint %v: %+v, %v", hint, got, err)
		}
	}
}

// TestEvaluateReference wants ratios against figures of others, their mean over the files that are large enough, and every format.
func TestEvaluateReference(t *testing.T) {
	t.Parallel()
	p := pipeline(t, triage.Options{})
	one := write(t, "sentiment.one.en.tsv", header+"1\ten\tThis is terrible and I hate it\tnegative\t\t\n2\ten\tI love it, excellent\tpositive\t\t\n")
	two := write(t, "sentiment.two.en.tsv", header+"1\ten\t\x1b[31m this is terrible\tpositive\t\t\n2\ten\tI hate it\tnegative\t\t\n")
	ref, err := triage.ReadReference(t.Context(), write(t, "ref.tsv", "file\trows\tmacro_f1\nsentiment.one.en\t2\t80\nsentiment.two.en.tsv.gz\t1\t0.5\n"))
	if err != nil {
		t.Fatal(err)
	}
	scores, err := triage.Evaluation{Reference: ref, Mistakes: 1}.Files(t.Context(), p, []string{one, two})
	if err != nil {
		t.Fatal(err)
	}
	if scores[0].Ratio != 1.25 || math.Abs(scores[1].Ratio-2.0/3) > 1e-9 {
		t.Errorf("ratios %v and %v", scores[0].Ratio, scores[1].Ratio)
	}
	if m := triage.MeanOf(scores, 2); m.Files != 2 || m.Compared != 2 || math.Abs(m.Ratio-(1.25+2.0/3)/2) > 1e-9 || m.Rows != 4 {
		t.Errorf("mean %+v", m)
	}
	if m := triage.MeanOf(scores, 3); m.Files != 0 || m.Accuracy != 0 {
		t.Errorf("mean of no file %+v", m)
	}
	for _, c := range []struct {
		report triage.Report
		want   []string
	}{
		{triage.Report{}, []string{"mean of 2 files", "1.250", "0.958", "the surest mistakes", "line 2: negative, not positive (", "word \"terrible\""}},
		{triage.Report{Markdown: true, Confusion: true}, []string{"| file | rows |", "| --- |", "| negative | 1 | 0 |"}},
	} {
		var b bytes.Buffer
		if err := c.report.Write(&b, scores); err != nil {
			t.Fatal(err)
		}
		for _, want := range c.want {
			if !strings.Contains(b.String(), want) || strings.Contains(b.String(), "\x1b") {
				t.Errorf("no %q in\n%s", want, b.String())
			}
		}
	}
	for _, bad := range []string{"a\tb\n", "a\n", "a\t-1\n", "a\tNaN\n", "a\t101\n"} {
		if _, err := triage.ReadReference(t.Context(), write(t, "bad.tsv", bad)); err == nil || !strings.Contains(err.Error(), "bad.tsv:1:") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// TestEvaluateIsDeterministic wants the same figures to the last bit, whatever the workers' order was.
func TestEvaluateIsDeterministic(t *testing.T) {
	t.Parallel()
	p := pipeline(t, triage.Options{})
	var b strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&b, "%d\ten\t%s %d\t%s\t\t\n", i, []string{"terrible", "love it", "the bus", "not bad", "worst ever"}[i%5], i, []string{"negative", "neutral", "positive"}[i%3])
	}
	file := write(t, "sentiment.own.en.tsv", header+b.String())
	var first []triage.Score
	for range 3 {
		got, err := triage.Evaluation{Mistakes: 20}.Files(t.Context(), p, []string{file})
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = got
		}
		if diff := cmp.Diff(first, got); diff != "" {
			t.Fatal(diff)
		}
	}
}
