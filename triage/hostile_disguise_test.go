package triage_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// between puts a sign after every letter that another letter follows.
func between(s, sign string) string {
	var b strings.Builder
	runes := []rune(s)
	for i, r := range runes {
		b.WriteRune(r)
		if i+1 < len(runes) && r > '@' && runes[i+1] > '@' && r < 0x2000 && runes[i+1] < 0x2000 {
			b.WriteString(sign)
		}
	}
	return b.String()
}

// lookalikes replaces one letter in every other place by one of another alphabet that looks the same.
func lookalikes(s string) string {
	latin := strings.NewReplacer("a", "а", "e", "е", "O", "Ο", "p", "р", "A", "Α", "y", "у")
	greek := strings.NewReplacer("ο", "o", "Α", "A", "ν", "v", "Τ", "T", "κ", "k")
	words := strings.Split(s, " ")
	for i, w := range words {
		letters, foreign := 0, 0
		for _, r := range w {
			if r > '@' {
				letters++
			}
			if r >= 0x370 && r < 0x400 {
				foreign++
			}
		}
		switch {
		case letters < 5 || strings.ContainsAny(w, "@#/"):
		case foreign == letters:
			words[i] = greek.Replace(w)
		case foreign == 0:
			words[i] = latin.Replace(w)
		}
	}
	return strings.Join(words, " ")
}

// fullwidth writes ASCII letters in the forms of East Asian type.
func fullwidth(s string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			return r - '!' + 0xFF01
		}
		return r
	}, s)
}

var disguises = []struct {
	name string
	put  func(string) string
}{
	{"zero width", func(s string) string { return between(s, "\u200b") }},
	{"joiners", func(s string) string { return between(s, "\u200d\u2060") }},
	{"soft hyphens", func(s string) string { return between(s, "\u00ad") }},
	{"overrides", func(s string) string { return "\u202e\u2066" + between(s, "\u202d") + "\u2069\u202c" }},
	{"tags and selectors", func(s string) string { return between(s, "\U000E0041\ufe0f") }},
	{"piled marks", func(s string) string { return between(s, "\u0335\u0489\u20dd") }},
	{"look-alikes", lookalikes},
	{"full width", fullwidth},
}

// TestDisguise judges every golden sentence in every disguise as it does the plain one.
func TestDisguise(t *testing.T) {
	t.Parallel()
	p := goldenPipeline(t)
	for _, g := range readGolden(t) {
		plain := p.Judge(desk.TriageInput{Text: g.text})
		for _, d := range disguises {
			in := d.put(g.text)
			v := p.Judge(desk.TriageInput{Text: in})
			if text.Judged(in) != text.Judged(g.text) {
				t.Errorf("%s: %q is read as %q", d.name, g.text, text.Judged(in))
				continue
			}
			if diff := cmp.Diff(bare(plain), bare(v)); diff != "" {
				t.Errorf("%s: %q is judged otherwise than plain (-plain +disguised)\n%s", d.name, g.text, diff)
			}
			if err := sane(in, v); err != nil {
				t.Errorf("%s: %q: %v", d.name, g.text, err)
			}
		}
	}
}

// bare is a verdict without its reasons, which quote the text as given, and without how sure the language is: a word in disguise tells
// nothing of its accents.
func bare(v desk.Verdict) desk.Verdict {
	v.Reasons, v.Language.Score = nil, 0
	return v
}
