package heureka

import (
	_ "embed"

	"github.com/earshotdesk/earshot/connectors"
)

//go:embed sample.yaml
var sample string

// Spec describes the kind heureka.
func Spec() connectors.Spec {
	return connectors.Spec{
		Kind:    "heureka",
		Title:   "Heureka",
		Group:   connectors.GroupReviews,
		Summary: "Heureka.sk and Heureka.cz: exports of the reviews of a shop and of its products",
		Sample:  sample,
		Caps:    connectors.Capabilities{Polls: true, SeesEdits: true, Certainty: connectors.CertainNone},
		Options: &Options{},
		New:     New,
	}
}
