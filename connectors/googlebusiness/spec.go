package googlebusiness

import (
	_ "embed"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/internal/google"
)

//go:embed sample.yaml
var sample string

// scope lets the desk read and answer reviews of the locations that the person manages.
const scope = "https://www.googleapis.com/auth/business.manage"

// replyLimit is the longest answer that Google takes, in bytes of UTF-8.
const replyLimit = 4096

// Spec describes the kind googlebusiness.
func Spec() connectors.Spec {
	return connectors.Spec{
		Kind:     "googlebusiness",
		Title:    "Google Business Profile",
		Group:    connectors.GroupReviews,
		Summary:  "Google Business Profile: reviews of your locations on Google Maps and Search",
		Sample:   sample,
		Caps:     capabilities(),
		Login:    &connectors.Login{Consent: google.Consent(scope)},
		Rechecks: 20,
		Options:  &Options{},
		New:      New,
	}
}

func capabilities() connectors.Capabilities {
	return connectors.Capabilities{
		Polls: true, Replies: true, Edit: true, Delete: true,
		Limit: replyLimit, Counts: "bytes", Certainty: connectors.CertainUpsert, Delay: 30 * time.Second, Moderates: true,
		SeesEdits: true, SeesGone: true,
	}
}
