package youtube

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/internal/google"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
)

//go:embed sample.yaml
var sample string

// scope lets the desk read comments and write them. YouTube has no narrower one for comments.
const scope = "https://www.googleapis.com/auth/youtube.force-ssl"

// channelKey is where a grant keeps the id of its channel.
const channelKey = "channel"

// replyLimit is the longest comment that YouTube takes. It does not say what it counts; UTF-16 units are the strictest common way.
const replyLimit = 10000

// Spec describes the kind youtube.
func Spec() connectors.Spec {
	consent := google.Consent(scope)
	consent.Finish = finish
	return connectors.Spec{
		Kind:     "youtube",
		Title:    "YouTube",
		Group:    connectors.GroupSocial,
		Summary:  "YouTube: comments under the videos of a channel, or under single videos",
		Sample:   sample,
		Caps:     capabilities(),
		Login:    &connectors.Login{Consent: consent},
		Rechecks: 50,
		Options:  &Options{},
		New:      New,
	}
}

func capabilities() connectors.Capabilities {
	return connectors.Capabilities{
		Polls: true, Replies: true, Many: true, Edit: true, Delete: true,
		Limit: replyLimit, Counts: "utf16", Certainty: connectors.CertainReadBack, Delay: time.Minute,
		Cost:      "Free, within a quota of mostly 10,000 units a day and Cloud project: a read costs 1, an answer, edit or deletion 50.",
		SeesEdits: true, SeesGone: true,
	}
}

// finish asks which channel a fresh grant speaks as, for that is how our own comments are known.
func finish(ctx context.Context, env connectors.LoginEnv, g desk.Grant) (desk.Grant, error) {
	base := env.Account.Server
	if base == "" {
		base = defaults().Server
	}
	c := &Connector{api: &fetch.API{
		Base: strings.TrimRight(base, "/"), Read: env.HTTP, Now: env.Now, Refuse: refuser(env.Now),
		Sign: func(_ context.Context, r *http.Request, _ bool) error {
			r.Header.Set("Authorization", "Bearer "+g.Access.Reveal())
			return nil
		},
	}}
	l, err := c.list(ctx, channelsPath, url.Values{"part": {"snippet"}, "mine": {"true"}})
	if err != nil {
		return desk.Grant{}, fmt.Errorf("asking which channel this is: %w", err)
	}
	var mine struct {
		ID      string `json:"id"`
		Snippet struct {
			Title     string `json:"title"`
			CustomURL string `json:"customUrl"`
		} `json:"snippet"`
	}
	if len(l.Items) == 0 || json.Unmarshal(l.Items[0], &mine) != nil || mine.ID == "" {
		return desk.Grant{}, desk.Deniedf("this Google account has no YouTube channel; choose the channel's own account on Google's page")
	}
	g.Who = google.Words(mine.Snippet.Title, 200)
	if at := google.Words(mine.Snippet.CustomURL, 200); strings.HasPrefix(at, "@") {
		g.Who = at
	}
	g.Extra = map[string]desk.Secret{channelKey: desk.Secret(mine.ID)}
	return g, nil
}
