package triage

import (
	"slices"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// Trials finds out what each of some rules would have changed, had it been the last one. Mentions are shown to it one after another,
// the newest first; it keeps counts and few examples, so its memory does not grow with them. It is not safe for concurrent use.
type Trials struct {
	rules []*trial
	doc   text.Doc
	read  bool // doc holds the present text
}

type trial struct {
	rule    desk.Rule
	phrases []text.Phrase
	out     desk.Trial
}

// maxExamples is how many mentions a trial quotes.
const maxExamples = 10

// NewTrials prepares to try rules. It fails on one that cannot be meant, naming it.
func NewTrials(rules []desk.Rule) (*Trials, error) {
	t := &Trials{}
	for i, r := range rules {
		if r.Name == "" {
			return nil, desk.Invalidf("rule %d has no name", i+1)
		}
		if err := checkAssign(r); err != nil {
			return nil, err
		}
		one := &trial{rule: r, out: desk.Trial{Rule: r.Name, Examples: []desk.Example{}}}
		for _, w := range r.When.Words {
			one.phrases = append(one.phrases, text.NewPhrase(w))
		}
		t.rules = append(t.rules, one)
	}
	return t, nil
}

// AsksPast tells whether a rule asks what the author wrote before.
func (t *Trials) AsksPast() bool {
	return slices.ContainsFunc(t.rules, func(r *trial) bool { return r.rule.When.AuthorPosts > 0 })
}

// Add shows one mention. Its past may be empty unless [Trials.AsksPast].
func (t *Trials) Add(j *desk.Judged, past desk.Context) {
	in := inputOf(&j.Mention)
	in.Context = past
	facts := factsOf(&in, &j.Machine)
	t.read = false
	for _, r := range t.rules {
		holds := r.rule.When.Holds(facts, func() bool {
			if !t.read {
				t.doc.Read(in.Text)
				t.read = true
			}
			return slices.ContainsFunc(r.phrases, func(p text.Phrase) bool { return p.In(t.doc.Folded) })
		})
		r.add(j, holds)
	}
}

// inputOf is a mention as conditions look at it.
func inputOf(m *desk.Mention) desk.TriageInput {
	return desk.TriageInput{Text: m.Words(), Language: m.Language, Rating: m.Rating, Kind: m.Kind, Source: m.Source, Site: m.Site, Author: m.Author}
}

// add counts what the rule would have done to one mention.
func (r *trial) add(j *desk.Judged, holds bool) {
	after := j.Machine
	if holds {
		r.out.Matched++
		assign(&r.rule.Set, &after)
	}
	for i := range j.Corrections {
		if c := &j.Corrections[i]; c.Stands {
			r.judge(c, &j.Machine, &after)
		}
	}
	if !holds {
		r.out.Note(nil)
		return
	}
	after = after.Corrected(j.Corrections)
	changes := desk.Changes(&j.Verdict, &after)
	r.out.Note(changes)
	if len(changes) > 0 && len(r.out.Examples) < maxExamples {
		r.out.Examples = append(r.out.Examples, desk.Example{Mention: j.ID, Seen: j.SeenAt, Source: j.Source, Changes: changes, Text: desk.Excerpt(j.Words())})
	}
}

// judge holds the rule to what a person said about a tag that it sets.
func (r *trial) judge(c *desk.Correction, machine, after *desk.Verdict) {
	if desk.Lists(c.Tag) {
		had, has := slices.Contains(machine.Names(c.Tag), c.To), slices.Contains(after.Names(c.Tag), c.To)
		sets := slices.Contains(setNames(&r.rule.Set, c.Tag), c.To)
		switch {
		case c.To != "" && has && !had:
			r.out.Right++
		case c.To != "" && sets && !has:
			r.out.Missed++
		case c.From != "" && slices.Contains(after.Names(c.Tag), c.From) && !slices.Contains(machine.Names(c.Tag), c.From):
			r.out.Wrong++
		}
		return
	}
	was, is := machine.Label(c.Tag), after.Label(c.Tag)
	switch {
	case was != c.To && is == c.To:
		r.out.Right++
	case was != is:
		r.out.Wrong++
	case was != c.To && setLabel(&r.rule.Set, c.Tag) == c.To:
		r.out.Missed++
	}
}

// Results returns what was found, one for each rule in their order.
func (t *Trials) Results() []desk.Trial {
	out := make([]desk.Trial, len(t.rules))
	for i, r := range t.rules {
		r.out.Sort()
		out[i] = r.out
	}
	return out
}

// assign sets the labels that a rule sets, without reasons.
func assign(set *desk.Assign, v *desk.Verdict) {
	for _, tag := range desk.Tags() {
		if desk.Lists(tag) {
			for _, name := range setNames(set, tag) {
				v.Set(tag, name)
			}
		} else if to := setLabel(set, tag); to != "" {
			v.Set(tag, to)
		}
	}
}

func setNames(set *desk.Assign, tag string) []string {
	if tag == desk.TagTopic {
		return set.Topics
	}
	return set.Products
}

// setLabel is what a rule sets a tag to; empty when it leaves it alone.
func setLabel(set *desk.Assign, tag string) string {
	switch tag {
	case desk.TagLanguage:
		return set.Language
	case desk.TagSentiment:
		return set.Sentiment
	case desk.TagUrgency:
		return set.Urgency
	case desk.TagIntent:
		return set.Intent
	case desk.TagSpam:
		return set.Spam
	case desk.TagOffensive:
		return set.Offensive
	}
	return ""
}
