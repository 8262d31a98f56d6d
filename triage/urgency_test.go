package triage_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/triage"
)

// TestCircumstances wants stars, reach and history to count, each with its reason.
func TestCircumstances(t *testing.T) {
	t.Parallel()
	p := pipeline(t, triage.Options{})
	by := func(v desk.Verdict, tag, by string) bool {
		return slices.ContainsFunc(v.Reasons, func(r desk.Reason) bool { return r.Tag == tag && r.By == by && r.To == 0 })
	}
	v := p.Judge(desk.TriageInput{Text: "okay", Rating: desk.Rating{Value: 1, Best: 5}})
	if v.Sentiment.Label != desk.Negative || !by(v, "sentiment", "stars") {
		t.Errorf("one star: %+v", v)
	}
	v = p.Judge(desk.TriageInput{Text: "", Rating: desk.Rating{Value: 5, Best: 5}})
	if v.Sentiment.Label != desk.Positive || v.Intent.Label != desk.IntentPraise {
		t.Errorf("five stars without a word: %+v", v)
	}
	v = p.Judge(desk.TriageInput{Text: "Terrible service, my parcel is lost", Author: desk.Author{Followers: 500_000}})
	if v.Urgency.Label != desk.UrgencyHigh || !by(v, "urgency", "reach") {
		t.Errorf("half a million followers: %+v", v)
	}
	v = p.Judge(desk.TriageInput{Text: "Terrible service, still no answer", Context: desk.Context{AuthorUnhandled: 2}})
	if v.Urgency.Label != desk.UrgencyHigh || !by(v, "urgency", "history") {
		t.Errorf("the third unanswered post: %+v", v)
	}
	fast := desk.TriageInput{Text: "Terrible service, my parcel is lost", Counts: desk.Counts{Likes: 600, Shares: 200, Replies: 300}, Age: 3 * time.Hour}
	if v = p.Judge(fast); v.Urgency.Label != desk.UrgencyHigh || !by(v, "urgency", "pace") {
		t.Errorf("seven hundred echoes an hour: %+v", v)
	}
	fast.Age = 0
	if v = p.Judge(fast); by(v, "urgency", "pace") {
		t.Errorf("echoes of nobody knows how many years: %+v", v)
	}
	v = p.Judge(desk.TriageInput{Text: "What a lovely shop, thank you!", Counts: desk.Counts{Likes: 90_000}, Age: time.Hour})
	if v.Urgency.Label != desk.UrgencyLow || by(v, "urgency", "pace") {
		t.Errorf("praise that many like: %+v", v)
	}
}

// TestUrgencyIsItsReasons recomputes the urgency of every golden sentence and of some thousand texts made of two, under changing
// circumstances, from nothing but the reasons.
func TestUrgencyIsItsReasons(t *testing.T) {
	t.Parallel()
	own := desk.UrgencyBounds{Normal: -0.5, High: 1, Critical: 3}
	rules := []desk.Rule{
		{Name: "calm", When: desk.Condition{Words: []string{"refund"}}, Set: desk.Assign{Urgency: desk.UrgencyLow}},
		{Name: "loud", When: desk.Condition{AuthorPosts: 3}, Set: desk.Assign{Urgency: desk.UrgencyCritical}},
	}
	for name, c := range map[string]struct {
		opt    triage.Options
		bounds desk.UrgencyBounds
	}{
		"defaults":   {triage.Options{}, desk.DefaultUrgency().Bounds},
		"own bounds": {triage.Options{Urgent: desk.Urgency{Bounds: own}}, own},
		"rules":      {triage.Options{Rules: rules}, desk.DefaultUrgency().Bounds},
	} {
		p := pipeline(t, c.opt)
		list := readGolden(t)
		labels := map[string]int{}
		for i, g := range list {
			for j, in := range []desk.TriageInput{
				{Text: g.text},
				{Text: g.text + " " + list[(i*7+1)%len(list)].text, Context: desk.Context{AuthorUnhandled: i % 4, AuthorPosts: i % 5}},
				{Text: list[(i*13+5)%len(list)].text + "\n" + g.text, Author: desk.Author{Followers: int64(i) * 1000}, Kind: desk.KindArticle},
				{Text: strings.Repeat(g.text+" ", 1+i%5), Counts: desk.Counts{Likes: int64(i * i)}, Age: time.Duration(i%3) * time.Hour},
			} {
				v := p.Judge(in)
				got := triage.Urgency(v.Reasons, c.bounds)
				ruled := slices.ContainsFunc(v.Reasons, func(r desk.Reason) bool { return r.Tag == "urgency" && r.By == "rule" })
				if got.Label != v.Urgency.Label || !ruled && got.Score != v.Urgency.Score {
					t.Errorf("%s, golden.tsv:%d, text %d: the reasons make %+v, the verdict says %+v: %+v", name, g.line, j, got, v.Urgency, v.Reasons)
				}
				labels[v.Urgency.Label]++
			}
		}
		if len(labels) != 4 {
			t.Errorf("%s: only %v", name, labels)
		}
	}
}

