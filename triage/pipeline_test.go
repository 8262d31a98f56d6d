package triage_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/triage"
)

func names(list []desk.Named) string {
	var out []string
	for _, n := range list {
		out = append(out, n.Name)
	}
	return strings.Join(out, " ")
}

func acme() triage.Options {
	return triage.Options{
		Brands: []desk.Brand{{
			Name: "acme", Aliases: []string{"@AcmeHelp", "#acmefail"},
			Products: []desk.Product{
				{Name: "Acme Phone", Aliases: []string{"telefon", "telefón", "κινητό"}},
				{Name: "Acme Phone Pro"},
				{Name: "TV"},
				{Name: "Kamera"},
			},
			Competitors: []desk.Product{{Name: "Globex"}},
		}},
		Topics: []desk.Topic{
			{Name: "delivery", Words: map[string][]string{"en": {"parcel", "deliver*"}, "hu": {"csomag*", "kiszállít*"}, "el": {"δέμα*", "παράδοσ*"}, "sk": {"balík*", "doruč*"}}},
			{Name: "price", Words: map[string][]string{"any": {"€"}, "en": {"too expensive"}}},
		},
	}
}

// TestProducts covers word boundaries and inflection; precision comes first.
func TestProducts(t *testing.T) {
	t.Parallel()
	p := pipeline(t, acme())
	for in, want := range map[string]string{
		"My Acme Phone died":                            "Acme Phone",
		"The ACME PHONE PRO is great":                   "Acme Phone Pro",
		"Love my #AcmePhone":                            "Acme Phone",
		"A telefonnal baj van, a telefonom nem jó":      "Acme Phone",
		"A telefonomat visszaküldtem":                   "Acme Phone",
		"Zvláštny problém s telefónom od vás":           "Acme Phone",
		"Η μπαταρία του κινητού δεν κρατάει":            "Acme Phone",
		"Τα κινητά σας είναι χάλια":                     "Acme Phone",
		"Új kamerát vettem, a kamerával gond van":       "Kamera",
		"Kúpil som kameru a s kamerou nie som spokojný": "Kamera",
		"A TV-vel gond van":                             "TV",
		"I saw it on tvs and advertising":               "",
		"telefonálni szeretnék":                         "",
		"Acmephonebook is another app":                  "",
		"see https://example.com/telefon/kamera":        "",
		"kameraman":                                     "",
		"":                                              "",
	} {
		if got := names(p.Judge(desk.TriageInput{Text: in}).Products); got != want {
			t.Errorf("%q: products %q, want %q", in, got, want)
		}
	}
	v := p.Judge(desk.TriageInput{Text: "@AcmeHelp hello"})
	if names(v.Brands) != "acme" {
		t.Errorf("brands %v", v.Brands)
	}
}

func TestCompetitor(t *testing.T) {
	t.Parallel()
	p := pipeline(t, acme())
	v := p.Judge(desk.TriageInput{Text: "Globex is simply fantastic and I love it"})
	if v.Sentiment.Label == desk.Positive || names(v.Topics) != "Globex" {
		t.Errorf("praise of a competitor is %s, topics %v", v.Sentiment.Label, v.Topics)
	}
	if v = p.Judge(desk.TriageInput{Text: "Acme is simply fantastic and I love it"}); v.Sentiment.Label != desk.Positive {
		t.Errorf("praise of ours is %s", v.Sentiment.Label)
	}
}

func TestTopics(t *testing.T) {
	t.Parallel()
	p := pipeline(t, acme())
	for in, want := range map[string]string{
		"Where is my parcel? It was not delivered":      "delivery",
		"Hol van a csomagom, mikor lesz a kiszállítás?": "delivery",
		"Πού είναι το δέμα μου επιτέλους;":              "delivery",
		"Kde je môj balík, kedy ho doručíte domov?":     "delivery",
		"That was too expensive for me, honestly":       "price",
		"Nothing here to see today":                     "",
	} {
		if got := names(p.Judge(desk.TriageInput{Text: in}).Topics); got != want {
			t.Errorf("%q: topics %q, want %q", in, got, want)
		}
	}
}

