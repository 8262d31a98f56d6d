package main

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/earshotdesk/earshot/internal/app"
)

// TestBench measures tiny desks, so that the command still works when somebody wants its figures.
func TestBench(t *testing.T) {
	t.Setenv(asEarshot, "1") // the desks it starts are this test binary
	var out, log bytes.Buffer
	cmd := benchCommand(&app.Options{Out: &out, Err: &log})
	cmd.SetArgs([]string{"all", "--quick", "--format", "json", "--engines", "sqlite", "--dir", t.TempDir()})
	if err := cmd.ExecuteContext(t.Context()); err != nil {
		t.Fatalf("%v\n%s", err, log.String())
	}
	var report struct {
		Figures []struct {
			What  string
			Value float64
		}
		Pages []struct {
			What         string
			Small, Large map[string]float64
		}
	}
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	if len(report.Figures) < 10 || len(report.Pages) < 20 {
		t.Errorf("the report has %d figures and %d pages, want 10 and 20 at least", len(report.Figures), len(report.Pages))
	}
	for _, f := range report.Figures {
		if f.Value <= 0 {
			t.Errorf("%s is %v", f.What, f.Value)
		}
	}
	for _, p := range report.Pages {
		if p.Small["p50_ms"] <= 0 || p.Large["p99_ms"] <= 0 {
			t.Errorf("%s took %v and %v", p.What, p.Small, p.Large)
		}
	}
}
