package triage_test

import (
	"testing"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/triage"
)

// TestTopicsInflectedAndNested: words take the endings of their own language, and a narrower topic counts for the one above it.
func TestTopicsInflectedAndNested(t *testing.T) {
	t.Parallel()
	p := pipeline(t, triage.Options{Topics: []desk.Topic{
		{
			Name: "delivery", Words: map[string][]string{"hu": {"futár", "csomag"}, "sk": {"balík", "zásielka"}, "el": {"δέμα", "κούριερ"}, "en": {"parcel"}, "any": {"📦"}},
			Topics: []desk.Topic{{Name: "late", Words: map[string][]string{"en": {"late delivery"}, "hu": {"késő csomag"}, "sk": {"meškajúca zásielka"}}}},
		},
		{Name: "billing", Words: map[string][]string{"hu": {"számla"}, "sk": {"faktúra"}, "el": {"λογαριασμός"}, "en": {"charg*"}}},
	}})
	for in, want := range map[string]string{
		"A futárral beszéltem, de nem hozta el a csomagomat": "delivery",
		"A késő csomagról nem szóltak nekem":                 "late delivery",
		"Kde je moja zásielka? So zásielkou je problém":      "delivery",
		"Meškajúcu zásielku som nedostal, prosím riešte to":  "late delivery",
		"Πού είναι τα δέματα μου; Δεν απαντά κανείς":         "delivery",
		"Another late delivery, thank you very much":         "late delivery",
		"Two parcels were lost on the way to my house":       "delivery",
		"📦 is still not here after two weeks of waiting":     "delivery",
		"A számlámat kétszer vonták le a kártyámról":         "billing",
		"Vo faktúre mám chybu a nikto to nerieši":            "billing",
		"Μου ήρθε λάθος ο λογαριασμός του ρεύματος":          "billing",
		"They were charging me twice for the same thing":     "billing",
		"A számlálás véget ért, köszönöm a türelmet":         "",
		"The parcelling of land was finished last year":      "",
	} {
		if got := names(p.Judge(desk.TriageInput{Text: in}).Topics); got != want {
			t.Errorf("%q: topics %q, want %q", in, got, want)
		}
	}
	v := p.Judge(desk.TriageInput{Text: "A késő csomagról nem szóltak nekem, szörnyű"})
	found := 0
	for _, r := range v.Reasons {
		if r.Tag == "topic" && r.By == "word" && "A késő csomagról nem szóltak nekem, szörnyű"[r.From:r.To] == r.Text {
			found++
		}
	}
	if found != 2 {
		t.Errorf("%d reasons with places, want késő csomagról and csomagról: %+v", found, v.Reasons)
	}
	deep := desk.Topic{Name: "a", Topics: []desk.Topic{{Name: "b", Topics: []desk.Topic{{Name: "c"}}}}}
	if _, err := triage.New(triage.Options{Topics: []desk.Topic{deep}}); err == nil {
		t.Error("topics that nest twice were accepted")
	}
}
