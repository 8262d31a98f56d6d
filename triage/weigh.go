package triage

import (
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// heard is what one word of the lexicons says in its surroundings: evidence for when positive, against when negative. A "but"
// stands between as a mark.
type heard struct {
	first, last int32
	by          string
	weight      float64
}

// weigh walks the hits once, from left to right, the longest phrase first at each token.
func (in *Input) weigh(l lang) {
	m := modifiers{language: l, negation: -100, booster: -100}
	m.allCaps = in.Shape.Words >= 4 && in.Shape.Shouted*2 > in.Shape.Words
	list := in.work.heard[:0]
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
			list = append(list, heard{h.first, h.last, "negation", -saysNo})
		case kindBooster:
			m.booster, m.boost = h.last, float64(s.weight)
		case kindBut:
			list = append(list, heard{by: "but"})
			m.after = true
		default:
			if w, by := m.apply(in, h, s, float64(s.weight*factor)); w != 0 {
				list = append(list, heard{h.first, h.last, by, w})
			}
		}
	}
	in.work.heard = list
}

func reason(in *Input, h hit, tag, by string, w float64) desk.Reason {
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
func (m *modifiers) apply(in *Input, h hit, s sense, w float64) (weight float64, by string) {
	tok := in.Doc.Tokens[h.first]
	if tok.Kind == text.Emoji {
		return w, ""
	}
	if h.first-m.booster <= 2 && in.sameClause(m.booster, h.first) {
		w *= m.boost
	}
	if h.stretched {
		w *= 1.2
	}
	if !m.allCaps && text.Shouted(in.Text[tok.From:in.Doc.Tokens[h.last].To]) {
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
	return w, by
}

// sameClause tells whether no clause ends between token a and the later token b.
func (in *Input) sameClause(a, b int32) bool {
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
func languageOf(in *Input, v *desk.Verdict) lang {
	l := langOf(v.Language.Label)
	if l >= langCount {
		return langNone
	}
	return l
}
