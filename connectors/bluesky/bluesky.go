// Package bluesky connects one account of Bluesky, or of any other server that speaks the AT Protocol.
//
// It reads the account's notifications (mentions, replies, quotes), what the account itself says, and searches; it looks at known posts
// again, fetches conversations, and answers. It owns the session of an app password, see [login].
//
// It promises that a reply becomes public at most once however often it is sent: the name of its record follows from the reply
// itself, and the network is asked to write it only where nothing stands yet.
package bluesky

import (
	"cmp"
	"context"
	"strings"
	"time"

	"golang.org/x/text/language"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
)

// Options are the settings of a source of kind bluesky.
type Options struct {
	Notifications bool          `yaml:"notifications" default:"true" doc:"Read what mentions, answers or quotes the account."`
	Own           bool          `yaml:"own" default:"true" doc:"Read what the account itself says, so that answers given elsewhere are noticed."`
	Query         []string      `yaml:"query" doc:"Searches, each read as a list of its own: words, \"a phrase\", #tag, from:handle."`
	Langs         []string      `yaml:"langs" doc:"Languages that replies are marked with, three at most; those of the answered post when absent."`
	Followers     bool          `yaml:"followers" default:"false" doc:"Ask how many followers the authors of new posts have: one more request for 25 authors."`
	Overlap       desk.Duration `yaml:"overlap" default:"6h" min:"1m" doc:"How far back every poll looks again. Posts are listed by a time that their authors' devices tell."`
	History       desk.Duration `yaml:"history" default:"30d" min:"1h" doc:"How far back the first poll reads."`
}

// Connector reads and answers as one account.
type Connector struct {
	env    connectors.Env
	opt    Options
	grants func(ctx context.Context, renew bool) (desk.Grant, error)
}

// New makes the connector of a source. It does no I/O.
func New(env connectors.Env, decode func(any) error) (connectors.Connector, error) {
	opt := Options{Notifications: true, Own: true, Overlap: desk.Duration(6 * time.Hour), History: desk.Duration(30 * 24 * time.Hour)}
	if err := decode(&opt); err != nil {
		return nil, err
	}
	if env.Account == nil {
		return nil, desk.Invalidf("account is needed: Bluesky is read and answered as one of its accounts")
	}
	if !opt.Notifications && !opt.Own && len(opt.Query) == 0 {
		return nil, desk.Invalidf("query is needed when notifications and own are off, or there is nothing to read")
	}
	for _, q := range opt.Query {
		if strings.TrimSpace(q) == "" {
			return nil, desk.Invalidf("query must not hold an empty search")
		}
	}
	for _, lang := range opt.Langs {
		if _, err := language.Parse(lang); err != nil || len(opt.Langs) > maxLangs {
			return nil, desk.Invalidf("langs takes up to %d language codes such as hu or en, not %q", maxLangs, opt.Langs)
		}
	}
	if opt.Overlap < desk.Duration(time.Minute) || opt.History < desk.Duration(time.Hour) {
		return nil, desk.Invalidf("overlap must be 1m at least, history 1h")
	}
	return &Connector{env: env, opt: opt, grants: env.Account.Grants()}, nil
}

// Site returns the one site of all Bluesky accounts, whichever server they are on.
func (c *Connector) Site() desk.Site { return "bluesky" }

// session is the account as the network knows it, and the way to its server.
type session struct {
	*fetch.API
	did string
}

// open begins to speak as the account, on the server that keeps its records.
func (c *Connector) open(ctx context.Context) (session, error) {
	g, err := c.grants(ctx, false)
	if err != nil {
		return session{}, err
	}
	did := g.Extra["did"].Reveal()
	if did == "" {
		return session{}, desk.Deniedf("the account %s is not connected: nothing says whose session this is", c.env.Account.Name)
	}
	return session{did: did, API: &fetch.API{
		Base: cmp.Or(g.Extra["pds"].Reveal(), home(c.env.Account)), Read: c.env.Read, Publish: c.env.Publish, Now: c.env.Now,
		Sign: fetch.Bearer(c.grants), Refuse: refuse,
	}}, nil
}

// home is the server that an account signs in at.
func home(a *connectors.Account) string {
	return strings.TrimRight(cmp.Or(a.Server, "https://bsky.social"), "/")
}

// Check asks whether the session holds, whose it is, and whether its notifications can be read.
func (c *Connector) Check(ctx context.Context) error {
	s, err := c.open(ctx)
	if err != nil {
		return err
	}
	var me struct {
		Handle string
		Active *bool
	}
	if err := s.Get(ctx, "/xrpc/com.atproto.server.getSession", nil, &me); err != nil {
		return err
	}
	if want := desk.CleanHandle(c.env.Account.Handle); want != "" && !strings.EqualFold(me.Handle, want) {
		return desk.Invalidf("the session belongs to @%s, but the account is @%s", me.Handle, want)
	}
	if me.Active != nil && !*me.Active {
		return desk.Deniedf("the account @%s is deactivated or suspended", me.Handle)
	}
	_, err = c.notifications(ctx, s, "")
	return err
}
