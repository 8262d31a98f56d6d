package triage

import (
	"slices"

	"github.com/earshotdesk/earshot/internal/desk"
)

// rulesTagger lets the desk's own rules have the last word; of two that set the same tag the later wins.
type rulesTagger struct {
	rules  []desk.Rule
	bounds desk.UrgencyBounds
}

// compileRules checks the rules and folds their words once.
func compileRules(rules []desk.Rule, bounds desk.UrgencyBounds) (rulesTagger, error) {
	out := make([]desk.Rule, 0, len(rules))
	for i, r := range rules {
		if r.Name == "" {
			return rulesTagger{}, desk.Invalidf("triage rule %d has no name", i+1)
		}
		if err := checkAssign(r); err != nil {
			return rulesTagger{}, err
		}
		words := make([]string, 0, len(r.When.Words))
		for _, w := range r.When.Words {
			words = append(words, phraseOf(w))
		}
		r.When.Words = words
		out = append(out, r)
	}
	return rulesTagger{out, bounds}, nil
}

func checkAssign(r desk.Rule) error {
	for _, c := range []struct {
		field, got string
		allowed    []string
	}{
		{"sentiment", r.Set.Sentiment, []string{desk.Negative, desk.Neutral, desk.Positive}},
		{"urgency", r.Set.Urgency, []string{desk.UrgencyLow, desk.UrgencyNormal, desk.UrgencyHigh, desk.UrgencyCritical}},
		{"intent", r.Set.Intent, intentLabels[:]},
		{"spam", r.Set.Spam, []string{desk.Yes, desk.No}},
		{"offensive", r.Set.Offensive, []string{desk.Yes, desk.No}},
	} {
		if c.got != "" && !slices.Contains(c.allowed, c.got) {
			return desk.Invalidf("triage rule %q sets %s to %q; it must be one of %v", r.Name, c.field, c.got, c.allowed)
		}
	}
	return nil
}

// Tag implements [Tagger].
func (t rulesTagger) Tag(in Input, v *desk.Verdict) {
	for i := range t.rules {
		r := &t.rules[i]
		if Matches(r.When, in, v) {
			apply(r, v, t.bounds)
		}
	}
}

// apply sets what a rule sets, each with a reason that names the rule.
func apply(r *desk.Rule, v *desk.Verdict, bounds desk.UrgencyBounds) {
	say := func(tag string, weight float64) {
		v.Reasons = append(v.Reasons, desk.Reason{Tag: tag, By: "rule", Text: r.Name, Weight: weight})
	}
	if s := r.Set.Sentiment; s != "" {
		v.Sentiment = sureSentiment(s)
		say("sentiment", v.Sentiment.Scores.Positive-v.Sentiment.Scores.Negative)
	}
	for _, f := range []struct {
		tag  string
		to   string
		into *desk.Tag
	}{
		{"urgency", r.Set.Urgency, &v.Urgency},
		{"intent", r.Set.Intent, &v.Intent},
		{"spam", r.Set.Spam, &v.Spam},
		{"offensive", r.Set.Offensive, &v.Offensive},
		{"language", r.Set.Language, &v.Language},
	} {
		if f.to != "" {
			*f.into = desk.Tag{Label: f.to, Score: 1}
			weight := 1.0
			if f.tag == "urgency" {
				weight = ruleWeight(v.Reasons, f.to, bounds) // the sum of the reasons stays what the label says
			}
			say(f.tag, weight)
		}
	}
	for _, p := range r.Set.Products {
		v.Products = addNamed(v.Products, p, 1)
		say("product", 1)
	}
	for _, name := range r.Set.Topics {
		v.Topics = addNamed(v.Topics, name, 1)
		say("topic", 1)
	}
}

func sureSentiment(label string) desk.Sentiment {
	s := desk.Sentiment{Label: label, Score: 1}
	switch label {
	case desk.Negative:
		s.Scores.Negative = 1
	case desk.Positive:
		s.Scores.Positive = 1
	default:
		s.Scores.Neutral = 1
	}
	return s
}
