package instagram

import (
	_ "embed"
	"time"

	"github.com/earshotdesk/earshot/connectors"
)

//go:embed sample.yaml
var sample string

// Spec describes the kind instagram.
func Spec() connectors.Spec {
	return connectors.Spec{
		Kind:     site,
		Title:    "Instagram",
		Group:    connectors.GroupSocial,
		Summary:  "Instagram: comments under the posts of a professional account; answers as that account",
		Sample:   sample,
		Caps:     capabilities(),
		Login:    login(),
		Rechecks: 20,
		Options:  &Options{},
		New:      New,
	}
}

func capabilities() connectors.Capabilities {
	return connectors.Capabilities{
		Polls: true, Replies: true, Many: true, Delete: true,
		Limit: 2200, Counts: "utf16",
		Certainty: connectors.CertainReadBack, Delay: 5 * time.Second,
		SeesEdits: true, SeesGone: true,
	}
}
