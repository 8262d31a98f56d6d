// Package mastodon connects servers that speak Mastodon's client API: Mastodon itself, GoToSocial, Pleroma, Akkoma and their kin.
//
// It reads mentions forward in the server's own order, and tags, searches and what the account itself says from the newest down,
// because servers file posts that reach them late under the moment they were written. It answers under the mentioned post, addressed
// to its author.
//
// It promises to take identifiers as words whose order only the server knows, to say nothing in public to what was said in private,
// and never to send a reply a second time unless the operator vouches that the server drops it by its Idempotency-Key.
package mastodon

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
)

// Options are the settings of a source of kind mastodon.
type Options struct {
	Server      string        `yaml:"server" doc:"Address at which the server is called, when it is another than the account's server."`
	Own         bool          `yaml:"own" default:"true" doc:"Read what the account itself says, so that answers given on the server are noticed."`
	Quotes      bool          `yaml:"quotes" doc:"Read quotes of the account's posts too; needs Mastodon 4.5 or newer."`
	Tags        []Tag         `yaml:"tags" doc:"Hashtags to follow."`
	Search      []string      `yaml:"search" doc:"Words to search all posts for; only on servers that search the full text of posts."`
	History     desk.Duration `yaml:"history" default:"30d" min:"0s" doc:"How far back the first contact reads."`
	Overlap     desk.Duration `yaml:"overlap" default:"1h" min:"0s" doc:"How far back every poll looks again in tags, searches and own posts, for posts that reach the server late."`
	Page        int           `yaml:"page" default:"40" min:"1" max:"40" doc:"Posts in one request."`
	Limit       int           `yaml:"limit" default:"500" min:"1" doc:"Longest reply that the server takes, in characters as Mastodon counts them."`
	Idempotency string        `yaml:"idempotency" default:"read-back" enum:"read-back,header" doc:"read-back: a reply is never sent again, only looked for; header: the server is known to drop a repeated reply by its Idempotency-Key, as Mastodon does for an hour."`
}

// Tag is a hashtag, narrowed or widened by others.
type Tag struct {
	Tag  string   `yaml:"tag" required:"true" doc:"The hashtag, without #."`
	Any  []string `yaml:"any" doc:"Posts with one of these tags count too."`
	All  []string `yaml:"all" doc:"Posts must have all of these tags as well."`
	None []string `yaml:"none" doc:"Posts must have none of these tags."`
}

// Connector reads and answers on one server.
type Connector struct {
	api     *fetch.API
	opt     Options
	site    desk.Site
	account *connectors.Account // nil when the source only reads public tags
	now     func() time.Time
}

// New makes the connector of a source. It does no I/O.
func New(env connectors.Env, decode func(any) error) (connectors.Connector, error) {
	opt := Options{Own: true, Overlap: desk.Duration(time.Hour), History: desk.Duration(30 * 24 * time.Hour)} // where 0 has a meaning
	if err := decode(&opt); err != nil {
		return nil, err
	}
	opt.Page = cmp.Or(opt.Page, 40)
	opt.Limit = cmp.Or(opt.Limit, defaultLimit)
	opt.Idempotency = cmp.Or(opt.Idempotency, readBack)
	home := opt.Server
	if env.Account != nil {
		home = cmp.Or(env.Account.Server, opt.Server)
	}
	name, err := host(home)
	if err != nil {
		return nil, err
	}
	opt.Server = cmp.Or(opt.Server, home)
	if _, err := host(opt.Server); err != nil {
		return nil, err
	}
	c := &Connector{opt: opt, site: desk.Site("mastodon:" + name), account: env.Account, now: env.Now, api: &fetch.API{
		Base: strings.TrimRight(opt.Server, "/"), Read: env.Read, Publish: env.Publish, Now: env.Now, Refuse: refuse,
	}}
	if env.Account != nil {
		c.api.Sign = fetch.Bearer(env.Account.Grants())
	}
	return c, c.valid()
}

