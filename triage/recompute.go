package triage

import (
	"cmp"
	"math"
	"slices"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/triage/model"
)

// Chance is one label of a tag and its probability.
type Chance struct {
	Label string  `json:"label"`
	P     float64 `json:"p"`
}

// Recomputed is one tag as its reasons alone give it.
type Recomputed struct {
	Tag     string
	Label   string   // empty where Set is not
	Score   float64  // its probability, 0 to 1
	Chances []Chance // of every label that the reasons speak of, the most probable first; empty for urgency
	Set     string   // the rule or the person that set the tag against all other reasons; then only that can be said
}

// recomputable are the tags whose reasons add up, in the order in which they are told.
var recomputable = [...]string{"language", "sentiment", "urgency", "intent", "spam", "offensive"}

// Recompute works every tag out again from the verdict's reasons and nothing else, as internal/docs/verdicts.md says: by a softmax
// over the labels of the summed moves, for spam and offensive by the sigmoid of the summed weights, for urgency by the bounds that
// the sum of the weights passes. Tags whose reasons do not add up are left out: those of a verdict without moves. Pure.
func Recompute(v desk.Verdict, b desk.UrgencyBounds) []Recomputed {
	var out []Recomputed
	for _, tag := range recomputable {
		if r, ok := recompute(tag, v.Reasons, b); ok {
			out = append(out, r)
		}
	}
	return out
}

func recompute(tag string, reasons []desk.Reason, b desk.UrgencyBounds) (Recomputed, bool) {
	out := Recomputed{Tag: tag}
	var moves []Chance // here P is the sum of the moves
	weights, prior := 0.0, false
	for _, r := range reasons {
		if r.Tag != tag {
			continue
		}
		if (r.By == "rule" || r.By == "person") && tag != "urgency" {
			out.Set = cmp.Or(r.Text, r.By) // the last word wins
		}
		for _, m := range r.Moves {
			moves = move(moves, m)
		}
		weights += r.Weight
		prior = prior || r.By == "prior"
	}
	switch {
	case out.Set != "":
		return out, true
	case tag == "urgency":
		t := Urgency(reasons, b)
		out.Label, out.Score = t.Label, t.Score
		return out, true
	case len(moves) > 0:
		out.Chances = softmax(moves)
	case prior && (tag == "spam" || tag == "offensive"):
		p := sigmoid(weights)
		out.Chances = sorted([]Chance{{desk.Yes, p}, {desk.No, 1 - p}})
	default:
		return out, false
	}
	out.Label, out.Score = out.Chances[0].Label, out.Chances[0].P
	return out, true
}

// move adds a move to the sum of its label.
func move(sums []Chance, m desk.Move) []Chance {
	for i := range sums {
		if sums[i].Label == m.Label {
			sums[i].P += m.By
			return sums
		}
	}
	return append(sums, Chance{m.Label, m.By})
}

// softmax turns sums into probabilities, in place.
func softmax(sums []Chance) []Chance {
	top, total := math.Inf(-1), 0.0
	for _, s := range sums {
		top = max(top, s.P)
	}
	for i := range sums {
		sums[i].P = model.Exp(sums[i].P - top)
		total += sums[i].P
	}
	for i := range sums {
		sums[i].P /= total
	}
	return sorted(sums)
}

func sorted(list []Chance) []Chance {
	slices.SortStableFunc(list, func(a, b Chance) int { return cmp.Compare(b.P, a.P) })
	return list
}

// stated is a tag as the verdict states it.
func stated(v *desk.Verdict, tag string) desk.Tag {
	switch tag {
	case "language":
		return v.Language
	case "sentiment":
		return desk.Tag{Label: v.Sentiment.Label, Score: v.Sentiment.Score}
	case "urgency":
		return v.Urgency
	case "intent":
		return v.Intent
	case "spam":
		return v.Spam
	}
	return v.Offensive
}

// within is how far a recomputed probability may lie from the stated one: every figure of a verdict is rounded to four decimals.
const within = 0.002

// Agrees tells whether a verdict states what its reasons give: the same label, and its probability within 0.002. Where two labels
// are that close, either will do.
func (r Recomputed) Agrees(v desk.Verdict) bool {
	if r.Set != "" {
		return true
	}
	s := stated(&v, r.Tag)
	for _, c := range r.Chances {
		if c.Label == s.Label {
			return abs(c.P-s.Score) <= within && r.Score-c.P <= within
		}
	}
	return len(r.Chances) == 0 && r.Label == s.Label && (abs(r.Score-s.Score) <= within || s.Score == 1) // 1: a rule set it
}
