package desk

import (
	"regexp"
	"slices"
	"time"
)

// The tags of a verdict, as reasons and corrections name them.
const (
	TagLanguage  = "language"
	TagSentiment = "sentiment"
	TagUrgency   = "urgency"
	TagIntent    = "intent"
	TagSpam      = "spam"
	TagOffensive = "offensive"
	TagProduct   = "product"
	TagTopic     = "topic"
)

// Tags lists every tag that a person may correct.
func Tags() []string {
	return []string{TagLanguage, TagSentiment, TagUrgency, TagIntent, TagSpam, TagOffensive, TagProduct, TagTopic}
}

// ByPerson is the By of a reason that a person gave; its Text is the person's name.
const ByPerson = "person"

// Correction says that a tag of a mention is wrong, and what it should be. Products and topics are a list: there From is taken off
// it, To put on it, and either may be empty. A correction belongs to the words that were read: an edited text asks again.
type Correction struct {
	N       int64     `json:"n"`       // in the order of commits
	Changed int64     `json:"changed"` // grows whenever this correction, or another of the same tag, comes to stand or ceases to; in the order of commits
	ID      string    `json:"id"`      // sorts by time
	Mention MentionID `json:"mention"`
	Version int       `json:"version"` // of the words
	Brand   string    `json:"brand"`

	Tag  string `json:"tag"`
	From string `json:"from"` // what stood there
	To   string `json:"to"`
	Note string `json:"note,omitempty"` // why, in the person's words

	By     UserID    `json:"by"`
	ByName string    `json:"byName"`
	At     time.Time `json:"at"`
	Model  string    `json:"model"` // that gave the verdict
	Rules  string    `json:"rules"` // in force then

	Learnable   bool      `json:"learnable"` // false where a site's terms forbid learning from its texts
	Stands      bool      `json:"stands"`    // it is the last word about the tag for these words: not withdrawn, and no later one overrules it
	WithdrawnAt time.Time `json:"withdrawnAt,omitzero"`
	WithdrawnBy UserID    `json:"withdrawnBy,omitempty"`
}

// Withdrawn tells whether it was taken back.
func (c *Correction) Withdrawn() bool { return !c.WithdrawnAt.IsZero() }

// Lists tells whether a tag is a list of names rather than one label.
func Lists(tag string) bool { return tag == TagProduct || tag == TagTopic }

// Overrules tells whether c has the last word where earlier had it: the same tag, and in lists the same name.
func (c *Correction) Overrules(earlier *Correction) bool {
	if c.Mention != earlier.Mention || c.Version != earlier.Version || c.Tag != earlier.Tag || c.N <= earlier.N {
		return false
	}
	if !Lists(c.Tag) {
		return true
	}
	return names(c, earlier.From) || names(c, earlier.To)
}

func names(c *Correction, name string) bool { return name != "" && (c.From == name || c.To == name) }

// Settle says of corrections of one mention which stand.
func Settle(list []Correction) {
	for i := range list {
		c := &list[i]
		c.Stands = !c.Withdrawn() && !slices.ContainsFunc(list, func(o Correction) bool { return !o.Withdrawn() && o.Overrules(c) })
	}
}

// languageCode is ISO 639-1, or 639-3 where a language has no two letters.
var languageCode = regexp.MustCompile(`^[a-z]{2,3}$`)

// Check says in a sentence why a correction makes no sense by itself.
func (c *Correction) Check() error {
	if !slices.Contains(Tags(), c.Tag) {
		return Invalidf("%q is not a tag; the tags are %s.", c.Tag, enumeration(Tags()))
	}
	if len(c.Note) > mostNote {
		return Invalidf("The note is longer than %d bytes.", mostNote)
	}
	if Lists(c.Tag) {
		if c.From == c.To {
			return Invalidf("Say which %s is wrong, which is right, or both.", c.Tag)
		}
		return nil
	}
	if c.Tag == TagLanguage {
		if !languageCode.MatchString(c.To) {
			return Invalidf("%q is not a language; write its two letters of ISO 639-1, for example en, or und.", c.To)
		}
		return nil
	}
	if allowed := Labels(c.Tag); !slices.Contains(allowed, c.To) {
		return Invalidf("%s can be %s, not %q.", c.Tag, enumeration(allowed), c.To)
	}
	return nil
}

// mostNote is the longest note in bytes.
const mostNote = 2000

// Labels lists what a tag with a fixed set of labels may be; nil for language, product and topic.
func Labels(tag string) []string {
	switch tag {
	case TagSentiment:
		return []string{Negative, Neutral, Positive}
	case TagUrgency:
		return []string{UrgencyLow, UrgencyNormal, UrgencyHigh, UrgencyCritical}
	case TagIntent:
		return []string{IntentComplaint, IntentQuestion, IntentPraise, IntentRequest, IntentFault, IntentOther}
	case TagSpam, TagOffensive:
		return []string{Yes, No}
	}
	return nil
}

func enumeration(words []string) string {
	out := ""
	for i, w := range words {
		switch {
		case i == 0:
		case i == len(words)-1:
			out += " or "
		default:
			out += ", "
		}
		out += w
	}
	return out
}

// Judged is a mention with what triage itself concluded beside the verdict in force.
type Judged struct {
	MentionRow
	Machine     Verdict      // without corrections; the same as Verdict when there are none
	Corrections []Correction // of its present words, those that were not withdrawn
	JudgedAt    time.Time    // names the verdict in force
}

// Lesson is what a correction teaches.
type Lesson struct {
	Correction
	// Learn tells whether it is to be learned: it stands, and the site's terms allow it. Otherwise what was learned of it before must
	// be forgotten, and there are no words.
	Learn   bool
	Said    Mention // with the words that were read
	Machine string  // the tag's label that triage itself had given; empty for lists
}

// Rejudged is another verdict for a mention on its way into the store.
type Rejudged struct {
	N         int64
	Was       time.Time // names the verdict that it replaces
	Machine   *Verdict  // what triage itself concludes now; nil when that stays
	Verdict   Verdict   // to be in force
	Corrected bool      // it differs from what triage itself concluded
}

// Past is what was known of a mention, and around it, when its present words came in.
type Past struct {
	Context
	Counts Counts    // how it had been received by then
	At     time.Time // when that was
}

// Walk asks for a stretch of the mentions that customers wrote, with their verdicts, in the order of arrival or against it. Mentions
// whose words were forgotten are left out.
type Walk struct {
	Since  time.Time // that arrived then or later; zero for all
	After  int64     // whose numbers are greater
	Before int64     // whose numbers are smaller; 0 does not narrow
	Newest bool      // begin with the newest
	Limit  int
	Stale  *Judges // those only whose verdict others gave
	Lean   bool    // verdicts without reasons, model and rules, which are most of their bulk
}

// Judges names who gave a verdict: the model, and the rules in force.
type Judges struct{ Model, Rules string }
