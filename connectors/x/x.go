// Package x reads what is said to an account on X and, by search, about a company there, and answers who asked to be answered.
//
// Every post that is read and every reply costs money, so nothing is asked for without a budget: reading stops while something is left
// for replies, and everything stops when the month's money is gone. X lets a program answer only who mentioned the account or quoted
// one of its posts; other replies are refused before the call.
//
// The package promises not to ask for more than the budget allows by the prices that X publishes, and to tell edits of a post as
// versions of one mention, although each has an id of its own at X.
package x

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
	"github.com/earshotdesk/earshot/internal/text"
)

const (
	site   = "x"
	home   = "https://api.x.com"
	window = 7 * 24 * time.Hour // of search
)

// Options are the settings of a source of kind x.
type Options struct {
	Budget  float64       `yaml:"budget" required:"true" min:"0" doc:"US dollars that this source may spend at X in a calendar month (UTC). Nothing is read without one."`
	Reserve int           `yaml:"reserve" default:"20" min:"0" max:"90" doc:"Per cent of the budget that reading leaves for replies."`
	Query   string        `yaml:"query" doc:"Also read what this search finds, in X's own words for searches, up to 512 characters."`
	History desk.Duration `yaml:"history" default:"1d" min:"1h" max:"6d" doc:"How far back the first poll looks."`
	Authors bool          `yaml:"authors" default:"true" doc:"Also ask for names and followers of authors, which costs more than the posts."`
	Own     bool          `yaml:"own" default:"true" doc:"Also read what the account itself posts, so that answers given on X itself are noticed."`
	Owner   bool          `yaml:"owner" doc:"The app at X belongs to the account itself; reading its own mentions and posts is cheaper then."`
	Fields  string        `yaml:"fields" default:"tweet" enum:"tweet,post" doc:"By which names X is asked for the parts of a post: tweet.fields, or post.fields as its schema has it since August 2026."`
	Server  string        `yaml:"server" doc:"Address of the API; X's own when absent."`
}

// Connector reads and answers as one account.
type Connector struct {
	api     *fetch.API
	opt     Options
	account *connectors.Account
	purse   connectors.Purse
	log     *slog.Logger
	now     func() time.Time
}

// New makes the connector of a source. It does no I/O.
func New(env connectors.Env, decode func(any) error) (connectors.Connector, error) {
	opt := Options{Reserve: 20, Authors: true, Own: true} // where 0 has a meaning
	if err := decode(&opt); err != nil {
		return nil, err
	}
	opt.Fields, opt.History = cmp.Or(opt.Fields, "tweet"), cmp.Or(opt.History, desk.Duration(24*time.Hour))
	switch {
	case !(opt.Budget > 0) || opt.Budget > 1e6:
		return nil, desk.Invalidf("budget is needed: X takes money for every post that is read (0.005 US$, its author 0.010), so say how many US dollars a month this source may spend")
	case opt.Reserve < 0 || opt.Reserve > 90:
		return nil, desk.Invalidf("reserve must be a number from 0 to 90, not %d", opt.Reserve)
	case opt.History < 0 || opt.History.Std() >= window:
		return nil, desk.Invalidf("history must be shorter than 7 days; X searches no further back")
	case opt.Fields != "post" && opt.Fields != "tweet":
		return nil, desk.Invalidf("fields must be tweet or post, not %q", opt.Fields)
	case utf8.RuneCountInString(opt.Query) > 512:
		return nil, desk.Invalidf("query has %d characters; X takes 512", utf8.RuneCountInString(opt.Query))
	case env.Account == nil:
		return nil, desk.Invalidf("a source of kind x needs an account: the one whose mentions are read")
	}
	base, err := connectors.Address("server", cmp.Or(opt.Server, env.Account.Server, home), home)
	if err != nil {
		return nil, err
	}
	return &Connector{opt: opt, account: env.Account, purse: env.Purse, log: env.Log, now: env.Now, api: &fetch.API{
		Base: base.String(), Read: env.Read, Publish: env.Publish, Now: env.Now,
		Sign: fetch.Bearer(env.Account.Grants()), Refuse: refuse,
	}}, nil
}

// Site returns the name of the network.
func (c *Connector) Site() desk.Site { return site }

// self is the account as X knows it.
type self struct {
	ID     string `json:"id,omitempty"`
	Handle string `json:"username,omitempty"`
}

// me returns whose token it is, and what asking cost. A connected account knows it without asking.
func (c *Connector) me(ctx context.Context) (self, int64, error) {
	g, err := c.account.Keys.Grant(ctx)
	if err != nil {
		return self{}, 0, err
	}
	if id, handle := g.Extra["id"], g.Extra["username"]; id != "" && handle != "" {
		return self{ID: id.Reveal(), Handle: handle.Reveal()}, 0, nil
	}
	me, err := whose(ctx, c.api)
	return me, priceUser, err
}

// whose asks for the account of a token.
func whose(ctx context.Context, api *fetch.API) (self, error) {
	var got struct {
		Data self `json:"data"`
	}
	if err := api.Get(ctx, "/2/users/me", nil, &got); err != nil {
		return self{}, err
	}
	if got.Data.ID == "" || got.Data.Handle == "" {
		return self{}, errors.New("the network does not say whose token this is")
	}
	return self{ID: word(got.Data.ID), Handle: word(got.Data.Handle)}, nil
}

// Check asks whose the token is, which costs as much as one author.
func (c *Connector) Check(ctx context.Context) error {
	me, err := whose(ctx, c.api)
	if err != nil {
		return err
	}
	c.pay(ctx, priceUser)
	return same(me, c.account.Handle)
}

// same compares the account of a token with the handle in the configuration.
func same(me self, handle string) error {
	if h := desk.CleanHandle(handle); h != "" && !strings.EqualFold(h, me.Handle) {
		return desk.Deniedf("the token speaks for @%s, but the account is @%s", me.Handle, h)
	}
	return nil
}

// word returns a short field as it can be stored.
func word(s string) string { return strings.TrimSpace(text.Storable(text.Cut(s, 500))) }
