package triage

import "github.com/earshotdesk/earshot/internal/desk"

// cues are the halves of a deadline: a near time, and a need or a loss.
var cues = [...]string{"now", "demand"}

const (
	cueNow = iota
	cueDemand
	cueReach  = 14   // tokens between the two at most
	cueWeight = 1.32 // of both together; makes a request high, but no outage critical
)

// signal is a place in the text that counts, and what it adds.
type signal struct {
	hit    hit
	class  uint16
	weight float64
}

// signals are the places that count: the strongest word of each class.
type signals struct {
	best    [len(urgencyClasses)]signal
	gravest float64 // the weightiest alarm
	alarm   float64 // what all alarms add
	sum     float64 // what all add
}

// signals finds the words of urgency and weighs them against each other.
func (t urgencyTagger) signals(in *Input, v *desk.Verdict) *signals {
	var f signals
	l := languageOf(in, v)
	in.eachSignal(kindUrgency, l, func(h hit, s sense, w float64) {
		f.put(signal{h, s.class, w * t.scale[s.class]})
	})
	if h, ok := in.deadline(l, v); ok {
		f.put(signal{h, deadline, cueWeight * t.scale[deadline]})
	}
	f.onePlaceOneSignal()
	f.weigh(v.Intent.Label == desk.IntentFault)
	return &f
}

func (f *signals) put(s signal) {
	if s.weight > f.best[s.class].weight {
		f.best[s.class] = s
	}
}

// onePlaceOneSignal leaves words that belong to two classes to the weightier: they are said once.
func (f *signals) onePlaceOneSignal() {
	for c := range f.best {
		for o := range f.best {
			a, b := &f.best[c], &f.best[o]
			if c != o && b.weight > 0 && a.weight >= b.weight && a.hit.first == b.hit.first && a.hit.last == b.hit.last {
				*b = signal{}
			}
		}
	}
}

// weigh decides what each place adds.
func (f *signals) weigh(faulty bool) {
	top := 0
	for c := range alarms {
		if f.best[c].weight > f.best[top].weight {
			top = c
		}
	}
	f.gravest = f.best[top].weight
	for c := range f.best {
		s := &f.best[c]
		switch {
		case c < alarms && c != top, c == deadline && f.gravest > 0 && f.gravest < grave:
			s.weight *= lesser
		case c == anger && f.gravest > 0, c == many && f.gravest == 0 && !faulty:
			s.weight = 0
		}
		s.weight = round(s.weight)
		f.sum += s.weight
		if c < alarms {
			f.alarm += s.weight
		}
	}
}

// deadline looks for a near time beside a need or a loss: "today" alone is a date, "what now?" a question.
func (in *Input) deadline(l lang, v *desk.Verdict) (at hit, ok bool) {
	if v.Intent.Label == desk.IntentQuestion && v.Sentiment.Label != desk.Negative {
		return hit{}, false
	}
	var latest [len(cues)]hit
	var seen [len(cues)]bool
	in.eachSignal(kindCue, l, func(h hit, s sense, _ float64) {
		latest[s.class], seen[s.class] = h, true
		if o := 1 - s.class; !ok && seen[o] && h.first-latest[o].last <= cueReach {
			at, ok = latest[cueNow], true
		}
	})
	return at, ok
}
