package triage

import (
	"slices"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/triage/model"
)

// sentimentTagger adds up what the learned model and the words of the lexicons say, these turned by negations and raised by boosters,
// capitals and exclamation marks, and lets stars weigh far more than any word.
type sentimentTagger struct{}

// What a word of the lexicons says before and behind others, and beside them. The numbers were set on labelled reviews and posts.
const (
	slopeOwn       = 0.75  // nats for a label, of the evidence for it
	slopeOther     = -0.20 // and of the evidence against it
	ceiling        = 9.0   // more evidence than this adds nothing
	scopeNegation  = 3     // tokens before a word in which a negation turns it
	turnedPositive = -0.8  // what is left of "good" in "not good"
	turnedNegative = -0.5  // and of "bad" in "not bad"
	saysNo         = 0.5   // a negation alone speaks a little against
	alarmed        = 0.4   // of the weight that a word of danger has for its own tag
	disabled       = 0.6   // and of that of a fault or an outage
	beforeBut      = 0.7
	afterBut       = 1.25
	maxReasons     = 60   // per tagger; a text of a megabyte is not quoted whole
	silent         = -4.0 // what speaks for a sentiment where nothing is said
	othersOnly     = -1.6 // against both sentiments where a competitor is praised
	disowned       = 0.95 // of the praise around a competitor is no praise of us
)

// settled marks the senses of sentiment that no word before them turns: "nobody came" says no twice and means it once.
const settled = 1

// Tag implements [Tagger].
func (sentimentTagger) Tag(in Input, v *desk.Verdict) {
	var scores [3]float64
	if in.wordsIn() {
		in.listen(v, &scores)
	} else {
		scores[0], scores[2] = silent, silent
		if !in.Rating.Known() {
			setSentiment(v, scores)
			return // nothing was said: neutral, without a reason
		}
		in.sentimentReason(v, spot{by: "prior", negative: silent, positive: silent})
	}
	if in.Rating.Known() {
		in.starsScores(&scores, v)
	}
	setSentiment(v, scores)
}

// listen adds what the model and the lexicons say.
func (in *Input) listen(v *desk.Verdict, scores *[3]float64) {
	s, m, r := in.work, in.model, &in.work.reading
	l := languageOf(in, v)
	mix := mixOf(l)
	in.weigh(l)
	s.places.reset(r.Parts() + len(s.heard))
	for i := range r.Parts() {
		part := r.Part(i)
		p := s.places.at(part.First, part.Last)
		negative, positive := m.Feeling(r, i)
		p.negative += float64(negative * mix.heat)
		p.positive += float64(positive * mix.heat)
	}
	share := mix.lexicons
	if r.Kind == model.Films {
		share = mix.films
	}
	s.addEvidence(in, float64(share*mix.heat))
	prior := spot{by: "prior", negative: float64(m.Prior(r, model.Negative) * mix.heat), positive: float64(m.Prior(r, model.Positive) * mix.heat)}
	in.sentimentReason(v, prior)
	v.Reasons[len(v.Reasons)-1].Text = r.Kind.String()
	said := in.tellPlaces(v)
	praise, quiet := in.praiseOfOthers(v), in.silence(v, l, mix)
	scores[0] = prior.negative + said.negative + praise.negative + quiet
	scores[2] = prior.positive + said.positive + praise.positive + quiet
}

// mix is how the lexicons count beside the model.
type mix struct {
	heat     float64 // of the whole: what two agree on is not twice as sure
	lexicons float64 // share of their slopes
	films    float64 // and in what reads like talk of films, which has words of its own
	silent   float64 // nats against both sentiments where none of their words speaks
	judged   bool    // that only in what reads as if it judged something
	asking   float64 // and further ones where such a text asks for something
}

// mixOf is the mix of a language. The model read few texts in Hungarian, Greek and Slovak that want something and feel nothing, for
// which the lexicons make up. The numbers were set on labelled texts that a twin of the model had not seen, and on golden ones.
func mixOf(l lang) mix {
	switch l {
	case langEn:
		return mix{heat: 0.95, lexicons: 0.2, films: 0.2, silent: -0.8, asking: -2.5}
	case langHu:
		return mix{heat: 0.65, lexicons: 0.6, films: 0.6, silent: -0.6, asking: -2.5}
	case langEl, langGreeklish:
		return mix{heat: 0.9, lexicons: 0.6, films: 0.6, silent: -2.4, judged: true, asking: -2.5}
	case langSk:
		return mix{heat: 0.55, lexicons: 1.5, films: 0.3, silent: -2.4, judged: true, asking: -2.5}
	}
	return mix{heat: 0.95, lexicons: 0.15, films: 0.15}
}

// silence speaks for neutral where no word of the lexicons says anything.
func (in *Input) silence(v *desk.Verdict, l lang, m mix) float64 {
	if len(in.work.heard) > 0 {
		return 0
	}
	quiet := 0.0
	if !m.judged || in.work.reading.Kind <= model.Films {
		quiet = m.silent
	}
	if in.asks(l) {
		quiet += m.asking
	}
	if quiet = round(quiet * m.heat); quiet != 0 {
		in.sentimentReason(v, spot{by: "silence", negative: quiet, positive: quiet})
	}
	return quiet
}

// asks tells whether a text asks for something.
func (in *Input) asks(l lang) bool {
	if in.Shape.Questions > 0 {
		return true
	}
	found := false
	in.eachSignal(kindIntent, l, func(h hit, s sense, _ float64) {
		found = found || int(s.class) == request || int(s.class) == question && opensQuestion(in, h)
	})
	return found
}

