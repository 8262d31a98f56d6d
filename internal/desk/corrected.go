package desk

import (
	"cmp"
	"slices"
)

// Label returns the label of a tag that is no list.
func (v *Verdict) Label(tag string) string {
	switch tag {
	case TagLanguage:
		return v.Language.Label
	case TagSentiment:
		return v.Sentiment.Label
	case TagUrgency:
		return v.Urgency.Label
	case TagIntent:
		return v.Intent.Label
	case TagSpam:
		return v.Spam.Label
	case TagOffensive:
		return v.Offensive.Label
	}
	return ""
}

// Names returns the names of a tag that is a list.
func (v *Verdict) Names(tag string) []string {
	list := v.Products
	if tag == TagTopic {
		list = v.Topics
	}
	out := make([]string, 0, len(list))
	for _, n := range list {
		out = append(out, n.Name)
	}
	return out
}

// Set gives a tag a label beyond doubt. For lists it puts the name on the list.
func (v *Verdict) Set(tag, label string) {
	sure := Tag{Label: label, Score: 1}
	switch tag {
	case TagLanguage:
		v.Language = sure
	case TagSentiment:
		v.Sentiment = sureSentiment(label)
	case TagUrgency:
		v.Urgency = sure
	case TagIntent:
		v.Intent = sure
	case TagSpam:
		v.Spam = sure
	case TagOffensive:
		v.Offensive = sure
	case TagProduct:
		v.Products = put(v.Products, label)
	case TagTopic:
		v.Topics = put(v.Topics, label)
	}
}

func put(list []Named, name string) []Named {
	if slices.ContainsFunc(list, func(n Named) bool { return n.Name == name }) {
		return list
	}
	return append(slices.Clip(list), Named{Name: name, Score: 1})
}

func without(list []Named, name string) []Named {
	out := []Named{}
	for _, n := range list {
		if n.Name != name {
			out = append(out, n)
		}
	}
	return out
}

func sureSentiment(label string) Sentiment {
	s := Sentiment{Label: label, Score: 1}
	switch label {
	case Negative:
		s.Scores.Negative = 1
	case Positive:
		s.Scores.Positive = 1
	default:
		s.Scores.Neutral = 1
	}
	return s
}

// Corrected returns the verdict as people corrected it: corrections set their tags one after
// another, and each that stands adds a reason that names who. Why triage itself concluded otherwise is left among the reasons.
func (v Verdict) Corrected(list []Correction) Verdict {
	v.Reasons = slices.Clone(v.Reasons)
	order := slices.SortedFunc(slices.Values(list), func(a, b Correction) int { return cmp.Compare(a.N, b.N) })
	for _, c := range order {
		if c.Withdrawn() {
			continue
		}
		if Lists(c.Tag) {
			v.take(c.Tag, c.From)
		}
		if c.To != "" {
			v.Set(c.Tag, c.To)
		}
		if c.Stands {
			v.Reasons = append(v.Reasons, Reason{Tag: c.Tag, By: ByPerson, Text: cmp.Or(c.ByName, string(c.By)), Weight: c.weight()})
		}
	}
	return v
}

func (v *Verdict) take(tag, name string) {
	if name == "" {
		return
	}
	if tag == TagTopic {
		v.Topics = without(v.Topics, name)
		return
	}
	v.Products = without(v.Products, name)
}

// weight is the direction in which a correction moves its tag.
func (c *Correction) weight() float64 {
	switch {
	case c.Tag == TagSentiment && c.To == Neutral, c.Tag == TagUrgency && c.To == UrgencyNormal:
		return 0
	case c.To == Negative, c.To == UrgencyLow, c.To == No, c.To == "":
		return -1
	}
	return 1
}