// TestSignals wants each signal to be found in every language, whatever the accents, and to stand in the reasons with its place.
func TestSignals(t *testing.T) {
	t.Parallel()
	p := pipeline(t, triage.Options{})
	for _, c := range []struct{ signal, text, words string }{
		{"safety", "My toaster started smoking and nobody answers", "smoking"},
		{"safety", "A telefonom felrobbant a zsebemben", "felrobbant"},
		{"safety", "a tolto kigyulladt az ejjel", "kigyulladt"},
		{"safety", "Το κινητό μου εξερράγη στην τσέπη μου", "εξερράγη"},
		{"safety", "o fortistis pire fotia", "fotia"},
		{"safety", "Telefón mi vo vrecku vybuchol", "vybuchol"},
		{"legal", "You will hear from my lawyer about this terrible contract", "lawyer"},
		{"legal", "Beperelem magukat, borzalmas cég", "Beperelem"},
		{"legal", "tha sas kano minisi, apateones", "minisi"},
		{"legal", "Podám na vás žalobu, hanba", "žalobu"},
		{"fraud", "Someone made payments with my stolen card in your awful shop", "stolen"},
		{"fraud", "Ellopták a pénzem a számlámról, szörnyű", "Ellopták"},
		{"fraud", "Μου έκλεψαν χρήματα από τον λογαριασμό, απαράδεκτοι", "έκλεψαν"},
		{"fraud", "mou eklepsan lefta apo tin karta", "eklepsan"},
		{"fraud", "Ukradli mi peniaze z účtu, hrozné", "Ukradli"},
		{"leak", "I can see other customers' addresses in my account", "see other customers"},
		{"leak", "Mások adatait látom a fiókomban", "Mások adat"},
		{"leak", "Βλέπω στοιχεία άλλων πελατών στον λογαριασμό μου", "άλλων"},
		{"leak", "Vidím v účte cudzie údaje", "cudzie údaje"},
		{"outage", "Nobody here has electricity, no power in the whole city", "no power"},
		{"outage", "Az egész városban nincs net", "nincs net"},
		{"outage", "Δεν έχουμε ίντερνετ σε όλη την πόλη", "ίντερνετ"},
		{"outage", "den exoume internet se oli tin poli", "internet"},
		{"outage", "V celom meste nejde internet", "nejde internet"},
		{"deadline", "I need the documents by 5pm, please help", "by 5pm"},
		{"deadline", "My exam starts in two hours and I must log in", "in two hours"},
		{"deadline", "Ma estig kell a számla, kérem, segítsenek", "estig"},
		{"deadline", "Két óra múlva indul a vonatom, kérem, segítsenek", "múlva"},
		{"deadline", "ma delig kell a szamla, kerem, segitsenek", "delig"},
		{"deadline", "Χρειάζομαι το τιμολόγιο μέχρι τις πέντε, παρακαλώ", "μέχρι τις"},
		{"deadline", "xreiazomai to timologio mexri avrio, parakalo", "mexri avrio"},
		{"deadline", "Potrebujem faktúru do zajtra, prosím", "do zajtra"},
		{"deadline", "potrebujem fakturu este dnes, prosim pomozte", "dnes"},
	} {
		v := p.Judge(desk.TriageInput{Text: c.text})
		at := slices.IndexFunc(v.Reasons, func(r desk.Reason) bool { return r.Tag == "urgency" && r.By == c.signal && r.To > 0 })
		if at < 0 || desk.UrgencyRank(v.Urgency.Label) < 2 {
			t.Errorf("%s: %q is %s by %+v", c.signal, c.text, v.Urgency.Label, v.Reasons)
			continue
		}
		if r := v.Reasons[at]; !strings.Contains(r.Text, c.words) || c.text[r.From:r.To] != r.Text || r.Weight <= 0 {
			t.Errorf("%s: %q by %+v, want %q", c.signal, c.text, r, c.words)
		}
	}
}

