package triage

import (
	"slices"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/triage/labelled"
)

// task is what the labels of a file are about, told by the beginning of its name.
type task struct {
	name  string
	tag   string                       // whose reasons explain a mistake
	class string                       // whose precision and recall are shown; "" for none
	fold  map[string]string            // label of the file → ours; a label that is not in it leaves the row out
	all   bool                         // every label is one of ours
	odds  func(*desk.Verdict) []chance // the probability of every label; nil where the verdict does not give them
	top   func(*desk.Verdict) desk.Tag // the winning label, where the verdict may give no more
}

// chance is the probability of one label. Where two are equal, the first of a list wins.
type chance struct {
	label string
	p     float64
}

// The answers to whether a text complains, is spam, or offends, as labelled files have them.
const (
	complains, complainsNot = "complaint", "not_complaint"
	isSpam, isHam           = "spam", "ham"
	offends, offendsNot     = "offensive", "not-offensive"
)

// taskOf returns the task of a file.
func taskOf(file string) (task, error) {
	name, _, _ := strings.Cut(labelled.Name(file), ".")
	list := tasks()
	if i := slices.IndexFunc(list, func(t task) bool { return t.name == name }); i >= 0 {
		return list[i], nil
	}
	var names []string
	for _, t := range list {
		names = append(names, t.name)
	}
	return task{}, desk.Invalidf("%s: the name must begin with the task that its labels belong to: %s", file, strings.Join(names, ", "))
}

func tasks() []task {
	sentiment := same(desk.Negative, desk.Neutral, desk.Positive)
	stars := map[string]string{"0": desk.Negative, "1": desk.Negative, "2": desk.Negative, "3": desk.Neutral, "4": desk.Positive, "5": desk.Positive}
	urgency := same(desk.UrgencyLow, desk.UrgencyNormal, desk.UrgencyHigh, desk.UrgencyCritical)
	urgency["very_low"], urgency["medium"] = desk.UrgencyLow, desk.UrgencyNormal
	intent := same(desk.IntentComplaint, desk.IntentQuestion, desk.IntentPraise, desk.IntentRequest, desk.IntentFault, desk.IntentOther)
	return []task{
		{name: "sentiment", tag: "sentiment", class: desk.Negative, fold: sentiment, odds: feelings},
		{name: "stars", tag: "sentiment", class: desk.Negative, fold: stars, odds: feelings},
		{name: "langid", tag: "language", all: true, top: func(v *desk.Verdict) desk.Tag { return v.Language }},
		{name: "intent", tag: "intent", class: desk.IntentComplaint, fold: intent, odds: intents, top: func(v *desk.Verdict) desk.Tag { return v.Intent }},
		{name: "complaint", tag: "intent", class: complains, fold: same(complains, complainsNot), odds: complaints},
		{name: "spam", tag: "spam", class: isSpam, fold: same(isSpam, isHam), odds: func(v *desk.Verdict) []chance { return yesNo(v.Spam, isSpam, isHam) }},
		{name: "offensive", tag: "offensive", class: offends, fold: same(offends, offendsNot), odds: func(v *desk.Verdict) []chance { return yesNo(v.Offensive, offends, offendsNot) }},
		{name: "urgency", tag: "urgency", class: desk.UrgencyHigh, fold: urgency, top: func(v *desk.Verdict) desk.Tag { return v.Urgency }},
	}
}

func same(labels ...string) map[string]string {
	m := map[string]string{}
	for _, l := range labels {
		m[l] = l
	}
	return m
}

// label maps a file's label to ours; "" leaves the row out.
func (t task) label(given string) string {
	if t.all {
		return given
	}
	return t.fold[given]
}

func feelings(v *desk.Verdict) []chance {
	s := v.Sentiment.Scores
	return []chance{{desk.Neutral, s.Neutral}, {desk.Negative, s.Negative}, {desk.Positive, s.Positive}}
}

func yesNo(t desk.Tag, yes, no string) []chance {
	if t.Label == desk.Yes {
		return []chance{{yes, t.Score}, {no, 1 - t.Score}}
	}
	return []chance{{no, t.Score}, {yes, 1 - t.Score}}
}

// complaints tells whether a text says that something went wrong: a complaint, or the report of a fault, for the corpora that
// ask about complaints count both.
func complaints(v *desk.Verdict) []chance {
	tag := desk.Tag{Label: desk.No, Score: v.Intent.Score}
	if all := intents(v); all != nil {
		p := 0.0
		for _, c := range all {
			if c.label == desk.IntentComplaint || c.label == desk.IntentFault {
				p += c.p
			}
		}
		tag.Score = 1 - p
	} else if v.Intent.Label == desk.IntentComplaint || v.Intent.Label == desk.IntentFault {
		tag.Label = desk.Yes
	}
	return yesNo(tag, complains, complainsNot)
}

// intents works the probability of each intent out from the reasons; nil where they do not give the verdict again.
func intents(v *desk.Verdict) []chance {
	r, ok := recompute("intent", v.Reasons, desk.UrgencyBounds{})
	if !ok || r.Set != "" || !r.Agrees(*v) {
		return nil
	}
	var out []chance
	for _, c := range r.Chances {
		out = append(out, chance{c.Label, c.P})
	}
	return out
}

// answer is what triage says about one row, among the labels of its file.
type answer struct {
	got   string
	sure  float64 // the probability of got
	brier float64 // the squared distance between the probabilities and the truth, 0 to 2
}

// answer decides between the labels that the file has.
func (t task) answer(v *desk.Verdict, want string, labels []string) answer {
	var list []chance
	if t.odds != nil {
		list = among(t.odds(v), labels)
	}
	decided := len(list) == 0
	if decided {
		list = spread(t.nearest(t.top(v), labels), labels)
	}
	a := answer{got: list[0].label, sure: list[0].p}
	for _, c := range list {
		if c.p > a.sure && !decided {
			a.got, a.sure = c.label, c.p
		}
		if c.label == want {
			c.p = 1 - c.p
		}
		a.brier += c.p * c.p
	}
	return a
}

// nearest counts a critical text as highly urgent in a file that knows nothing above high.
func (t task) nearest(tag desk.Tag, labels []string) desk.Tag {
	if t.name == "urgency" && tag.Label == desk.UrgencyCritical && !slices.Contains(labels, desk.UrgencyCritical) {
		tag.Label = desk.UrgencyHigh
	}
	return tag
}

// among shares the probability out among the labels that a file has.
func among(list []chance, labels []string) []chance {
	kept, sum := list[:0], 0.0
	for _, c := range list {
		if slices.Contains(labels, c.label) {
			kept = append(kept, c)
			sum += c.p
		}
	}
	for i := range kept {
		if sum > 0 {
			kept[i].p /= sum
		} else {
			kept[i].p = 1 / float64(len(kept))
		}
	}
	return kept
}

// spread gives the winner, who comes first, its probability and the other labels equal shares of the rest.
func spread(t desk.Tag, labels []string) []chance {
	list := []chance{{t.Label, t.Score}}
	for _, l := range labels {
		if l != t.Label {
			list = append(list, chance{label: l})
		}
	}
	for i := range list[1:] {
		list[1+i].p = (1 - t.Score) / float64(len(list)-1)
	}
	return list
}

// LabelsOf returns what maps the labels of a file to those that its rows are judged by; the function gives "" for rows that are left
// out. The task is told by the file's name, as in [Evaluation.Files].
func LabelsOf(file string) (func(label string) string, error) {
	t, err := taskOf(file)
	return t.label, err
}
