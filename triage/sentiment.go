package triage

import (
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// sentimentTagger adds up the words of sentiment, turned by negations, raised by boosters, capitals and exclamation marks, and
// lets stars weigh far more than any word.
type sentimentTagger struct{}

// The model is a softmax over three scores that are linear in the evidence. The numbers were set on labelled reviews and posts.
const (
	biasNegative   = -0.58
	biasPositive   = -0.55
	slopeOwn       = 0.75  // of the evidence for a label
	slopeOther     = -0.20 // of the evidence against it
	ceiling        = 9.0   // more evidence than this adds nothing
	scopeNegation  = 3     // tokens before a word in which a negation turns it
	turnedPositive = -0.8  // what is left of "good" in "not good"
	turnedNegative = -0.5  // and of "bad" in "not bad"
	saysNo         = 0.5   // a negation alone speaks a little against
	alarmed        = 0.4   // of the weight that a word of danger has for its own tag
	disabled       = 0.6   // and of that of a fault or an outage
	beforeBut      = 0.7
	afterBut       = 1.25
	maxReasons     = 60 // per tagger; a text of a megabyte is not quoted whole
)

// settled marks the senses of sentiment that no word before them turns: "nobody came" says no twice and means it once.
const settled = 1

// evidence is what speaks for each side, both positive numbers.
type evidence struct{ negative, positive float64 }

// Tag implements [Tagger].
func (sentimentTagger) Tag(in Input, v *desk.Verdict) {
	e := weigh(in, v)
	scores := [3]float64{
		biasNegative + float64(slopeOwn*e.negative) + float64(slopeOther*e.positive),
		0,
		biasPositive + float64(slopeOwn*e.positive) + float64(slopeOther*e.negative),
	}
	if in.Shape.Words == 0 && e == (evidence{}) {
		scores[0], scores[2] = -4, -4
	}
	if in.Rating.Known() {
		starsScores(in.Rating.Stars(), &scores, v)
	}
	setSentiment(v, scores)
}

// starsScores adds the prior of the stars; half a star moves as far as a strong word.
func starsScores(stars float64, scores *[3]float64, v *desk.Verdict) {
	weight := float64((stars - 2.75) * 2.2)
	scores[0] -= weight
	scores[2] += weight
	if stars >= 2.5 && stars <= 3.5 {
		scores[1] += 1.5
	}
	v.Reasons = append(v.Reasons, desk.Reason{Tag: "sentiment", By: "stars", Weight: round(weight)})
}

func setSentiment(v *desk.Verdict, scores [3]float64) {
	top := max(scores[0], scores[1], scores[2])
	var p [3]float64
	sum := 0.0
	for i, s := range scores {
		p[i] = exp(s - top)
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

// weigh walks the hits once, from left to right, the longest phrase first at each token.
func weigh(in Input, v *desk.Verdict) evidence {
	var e evidence
	m := modifiers{language: languageOf(in, v), negation: -100, booster: -100}
	m.allCaps = in.Shape.Words >= 4 && in.Shape.Shouted*2 > in.Shape.Words
	start := len(v.Reasons)
	until, idle := int32(0), int32(0)
	for _, h := range in.hits {
		if h.first < until {
			continue
		}
		s, factor, ok := senseFor(h.senses, m.language)
		if !ok || s.kind == kindSentiment && s.class != settled && h.last < idle {
			idle = max(idle, h.idleUntil(m.language))
			continue
		}
		until = h.last + 1
		switch s.kind {
		case kindNegation:
			m.negation = h.last
			e.negative += saysNo
		case kindBooster:
			m.booster, m.boost = h.last, float64(s.weight)
		case kindBut:
			e.negative *= beforeBut
			e.positive *= beforeBut
			m.after = true
		default:
			w, by := m.apply(in, h, s, float64(s.weight*factor))
			e.add(w)
			if w != 0 && len(v.Reasons)-start < maxReasons {
				v.Reasons = append(v.Reasons, reason(in, h, "sentiment", by, w))
			}
		}
	}
	shout := 1 + float64(0.08*float64(min(in.Shape.Exclaims, 4)))
	e.negative = min(e.negative*shout, ceiling)
	e.positive = min(e.positive*shout, ceiling)
	return e
}

func (e *evidence) add(w float64) {
	if w < 0 {
		e.negative -= w
	} else {
		e.positive += w
	}
}

func reason(in Input, h hit, tag, by string, w float64) desk.Reason {
	words, from, to := in.given(h.first, h.last)
	return desk.Reason{Tag: tag, By: by, Text: words, From: from, To: to, Weight: round(w)}
}

// modifiers is what stands before a word and around it.
type modifiers struct {
	language lang
	negation int32 // token of the latest negation
	booster  int32 // and of the latest booster
	boost    float64
	after    bool // a "but" came before
	allCaps  bool // the whole text shouts, so that capitals say nothing
}

// apply weighs one word in its surroundings.
func (m *modifiers) apply(in Input, h hit, s sense, w float64) (weight float64, by string) {
	by = "word"
	tok := in.Doc.Tokens[h.first]
	if tok.Kind == text.Emoji {
		return w, "emoji"
	}
	if h.first-m.booster <= 2 && in.sameClause(m.booster, h.first) {
		w *= m.boost
	}
	if h.stretched {
		w *= 1.2
	}
	if !m.allCaps && shouted(in.Text[tok.From:in.Doc.Tokens[h.last].To]) {
		w *= 1.25
	}
	if s.class != settled && h.first-m.negation <= scopeNegation && in.sameClause(m.negation, h.first) {
		by = "negation"
		if w > 0 {
			w *= turnedPositive
		} else {
			w *= turnedNegative
		}
		if m.language != langEn && m.language != langDe && w > 0 && h.first-m.negation > 1 {
			w = -w * 0.6 // languages of double negation: "nikto nič zlé" does not turn twice
		}
	}
	if m.after {
		w *= afterBut
	}
	if w > 0 && in.aboutOthers(h.first) {
		w *= 0.05 // praise of a competitor is no praise of us
		by = "competitor"
	}
	return w, by
}

// sameClause tells whether no clause ends between token a and the later token b.
func (in Input) sameClause(a, b int32) bool {
	for i := a + 1; i <= b; i++ {
		if i < 0 || in.breaks[i] {
			return false
		}
	}
	return true
}

// senseFor picks the sense that counts in language l and how far it does.
func senseFor(senses []sense, l lang) (best sense, factor float32, ok bool) {
	derived := false
	for _, s := range senses {
		alarm, share := s.kind == kindUrgency && s.class < alarms, float32(alarmed)
		if s.kind == kindIntent && s.class == fault || s.kind == kindUrgency && s.class == outage {
			alarm, share = true, disabled
		}
		switch {
		case alarm && ok:
			continue
		case alarm:
			s.kind, s.class, s.weight = kindSentiment, 0, -s.weight*share
		case s.kind > kindBut:
			continue
		}
		if f := weightIn(s.lang, l); f > factor || derived && f > 0 && !alarm {
			best, factor, ok, derived = s, f, true, alarm
		}
	}
	return best, factor, ok
}

// idleUntil is the token up to which a courtesy in language l silences praise; 0 when h is none.
func (h hit) idleUntil(l lang) int32 {
	for _, s := range h.senses {
		if s.kind == kindIdle && weightIn(s.lang, l) > 0 {
			return h.last + 1
		}
	}
	return 0
}

// languageOf is the language whose lexicons judge: Greek in Latin letters has its own.
func languageOf(in Input, v *desk.Verdict) lang {
	l := langOf(v.Language.Label)
	if l >= langCount {
		return langNone
	}
	return l
}
