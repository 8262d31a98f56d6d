package trustpilot

import (
	_ "embed"
	"time"

	"github.com/earshotdesk/earshot/connectors"
)

//go:embed sample.yaml
var sample string

// Spec describes the kind trustpilot.
func Spec() connectors.Spec {
	return connectors.Spec{
		Kind:     "trustpilot",
		Title:    "Trustpilot",
		Group:    connectors.GroupReviews,
		Summary:  "Trustpilot: service reviews of a company, with answers",
		Sample:   sample,
		Caps:     capabilities(),
		Login:    login(),
		Rechecks: 20,
		Options:  &Options{},
		New:      New,
	}
}

// capabilities are those of a source that may answer. How long an answer may be is not documented.
func capabilities() connectors.Capabilities {
	c := readingCapabilities()
	c.Replies, c.Edit, c.Delete, c.Certainty, c.Delay = true, true, true, connectors.CertainUpsert, 5*time.Second
	return c
}

func readingCapabilities() connectors.Capabilities {
	return connectors.Capabilities{
		Polls: true, Certainty: connectors.CertainNone, SeesEdits: true, SeesGone: true,
		Cost: "API access is a paid module of Trustpilot's plans.",
	}
}