// TestAbuseIsNoUrgency wants words against the agent to change nothing: who swears is angry, not in danger.
func TestAbuseIsNoUrgency(t *testing.T) {
	t.Parallel()
	p := pipeline(t, triage.Options{})
	for _, s := range []string{
		"You are idiots, you useless morons, go to hell!", "Idióták, menjetek a pokolba, barom banda!", "Ηλίθιοι, άχρηστοι, άντε στον διάολο!",
		"Idioti, debili, choďte do pekla!", "Fuck you and your shitty company", "ilithioi, malakes, ante sto diaolo",
	} {
		if v := p.Judge(desk.TriageInput{Text: s}); desk.UrgencyRank(v.Urgency.Label) > 1 {
			t.Errorf("%q is %s by %+v", s, v.Urgency.Label, v.Reasons)
		}
	}
}

// TestDeniedSignals wants alarms that are denied, or that only name a thing, to raise nothing.
func TestDeniedSignals(t *testing.T) {
	t.Parallel()
	p := pipeline(t, triage.Options{})
	for _, s := range []string{
		"It is not urgent, could you send me the invoice some day?", "The lamp flickers, but nobody was hurt.",
		"Nem sürgős, de kérem, küldjék el a számlát.", "Szétesett a szék, de senki sem sérült meg.",
		"Δεν επείγει, στείλτε μου παρακαλώ το τιμολόγιο.", "Έσπασε το ράφι, κανείς δεν τραυματίστηκε.",
		"Nie je to súrne, pošlite mi prosím faktúru.", "Polica spadla, nikto sa nezranil.",
		"Is the smoke detector in the box?", "Működik a füstérzékelő a garázsban is?",
	} {
		if v := p.Judge(desk.TriageInput{Text: s}); desk.UrgencyRank(v.Urgency.Label) > 1 {
			t.Errorf("%q is %s by %+v", s, v.Urgency.Label, v.Reasons)
		}
	}
}

// TestUrgencyConfigured covers weights, words, numbers and bounds of the desk's own.
func TestUrgencyConfigured(t *testing.T) {
	t.Parallel()
	weight := func(w float64) *float64 { return &w }
	fire := desk.TriageInput{Text: "Your charger caught fire last night and burned my desk."}
	leaven := desk.TriageInput{Text: "A kovász megint beindult nálatok, ez rossz."}
	fan := desk.TriageInput{Text: "This is terrible, I hate it.", Author: desk.Author{Followers: 900}}
	signals := func(list ...desk.Signal) triage.Options { return triage.Options{Urgent: desk.Urgency{Signals: list}} }
	var got []string
	for _, c := range []struct {
		opt triage.Options
		in  desk.TriageInput
	}{
		{triage.Options{}, fire},
		{signals(desk.Signal{Name: "safety", Weight: weight(0)}), fire},
		{signals(desk.Signal{Name: "safety", Weight: weight(1.9)}), fire},
		{triage.Options{Urgent: desk.Urgency{Bounds: desk.UrgencyBounds{Normal: 0, High: 7, Critical: 9}}}, fire},
		{triage.Options{}, leaven},
		{signals(desk.Signal{Name: "safety", Words: map[string][]string{"hu": {"kovász*"}}}), leaven},
		{signals(desk.Signal{Name: "outage", Words: map[string][]string{"any": {"kovász*"}}}), leaven},
		{triage.Options{}, fan},
		{signals(desk.Signal{Name: "reach", From: 500, Weight: weight(1.5)}, desk.Signal{Name: "reach", From: 5000, Weight: weight(4)}), fan},
	} {
		got = append(got, pipeline(t, c.opt).Judge(c.in).Urgency.Label)
	}
	want := []string{"critical", "normal", "high", "normal", "normal", "critical", "high", "normal", "high"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("labels (-want +got)\n%s", diff)
	}
	for _, bad := range []desk.Urgency{
		{Bounds: desk.UrgencyBounds{Normal: 1, High: 1, Critical: 2}},
		{Signals: []desk.Signal{{Name: "gossip", Weight: weight(1)}}},
		{Signals: []desk.Signal{{Name: "safety", Words: map[string][]string{"klingon": {"x"}}}}},
	} {
		if _, err := triage.New(triage.Options{Urgent: bad}); err == nil {
			t.Errorf("%+v was accepted", bad)
		}
	}
	if pipeline(t, signals(desk.Signal{Name: "legal", Weight: weight(1)})).Rules() == pipeline(t, triage.Options{}).Rules() {
		t.Error("other weights have the same name")
	}
}
