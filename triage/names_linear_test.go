package triage

import (
	"strings"
	"testing"
	"time"
)

// TestNamesAreLinear wants twice the text to cost about twice the time, of texts made to be costly.
func TestNamesAreLinear(t *testing.T) {
	n, err := newNames(benchmarkBrands())
	if err != nil {
		t.Fatal(err)
	}
	cost := func(said string) time.Duration {
		var s scratch
		s.doc.Read(said)
		s.look()
		best := time.Hour
		for range 3 {
			start := time.Now()
			n.find(&s, nil)
			best = min(best, time.Since(start))
		}
		return best
	}
	for _, unit := range []string{"#AcmePhone", "AaBbCc", "vodafnoe ", "acme-", "acme_", "@acme", "telefon", "Zlatého ", "κινητ"} {
		for _, head := range []string{"", "#"} {
			one, eight := cost(head+strings.Repeat(unit, 4000)), cost(head+strings.Repeat(unit, 32000))
			if eight > 40*one+20*time.Millisecond {
				t.Errorf("%s%q: %v for a text, %v for one eight times as long", head, unit, one, eight)
			}
		}
	}
}
