package triage

import (
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/triage/model"
)

// intentTagger weighs what the writer wants: its own words, the question mark, the sentiment and the stars, and what the learned model
// makes of the whole.
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

// intentSums holds a number for each class.
type intentSums [len(intentLabels)]float64

// What words can say of an intent at most, and what makes nats of their weights.
const (
	intentMost = 4.0
	intentHeat = 1.3
)

// Tag implements [Tagger].
func (intentTagger) Tag(in Input, v *desk.Verdict) {
	if !in.wordsIn() && !in.Rating.Known() {
		return
	}
	start := len(v.Reasons)
	words := in.intentWords(v)
	scores := words
	add := func(by string, terms intentSums) {
		for i, t := range terms {
			scores[i] += t
		}
		in.intentReason(v, by, terms)
	}
	feeling := intentOfSentiment(v.Sentiment.Scores)
	if words[fault] > 0 {
		feeling[fault] += min(float64(2*v.Sentiment.Scores.Negative), intentMost-words[fault]) // what is broken may annoy and is still no complaint about people
	}
	add("prior", intentSums{other: 0.9, fault: -0.4})
	add("sentiment", feeling)
	if in.Shape.Questions > 0 {
		add("question mark", intentSums{question: 1.8, praise: -0.5})
	}
	add("model", in.intentLearned(languageOf(&in, v)))
	best, p := softmaxBest(scores[:], intentHeat)
	v.Intent = desk.Tag{Label: intentLabels[best], Score: round(p)}
	in.keepIntent(v, start, best)
}

// intentWords adds the words of each intent up, the first of a class most. Each gets a reason whose Text is its words and whose only
// move is that of its class.
func (in *Input) intentWords(v *desk.Verdict) (scores intentSums) {
	var found [len(intentLabels)]int
	told := 0
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
		if w = min(w, intentMost-scores[s.class]); w == 0 || told == maxReasons {
			return
		}
		told++
		scores[s.class] += w
		r := reason(in, h, "intent", "word", w*intentHeat)
		r.Moves = in.work.moved(desk.Move{Label: intentLabels[s.class], By: r.Weight})
		v.Reasons = append(v.Reasons, r)
	})
	return scores
}

// intentOfSentiment is what the sentiment says about each intent.
func intentOfSentiment(s desk.SentimentScores) intentSums {
	return intentSums{
		complaint: float64(2.6*s.Negative) - float64(1.5*s.Positive),
		praise:    float64(2.6*s.Positive) - float64(2*s.Negative),
		fault:     -s.Positive,
		question:  -float64(1.6 * s.Negative), // "is anybody there?" asks nothing
		request:   -float64(0.3 * s.Negative),
	}
}

// intentLearned is what the learned model says about each intent. It learned them from English almost alone.
func (in *Input) intentLearned(l lang) (terms intentSums) {
	share := learnedAbroad
	if l == langEn {
		share = learnedAtHome
	}
	for _, c := range [...]struct {
		column model.Column
		class  int
	}{{model.Complaint, complaint}, {model.Fault, fault}, {model.Request, request}, {model.Question, question}} {
		terms[c.class] = float64(share * max(-3, min(3, in.model.Score(&in.work.reading, c.column))))
	}
	return terms
}

const (
	learnedAtHome = 0.3
	learnedAbroad = 0.0
)

// opensQuestion tells whether a question word can be one: the text holds a question mark, or it opens its clause.
func opensQuestion(in *Input, h hit) bool {
	if in.Shape.Questions > 0 {
		return true
	}
	return h.first < 2 || in.breaks[h.first]
}

// intentReason adds a reason that is no place in the text. The prior names every intent.
func (in *Input) intentReason(v *desk.Verdict, by string, terms intentSums) {
	start := len(in.work.moves)
	weight := 0.0
	for i, t := range terms {
		if t = round(t * intentHeat); t != 0 || by == "prior" {
			in.work.moves = append(in.work.moves, desk.Move{Label: intentLabels[i], By: t})
		}
		if abs(t) > abs(weight) {
			weight = t
		}
	}
	if end := len(in.work.moves); end > start {
		v.Reasons = append(v.Reasons, desk.Reason{Tag: "intent", By: by, Weight: weight, Moves: in.work.moves[start:end:end]})
	}
}

// keepIntent names the words of the intent that won, as many as are shown, and tells the others as one sum.
func (in *Input) keepIntent(v *desk.Verdict, start, best int) {
	var rest intentSums
	out, named := v.Reasons[:start], 0
	for _, r := range v.Reasons[start:] {
		if r.By == "word" && (r.Moves[0].Label != intentLabels[best] || named == shown) {
			rest[indexOf(intentLabels[:], r.Moves[0].Label)] += r.Moves[0].By / intentHeat
			continue
		}
		if r.By == "word" {
			named++
		}
		out = append(out, r)
	}
	v.Reasons = out
	in.intentReason(v, "rest", rest)
}
