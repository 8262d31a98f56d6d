package triage_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/triage"
)

// hostile are the texts that break careless readers, each a unit to be repeated.
var hostile = []struct{ name, unit string }{
	{"letter", "a"}, {"accented", "é"}, {"greek", "ά"}, {"cyrillic", "а"}, {"emoji", "😡"}, {"family", "👨\u200d👩\u200d👧\u200d👦"}, {"flags", "🇭"},
	{"marks", "\u0301"}, {"override", "\u202e"}, {"isolate", "\u2066"}, {"joiner", "\u200d"}, {"tags", "\U000E0041"}, {"invalid", "\xff\xfe"}, {"cut", "\xe2\x80"},
	{"zero", "\x00"}, {"pairs", "a "}, {"mixed", "aа"}, {"spelled", "s c a m  "}, {"hyphens", "a-"}, {"newlines", "\n"}, {"at", "@"}, {"handles", "@a "}, {"hash", "#"},
	{"hashtags", "#a"}, {"link", "http://"}, {"links", "https://a.example/x "}, {"dots", "a."}, {"quotes", "'"}, {"questions", "?"}, {"bad", "bad "},
	{"negations", "nem "}, {"brand", "acme "}, {"brands", "acme-"}, {"phrases", "not good but bad. "}, {"escapes", "\x1b[31m"},
}

// giants are those of which even ten megabytes must not hurt.
var giants = []string{"letter", "emoji", "marks", "override", "isolate", "invalid", "pairs", "newlines", "at", "hash", "links"}

// TestHostileGiants judges megabytes of each. What took the square of that would take days.
func TestHostileGiants(t *testing.T) {
	p := pipeline(t, acme())
	for _, h := range hostile {
		size := 1 << 20
		switch {
		case raceEnabled || testing.Short():
			size = 64 << 10
		case slices.Contains(giants, h.name):
			size = 10 << 20
		}
		s := strings.Repeat(h.unit, size/len(h.unit))
		v := p.Judge(desk.TriageInput{Text: s})
		if err := sane(s, v); err != nil {
			t.Errorf("%s: %v", h.name, err)
		}
	}
	natural := strings.Join(sentences(t), "\n")
	s := strings.Repeat(natural+"\n", (1<<20)/len(natural)+1)
	if err := sane(s, p.Judge(desk.TriageInput{Text: s})); err != nil {
		t.Errorf("a megabyte of sentences: %v", err)
	}
}

// sentences are all golden texts.
func sentences(t testing.TB) []string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "golden.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for line := range strings.Lines(string(raw)) {
		if fields := strings.Split(strings.TrimSpace(line), "\t"); len(fields) > 1 && !strings.HasPrefix(line, "#") {
			list = append(list, fields[len(fields)-1])
		}
	}
	return list
}

// sane checks what must hold of the verdict about any text.
func sane(s string, v desk.Verdict) error {
	if v.Failed != "" {
		return fmt.Errorf("failed: %s", v.Failed)
	}
	if sum := v.Sentiment.Scores.Negative + v.Sentiment.Scores.Neutral + v.Sentiment.Scores.Positive; math.Abs(sum-1) > 0.001 {
		return fmt.Errorf("the scores of sentiment sum to %v", sum)
	}
	for _, t := range []desk.Tag{v.Language, {Label: v.Sentiment.Label, Score: v.Sentiment.Score}, v.Urgency, v.Intent, v.Spam, v.Offensive} {
		if t.Label == "" || !(t.Score >= 0 && t.Score <= 1) {
			return fmt.Errorf("label %q with probability %v", t.Label, t.Score)
		}
	}
	if n := len(v.Reasons); n > 1200 {
		return fmt.Errorf("%d reasons", n)
	}
	for _, r := range v.Reasons {
		if math.IsNaN(r.Weight) || math.IsInf(r.Weight, 0) {
			return fmt.Errorf("a weight of %v", r.Weight)
		}
		if r.From == 0 && r.To == 0 {
			continue
		}
		if r.From < 0 || r.From >= r.To || r.To > len(s) || s[r.From:r.To] != r.Text {
			return fmt.Errorf("bytes %d to %d of %d are no place of %q", r.From, r.To, len(s), r.Text)
		}
		if inside(s, r.From) || inside(s, r.To) {
			return fmt.Errorf("bytes %d to %d cut a character", r.From, r.To)
		}
	}
	for _, r := range triage.Recompute(v, desk.DefaultUrgency().Bounds) {
		if !r.Agrees(v) {
			return fmt.Errorf("the reasons give %+v, the verdict states otherwise: %+v", r, v)
		}
	}
	return nil
}

// inside tells whether byte i is within a character.
func inside(s string, i int) bool {
	for back := 1; back < utf8.UTFMax && back <= i; back++ {
		if r, size := utf8.DecodeRuneInString(s[i-back:]); size > back && r != utf8.RuneError {
			return true
		}
	}
	return false
}

func FuzzJudge(f *testing.F) {
	for _, h := range hostile {
		f.Add(h.unit + " nem jó " + h.unit + h.unit + "bad")
	}
	for _, s := range []string{"@AcmeHelp telefonnal", "ß\u202e\xffcool", "δεν λειτουργεί;", "tеrriblе s e r v i c e 😡🏿"} {
		f.Add(s)
	}
	p := pipeline(f, acme())
	f.Fuzz(func(t *testing.T, s string) {
		if err := sane(s, p.Judge(desk.TriageInput{Text: s})); err != nil {
			t.Fatalf("%q: %v", s, err)
		}
	})
}

// BenchmarkJudgeHostile shows that cost is linear: a text ten times as long takes ten times as long, and MB/s stays what it is.
func BenchmarkJudgeHostile(b *testing.B) {
	p := pipeline(b, acme())
	for _, h := range hostile {
		for _, size := range []int{100 << 10, 1 << 20} {
			s := strings.Repeat(h.unit, size/len(h.unit))
			b.Run(fmt.Sprintf("%s/%dKB", h.name, size>>10), func(b *testing.B) {
				b.SetBytes(int64(len(s)))
				for b.Loop() {
					p.Judge(desk.TriageInput{Text: s})
				}
			})
		}
	}
}
