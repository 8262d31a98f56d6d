package bluesky

import (
	_ "embed"

	"github.com/earshotdesk/earshot/connectors"
)

//go:embed sample.yaml
var sample string

// Spec describes the kind bluesky.
func Spec() connectors.Spec {
	return connectors.Spec{
		Kind:    "bluesky",
		Title:   "Bluesky",
		Group:   connectors.GroupSocial,
		Summary: "Bluesky: mentions, replies, quotes and searches; answers in public",
		Sample:  sample,
		Caps: connectors.Capabilities{
			Polls: true, Replies: true, Many: true, Delete: true,
			Limit: maxGraphemes, Counts: "graphemes",
			Certainty: connectors.CertainReal,
			SeesGone:  true,
		},
		Login:    login(),
		Rechecks: maxLookup,
		Options:  &Options{},
		New:      New,
	}
}
