package desk

import "time"

// LayerVersion is one version of what the desk learned from corrections. Versions are never changed; one of them, or none, is in force.
type LayerVersion struct {
	Version int64     `json:"version"`
	At      time.Time `json:"at"`
	By      string    `json:"by"`    // who asked for it: a user's identifier, or automatic
	Model   string    `json:"model"` // that it was learned on top of

	First    int64 `json:"first"`    // the lowest number of the corrections that it learned from; 0 for none
	Last     int64 `json:"last"`     // the highest
	Changed  int64 `json:"-"`        // corrections were read up to this [Correction.Changed]
	Lessons  int   `json:"lessons"`  // how many corrections
	Features int   `json:"features"` // words and pairs of words with a weight
	Bytes    int   `json:"bytes"`

	Golden  []LayerScore `json:"golden"`            // macro-F1 of each tag on the golden set, in per cent
	Unseen  LayerScore   `json:"corrections"`       // corrections judged right in per cent, each by a layer that did not learn it
	Refused string       `json:"refused,omitempty"` // why it does not go into force; empty when it may

	InForce   bool `json:"inForce"`
	Forgotten bool `json:"forgotten"` // words that it learned from were forgotten since: its weights are deleted
}

// LayerScore is how well something is judged without a layer, by the one in force before, and by the new one, in per cent.
type LayerScore struct {
	Tag     string  `json:"tag,omitempty"`
	Without float64 `json:"without"`
	Before  float64 `json:"before"`
	After   float64 `json:"after"`
}

// What a desk does with what it learns.
const (
	LayerLearns = "learns" // each new version that passes the guard goes into force
	LayerHeld   = "held"   // a person chose the version in force
	LayerOff    = "off"    // none is in force
)

// LayerState is what the desk does with what it learns now.
type LayerState struct {
	Mode    string    `json:"mode"`
	InForce int64     `json:"inForce"`     // 0 for none
	Newest  int64     `json:"newest"`      // version, perhaps a refused one; 0 for none
	Changed int64     `json:"-"`           // of the newest version
	Model   string    `json:"-"`           // of the newest version
	Taught  int64     `json:"-"`           // the highest [Correction.Changed] that there is
	Pending int       `json:"pending"`     // corrections that changed since the newest version was learned
	At      time.Time `json:"at,omitzero"` // of the last change by a person
	By      string    `json:"by,omitempty"`
}

// LayerUse is a person's choice of what is in force.
type LayerUse struct {
	Mode    string
	Version int64 // with [LayerHeld]
	By      string
}
