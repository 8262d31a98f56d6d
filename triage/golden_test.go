package triage_test

import (
	"os"
	"strings"
	"testing"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/triage"
)

// golden is one of our own sentences with the labels it should get.
type golden struct {
	line   int
	floor  bool      // of the part that is held to floors
	labels [4]string // language, sentiment, urgency, intent; a hyphen leaves a tag open, a bar parts what is as good
	text   string
}

// readGolden reads the sentences. What stands behind the second comment is held to floors, what stands before must be right.
func readGolden(t *testing.T) []golden {
	t.Helper()
	raw, err := os.ReadFile("testdata/golden.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var list []golden
	floor := false
	for i, line := range strings.Split(strings.TrimSpace(string(raw)), "\n") {
		if i == 0 || line[0] == '#' {
			floor = i > 0
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 5 {
			t.Fatalf("golden.tsv:%d has %d columns, not 5", i+1, len(f))
		}
		list = append(list, golden{line: i + 1, floor: floor, labels: [4]string(f), text: f[4]})
	}
	return list
}

// tagsOf are the four tags that the file labels, in its order.
func tagsOf(v desk.Verdict) [4]desk.Tag {
	return [4]desk.Tag{v.Language, {Label: v.Sentiment.Label, Score: v.Sentiment.Score}, v.Urgency, v.Intent}
}

// TestGolden judges our own sentences. Every label must be right.
func TestGolden(t *testing.T) {
	t.Parallel()
	p := pipeline(t, triage.Options{})
	count := map[string]int{}
	for _, g := range readGolden(t) {
		v := p.Judge(desk.TriageInput{Text: g.text})
		if v.Spam.Label != desk.No {
			t.Errorf("golden.tsv:%d is spam: %s", g.line, g.text)
		}
		if g.floor {
			continue
		}
		count[g.labels[0]]++
		for j, got := range tagsOf(v) {
			if g.labels[j] != "-" && got.Label != g.labels[j] {
				t.Errorf("golden.tsv:%d: %s (%.2f), want %s: %s", g.line, got.Label, got.Score, g.labels[j], g.text)
			}
		}
	}
	for _, l := range []string{"en", "hu", "el", "sk"} {
		if count[l] < 15 {
			t.Errorf("%d sentences in %s, want 15", count[l], l)
		}
	}
}

func TestSpam(t *testing.T) {
	t.Parallel()
	p := pipeline(t, triage.Options{})
	for in, want := range map[string]string{
		"Earn money from home! Click here https://x.example/win for your free gift card": desk.Yes,
		"Kattints ide és nyerj, keress pénzt otthonról https://x.example/win ingyen":     desk.Yes,
		"Κάντε κλικ εδώ και κερδίστε χρήματα δωρεάν https://x.example/win":               desk.Yes,
		"Zarábajte z domu, kliknite sem a vyhrali ste https://x.example/win zadarmo":     desk.Yes,
		"I feel free and easy today":                        desk.No,
		"My order never arrived, see https://x.example/123": desk.No,
		"Az akció ellenére drága volt":                      desk.No,
	} {
		if got := p.Judge(desk.TriageInput{Text: in}).Spam; got.Label != want {
			t.Errorf("%q: %s (%.2f), want %s", in, got.Label, got.Score, want)
		}
	}
}

// TestCircumstances wants stars, reach and history to count, each with its reason.
func TestCircumstances(t *testing.T) {
	t.Parallel()
	p := pipeline(t, triage.Options{})
	by := func(v desk.Verdict, tag string) string {
		for _, r := range v.Reasons {
			if r.Tag == tag && r.To == 0 {
				return r.By
			}
		}
		return ""
	}
	v := p.Judge(desk.TriageInput{Text: "okay", Rating: desk.Rating{Value: 1, Best: 5}})
	if v.Sentiment.Label != desk.Negative || by(v, "sentiment") != "stars" {
		t.Errorf("one star: %+v", v)
	}
	v = p.Judge(desk.TriageInput{Text: "", Rating: desk.Rating{Value: 5, Best: 5}})
	if v.Sentiment.Label != desk.Positive || v.Intent.Label != desk.IntentPraise {
		t.Errorf("five stars without a word: %+v", v)
	}
	v = p.Judge(desk.TriageInput{Text: "Terrible service, my parcel is lost", Author: desk.Author{Followers: 500_000}})
	if v.Urgency.Label != desk.UrgencyHigh || by(v, "urgency") != "reach" {
		t.Errorf("half a million followers: %+v", v)
	}
	v = p.Judge(desk.TriageInput{Text: "Terrible service, still no answer", Context: desk.Context{AuthorUnhandled: 2}})
	if v.Urgency.Label != desk.UrgencyHigh || by(v, "urgency") != "history" {
		t.Errorf("the third unanswered post: %+v", v)
	}
}

// TestLanguage covers every language of the model, and the site's word on short texts.
func TestLanguage(t *testing.T) {
	t.Parallel()
	p := pipeline(t, triage.Options{})
	for in, want := range map[string]string{
		"I would like to know when my order will arrive":        "en",
		"Szeretném tudni, hogy mikor érkezik meg a rendelésem":  "hu",
		"Szeretnem tudni, hogy mikor erkezik meg a rendelesem":  "hu",
		"Θα ήθελα να μάθω πότε θα έρθει η παραγγελία μου":       "el",
		"Tha ithela na matho pote tha erthei i paraggelia mou":  "el",
		"Chcela by som vedieť, kedy príde moja objednávka":      "sk",
		"Chtěla bych vědět, kdy přijde moje objednávka":         "cs",
		"Ich möchte wissen, wann meine Bestellung ankommt":      "de",
		"Quisiera saber cuándo llegará mi pedido":               "es",
		"Je voudrais savoir quand ma commande va arriver":       "fr",
		"Vorrei sapere quando arriverà il mio ordine":           "it",
		"Chciałbym wiedzieć, kiedy dotrze moje zamówienie":      "pl",
		"Gostaria de saber quando vai chegar a minha encomenda": "pt",
		"Aș vrea să știu când ajunge comanda mea":               "ro",
		"Ik wil graag weten wanneer mijn bestelling aankomt":    "nl",
		"Htio bih znati kada će stići moja narudžba":            "hr",
		"Коли прийде моє замовлення, дякую":                     "uk",
		"注文はいつ届きますか":                                            "ja",
		"😡😡😡":                                                   desk.Undetermined,
		"123 456":                                               desk.Undetermined,
	} {
		if got := p.Judge(desk.TriageInput{Text: in}).Language; got.Label != want {
			t.Errorf("%q: %s (%.2f), want %s", in, got.Label, got.Score, want)
		}
	}
	if got := p.Judge(desk.TriageInput{Text: "ok super", Language: "sk"}).Language; got.Label != "sk" {
		t.Errorf("a short text on a Slovak site: %+v", got)
	}
}

func TestPhrases(t *testing.T) {
	t.Parallel()
	var p triage.Phrases
	got, err := p.In("The battery life of my new phone is great, but customer service was slow. @acme https://x.example")
	if err != nil {
		t.Fatal(err)
	}
	if s := strings.Join(got, "|"); !strings.Contains(s, "battery life") || !strings.Contains(s, "customer service") || strings.Contains(s, "acme") {
		t.Errorf("phrases %q", s)
	}
}
