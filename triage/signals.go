package triage

import (
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

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

// urgencyTagger adds up signals of urgency; each class counts once, by its strongest word, with a little for repetition.
type urgencyTagger struct{}

// urgencyClasses are the sections of the lexicons.
var urgencyClasses = [...]string{"safety", "legal", "fraud", "leak", "outage", "deadline", "anger", "many"}

const (
	legal    = 1
	fraud    = 2
	outage   = 4
	deadline = 5
	many     = 7 // "the whole street": counts only beside bad news
)

// cues are the halves of a deadline: a near time, and a need or a loss.
var cues = [...]string{"now", "demand"}

const (
	cueNow = iota
	cueDemand
	cueReach  = 14   // tokens between the two at most
	cueWeight = 1.32 // of both together; makes a request high, but no outage critical
)

// alarms is how many of the classes, from the first, are bad news by themselves.
const alarms = 5

// The bounds between low and normal, normal and high, high and critical, on the scale of the lexicons' weights.
var urgencyBounds = [...]float64{0, 1.75, 3.85}

const (
	manyFollowers = 20_000 // from here on an author's reach counts
	hugeFollowers = 200_000
)

// Tag implements [Tagger].
func (urgencyTagger) Tag(in Input, v *desk.Verdict) {
	l := languageOf(in, v)
	var class [len(urgencyClasses)]float64
	start := len(v.Reasons)
	in.eachSignal(kindUrgency, l, func(h hit, s sense, w float64) {
		if c := &class[s.class]; w > *c {
			*c = w + *c*0.1
		}
		if len(v.Reasons)-start < maxReasons {
			v.Reasons = append(v.Reasons, reason(in, h, "urgency", urgencyClasses[s.class], w))
		}
	})
	in.deadline(l, v, &class[deadline])
	x := urgencyBase(in, v)
	if calm := v.Intent.Label == desk.IntentPraise || v.Sentiment.Label == desk.Positive || in.Kind == desk.KindArticle; calm {
		for i := range class {
			class[i] *= 0.4 // "thanks for fixing the outage today"
		}
	}
	if v.Sentiment.Label != desk.Negative {
		class[many] = 0
	}
	for _, c := range class {
		x += c
	}
	x += circumstances(in, v)
	if v.Spam.Label == desk.Yes {
		x = -2
	}
	setUrgency(v, x)
}

// deadline looks for a near time beside a need or a loss: "today" alone is a date, "what now?" a question.
func (in Input) deadline(l lang, v *desk.Verdict, class *float64) {
	if v.Intent.Label == desk.IntentQuestion && v.Sentiment.Label != desk.Negative || *class >= cueWeight {
		return
	}
	var latest [len(cues)]hit
	var seen [len(cues)]bool
	in.eachSignal(kindCue, l, func(h hit, s sense, _ float64) {
		latest[s.class], seen[s.class] = h, true
		if o := 1 - s.class; *class < cueWeight && seen[o] && h.first-latest[o].last <= cueReach {
			*class = cueWeight
			v.Reasons = append(v.Reasons, reason(in, latest[cueNow], "urgency", "deadline", cueWeight))
		}
	})
}

// urgencyBase is what sentiment and intent alone ask for: praise and small talk are low, the rest is normal.
func urgencyBase(in Input, v *desk.Verdict) float64 {
	switch v.Intent.Label {
	case desk.IntentComplaint, desk.IntentFault:
		return 0.7
	case desk.IntentQuestion, desk.IntentRequest:
		return 0.45
	}
	if v.Sentiment.Label == desk.Negative {
		return 0.4
	}
	return -1
}

// circumstances weighs who speaks and how often.
func circumstances(in Input, v *desk.Verdict) float64 {
	x := 0.0
	say := func(by string, w float64) {
		v.Reasons = append(v.Reasons, desk.Reason{Tag: "urgency", By: by, Weight: w})
		x += w
	}
	if v.Sentiment.Label == desk.Negative || v.Intent.Label == desk.IntentComplaint || v.Intent.Label == desk.IntentFault {
		switch {
		case in.Author.Followers >= hugeFollowers:
			say("reach", 2)
		case in.Author.Followers >= manyFollowers:
			say("reach", 1.2)
		}
	}
	switch {
	case in.Context.AuthorUnhandled >= 2:
		say("history", 1.5)
	case in.Context.AuthorUnhandled == 1:
		say("history", 0.5)
	}
	return x
}

func setUrgency(v *desk.Verdict, x float64) {
	rank := 0
	for _, b := range urgencyBounds {
		if x >= b {
			rank++
		}
	}
	above, below := 1.0, 0.0
	if rank > 0 {
		above = sigmoid(1.6 * (x - urgencyBounds[rank-1]))
	}
	if rank < len(urgencyBounds) {
		below = sigmoid(1.6 * (x - urgencyBounds[rank]))
	}
	v.Urgency = desk.Tag{Label: desk.UrgencyOf(rank), Score: round(max(above-below, 0.25))}
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
			x += w * 0.9
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

// wordsIn tells whether there is anything to read.
func (in Input) wordsIn() bool {
	for _, t := range in.Doc.Tokens {
		if t.Kind == text.Word || t.Kind == text.Emoji || t.Kind == text.Hashtag {
			return true
		}
	}
	return false
}
