package triage_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/earshotdesk/earshot/internal/desk"
)

// TestModelTellsVerdictsApart wants a new name of the model whenever a label of a golden sentence changes, so that a desk sees which
// verdicts are of which model. testdata/model.txt holds the name and a digest of the labels.
func TestModelTellsVerdictsApart(t *testing.T) {
	t.Parallel()
	p := goldenPipeline(t)
	sum := sha256.New()
	for _, g := range readGolden(t) {
		fmt.Fprintln(sum, g.text)
		for _, label := range tagsOf(p.Judge(desk.TriageInput{Text: g.text})) {
			fmt.Fprintln(sum, label)
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
