package triage_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/earshotdesk/earshot/internal/desk"
)

// BenchmarkTexts judges two thousand different texts of about 140 characters, put together from golden sentences, so that no text
// finds the memory that it needs as warm as the one before left it.
func BenchmarkTexts(b *testing.B) {
	p := pipeline(b, acme())
	list := sentences(b)
	r := rand.New(rand.NewPCG(3, 5))
	texts := make([]string, 2000)
	for i := range texts {
		for len(texts[i]) < 110 {
			texts[i] = strings.TrimSpace(texts[i] + " " + list[r.IntN(len(list))])
		}
		if runes := []rune(texts[i]); len(runes) > 140 {
			texts[i] = string(runes[:140])
		}
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		p.Judge(desk.TriageInput{Text: texts[i%len(texts)]})
		i++
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "texts/s")
}
