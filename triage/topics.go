package triage

import "github.com/earshotdesk/earshot/internal/desk"

// topicsTagger finds the desk's own topics by their words.
type topicsTagger struct{ names []string }

// Tag implements [Tagger].
func (t topicsTagger) Tag(in Input, v *desk.Verdict) {
	if len(t.names) == 0 {
		return
	}
	l := languageOf(in, v)
	start := len(v.Reasons)
	for _, h := range in.hits {
		for _, s := range h.senses {
			if s.kind != kindTopic || l != langNone && weightIn(s.lang, l) < 0.8 {
				continue
			}
			v.Topics = addNamed(v.Topics, t.names[s.class], 0.7)
			if len(v.Reasons)-start < maxReasons {
				v.Reasons = append(v.Reasons, reason(in, h, "topic", "word", 1))
			}
		}
	}
}

// addNamed adds a name, or makes one that is there surer.
func addNamed(list []desk.Named, name string, score float64) []desk.Named {
	for i := range list {
		if list[i].Name == name {
			list[i].Score = round(1 - (1-list[i].Score)*(1-score*0.5))
			return list
		}
	}
	return append(list, desk.Named{Name: name, Score: score})
}
