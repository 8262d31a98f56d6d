package triage

import "github.com/earshotdesk/earshot/internal/desk"

// intentTagger weighs what the writer wants: its own words, the question mark, the sentiment and the stars.
type intentTagger struct{}

// intentLabels are the classes; the lexicons' sections name them.
var intentLabels = [...]string{
	desk.IntentOther, desk.IntentComplaint, desk.IntentQuestion, desk.IntentPraise, desk.IntentRequest, desk.IntentFault,
}

const (
	other = iota
	complaint
	question
	praise
	request
	fault
)

// Tag implements [Tagger].
func (intentTagger) Tag(in Input, v *desk.Verdict) {
	if !in.wordsIn() && !in.Rating.Known() {
		return
	}
	scores := [len(intentLabels)]float64{other: 0.9}
	var told [maxReasons]uint16
	n := 0
	var found [len(intentLabels)]int
	in.eachSignal(kindIntent, languageOf(in, v), func(h hit, s sense, w float64) {
		if int(s.class) == question && !opensQuestion(in, h) {
			return
		}
		if int(s.class) == praise && (v.Sentiment.Label == desk.Negative || in.aboutOthers(h.first)) {
			return // "thanks for nothing", "the best bread is at the baker's next door"
		}
		if found[s.class]++; found[s.class] > 1 {
			w *= 0.4
		}
		scores[s.class] += min(w, 4)
		if n < maxReasons {
			told[n] = s.class
			n++
			v.Reasons = append(v.Reasons, reason(in, h, "intent", "word", w))
		}
	})
	if found[fault] > 0 {
		scores[fault] += float64(2 * v.Sentiment.Scores.Negative) // what is broken may annoy and is still no complaint about people
	}
	surroundings(in, v, &scores)
	best, p := softmaxBest(scores[:], 1.3)
	v.Intent = desk.Tag{Label: intentLabels[best], Score: round(p)}
	v.Reasons = keepIntent(v.Reasons, told[:n], best)
}

// surroundings adds what sentiment and question marks say about each intent.
func surroundings(in Input, v *desk.Verdict, scores *[len(intentLabels)]float64) {
	for i := range scores {
		scores[i] = min(scores[i], 4)
	}
	s := v.Sentiment.Scores
	scores[complaint] += float64(2.6*s.Negative) - float64(1.5*s.Positive)
	scores[praise] += float64(2.6*s.Positive) - float64(2*s.Negative)
	scores[fault] -= s.Positive + 0.4
	scores[question] -= float64(1.6 * s.Negative) // "is anybody there?" asks nothing
	scores[request] -= float64(0.3 * s.Negative)
	if in.Shape.Questions > 0 {
		scores[question] += 1.8
		scores[praise] -= 0.5
	}
}

// opensQuestion tells whether a question word can be one: the text holds a question mark, or it opens its clause.
func opensQuestion(in Input, h hit) bool {
	if in.Shape.Questions > 0 {
		return true
	}
	return h.first < 2 || in.breaks[h.first]
}

// keepIntent drops the reasons of intents that did not win.
func keepIntent(reasons []desk.Reason, classes []uint16, best int) []desk.Reason {
	start := len(reasons) - len(classes)
	out := reasons[:start]
	for i, c := range classes {
		if int(c) == best {
			out = append(out, reasons[start+i])
		}
	}
	return out
}
