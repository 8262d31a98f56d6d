package triage

import (
	"cmp"
	"maps"
	"slices"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// urgencyClasses are the signals that are found by words: sections of the lexicons and names in the configuration.
var urgencyClasses = [...]string{"safety", "legal", "fraud", "leak", "outage", "deadline", "anger", "many"}

const (
	legal    = 1
	fraud    = 2
	outage   = 4
	deadline = 5
	anger    = 6 // counts where nothing graver does
	many     = 7 // "the whole street": counts only beside bad news
)

// alarms is how many of the classes, from the first, are bad news by themselves.
const alarms = 5

// What the parts of a text's urgency weigh beside its signals, on the scale of the lexicons' weights.
const (
	lesser    = 0.3 // of every alarm but the weightiest: a theft told to a lawyer is not two thefts; and of a deadline beside one
	pressing  = 1.5 // a deadline of this weight is no small talk either
	grave     = 3.0 // an alarm of this weight is no small talk, whatever the sentiment
	baseTalk  = -1.0
	baseBad   = 0.4
	baseWish  = 0.45
	baseFault = 0.7
	calmed    = 0.75 // taken off the signals of praise and news: "thanks for fixing the outage today"
	asked     = 0.5  // taken off the alarms of a mere question: "does the insurance cover fire?"
	spamSum   = -2.0
	clearly   = 0.6 // how sure a positive sentiment must be to calm
)

// urgencyTagger adds up the signals of urgency. Every part of the sum stands in the reasons, see [Urgency].
type urgencyTagger struct {
	bounds  desk.UrgencyBounds
	scale   [len(urgencyClasses)]float64 // configured weights as parts of the lexicons'
	counted []desk.Signal                // those that count from a number on, the highest number first
}

// newUrgencyTagger takes the configured weights, with the defaults filled in.
func newUrgencyTagger(u desk.Urgency) urgencyTagger {
	t := urgencyTagger{bounds: u.Bounds}
	for _, s := range u.Signals {
		if s.Counted() {
			t.counted = append(t.counted, s)
		} else if s.Weight != nil {
			t.scale[indexOf(urgencyClasses[:], s.Name)] = *s.Weight / lexiconWeight(s.Name)
		}
	}
	slices.SortStableFunc(t.counted, func(a, b desk.Signal) int { return cmp.Compare(b.From, a.From) })
	return t
}

// lexiconWeight is what a clear word of a signal weighs in the lexicons: the default of its configuration.
func lexiconWeight(name string) float64 {
	for _, s := range desk.DefaultUrgency().Signals {
		if s.Name == name {
			return *s.Weight
		}
	}
	return 1
}

// checkUrgency refuses signals that cannot be meant; package config says so with the place.
func checkUrgency(u desk.Urgency) error {
	if u.Bounds.High <= u.Bounds.Normal || u.Bounds.Critical <= u.Bounds.High {
		return desk.Invalidf("the bounds of urgency, %g, %g and %g, do not rise", u.Bounds.Normal, u.Bounds.High, u.Bounds.Critical)
	}
	for _, s := range u.Signals {
		if !s.Counted() && !slices.Contains(urgencyClasses[:], s.Name) || s.Weight == nil || s.Counted() && s.From <= 0 {
			return desk.Invalidf("urgency has no signal %q with a weight", s.Name)
		}
	}
	return nil
}

// addSignals enters the desk's own words of signals.
func addSignals(b *builder, signals []desk.Signal) error {
	for _, s := range signals {
		means, err := sectionOf("urgency." + s.Name)
		if err != nil || s.Counted() {
			continue // what is counted has no words
		}
		for _, code := range slices.Sorted(maps.Keys(s.Words)) {
			l, err := langOfWords(code, "signal", s.Name)
			if err != nil {
				return err
			}
			for _, w := range s.Words[code] {
				for _, m := range means {
					m.lang, m.weight = l, m.weight*float32(lexiconWeight(s.Name))
					if phrase := phraseOf(w); phrase != "" && phrase != "*" {
						b.add(phrase, m)
					}
				}
			}
		}
	}
	return nil
}

// Tag implements [Tagger].
func (t urgencyTagger) Tag(in Input, v *desk.Verdict) {
	around := t.circumstances(&in, v)
	if !in.wordsIn() && !in.Rating.Known() && len(around) == 0 {
		return // nothing was said: low, without a reason
	}
	f := t.signals(&in, v)
	add := func(by string, w float64) {
		if w = round(w); w != 0 {
			v.Reasons = append(v.Reasons, desk.Reason{Tag: "urgency", By: by, Weight: w})
		}
	}
	add(urgencyBase(v, (f.gravest >= grave || f.best[deadline].weight >= pressing) && !calm(&in, v)))
	for _, p := range f.best {
		if p.weight > 0 {
			v.Reasons = append(v.Reasons, reason(&in, p.hit, "urgency", urgencyClasses[p.class], p.weight))
		}
	}
	switch {
	case calm(&in, v):
		add("calm", -calmed*f.sum)
	case v.Intent.Label == desk.IntentQuestion && v.Sentiment.Label != desk.Negative:
		add("calm", -asked*f.alarm)
	}
	for _, s := range around {
		add(s.Name, *s.Weight)
	}
	if v.Spam.Label == desk.Yes {
		add("spam", spamSum-urgencySum(v.Reasons))
	}
	v.Urgency = Urgency(v.Reasons, t.bounds)
}

// calm tells whether a text speaks of alarms from a distance: praise, and news about others.
func calm(in *Input, v *desk.Verdict) bool {
	pleased := v.Sentiment.Label == desk.Positive && v.Sentiment.Score >= clearly
	return v.Intent.Label == desk.IntentPraise || pleased || in.Kind == desk.KindArticle
}

// urgencyBase is what sentiment and intent alone ask for: praise and small talk are low, the rest is normal.
func urgencyBase(v *desk.Verdict, alarmed bool) (by string, w float64) {
	switch v.Intent.Label {
	case desk.IntentComplaint, desk.IntentFault:
		return "intent", baseFault
	case desk.IntentQuestion, desk.IntentRequest:
		return "intent", baseWish
	}
	if v.Sentiment.Label == desk.Negative {
		return "sentiment", baseBad
	}
	if alarmed {
		return "alarm", baseBad
	}
	return "intent", baseTalk
}

// circumstances are the signals that count from a number on and do: of each the one with the highest number.
func (t urgencyTagger) circumstances(in *Input, v *desk.Verdict) []desk.Signal {
	bad := v.Sentiment.Label == desk.Negative || v.Intent.Label == desk.IntentComplaint || v.Intent.Label == desk.IntentFault
	var out []desk.Signal
	for _, s := range t.counted {
		n := int64(0)
		switch {
		case s.Name == desk.SignalHistory:
			n = int64(in.Context.AuthorUnhandled)
		case !bad: // praise that many see is no emergency
		case s.Name == desk.SignalReach:
			n = in.Author.Followers
		case s.Name == desk.SignalPace:
			n = desk.Pace(in.Counts, in.Age, in.Context.ThreadHour)
		}
		same := func(o desk.Signal) bool { return o.Name == s.Name }
		if n >= s.From && n > 0 && !slices.ContainsFunc(out, same) {
			out = append(out, s)
		}
	}
	return out
}

// Urgency recomputes the tag from a verdict's reasons: the label is what the sum of the weights of those tagged urgency means under
// the bounds, low when there are none. Every verdict of a [Pipeline] with these bounds has the label that this gives, and its
// score too unless a rule set it. Pure.
func Urgency(reasons []desk.Reason, b desk.UrgencyBounds) desk.Tag {
	if !slices.ContainsFunc(reasons, func(r desk.Reason) bool { return r.Tag == "urgency" }) {
		return desk.Tag{Label: desk.UrgencyLow, Score: 1}
	}
	sum := urgencySum(reasons)
	label := b.Label(sum)
	bounds := [...]float64{b.Normal, b.High, b.Critical}
	above, below := 1.0, 0.0
	rank := desk.UrgencyRank(label)
	if rank > 0 {
		above = sigmoid(1.6 * (sum - bounds[rank-1]))
	}
	if rank < len(bounds) {
		below = sigmoid(1.6 * (sum - bounds[rank]))
	}
	return desk.Tag{Label: label, Score: round(max(above-below, 0.25))}
}

// urgencySum adds the weights up. Rounding makes the order of the reasons indifferent.
func urgencySum(reasons []desk.Reason) float64 {
	sum := 0.0
	for _, r := range reasons {
		if r.Tag == "urgency" {
			sum += r.Weight
		}
	}
	return round(sum)
}

// ruleWeight is what a rule adds so that the sum means the label that it sets: to the middle of the label's stretch.
func ruleWeight(reasons []desk.Reason, label string, b desk.UrgencyBounds) float64 {
	middle := b.Normal - 1
	switch label {
	case desk.UrgencyNormal:
		middle = (b.Normal + b.High) / 2
	case desk.UrgencyHigh:
		middle = (b.High + b.Critical) / 2
	case desk.UrgencyCritical:
		middle = b.Critical + 1
	}
	return round(middle - urgencySum(reasons))
}

// wordsIn tells whether there is anything to read.
func (in *Input) wordsIn() bool {
	for _, t := range in.Doc.Tokens {
		if t.Kind == text.Word || t.Kind == text.Emoji || t.Kind == text.Hashtag {
			return true
		}
	}
	return false
}
