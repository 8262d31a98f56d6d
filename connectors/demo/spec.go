package demo

import (
	_ "embed"
	"time"

	"github.com/earshotdesk/earshot/connectors"
)

//go:embed sample.yaml
var sample string

// replyLimit is the longest text that the network takes, in UTF-16 units.
const replyLimit = 500

// Spec describes the kind demo.
func Spec() connectors.Spec {
	return connectors.Spec{
		Kind:     "demo",
		Title:    "Demo network",
		Group:    connectors.GroupOther,
		Summary:  "Demo network: invented people on a small network of our own, to try everything without a real account",
		Sample:   sample,
		Caps:     capabilities(),
		Rechecks: 50,
		Options:  &Options{},
		New:      New,
	}
}

// capabilities are those of a source with default settings.
func capabilities() connectors.Capabilities {
	return connectors.Capabilities{
		Polls: true, Replies: true, Many: true, Edit: true, Delete: true,
		Limit: replyLimit, Counts: "utf16",
		Certainty: connectors.CertainWindow, Resend: keyTrust, Delay: 2 * time.Second,
		SeesEdits: true, SeesGone: true,
	}
}
