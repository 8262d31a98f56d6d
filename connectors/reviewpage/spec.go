package reviewpage

import (
	_ "embed"

	"github.com/earshotdesk/earshot/connectors"
)

//go:embed sample.yaml
var sample string

// Spec describes the kind reviewpage.
func Spec() connectors.Spec {
	return connectors.Spec{
		Kind:    "reviewpage",
		Title:   "Review page",
		Group:   connectors.GroupReviews,
		Summary: "Reviews on a web page: schema.org in JSON-LD, microdata or RDFa, or by selectors",
		Sample:  sample,
		Caps:    connectors.Capabilities{Polls: true, SeesEdits: true, Certainty: connectors.CertainNone},
		Options: &Options{},
		New:     New,
	}
}
