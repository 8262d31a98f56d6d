package app

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/triage"
)

// TestAudit draws an audit from a seeded desk, fills it in with a known truth, and works the score out by other means.
func TestAudit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	config := filepath.Join(dir, "desk.yaml")
	check(t, os.WriteFile(config, fmt.Appendf(nil, "database: \"sqlite:%s/desk.db\"\nbrands: [{name: acme}]\n", dir), 0o600))
	var out bytes.Buffer
	opt := Options{Config: config, Out: &out, Err: &bytes.Buffer{}}
	check(t, BenchSeed(t.Context(), opt, 3000, 100, 1))
	file := filepath.Join(dir, "audit.tsv")
	what := AuditOptions{AuditPlan: triage.AuditPlan{Rows: 120, Seed: 5, By: []string{"language", "product"}}, Out: file}
	check(t, AuditSample(t.Context(), opt, what))
	if err := AuditSample(t.Context(), opt, what); err == nil {
		t.Error("a second sample was written over the first")
	}
	want := fillIn(t, file)
	out.Reset()
	check(t, AuditScore(t.Context(), opt, file, true))
	var report triage.AuditReport
	check(t, json.Unmarshal(out.Bytes(), &report))
	seen := 0
	for _, f := range report.Figures {
		if f.Tag == "sentiment" && f.By == "all" && f.Label == "negative" {
			seen++
			if f.Said != want.said || f.True != want.have || math.Abs(f.Precision.Value-want.precision) > 1e-9 || math.Abs(f.Recall.Value-want.recall) > 1e-9 {
				t.Errorf("%+v, want %+v", f, want)
			}
		}
		if f.Tag != "sentiment" && f.Tag != "intent" {
			t.Errorf("%+v, though nobody answered", f)
		}
	}
	if seen != 1 || want.precision >= 1 || want.precision <= 0.3 || want.recall >= 1 {
		t.Errorf("%d figures; the truth is %+v", seen, want)
	}
	out.Reset()
	check(t, AuditScore(t.Context(), opt, file, false))
	if !strings.Contains(out.String(), "language hu") || !strings.Contains(out.String(), "of 120 rows answered") {
		t.Errorf("%s", out.String())
	}
	what.Since, what.Out = time.Nanosecond, filepath.Join(dir, "none.tsv")
	if err := AuditSample(t.Context(), opt, what); err == nil || !strings.Contains(err.Error(), "--since") {
		t.Errorf("a sample of nothing: %v", err)
	}
}

// truths is what the score must say of the label "negative".
type truths struct {
	said, have        int
	precision, recall float64
}

// fillIn answers three rows of four: every fifth of the answered is not what triage said. It returns the score, each row counted for
// its stratum's size by the answers in the stratum.
func fillIn(t *testing.T, file string) truths {
	t.Helper()
	raw, err := os.ReadFile(file)
	check(t, err)
	in := csv.NewReader(bytes.NewReader(raw))
	in.Comma = '\t'
	rows, err := in.ReadAll()
	check(t, err)
	col := map[string]int{}
	for i, h := range rows[0] {
		col[h] = i
	}
	answered := map[string]float64{}
	for i, r := range rows[1:] {
		if i%4 == 3 {
			continue
		}
		answered[r[col["stratum"]]]++
		r[col["true_sentiment"]], r[col["true_intent"]] = "ok", "OK"
		if said := r[col["sentiment"]]; i%5 == 0 {
			r[col["true_sentiment"]] = map[string]string{"negative": "neutral", "neutral": "negative", "positive": "negative"}[said]
		}
	}
	var w truths
	var said, have, right float64
	for _, r := range rows[1:] {
		truth := r[col["true_sentiment"]]
		if truth == "" {
			continue
		}
		size, err := strconv.ParseFloat(r[col["stratum_size"]], 64)
		check(t, err)
		weight := size / answered[r[col["stratum"]]]
		got := r[col["sentiment"]]
		if truth == "ok" {
			truth = got
		}
		if got == "negative" {
			w.said, said = w.said+1, said+weight
		}
		if truth == "negative" {
			w.have, have = w.have+1, have+weight
		}
		if got == "negative" && truth == "negative" {
			right += weight
		}
	}
	w.precision, w.recall = right/said, right/have
	var b bytes.Buffer
	out := csv.NewWriter(&b)
	out.Comma = '\t'
	check(t, out.WriteAll(rows))
	check(t, os.WriteFile(file, b.Bytes(), 0o600))
	return w
}
