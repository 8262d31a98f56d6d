// Package appstore reads what customers say of an app in Apple's App Store, and answers them.
//
// It speaks two languages: the public feeds of customer reviews, one for each country, which anybody may read and nobody can answer on;
// and the App Store Connect API, which wants a key of the developer's own and gives every review with its answer.
//
// It promises that an answer which a person wrote is never replaced, and that the key never leaves the process: calls carry a token
// signed with it that lasts a quarter of an hour.
package appstore

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
)

// Options are the settings of a source of kind appstore.
type Options struct {
	App       string        `yaml:"app" required:"true" doc:"The app's number, as in its address: apps.apple.com/app/id123456789."`
	Mode      string        `yaml:"mode" default:"rss" enum:"rss,connect" doc:"rss: the public feeds, without answers; connect: App Store Connect, with the account's key."`
	Countries []string      `yaml:"countries" default:"us" doc:"Of the feeds: the stores to read, ISO 3166 with two letters. App Store Connect gives all."`
	KeyID     string        `yaml:"key_id" doc:"Of App Store Connect: the key's ID."`
	IssuerID  string        `yaml:"issuer_id" doc:"Of App Store Connect: the issuer ID above the list of team keys; absent for an individual key."`
	History   desk.Duration `yaml:"history" default:"90d" min:"0s" doc:"Of App Store Connect: how far back the first poll goes; 0s for everything."`
	Overlap   desk.Duration `yaml:"overlap" default:"7d" min:"0s" doc:"Of App Store Connect: how far back every poll looks again, for edits and for answers that a colleague wrote at Apple."`
	Server    string        `yaml:"server" doc:"Address instead of Apple's own, for tests."`
}

const (
	modeRSS     = "rss"
	modeConnect = "connect"

	rssServer     = "https://itunes.apple.com"
	connectServer = "https://api.appstoreconnect.apple.com"
)

var (
	appForm     = regexp.MustCompile(`^[0-9]{1,20}$`)
	countryForm = regexp.MustCompile(`^[a-z]{2}$`)
)

// New makes the connector of a source. It does no I/O.
func New(env connectors.Env, decode func(any) error) (connectors.Connector, error) {
	const day = desk.Duration(24 * time.Hour)
	o := Options{History: 90 * day, Overlap: 7 * day} // where 0 has a meaning
	if err := decode(&o); err != nil {
		return nil, err
	}
	if o.Mode == "" {
		o.Mode = modeRSS
	}
	o.App = strings.TrimPrefix(strings.TrimSpace(o.App), "id")
	if !appForm.MatchString(o.App) {
		return nil, desk.Invalidf("app must be the app's number, as in apps.apple.com/app/id123456789, not %q", o.App)
	}
	if o.History < 0 || o.Overlap < 0 {
		return nil, desk.Invalidf("history and overlap must not be negative")
	}
	switch o.Mode {
	case modeRSS:
		return newFeeds(env, o)
	case modeConnect:
		return newConnect(env, o)
	}
	return nil, desk.Invalidf("mode must be rss or connect, not %q", o.Mode)
}

// site is the place that an app's reviews are of. The two modes number reviews differently; one app is read by one of them.
func (o Options) site() desk.Site { return desk.Site("appstore:" + o.App) }

// page is where a person sees the reviews.
func (o Options) page() string { return "https://apps.apple.com/app/id" + o.App + "?see-all=reviews" }

// Connect reads and answers through App Store Connect.
type Connect struct {
	connectors.OneRemovable
	api *fetch.API
	o   Options
	env connectors.Env
}

func newConnect(env connectors.Env, o Options) (*Connect, error) {
	if env.Account == nil {
		return nil, desk.Invalidf("mode connect needs an account whose token is the key that App Store Connect gave, a file AuthKey_….p8: name it by token_file")
	}
	if o.KeyID == "" {
		return nil, desk.Invalidf("key_id is missing: it stands beside the key in App Store Connect")
	}
	if o.Server == "" {
		o.Server = connectServer
	}
	c := &Connect{o: o, env: env}
	s := &signer{key: env.Account.Secret, keyID: o.KeyID, issuer: o.IssuerID, now: env.Now}
	c.api = &fetch.API{Base: strings.TrimRight(o.Server, "/"), Read: env.Read, Publish: env.Publish, Now: env.Now, Sign: s.sign, Refuse: refuse}
	c.OneRemovable = c.answers()
	return c, nil
}

// Site returns the app as a place of its own.
func (c *Connect) Site() desk.Site { return c.o.site() }

// Check asks for one review, which shows whether the key may read them.
func (c *Connect) Check(ctx context.Context) error {
	if err := c.api.Get(ctx, c.first()+"&limit=1", nil, &list{}); err != nil {
		return fmt.Errorf("reading reviews: %w", err)
	}
	return nil
}
