package triage_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/earshotdesk/earshot/internal/desk"
)

// TestSameVerdicts compares the verdicts about golden sentences and generated texts, scores to the last bit, with those that another
// machine wrote into the file named by EARSHOT_VERDICTS; it writes them where the file does not exist yet.
func TestSameVerdicts(t *testing.T) {
	file := os.Getenv("EARSHOT_VERDICTS")
	if file == "" {
		t.Skip("EARSHOT_VERDICTS names no file of verdicts to compare with: make arm64")
	}
	p := pipeline(t, acme())
	var got bytes.Buffer
	enc := json.NewEncoder(&got)
	for i, s := range generated(t) {
		in := desk.TriageInput{Text: s}
		if i%5 == 4 {
			in.Rating = desk.Rating{Value: float64(1 + i%9/2), Best: 5}
		}
		if err := enc.Encode(p.Judge(in)); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		if err := os.WriteFile(file, got.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	ours, theirs := strings.Split(got.String(), "\n"), strings.Split(string(want), "\n")
	if len(ours) != len(theirs) {
		t.Fatalf("%d verdicts, the other machine has %d", len(ours)-1, len(theirs)-1)
	}
	for i := range ours {
		if ours[i] != theirs[i] {
			t.Errorf("verdict %d is\n%s\nthe other machine has\n%s", i+1, ours[i], theirs[i])
		}
	}
}

// generated are the golden sentences, each in every disguise, and texts put together from their words and from hostile signs.
func generated(t *testing.T) []string {
	list := sentences(t)
	var words []string
	for _, s := range list {
		words = append(words, strings.Fields(s)...)
	}
	for _, s := range list[:len(list):len(list)] {
		list = append(list, disguises[len(s)%len(disguises)].put(s))
	}
	r := rand.New(rand.NewPCG(4, 7))
	for range 3000 {
		var b strings.Builder
		for range 1 + r.IntN(30) {
			if r.IntN(20) == 0 {
				b.WriteString(hostile[r.IntN(len(hostile))].unit)
			}
			b.WriteString(words[r.IntN(len(words))] + " ")
		}
		list = append(list, b.String())
	}
	return list
}
