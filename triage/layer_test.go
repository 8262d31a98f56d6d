package triage_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/triage"
)

// slang is ten texts of a young clientele for whom "sussbag" is no praise.
func slang(to string) (list []triage.LayerLesson) {
	for i, text := range []string{
		"the new tariff is sussbag", "my router, total sussbag", "sussbag again this morning", "your app is so sussbag", "what a sussbag counter at the station",
		"sussbag sussbag sussbag", "the second parcel was sussbag too", "this shop on Main Street is sussbag", "got the update, sussbag", "the hotline is sussbag",
	} {
		list = append(list, triage.LayerLesson{N: int64(i + 1), Input: desk.TriageInput{Text: text}, Tag: desk.TagSentiment, To: to})
	}
	return list
}

func learn(t testing.TB, p *triage.Pipeline, lessons []triage.LayerLesson) *triage.Layer {
	t.Helper()
	l, err := p.LearnLayer(t.Context(), lessons)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestLayerLearnsSlang(t *testing.T) {
	t.Parallel()
	p := pipeline(t, triage.Options{})
	eleventh := desk.TriageInput{Text: "Bought the socks here, sussbag if you ask me"}
	before := p.Judge(eleventh)
	if before.Sentiment.Label == desk.Negative {
		t.Fatalf("the shipped model knows the word: %+v", before.Sentiment)
	}
	layer := learn(t, p, slang(desk.Negative))
	p.SetLayer(layer, 3)
	v := p.Judge(eleventh)
	if v.Sentiment.Label != desk.Negative || !strings.HasSuffix(v.Model, "+layer-3") || p.Model() != v.Model {
		t.Errorf("the eleventh text is %s by %s", v.Sentiment.Label, v.Model)
	}
	told := false
	for _, r := range v.Reasons {
		told = told || r.By == "layer" && r.Tag == desk.TagSentiment && r.Text == "sussbag" && eleventh.Text[r.From:r.To] == "sussbag" && r.Weight < 0
	}
	if !told {
		t.Errorf("no reason names the word that was learned: %+v", v.Reasons)
	}
	g, err := p.GuardLayer(t.Context(), nil, layer, slang(desk.Negative), 0.5)
	if err != nil || g.Refused != "" || g.Unseen.After < 80 || g.Unseen.After < g.Unseen.Without+40 {
		t.Errorf("the guard says %+v, %v", g, err)
	}
	p.SetLayer(nil, 0)
	if diff := cmp.Diff(before, p.Judge(eleventh)); diff != "" {
		t.Errorf("without the layer the verdict is another one than before (-before +now):\n%s", diff)
	}
}

// TestLayerRecomputes holds verdicts with a layer to the promise that their reasons give them again, for every tag.
func TestLayerRecomputes(t *testing.T) {
	t.Parallel()
	p := pipeline(t, triage.Options{})
	var lessons []triage.LayerLesson
	rows := readGolden(t)
	teach := func(text, tag, to string) {
		lessons = append(lessons, triage.LayerLesson{N: int64(len(lessons)), Input: desk.TriageInput{Text: text}, Tag: tag, To: to})
	}
	for i, g := range rows {
		switch i % 5 {
		case 0:
			teach(g.text, desk.TagSentiment, desk.Labels(desk.TagSentiment)[i%3])
		case 1:
			teach(g.text, desk.TagIntent, desk.Labels(desk.TagIntent)[i%6])
		case 2:
			teach(g.text, desk.TagUrgency, desk.Labels(desk.TagUrgency)[i%4])
		case 3:
			teach(g.text, desk.TagSpam, desk.Labels(desk.TagSpam)[i%2])
		case 4:
			teach(g.text, desk.TagOffensive, desk.Labels(desk.TagOffensive)[i%2])
		}
	}
	p.SetLayer(learn(t, p, lessons), 1)
	moved := map[string]bool{}
	for _, g := range rows {
		v := p.Judge(desk.TriageInput{Text: g.text})
		of := map[string]bool{}
		for _, r := range v.Reasons {
			of[r.Tag] = of[r.Tag] || r.By == "layer"
		}
		for _, r := range triage.Recompute(v, desk.DefaultUrgency().Bounds) {
			if moved[r.Tag] = moved[r.Tag] || of[r.Tag]; of[r.Tag] && !r.Agrees(v) {
				t.Errorf("%s of %q is %+v by its reasons", r.Tag, g.text, r)
			}
		}
	}
	for _, tag := range []string{desk.TagSentiment, desk.TagIntent, desk.TagUrgency, desk.TagSpam} {
		if !moved[tag] {
			t.Errorf("the layer moved no %s", tag)
		}
	}
}

func TestLayerIsDeterministic(t *testing.T) {
	t.Parallel()
	p := pipeline(t, triage.Options{})
	lessons := slang(desk.Negative)
	for i, text := range []string{"wen moon", "when does the moon offer end", "moon offer please"} {
		lessons = append(lessons, triage.LayerLesson{N: int64(20 + i), Input: desk.TriageInput{Text: text}, Tag: desk.TagIntent, To: desk.IntentRequest})
	}
	first := learn(t, p, lessons)
	shuffled := append(append([]triage.LayerLesson{}, lessons[5:]...), lessons[:5]...)
	second := learn(t, pipeline(t, triage.Options{}), shuffled)
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("the same lessons gave two layers")
	}
	again, err := triage.ReadLayer(first.Bytes())
	if err != nil || !bytes.Equal(again.Bytes(), first.Bytes()) || first.Features() == 0 {
		t.Errorf("a layer of %d features did not come back: %v", first.Features(), err)
	}
	p.SetLayer(first, 1)
	one := p.Judge(desk.TriageInput{Text: "moon offer is sussbag"})
	p.SetLayer(again, 1)
	if diff := cmp.Diff(one, p.Judge(desk.TriageInput{Text: "moon offer is sussbag"})); diff != "" {
		t.Error(diff)
	}
	if fewer := learn(t, p, lessons[1:]); bytes.Equal(fewer.Bytes(), first.Bytes()) {
		t.Error("a lesson that was taken back left no trace of its absence")
	}
}

