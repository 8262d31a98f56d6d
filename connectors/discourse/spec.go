package discourse

import (
	_ "embed"

	"github.com/earshotdesk/earshot/connectors"
)

//go:embed sample.yaml
var sample string

// Spec describes the kind discourse.
func Spec() connectors.Spec {
	return connectors.Spec{
		Kind:     "discourse",
		Title:    "Discourse",
		Group:    connectors.GroupForums,
		Summary:  "Discourse forums: posts of a forum, answered in the topic",
		Sample:   sample,
		Caps:     capabilities(),
		Rechecks: 10,
		Options:  &Options{},
		New:      New,
	}
}

func capabilities() connectors.Capabilities {
	return connectors.Capabilities{
		Polls: true, Replies: true, Many: true, Edit: true, Delete: true,
		Limit: 32000, Counts: "codepoints",
		Certainty: connectors.CertainReadBack,
		SeesEdits: true, SeesGone: true,
	}
}
