package facebook

import (
	_ "embed"
	"time"

	"github.com/earshotdesk/earshot/connectors"
)

//go:embed sample.yaml
var sample string

// Spec describes the kind facebook.
func Spec() connectors.Spec {
	return connectors.Spec{
		Kind:     site,
		Title:    "Facebook Page",
		Group:    connectors.GroupSocial,
		Summary:  "Facebook Page: comments under its posts, visitors' posts and tags; answers as the Page",
		Sample:   sample,
		Caps:     capabilities(),
		Login:    login(),
		Rechecks: 25,
		Options:  &Options{},
		New:      New,
	}
}

func capabilities() connectors.Capabilities {
	return connectors.Capabilities{
		Polls: true, Replies: true, Many: true, Edit: true, Delete: true,
		Limit: 8000, Counts: "utf16",
		Certainty: connectors.CertainReadBack, Delay: 5 * time.Second,
		SeesEdits: true, SeesGone: true,
	}
}
