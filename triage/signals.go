package triage

import "github.com/earshotdesk/earshot/internal/desk"

// eachSignal yields what the lexicons of one kind know of the text, once for each place and class.
func (in Input) eachSignal(k kind, l lang, yield func(h hit, s sense, weight float64)) {
	var until [16]int32
	idle := int32(0)
	for _, h := range in.hits {
		if k == kindIntent {
			idle = max(idle, h.idleUntil(l))
		}
		for i, s := range h.senses {
			if s.kind != k || s.class >= uint16(len(until)) || h.first < until[s.class] {
				continue
			}
			if k == kindIntent && s.class == praise && h.last < idle {
				continue
			}
			f := weightIn(s.lang, l)
			for _, o := range h.senses[i+1:] { // the same word in a sister language
				if o.kind == k && o.class == s.class && weightIn(o.lang, l) > f {
					s, f = o, weightIn(o.lang, l)
				}
			}
			if f == 0 {
				continue
			}
			until[s.class] = h.last + 1
			yield(h, s, float64(s.weight*f))
		}
	}
}

// spamTagger looks for the words of advertising and for its shape: many links, tags and calls.
type spamTagger struct{}

// Tag implements [Tagger].
func (spamTagger) Tag(in Input, v *desk.Verdict) {
	x := -3.6
	start := len(v.Reasons)
	words := 0
	in.eachSignal(kindSpam, languageOf(in, v), func(h hit, _ sense, w float64) {
		if words++; words <= maxReasons {
			x += float64(w * 0.9)
			v.Reasons = append(v.Reasons, reason(in, h, "spam", "word", w))
		}
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
	x += shape
	p := sigmoid(x)
	if p >= 0.5 {
		v.Spam = desk.Tag{Label: desk.Yes, Score: round(p)}
		if shape > 0 {
			v.Reasons = append(v.Reasons, desk.Reason{Tag: "spam", By: "shape", Weight: round(shape)})
		}
		return
	}
	v.Spam = desk.Tag{Label: desk.No, Score: round(1 - p)}
	v.Reasons = v.Reasons[:start] // a stray "free" is no reason worth telling
}
