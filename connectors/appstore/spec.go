package appstore

import (
	_ "embed"
	"time"

	"github.com/earshotdesk/earshot/connectors"
)

//go:embed sample.yaml
var sample string

// replyLimit is the longest answer. Others measured it; Apple does not document it.
const replyLimit = 5970

// Spec describes the kind appstore.
func Spec() connectors.Spec {
	return connectors.Spec{
		Kind:     "appstore",
		Title:    "App Store",
		Group:    connectors.GroupReviews,
		Summary:  "Apple App Store: reviews of an app, by its public feeds or, with answers, by App Store Connect",
		Sample:   sample,
		Caps:     capabilities(),
		Rechecks: 20,
		Options:  &Options{},
		New:      New,
	}
}

// capabilities are those of App Store Connect.
func capabilities() connectors.Capabilities {
	return connectors.Capabilities{
		Polls: true, Replies: true, Edit: true, Delete: true, Limit: replyLimit, Counts: "utf16",
		Certainty: connectors.CertainUpsert, Delay: 2 * time.Second, Moderates: true, SeesEdits: true, SeesGone: true,
	}
}

// feedCapabilities are those of the public feeds, which show the newest 500 reviews of each country.
func feedCapabilities() connectors.Capabilities {
	return connectors.Capabilities{Polls: true, Certainty: connectors.CertainNone, SeesEdits: true}
}
