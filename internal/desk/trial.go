package desk

import "time"

// Trial is what one more rule would have changed, had it been the last one.
type Trial struct {
	Rule       string    `json:"rule"`
	Since      time.Time `json:"since"`
	Limited    bool      `json:"limited,omitempty"` // there were more mentions than were looked at; the newest were
	Difference           // over the mentions looked at; a corrected tag does not change
	Matched    int       `json:"matched"` // mentions on which its condition holds

	Right    int       `json:"right"`    // corrected tags that it would have put right by itself
	Wrong    int       `json:"wrong"`    // corrected tags that it would have put to something else than the person did
	Missed   int       `json:"missed"`   // corrected tags of the kinds that it sets, which it would have left wrong
	Examples []Example `json:"examples"` // mentions that it would have changed, the newest first
}

// Example is a mention that a rule would have changed.
type Example struct {
	Mention MentionID `json:"mention"`
	Seen    time.Time `json:"seen"`
	Source  string    `json:"source"`
	Changes []Change  `json:"changes"`
	Text    string    `json:"text"` // how it begins
}

// Proposal is a rule that corrections suggest, in the configuration's own words, and what it would have changed.
type Proposal struct {
	Rule        Rule     `json:"-"`
	YAML        string   `json:"yaml"` // to be pasted under triage.rules
	Corrections []string `json:"corrections"`
	Covers      int      `json:"covers"` // of these, how many texts its words match
	Trial       Trial    `json:"trial"`
}

// Unproposed are corrections that no rule was found for.
type Unproposed struct {
	Tag         string   `json:"tag"`
	From        string   `json:"from"`
	To          string   `json:"to"`
	Corrections []string `json:"corrections"`
	Why         string   `json:"why"`
}

// Proposals is what corrections suggest.
type Proposals struct {
	Proposals []Proposal   `json:"proposals"`
	Left      []Unproposed `json:"left,omitempty"` // without a rule
}