func TestRules(t *testing.T) {
	t.Parallel()
	opt, three := acme(), 3.0
	opt.Rules = []desk.Rule{
		{Name: "recall", When: desk.Condition{Words: []string{"Visszahív*", "akku csere"}}, Set: desk.Assign{Urgency: desk.UrgencyCritical, Topics: []string{"safety"}}},
		{Name: "stars", When: desk.Condition{MaxStars: &three, Kind: []string{"review"}}, Set: desk.Assign{Intent: desk.IntentComplaint, Sentiment: desk.Negative}},
		{Name: "press", When: desk.Condition{MinReach: 1000, Brand: []string{"acme"}}, Set: desk.Assign{Urgency: desk.UrgencyHigh}},
		{Name: "later", When: desk.Condition{Urgency: []string{desk.UrgencyHigh}}, Set: desk.Assign{Spam: desk.No, Products: []string{"X"}, Language: "hu"}},
	}
	p := pipeline(t, opt)
	v := p.Judge(desk.TriageInput{Text: "Mikor lesz VISSZAHÍVÁS, az ákku  csere?"})
	if v.Urgency.Label != desk.UrgencyCritical || names(v.Topics) != "safety" {
		t.Errorf("%+v", v)
	}
	v = p.Judge(desk.TriageInput{Text: "fine", Kind: desk.KindReview, Rating: desk.Rating{Value: 6, Best: 10}})
	if v.Intent.Label != desk.IntentComplaint || v.Sentiment.Scores.Negative != 1 {
		t.Errorf("%+v", v)
	}
	v = p.Judge(desk.TriageInput{Text: "Acme said hello", Author: desk.Author{Followers: 1000}})
	if v.Urgency.Label != desk.UrgencyHigh || names(v.Products) != "X" || v.Language.Label != "hu" {
		t.Errorf("%+v", v)
	}
	if last := v.Reasons[len(v.Reasons)-1]; last.By != "rule" || last.Text != "later" {
		t.Errorf("last reason %+v", last)
	}
	for _, bad := range []desk.Rule{{}, {Name: "x", Set: desk.Assign{Urgency: "very"}}} {
		if _, err := triage.New(triage.Options{Rules: []desk.Rule{bad}}); err == nil {
			t.Errorf("rule %+v was accepted", bad)
		}
	}
}

type broken struct{}

func (broken) Tag(triage.Input, *desk.Verdict) { panic("out of tune") }

// TestBrokenTagger wants the other tags to stand when one breaks.
func TestBrokenTagger(t *testing.T) {
	t.Parallel()
	p := pipeline(t, triage.Options{Extra: []triage.NamedTagger{{Name: "extra", Tagger: broken{}}}})
	v := p.Judge(desk.TriageInput{Text: "This is terrible, I hate it"})
	if v.Failed != "extra: out of tune" || v.Sentiment.Label != desk.Negative {
		t.Errorf("failed %q, sentiment %s", v.Failed, v.Sentiment.Label)
	}
}

func TestVersions(t *testing.T) {
	t.Parallel()
	a, b := pipeline(t, triage.Options{}), pipeline(t, acme())
	if a.Model() == "" || a.Model() != b.Model() || a.Rules() == b.Rules() || b.Rules() != pipeline(t, acme()).Rules() {
		t.Errorf("models %s %s, rules %s %s", a.Model(), b.Model(), a.Rules(), b.Rules())
	}
}

// TestReasons wants every place to be the words it quotes, once for each tag.
func TestReasons(t *testing.T) {
	t.Parallel()
	p := pipeline(t, acme())
	in := "A TELEFONOMMAL 3 napja baj van, nem működik!! Szörnyű 😡 a \u202eko\u0308zérzet, perelni fogok. Straße telefón"
	v := p.Judge(desk.TriageInput{Text: in})
	type place struct {
		tag      string
		from, to int
	}
	seen := map[place]bool{}
	tags := map[string]bool{}
	for _, r := range v.Reasons {
		tags[r.Tag] = true
		if r.To == 0 {
			continue
		}
		if in[r.From:r.To] != r.Text || !utf8.ValidString(r.Text) {
			t.Errorf("%+v quotes %q", r, in[r.From:r.To])
		}
		if k := (place{r.Tag, r.From, r.To}); seen[k] {
			t.Errorf("%+v is named twice", r)
		} else {
			seen[k] = true
		}
	}
	if diff := cmp.Diff(map[string]bool{"product": true, "sentiment": true, "urgency": true, "intent": true}, tags); diff != "" {
		t.Errorf("tags with reasons (-want +got)\n%s", diff)
	}
}
