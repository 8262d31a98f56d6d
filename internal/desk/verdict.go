package desk

import "time"

// Labels that triage gives. They are part of the command line's and the API's contract.
const (
	Negative = "negative"
	Neutral  = "neutral"
	Positive = "positive"

	UrgencyLow      = "low"
	UrgencyNormal   = "normal"
	UrgencyHigh     = "high"
	UrgencyCritical = "critical"

	IntentComplaint = "complaint"
	IntentQuestion  = "question"
	IntentPraise    = "praise"
	IntentRequest   = "request"
	IntentFault     = "fault"
	IntentOther     = "other"

	Yes = "yes"
	No  = "no"

	Undetermined = "und" // the language of a text that has none
)

// Tag is one conclusion and how sure it is.
type Tag struct {
	Label string  `json:"label"`
	Score float64 `json:"score"` // probability, 0 to 1
}

// Sentiment is a tag with the probability of each label.
type Sentiment struct {
	Label  string          `json:"label"`
	Score  float64         `json:"score"`
	Scores SentimentScores `json:"scores"`
}

// SentimentScores are the probabilities of the three labels; they sum to 1.
type SentimentScores struct {
	Negative float64 `json:"negative"`
	Neutral  float64 `json:"neutral"`
	Positive float64 `json:"positive"`
}

// Named is something found in a text, by its configured name.
type Named struct {
	Name  string  `json:"name"`
	Score float64 `json:"score"`
}

// Reason names one cause of one tag. From and To are UTF-8 byte offsets into the text as given; both are 0 when the cause is not
// a place in the text (stars, a rule, the author's history).
type Reason struct {
	Tag    string  `json:"tag"`  // sentiment, urgency, intent, spam, offensive, language, product, topic
	By     string  `json:"by"`   // word, emoji, stars, rule, alias, negation, history, reach …
	Text   string  `json:"text"` // the words as given, or the rule's name
	From   int     `json:"from"`
	To     int     `json:"to"`
	Weight float64 `json:"weight"` // how far it moved the tag; negative moves towards "negative", "low" and "no"
	Moves  []Move  `json:"moves,omitempty"`
}

// Move is by how much a reason moves one label of a tag with several, in natural log units before the softmax. Summing the moves
// of all reasons of a tag for each label and taking the softmax gives the verdict's probabilities again.
type Move struct {
	Label string  `json:"label"`
	By    float64 `json:"by"`
}

// Verdict is triage's conclusion about one text. Its JSON is the contract of `earshot triage --format jsonl`.
type Verdict struct {
	Language  Tag       `json:"language"`
	Sentiment Sentiment `json:"sentiment"`
	Urgency   Tag       `json:"urgency"`
	Intent    Tag       `json:"intent"`
	Spam      Tag       `json:"spam"`
	Offensive Tag       `json:"offensive"`
	Brands    []Named   `json:"brands,omitempty"`
	Products  []Named   `json:"products"`
	Topics    []Named   `json:"topics"`
	Reasons   []Reason  `json:"reasons"`

	Model  string `json:"model,omitempty"`  // which model and lexicons judged
	Rules  string `json:"rules,omitempty"`  // which rules were in force
	Failed string `json:"failed,omitempty"` // the tagger that broke and how; the other tags stand
}

// UrgencyRank orders urgency for sorting: 0 low to 3 critical; what is unknown counts as normal.
func UrgencyRank(label string) int {
	switch label {
	case UrgencyLow:
		return 0
	case UrgencyHigh:
		return 2
	case UrgencyCritical:
		return 3
	}
	return 1
}

// UrgencyOf is the inverse of [UrgencyRank].
func UrgencyOf(rank int) string {
	switch {
	case rank <= 0:
		return UrgencyLow
	case rank == 1:
		return UrgencyNormal
	case rank == 2:
		return UrgencyHigh
	}
	return UrgencyCritical
}

// TriageInput is what taggers may look at: the text and what is known around it. All of it is optional but the text.
type TriageInput struct {
	Text     string // as [Mention.Words] gives it
	Language string // what the site said
	Rating   Rating
	Kind     MentionKind
	Source   string
	Site     Site
	Author   Author
	Context  Context
	Counts   Counts        // when last seen
	Age      time.Duration // of the text when the counts were taken; 0 when the site does not say when it was posted
}

// Context is what the store knows around a mention when it is judged.
type Context struct {
	AuthorPosts     int // by the same author about us in the last 30 days, this one not counted
	AuthorUnhandled int // of these, how many are in a case that nobody answered
	ThreadPosts     int // in the same thread, this one not counted
	ThreadHour      int // of these, how many came within the last hour
}
