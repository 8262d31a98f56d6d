// Package all is the one list of the connectors in this build.
//
// It owns nothing but the list: to add a kind, write its package and add its line here.
package all

import (
	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/appstore"
	"github.com/earshotdesk/earshot/connectors/bluesky"
	"github.com/earshotdesk/earshot/connectors/demo"
	"github.com/earshotdesk/earshot/connectors/discourse"
	"github.com/earshotdesk/earshot/connectors/facebook"
	"github.com/earshotdesk/earshot/connectors/feed"
	"github.com/earshotdesk/earshot/connectors/file"
	"github.com/earshotdesk/earshot/connectors/github"
	"github.com/earshotdesk/earshot/connectors/googlebusiness"
	"github.com/earshotdesk/earshot/connectors/googleplay"
	"github.com/earshotdesk/earshot/connectors/hackernews"
	"github.com/earshotdesk/earshot/connectors/heureka"
	"github.com/earshotdesk/earshot/connectors/instagram"
	"github.com/earshotdesk/earshot/connectors/mastodon"
	"github.com/earshotdesk/earshot/connectors/reddit"
	"github.com/earshotdesk/earshot/connectors/reviewpage"
	"github.com/earshotdesk/earshot/connectors/telegram"
	"github.com/earshotdesk/earshot/connectors/trustpilot"
	"github.com/earshotdesk/earshot/connectors/webhook"
	"github.com/earshotdesk/earshot/connectors/x"
	"github.com/earshotdesk/earshot/connectors/youtube"
)

// Specs describes every kind of connector that this build knows.
func Specs() []connectors.Spec {
	return []connectors.Spec{
		appstore.Spec(),
		bluesky.Spec(),
		demo.Spec(),
		discourse.Spec(),
		facebook.Spec(),
		feed.Spec(),
		file.Spec(),
		github.Spec(),
		googlebusiness.Spec(),
		googleplay.Spec(),
		hackernews.Spec(),
		heureka.Spec(),
		instagram.Spec(),
		mastodon.Spec(),
		reddit.Spec(),
		reviewpage.Spec(),
		telegram.Spec(),
		trustpilot.Spec(),
		webhook.Spec(),
		x.Spec(),
		youtube.Spec(),
	}
}