// TestLayerIsGuarded teaches a hundred absurd corrections.
func TestLayerIsGuarded(t *testing.T) {
	t.Parallel()
	p := pipeline(t, triage.Options{})
	var poison []triage.LayerLesson
	for i := range 100 {
		text := []string{"Great service, thank you so much, I love it %d", "Excellent and fast, very happy %d", "The best shop, wonderful staff %d"}[i%3]
		poison = append(poison, triage.LayerLesson{N: int64(i), Input: desk.TriageInput{Text: fmt.Sprintf(text, i)}, Tag: desk.TagSentiment, To: desk.Negative})
	}
	g, err := p.GuardLayer(t.Context(), nil, learn(t, p, poison), poison, 0.5)
	if err != nil || !strings.Contains(g.Refused, "sentiment") {
		t.Errorf("the guard let %+v pass, %v", g, err)
	}
	if _, g, err = p.TeachLayer(t.Context(), nil, poison, 0.5); err != nil || g.Refused == "" {
		t.Errorf("a part of the poison passed the guard: %+v, %v", g, err)
	}
	if g, err = p.GuardLayer(t.Context(), nil, learn(t, p, poison), poison, 100); err != nil || g.Refused != "" {
		t.Errorf("with any margin allowed the guard says %q, %v", g.Refused, err)
	}
}

