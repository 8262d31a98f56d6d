package triage_test

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/triage"
)

// judgedMentions makes mentions: 60 of a large English source, 30 of a Slovak one, 10 about a product.
func judgedMentions() []desk.MentionRow {
	var out []desk.MentionRow
	for i := range 100 {
		m := desk.MentionRow{N: int64(i), Mention: desk.Mention{ID: desk.MentionID(fmt.Sprintf("m%03d", i)), Source: "large", Site: "demo:x", Text: fmt.Sprintf("=text\t%d \"said\nso", i)}}
		m.Verdict = desk.Verdict{Language: desk.Tag{Label: "en"}, Sentiment: desk.Sentiment{Label: desk.Negative}, Urgency: desk.Tag{Label: desk.UrgencyLow},
			Intent: desk.Tag{Label: desk.IntentOther}, Spam: desk.Tag{Label: desk.No}, Offensive: desk.Tag{Label: desk.No}}
		if i >= 60 {
			m.Source, m.Verdict.Language.Label = "small", "sk"
		}
		if i >= 90 {
			m.Verdict.Products = []desk.Named{{Name: "Phone"}, {Name: "App"}}
		}
		out = append(out, m)
	}
	return out
}

func TestAuditStrata(t *testing.T) {
	t.Parallel()
	rows := triage.Audit(judgedMentions(), 1000, triage.AuditPlan{Rows: 20, Seed: 1, By: []string{"source", "product"}})
	count, sizes := map[string]int{}, map[string]float64{}
	for _, r := range rows {
		count[r.Stratum]++
		sizes[r.Stratum] = r.Size
	}
	want := map[string]float64{"large / -": 600, "small / -": 300, "small / App|Phone": 100}
	if diff := cmp.Diff(want, sizes); diff != "" || len(rows) != 20 {
		t.Errorf("%d rows, sizes (-want +got)\n%s", len(rows), diff)
	}
	if count["large / -"] <= count["small / -"] || count["small / App|Phone"] < 3 {
		t.Errorf("shares %v", count)
	}
	again := triage.Audit(judgedMentions(), 1000, triage.AuditPlan{Rows: 20, Seed: 1, By: []string{"source", "product"}})
	if rows[0].ID != again[0].ID || rows[19].ID != again[19].ID {
		t.Error("the same seed picked others")
	}
	// More strata than can be asked about: the smallest become one, and the whole stays whole.
	total := 0.0
	seen := map[string]bool{}
	for _, r := range triage.Audit(judgedMentions(), 1000, triage.AuditPlan{Rows: 4, Seed: 1, By: []string{"source", "product"}}) {
		if !seen[r.Stratum] {
			total += r.Size
		}
		seen[r.Stratum] = true
	}
	if len(seen) != 2 || !seen["(all the rest)"] || math.Abs(total-1000) > 1e-6 {
		t.Errorf("strata %v of %v mentions", seen, total)
	}
}

// TestAuditScore is computed by hand. Stratum a has 90 mentions and 2 answers (45 each), b has 10 and 2 (5 each).
func TestAuditScore(t *testing.T) {
	t.Parallel()
	row := func(id, stratum string, size float64, said, want string) triage.AuditRow {
		r := triage.AuditRow{ID: id, Source: stratum, Stratum: stratum, Size: size, Want: map[string]string{},
			Got: map[string]string{"language": "en", "sentiment": said, "urgency": "low", "intent": "other", "spam": "no", "offensive": "no", "product": "-", "topic": "-"}}
		if want != "" {
			r.Want["sentiment"] = want
		}
		return r
	}
	report := triage.ScoreAudit([]triage.AuditRow{
		row("1", "a", 90, "negative", "negative"), row("2", "a", 90, "negative", "neutral"), row("3", "a", 90, "negative", ""),
		row("4", "b", 10, "neutral", "negative"), row("5", "b", 10, "negative", "negative"), row("6", "c", 100, "negative", ""),
	})
	var cover triage.AuditCover
	for _, c := range report.Covers {
		if c.Tag == "sentiment" {
			cover = c
		} else if c.Answered != 0 || c.Share != 0 {
			t.Errorf("%+v without an answer", c)
		}
	}
	if cover.Answered != 4 || cover.Share != 0.5 {
		t.Errorf("%+v", cover)
	}
	f := figure(t, report, "all", "", "negative")
	// said: rows 1, 2 and 5 = 45+45+5; true: 1, 4 and 5 = 45+5+5; right: 1 and 5 = 50.
	if f.Said != 3 || f.True != 3 || f.Right != 2 || math.Abs(f.Precision.Value-50.0/95) > 1e-9 || math.Abs(f.Recall.Value-50.0/55) > 1e-9 {
		t.Errorf("%+v", f)
	}
	// The effective number of rows behind the precision is 95²/(45²+45²+5²) = 2.2147; Wilson's interval follows.
	if math.Abs(f.Precision.From-0.1116) > 0.0001 || math.Abs(f.Precision.To-0.9076) > 0.0001 {
		t.Errorf("interval %v to %v", f.Precision.From, f.Precision.To)
	}
	if b := figure(t, report, "source", "b", "negative"); b.Precision.Value != 1 || b.Recall.Value != 0.5 || b.Precision.From > 0.21 || b.Precision.From < 0.20 {
		t.Errorf("%+v", b)
	}
	if n := figure(t, report, "all", "", "neutral"); n.Said != 1 || n.True != 1 || n.Right != 0 || !n.Recall.Known || n.Recall.Value != 0 {
		t.Errorf("%+v", n)
	}
}