// host returns the name of a server by its address.
func host(address string) (string, error) {
	u, err := connectors.Address("server", address, "https://mastodon.social")
	if err != nil || u.Path != "" {
		return "", desk.Invalidf("server must be the address of a server alone, for example https://mastodon.social")
	}
	return strings.ToLower(u.Host), nil
}

func (c *Connector) valid() error {
	o := c.opt
	for _, t := range o.Tags {
		for _, word := range append(append(append([]string{t.Tag}, t.Any...), t.All...), t.None...) {
			if word == "" || strings.ContainsAny(word, "#/ ") {
				return desk.Invalidf("a tag is one word without #, not %q", word)
			}
		}
	}
	switch {
	case o.Page < 1 || o.Page > 40:
		return desk.Invalidf("page must be a number from 1 to 40, not %d", o.Page)
	case o.Limit < 1:
		return desk.Invalidf("limit must be a positive number, not %d", o.Limit)
	case o.History < 0 || o.Overlap < 0:
		return desk.Invalidf("history and overlap must not be negative")
	case o.Idempotency != readBack && o.Idempotency != byHeader:
		return desk.Invalidf("idempotency must be read-back or header, not %q", o.Idempotency)
	case c.account == nil && (len(o.Search) > 0 || o.Quotes):
		return desk.Invalidf("reading quotes and searching need an account")
	case c.account == nil && len(o.Tags) == 0:
		return desk.Invalidf("a source without an account needs tags")
	}
	return nil
}

// Site names the server by its host.
func (c *Connector) Site() desk.Site { return c.site }

// handle is the account's name on its server, in lower case, without @ and the server; "" without an account.
func (c *Connector) handle() string {
	if c.account == nil {
		return ""
	}
	local, _, _ := strings.Cut(strings.ToLower(desk.CleanHandle(c.account.Handle)), "@")
	return local
}

// Capabilities returns what this source can do; the longest reply and how sure replies are, are settings.
func (c *Connector) Capabilities() connectors.Capabilities {
	caps := capabilities()
	caps.Limit = c.opt.Limit
	if c.opt.Idempotency == byHeader {
		caps.Certainty, caps.Resend = connectors.CertainWindow, keyTrust
	}
	return caps
}

// Check asks whether the token opens the account, and whether the server takes replies as long as the settings say.
func (c *Connector) Check(ctx context.Context) error {
	if c.account != nil {
		if _, err := c.self(ctx); err != nil {
			return err
		}
	}
	var about instance
	if err := c.api.Get(ctx, "/api/v2/instance", nil, &about); err != nil {
		return fmt.Errorf("asking what the server allows: %w", err)
	}
	if most := about.Configuration.Statuses.MaxCharacters; c.account != nil && most > 0 && most < c.opt.Limit {
		return desk.Invalidf("the server takes replies of at most %d characters; set limit: %d", most, most)
	}
	return nil
}

// self is the owner of the token, who must be the account.
func (c *Connector) self(ctx context.Context) (person, error) {
	who, err := c.me(ctx)
	if err != nil {
		return who, fmt.Errorf("asking whose the token is: %w", err)
	}
	if !strings.EqualFold(who.Acct, c.handle()) {
		return who, desk.Invalidf("the token belongs to @%s, but the account is @%s", who.Acct, c.handle())
	}
	return who, nil
}

// me is the owner of the token.
func (c *Connector) me(ctx context.Context) (person, error) {
	var who person
	err := c.api.Get(ctx, "/api/v1/accounts/verify_credentials", nil, &who)
	if err == nil && who.ID == "" {
		err = c.odd()
	}
	return who, err
}

// odd is the error of an answer that is JSON, but not what was asked for.
func (c *Connector) odd() error {
	return fmt.Errorf("%s does not answer as a Mastodon server does", fetch.RedactURL(c.api.Base))
}