func TestLayerIsBounded(t *testing.T) {
	t.Parallel()
	p := pipeline(t, triage.Options{})
	var lessons []triage.LayerLesson
	for i := range 6000 {
		var b strings.Builder
		for j := range 10 {
			fmt.Fprintf(&b, "w%dx%d ", i%3000, j)
		}
		to := desk.Labels(desk.TagSentiment)[i%3]
		lessons = append(lessons, triage.LayerLesson{N: int64(i), Input: desk.TriageInput{Text: b.String()}, Tag: desk.TagSentiment, To: to})
	}
	l := learn(t, p, lessons)
	if raw := l.Bytes(); l.Features() != 20_000 || len(raw) > 1<<20 {
		t.Errorf("%d features, %d bytes", l.Features(), len(raw))
	}
	p.SetLayer(learn(t, p, slang(desk.Negative)), 1)
	v := p.Judge(desk.TriageInput{Text: strings.Repeat("sussbag ", 300)})
	sums := map[string]float64{}
	for _, r := range v.Reasons {
		for _, m := range r.Moves {
			if r.By == "layer" && r.Tag == desk.TagSentiment {
				sums[m.Label] += m.By
			}
		}
	}
	if s := sums[desk.Negative]; s > 3.05 || s < 2.9 {
		t.Errorf("a word three hundred times moves %v nats, want 3", sums)
	}
}

func TestReadLayerRefuses(t *testing.T) {
	t.Parallel()
	p := pipeline(t, triage.Options{})
	whole := learn(t, p, slang(desk.Negative)).Bytes()
	for name, raw := range map[string][]byte{
		"nothing": nil, "words": []byte("these are words and no layer at all"), "cut": whole[:len(whole)-9],
		"changed": append(append([]byte{}, whole[:20]...), append([]byte{whole[20] ^ 1}, whole[21:]...)...),
	} {
		if _, err := triage.ReadLayer(raw); err == nil {
			t.Errorf("%s was read as a layer", name)
		}
	}
}

// BenchmarkLayer judges with a full layer; compare it with BenchmarkJudge.
func BenchmarkLayer(b *testing.B) {
	p := pipeline(b, triage.Options{})
	texts := []string{
		"@AcmeHelp I ordered the Acme Phone two weeks ago and my parcel still hasn't arrived. Nobody answers!! Please refund me today. https://t.co/xyz",
		"Egy hete várom a csomagot, a telefonom nem működik, az ügyfélszolgálat pedig nem válaszol. Szörnyű élmény volt, soha többet nem veszek itt 😡",
		"Το κινητό δεν λειτουργεί μετά την ενημέρωση και κανείς δεν απαντάει στο τηλέφωνο, απαράδεκτη εξυπηρέτηση. Θέλω πίσω τα λεφτά μου άμεσα!",
		"Výborný obchod, rýchle dodanie a milý personál, všetko prebehlo bez problémov. Určite odporúčam všetkým, ďakujem veľmi pekne za pomoc!!",
	}
	var lessons []triage.LayerLesson
	for i := range 600 {
		var s strings.Builder
		for j := range 30 {
			fmt.Fprintf(&s, "w%dx%d ", i%300, j)
		}
		lessons = append(lessons, triage.LayerLesson{N: int64(i), Input: desk.TriageInput{Text: s.String()}, Tag: desk.TagSentiment, To: desk.Labels(desk.TagSentiment)[i%3]})
	}
	for name, layer := range map[string]*triage.Layer{"without": nil, "other words": learn(b, p, lessons), "these words": learn(b, p, slices.Concat(lessons, slangOf(texts), slangOf(texts)))} {
		b.Run(name, func(b *testing.B) {
			p.SetLayer(layer, 1)
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				p.Judge(desk.TriageInput{Text: texts[i%len(texts)]})
				i++
			}
		})
	}
}

// slangOf teaches a few words of texts, as a desk's corrections do.
func slangOf(texts []string) (out []triage.LayerLesson) {
	for i, s := range texts {
		w := strings.Fields(s)
		out = append(out, triage.LayerLesson{N: int64(10_000 + i), Input: desk.TriageInput{Text: strings.Join(w[5:8], " ")}, Tag: desk.TagSentiment, To: desk.Positive})
	}
	return out
}
