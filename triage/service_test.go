package triage_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/triage"
)

// serviceFloors are the parts of right labels in per cent that the everyday sentences must reach, by language: of the language,
// the sentiment, the urgency and the intent. They may only rise.
var serviceFloors = map[string][4]float64{
	"en": {100, 96, 96, 96},
	"hu": {100, 96, 96, 96},
	"el": {100, 96, 96, 96},
	"sk": {100, 96, 96, 96},
}

// TestService holds the verdicts on everyday customer service to floors and logs what is missed.
func TestService(t *testing.T) {
	t.Parallel()
	p := pipeline(t, triage.Options{})
	names := [4]string{"language", "sentiment", "urgency", "intent"}
	right, all := map[string][4]int{}, map[string][4]int{}
	for _, g := range readGolden(t) {
		if !g.floor {
			continue
		}
		ok, n := right[g.labels[0]], all[g.labels[0]]
		for j, got := range tagsOf(p.Judge(desk.TriageInput{Text: g.text})) {
			if g.labels[j] == "-" {
				continue
			}
			n[j]++
			if slices.Contains(strings.Split(g.labels[j], "|"), got.Label) {
				ok[j]++
			} else {
				t.Logf("golden.tsv:%d: %s is %s, want %s: %s", g.line, names[j], got.Label, g.labels[j], g.text)
			}
		}
		right[g.labels[0]], all[g.labels[0]] = ok, n
	}
	for l, floors := range serviceFloors {
		for j, floor := range floors {
			if all[l][j] < 25 {
				t.Errorf("%s: %d sentences with a label of %s, want 25", l, all[l][j], names[j])
				continue
			}
			if got := 100 * float64(right[l][j]) / float64(all[l][j]); got < floor {
				t.Errorf("%s: %.1f%% of %s right, the floor is %.0f%%", l, got, names[j], floor)
			}
		}
	}
}

// TestModelTellsVerdictsApart wants a new name of the model whenever a label of a golden sentence changes, so that a desk sees which
// verdicts are of which model. testdata/model.txt holds the name and a digest of the labels.
func TestModelTellsVerdictsApart(t *testing.T) {
	t.Parallel()
	p := pipeline(t, triage.Options{})
	sum := sha256.New()
	for _, g := range readGolden(t) {
		fmt.Fprintln(sum, g.text)
		for _, tag := range tagsOf(p.Judge(desk.TriageInput{Text: g.text})) {
			fmt.Fprintln(sum, tag.Label)
		}
	}
	now := p.Model() + " " + hex.EncodeToString(sum.Sum(nil)[:8])
	raw, err := os.ReadFile("testdata/model.txt")
	if err != nil {
		t.Fatal(err)
	}
	was := strings.TrimSpace(string(raw))
	switch model, _, _ := strings.Cut(was, " "); {
	case was == now:
	case model == p.Model():
		t.Errorf("verdicts or golden sentences changed under the name %s: raise revision in lexicon.go if it was the code, then write %q to testdata/model.txt", model, now)
	default:
		t.Errorf("a new model: write %q to testdata/model.txt", now)
	}
}
