package config_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/config"
	"github.com/earshotdesk/earshot/internal/desk"
)

// TestUrgency wants the signals of the sample to be the built-in ones, and a file that says nothing to mean them.
func TestUrgency(t *testing.T) {
	t.Parallel()
	file := filepath.Join(configs, "full.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c, err := config.Parse(file, text, sampleEnv(file), sampleKinds())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(desk.DefaultUrgency(), c.Triage.Urgency); diff != "" {
		t.Errorf("full.yaml shows other signals than are built in (-built in +full.yaml)\n%s", diff)
	}
	if diff := cmp.Diff(desk.DefaultUrgency(), parse(t, "desk: {}\n").Triage.Urgency.Or(desk.DefaultUrgency())); diff != "" {
		t.Errorf("an empty file means (-built in +meant)\n%s", diff)
	}
	got := parse(t, "triage: {urgency: {bounds: {high: 2}, signals: [{name: safety, words: {hu: [lé]}}, {name: pace, from: 7, weight: 3}, {name: anger, weight: 0}]}}\n").Triage.Urgency.Or(desk.DefaultUrgency())
	if got.Bounds != (desk.UrgencyBounds{Normal: 0, High: 2, Critical: 3.85}) {
		t.Errorf("bounds %+v", got.Bounds)
	}
	weights := map[string]float64{}
	for _, s := range got.Signals {
		weights[s.Name] += *s.Weight
	}
	want := map[string]float64{"safety": 3.8, "legal": 2, "fraud": 2, "leak": 3.5, "outage": 1.8, "deadline": 1.8, "anger": 0, "many": 1.3, "reach": 3.2, "history": 2, "pace": 3}
	if diff := cmp.Diff(want, weights); diff != "" {
		t.Errorf("weights (-want +got)\n%s", diff)
	}
}
