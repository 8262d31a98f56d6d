package mastodon

import (
	_ "embed"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/text"
)

//go:embed sample.yaml
var sample string

// defaultLimit is the longest reply that Mastodon takes where nobody changed it.
const defaultLimit = 500

// Spec describes the kind mastodon.
func Spec() connectors.Spec {
	return connectors.Spec{
		Kind:     "mastodon",
		Title:    "Mastodon",
		Group:    connectors.GroupSocial,
		Summary:  "Mastodon, GoToSocial, Pleroma and other servers of the fediverse: mentions, hashtags, searches; public answers",
		Sample:   sample,
		Caps:     capabilities(),
		Login:    login(),
		Rechecks: rechecks,
		Options:  &Options{},
		New:      New,
	}
}

// capabilities are those of a source with default settings.
func capabilities() connectors.Capabilities {
	return connectors.Capabilities{
		Polls: true, Replies: true, Many: true, Edit: true, Delete: true,
		Limit: defaultLimit, Counts: string(text.Mastodon),
		Certainty: connectors.CertainReadBack, Delay: 5 * time.Second,
		SeesEdits: true, SeesGone: true,
	}
}