// addEvidence adds what the words of the lexicons say to their places.
func (s *scratch) addEvidence(in *Input, share float64) {
	negative, positive := 0.0, 0.0
	factor := 1.0
	for i := len(s.heard) - 1; i >= 0; i-- {
		w := &s.heard[i]
		if w.by == "but" {
			factor *= beforeBut
			continue
		}
		w.weight *= factor
		negative += max(-w.weight, 0)
		positive += max(w.weight, 0)
	}
	shout := 1 + float64(0.08*float64(min(in.Shape.Exclaims, 4)))
	less := [2]float64{share * min(shout, ceiling/max(negative, 1e-9)), share * min(shout, ceiling/max(positive, 1e-9))}
	for i := range s.heard {
		w := &s.heard[i]
		if w.by == "but" {
			continue
		}
		p := s.places.at(w.first, w.last)
		if w.weight < 0 {
			p.negative += float64(-w.weight * less[0] * slopeOwn)
			p.positive += float64(-w.weight * less[0] * slopeOther)
		} else {
			p.positive += float64(w.weight * less[1] * slopeOwn)
			p.negative += float64(w.weight * less[1] * slopeOther)
		}
		if w.by == "negation" {
			p.by = w.by
		}
	}
}

// tellPlaces names the strongest places, each as a reason, and the others together. It returns what all of them say.
func (in *Input) tellPlaces(v *desk.Verdict) spot {
	p := &in.work.places
	need, told := p.strongest(shown), 0
	rest, all := p.lost, p.lost
	for i := range p.list {
		e := &p.list[i]
		all.negative += e.negative
		all.positive += e.positive
		if told == shown || e.strength() < need {
			rest.negative += e.negative
			rest.positive += e.positive
			continue
		}
		told++
		e.by = in.howSaid(e)
		in.sentimentReason(v, *e)
		r := &v.Reasons[len(v.Reasons)-1]
		r.Text, r.From, r.To = in.given(e.first, e.last)
	}
	rest.by = "rest"
	if round(rest.negative) != 0 || round(rest.positive) != 0 {
		in.sentimentReason(v, rest)
	}
	return all
}

// praiseOfOthers takes back the praise in clauses that name a competitor: it is no praise of us.
func (in *Input) praiseOfOthers(v *desk.Verdict) (back spot) {
	at := slices.IndexFunc(in.names, func(n name) bool { return n.target != nil && n.target.kind == nameCompetitor })
	if at < 0 {
		return spot{}
	}
	for i := range in.work.places.list {
		if e := &in.work.places.list[i]; in.aboutOthers(e.first) {
			back.negative -= float64(disowned * e.negative)
			back.positive -= float64(disowned * e.positive)
		}
	}
	if back.negative <= back.positive {
		return spot{} // it is no praise
	}
	back.negative += othersOnly
	back.positive += othersOnly
	if round(back.negative) != 0 || round(back.positive) != 0 {
		back.by = "competitor"
		in.sentimentReason(v, back)
		r := &v.Reasons[len(v.Reasons)-1]
		r.Text = in.names[at].target.name
	}
	return back
}

// sentimentReason adds a reason with what it moves. The prior names neutral, too, so that all labels are named.
func (in *Input) sentimentReason(v *desk.Verdict, p spot) {
	negative, positive := round(p.negative), round(p.positive)
	moves := in.work.moved(desk.Move{Label: desk.Negative, By: negative}, desk.Move{Label: desk.Positive, By: positive})
	if p.by == "prior" {
		moves = in.work.moved(desk.Move{Label: desk.Negative, By: negative}, desk.Move{Label: desk.Neutral}, desk.Move{Label: desk.Positive, By: positive})
	}
	v.Reasons = append(v.Reasons, desk.Reason{Tag: "sentiment", By: p.by, Weight: round(positive - negative), Moves: moves})
}

// starsScores adds the prior of the stars; half a star moves as far as a strong word.
func (in *Input) starsScores(scores *[3]float64, v *desk.Verdict) {
	stars := in.Rating.Stars()
	weight, middle := float64((stars-2.75)*2.2), 0.0
	if stars >= 2.5 && stars <= 3.5 {
		middle = 1.5
	}
	scores[0] -= weight
	scores[1] += middle
	scores[2] += weight
	weight = round(weight)
	v.Reasons = append(v.Reasons, desk.Reason{Tag: "sentiment", By: "stars", Weight: weight, Moves: in.work.moved(
		desk.Move{Label: desk.Negative, By: -weight}, desk.Move{Label: desk.Neutral, By: middle}, desk.Move{Label: desk.Positive, By: weight},
	)})
}

func setSentiment(v *desk.Verdict, scores [3]float64) {
	top := max(scores[0], scores[1], scores[2])
	var p [3]float64
	sum := 0.0
	for i, s := range scores {
		p[i] = model.Exp(s - top)
		sum += p[i]
	}
	negative, positive := round(p[0]/sum), round(p[2]/sum)
	v.Sentiment.Scores = desk.SentimentScores{Negative: negative, Neutral: round(1 - negative - positive), Positive: positive}
	v.Sentiment.Label, v.Sentiment.Score = desk.Neutral, v.Sentiment.Scores.Neutral
	if negative > v.Sentiment.Score && negative >= positive {
		v.Sentiment.Label, v.Sentiment.Score = desk.Negative, negative
	} else if positive > v.Sentiment.Score {
		v.Sentiment.Label, v.Sentiment.Score = desk.Positive, positive
	}
}