func figure(t *testing.T, r triage.AuditReport, by, part, label string) triage.AuditFigure {
	t.Helper()
	for _, f := range r.Figures {
		if f.Tag == "sentiment" && f.By == by && f.Part == part && f.Label == label {
			return f
		}
	}
	t.Fatalf("no figure for %s %s %s", by, part, label)
	return triage.AuditFigure{}
}

// TestAuditFile writes, fills in as a spreadsheet would, and reads back.
func TestAuditFile(t *testing.T) {
	t.Parallel()
	rows := triage.Audit(judgedMentions(), 100, triage.AuditPlan{Rows: 100, Seed: 1})
	var b bytes.Buffer
	if err := triage.WriteAudit(&b, rows); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), "\n"); n != 101 || strings.Contains(b.String(), "\t=text") {
		t.Errorf("%d lines", n)
	}
	rows[3].Want = map[string]string{"sentiment": "Positive", "language": "ok", "product": " Phone|App | "}
	b.Reset()
	if err := triage.WriteAudit(&b, rows); err != nil {
		t.Fatal(err)
	}
	back, err := triage.ReadAudit(strings.NewReader("\ufeff"+b.String()), "audit.tsv")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"sentiment": "positive", "language": rows[3].Got["language"], "product": "App|Phone"}
	if diff := cmp.Diff(want, back[3].Want); diff != "" || len(back) != 100 || len(back[4].Want) != 0 || back[3].Size != rows[3].Size {
		t.Errorf("(-want +got)\n%s", diff)
	}
	head, body, _ := strings.Cut(b.String(), "\n")
	first, _, _ := strings.Cut(body, "\n")
	cells := strings.Split(first, "\t")
	with := func(col, value string) string {
		changed := append([]string{}, cells...)
		for i, h := range strings.Split(head, "\t") {
			if h == col {
				changed[i] = value
			}
		}
		return head + "\n" + strings.Join(changed, "\t") + "\n"
	}
	for want, body := range map[string]string{
		"a.tsv:1: the file is empty":                             "",
		"a.tsv:1: there is no column \"lang\"":                   "id\tsource\tsite\n",
		"a.tsv:2: true_sentiment is \"mixed\"":                   with("true_sentiment", "mixed"),
		"a.tsv:2: true_language is \"English\"":                  with("true_language", "English"),
		"a.tsv:2: the row needs its id and stratum_size":         with("stratum_size", "many"),
		"a.tsv:2: the predicted intent is missing":               with("intent", ""),
		"a.tsv:3: the mention " + cells[0] + " is in line 2":     with("text", "x") + first + "\n",
		"a.tsv:3: the stratum \"\" has the size 9 here and 100 ": with("text", "x") + strings.SplitN(strings.Replace(with("stratum_size", "9"), cells[0], "other", 1), "\n", 2)[1],
	} {
		if _, err := triage.ReadAudit(strings.NewReader(body), "a.tsv"); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
