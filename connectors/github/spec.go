package github

import (
	_ "embed"
	"time"

	"github.com/earshotdesk/earshot/connectors"
)

//go:embed sample.yaml
var sample string

// Spec describes the kind github.
func Spec() connectors.Spec {
	return connectors.Spec{
		Kind:     "github",
		Title:    "GitHub",
		Group:    connectors.GroupForums,
		Summary:  "GitHub: issues, comments and discussions of repositories, answered with a comment",
		Sample:   sample,
		Caps:     capabilities(),
		Login:    &connectors.Login{Open: open},
		Rechecks: 50,
		Options:  &Options{},
		New:      New,
	}
}

// capabilities are those of a source with an account. GitHub says that a comment takes 65,536 characters and measured takes 262,144
// bytes; a text of 65,536 characters stays below both.
func capabilities() connectors.Capabilities {
	return connectors.Capabilities{
		Polls: true, Replies: true, Many: true, Edit: true, Delete: true,
		Limit: 65536, Counts: "codepoints",
		Certainty: connectors.CertainReadBack, Delay: 5 * time.Second,
		SeesEdits: true, SeesGone: true,
	}
}
