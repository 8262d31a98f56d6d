package desk

import (
	"slices"
	"time"
)

// Urgency says which signals make a text urgent, how much each weighs, and where the labels part. The zero value means the defaults.
type Urgency struct {
	Bounds  UrgencyBounds `yaml:"bounds" doc:"The sums of weights from which a text is normal, high and critical; below all it is low."`
	Signals []Signal      `yaml:"signals" doc:"Signals to weigh otherwise or to give more words; those not named stay as they are."`
}

// UrgencyBounds are the sums of weights from which on a label holds.
type UrgencyBounds struct {
	Normal   float64 `yaml:"normal" default:"0" min:"-10" max:"20" doc:"From this sum on a text is normal."`
	High     float64 `yaml:"high" default:"1.75" min:"-10" max:"20" doc:"From this sum on it is high."`
	Critical float64 `yaml:"critical" default:"3.85" min:"-10" max:"20" doc:"From this sum on it is critical."`
}

// Signal is one thing that makes a text urgent. Some are found by words, some by what is known around the text, which count from a
// number on: reach by followers, history by unanswered posts of the same person, pace by echoes an hour.
type Signal struct {
	Name   string              `yaml:"name" required:"true" enum:"safety,legal,fraud,leak,outage,deadline,anger,many,reach,history,pace" doc:"safety, legal, fraud, leak, outage, deadline, anger, many (a whole street or town), reach, history or pace."`
	Weight *float64            `yaml:"weight" min:"0" max:"10" doc:"What it adds to the sum; 0 turns it off. A word that is weak evidence adds its part of this."`
	From   int64               `yaml:"from" min:"1" max:"1000000000" doc:"For reach, history and pace: from how many followers, earlier unanswered posts, or echoes an hour (likes, and three for each reply, share and post in the thread) it counts. A signal may stand several times; the highest number reached counts."`
	Words  map[string][]string `yaml:"words" doc:"For the others: further words by language (en, hu, el, sk …; any for all). A trailing * matches every ending."`
}

// The names of the signals that do not come from words.
const (
	SignalReach   = "reach"
	SignalHistory = "history"
	SignalPace    = "pace"
)

// Counted tells whether a signal counts from a number on; the others have words.
func (s Signal) Counted() bool {
	return s.Name == SignalReach || s.Name == SignalHistory || s.Name == SignalPace
}

// DefaultUrgency is what holds where nothing is configured.
func DefaultUrgency() Urgency {
	word := func(name string, w float64) Signal { return Signal{Name: name, Weight: &w} }
	step := func(name string, from int64, w float64) Signal { return Signal{Name: name, From: from, Weight: &w} }
	return Urgency{
		Bounds: UrgencyBounds{Normal: 0, High: 1.75, Critical: 3.85},
		Signals: []Signal{
			word("safety", 3.8), word("legal", 2), word("fraud", 2), word("leak", 3.5), word("outage", 1.8), word("deadline", 1.8),
			word("anger", 0.6), word("many", 1.3),
			step(SignalReach, 20_000, 1.2), step(SignalReach, 200_000, 2),
			step(SignalHistory, 1, 0.5), step(SignalHistory, 2, 1.5), // the second and the third post in a row that nobody answered
			step(SignalPace, 100, 0.6), step(SignalPace, 500, 1.2),
		},
	}
}

// Or fills in the defaults: the bounds when none is set, the weights and numbers of signals that are not named. Naming a counted
// signal replaces all its defaults.
func (u Urgency) Or(defaults Urgency) Urgency {
	if u.Bounds == (UrgencyBounds{}) {
		u.Bounds = defaults.Bounds
	}
	named := map[string]bool{}
	for _, s := range u.Signals {
		named[s.Name] = true
	}
	out := make([]Signal, 0, len(u.Signals)+len(defaults.Signals))
	for _, d := range defaults.Signals {
		if !named[d.Name] {
			out = append(out, d)
			continue
		}
		for _, s := range u.Signals {
			if s.Name == d.Name && !d.Counted() {
				if s.Weight == nil {
					s.Weight = d.Weight
				}
				out = append(out, s)
			}
		}
	}
	for _, s := range u.Signals {
		if s.Counted() || !slices.ContainsFunc(defaults.Signals, func(d Signal) bool { return d.Name == s.Name }) {
			out = append(out, s)
		}
	}
	u.Signals = out
	return u
}

// Label is what a sum of weights means.
func (b UrgencyBounds) Label(sum float64) string {
	switch {
	case sum >= b.Critical:
		return UrgencyCritical
	case sum >= b.High:
		return UrgencyHigh
	case sum >= b.Normal:
		return UrgencyNormal
	}
	return UrgencyLow
}

// Pace is how quickly a text gathers an echo, in echoes an hour: a like is one; a reply, a share and a post in its thread within the
// last hour are three each. What the site counted is spread over the age of the text, an hour at least; without an age it says
// nothing, as the counts of years are no haste.
func Pace(c Counts, age time.Duration, threadHour int) int64 {
	echoes := int64(0)
	if age > 0 {
		echoes = int64(float64(c.Likes+3*c.Replies+3*c.Shares) / max(age.Hours(), 1))
	}
	return max(echoes, 3*int64(threadHour))
}
