package triage

import (
	"maps"
	"slices"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
)

// topicsTagger finds the desk's own topics by their words, inflected as the language of the words does. A topic found counts for
// the one above it, too.
type topicsTagger struct{ names *names }

// newTopics compiles the words of the desk's topics.
func newTopics(topics []desk.Topic) (topicsTagger, error) {
	b := newNameBuilder(&nameWords{})
	b.n.overlap = true
	for _, t := range topics {
		if err := addTopic(b, t, ""); err != nil {
			return topicsTagger{}, err
		}
		for _, narrow := range t.Topics {
			if len(narrow.Topics) > 0 {
				return topicsTagger{}, desk.Invalidf("topic %q, which is within %q, has topics within; they nest once", narrow.Name, t.Name)
			}
			if err := addTopic(b, narrow, t.Name); err != nil {
				return topicsTagger{}, err
			}
		}
	}
	if len(b.seen) > 0 {
		b.build()
	}
	return topicsTagger{b.n}, nil
}

func addTopic(b *nameBuilder, t desk.Topic, parent string) error {
	for _, code := range slices.Sorted(maps.Keys(t.Words)) {
		l, err := langOfWords(code, "topic", t.Name)
		if err != nil {
			return err
		}
		to := &target{kind: nameTopic, name: t.Name, brand: parent, lang: l, home: tongueOf(l)}
		for _, w := range t.Words[code] {
			if strings.Trim(w, "* ") != "" {
				b.add(to, w, false)
			}
		}
	}
	return nil
}

// topicScore is how sure one word is of its topic.
const topicScore = 0.7

// Tag implements [Tagger].
func (t topicsTagger) Tag(in Input, v *desk.Verdict) {
	if len(t.names.words) == 0 {
		return
	}
	l := languageOf(&in, v)
	start := len(v.Reasons)
	var buf [16]name
	for _, n := range t.names.in(in.Doc, in.breaks, buf[:0]) {
		if l != langNone && weightIn(n.target.lang, l) < 0.8 {
			continue
		}
		v.Topics = addNamed(v.Topics, n.target.name, topicScore)
		if n.target.brand != "" {
			v.Topics = addNamed(v.Topics, n.target.brand, topicScore)
		}
		if len(v.Reasons)-start < maxReasons {
			from, to := in.Doc.Place(n.start, n.end)
			v.Reasons = append(v.Reasons, desk.Reason{Tag: "topic", By: "word", Text: in.Text[from:to], From: from, To: to, Weight: 1})
		}
	}
}

// addNamed adds a name, or makes one that is there surer.
func addNamed(list []desk.Named, name string, score float64) []desk.Named {
	for i := range list {
		if list[i].Name == name {
			list[i].Score = round(1 - float64((1-list[i].Score)*(1-float64(score*0.5))))
			return list
		}
	}
	return append(list, desk.Named{Name: name, Score: score})
}
