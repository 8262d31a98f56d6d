package triage_test

import (
	"strings"
	"testing"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/triage"
)

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
		"ߒߣߞ":                                                   desk.Undetermined,
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
