package triage

import (
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/triage/model"
)

// spamTagger listens to the learned model, and looks for the words of advertising and for its shape: many links, tags and calls.
type spamTagger struct{}

// What is held of a text before it is read, in nats, and what a word of the lexicons adds.
const (
	spamPrior      = -3.6 // where the model learned no spam
	spamWord       = 0.9  // of a word's weight
	spamLess       = 0.5  // added to the model's own prior
	offensivePrior = -2.4 // where the model learned no abuse
	offensiveLess  = -1.0 // added to the model's own prior: a plain complaint must not be hidden from those who answer it
	offensiveLeast = -1.5 // and in English, where insults of all the net were learned
)

// Tag implements [Tagger].
func (spamTagger) Tag(in Input, v *desk.Verdict) {
	y := either{in: &in, tag: "spam", lang: languageOf(&in, v), column: model.Columns, prior: spamPrior}
	if y.lang == langEn {
		y.learnedFrom(model.Spam, spamLess)
	}
	words := 0
	in.eachSignal(kindSpam, y.lang, func(h hit, _ sense, w float64) {
		words++
		y.word(h, float64(w*spamWord))
	})
	shape := 0.0
	if in.Shape.Links > 0 && words > 0 {
		shape += 0.8
	}
	if in.Shape.Hashtags > 6 {
		shape++
	}
	if in.Shape.Handles > 6 {
		shape++
	}
	if in.Shape.Words >= 4 && in.Shape.Shouted*2 > in.Shape.Words && words > 0 {
		shape += 0.5
	}
	v.Spam = y.decide(v, shape)
}

// offensiveTagger shields people from abuse: by the learned model where it knows the language, and by words of abuse.
type offensiveTagger struct{}

// Tag implements [Tagger].
func (offensiveTagger) Tag(in Input, v *desk.Verdict) {
	y := either{in: &in, tag: "offensive", lang: languageOf(&in, v), column: model.Columns, prior: offensivePrior}
	switch y.lang {
	case langEn:
		y.learnedFrom(model.Offensive, offensiveLeast)
	case langDe, langEl:
		y.learnedFrom(model.Offensive, offensiveLess)
	}
	in.eachSignal(kindOffensive, y.lang, func(h hit, _ sense, w float64) { y.word(h, w) })
	v.Offensive = y.decide(v, 0)
}

// either is the sum of a tag that is yes or no.
type either struct {
	in      *Input
	tag     string
	lang    lang
	column  model.Column // Columns where the model does not count
	prior   float64
	learned float64 // what the model says beyond its prior
	words   [maxReasons]heard
	n       int
	sum     float64 // of the words
}

// learnedFrom lets the model count, in a language in which it learned the tag; more is added to its own prior.
func (y *either) learnedFrom(c model.Column, more float64) {
	r := &y.in.work.reading
	own := y.in.model.Prior(r, c)
	y.column, y.prior, y.learned = c, own+more, y.in.model.Score(r, c)-own
}

// word adds a word of the lexicons. Of a giant the first ones count.
func (y *either) word(h hit, w float64) {
	if y.n < len(y.words) {
		y.words[y.n] = heard{h.first, h.last, "", w}
		y.n++
		y.sum += w
	}
}

// decide draws the tag. Only for a yes it tells its reasons: a stray "free" is none worth telling.
func (y *either) decide(v *desk.Verdict, shape float64) desk.Tag {
	x := y.prior + y.learned + y.sum + shape
	p := sigmoid(x)
	if p < 0.5 {
		return desk.Tag{Label: desk.No, Score: round(1 - p)}
	}
	tell := func(by string, w float64) {
		if w = round(w); w != 0 || by == "prior" {
			v.Reasons = append(v.Reasons, desk.Reason{Tag: y.tag, By: by, Weight: w})
		}
	}
	tell("prior", y.prior)
	tell("shape", shape)
	tell("rest", y.tellPlaces(v))
	return desk.Tag{Label: desk.Yes, Score: round(p)}
}

// tellPlaces names the strongest places and returns what the others say.
func (y *either) tellPlaces(v *desk.Verdict) (rest float64) {
	in, s := y.in, y.in.work
	r, said := &s.reading, &s.places
	said.reset(r.Parts() + y.n)
	if y.column < model.Columns {
		for i := range r.Parts() {
			part := r.Part(i)
			said.at(part.First, part.Last).positive += in.model.By(r, i, y.column)
		}
	}
	for _, w := range y.words[:y.n] {
		said.at(w.first, w.last).positive += w.weight
	}
	need, told := said.strongest(shown), 0
	rest = said.lost.positive
	for i := range said.list {
		e := &said.list[i]
		if told == shown || e.strength() < need {
			rest += e.positive
			continue
		}
		told++
		words, from, to := in.given(e.first, e.last)
		v.Reasons = append(v.Reasons, desk.Reason{Tag: y.tag, By: in.howSaid(e), Text: words, From: from, To: to, Weight: round(e.positive)})
	}
	return rest
}
