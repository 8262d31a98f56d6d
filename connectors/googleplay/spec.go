package googleplay

import (
	_ "embed"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/internal/google"
)

//go:embed sample.yaml
var sample string

// scope lets the desk read and answer reviews, as far as the Play Console gives the account the permission.
const scope = "https://www.googleapis.com/auth/androidpublisher"

// replyLimit is the longest answer that Google Play takes: "approximately 350 characters". It does not say what a character is, so we
// count the strictest way that is common, UTF-16 units.
const replyLimit = 350

// Spec describes the kind googleplay.
func Spec() connectors.Spec {
	return connectors.Spec{
		Kind:     "googleplay",
		Title:    "Google Play",
		Group:    connectors.GroupReviews,
		Summary:  "Google Play: reviews of an Android app",
		Sample:   sample,
		Caps:     capabilities(),
		Login:    &connectors.Login{Consent: google.Consent(scope), Open: google.Open(scope)},
		Rechecks: 10,
		Options:  &Options{},
		New:      New,
	}
}

func capabilities() connectors.Capabilities {
	return connectors.Capabilities{
		Polls: true, Replies: true, Edit: true,
		Limit: replyLimit, Counts: "utf16", Certainty: connectors.CertainUpsert, Delay: 30 * time.Second, Window: window,
		SeesEdits: true, SeesGone: true,
	}
}
