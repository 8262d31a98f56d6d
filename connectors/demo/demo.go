// Package demo connects the demo network, the stage to rehearse on without a real network's account.
//
// It speaks the network's public API like that of any other network and does everything that a connector can do: it reads forward
// by id, follows edits and deletions, fetches conversations, and answers with an Idempotency-Key or, when told so, without one,
// as networks are that can only be read back.
//
// It promises never to send a reply twice where the network would not drop the second one.
package demo

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

// Options are the settings of a source of kind demo.
type Options struct {
	Server      string        `yaml:"server" doc:"Address of the network; the account's server when absent."`
	Site        string        `yaml:"site" default:"demo:acme.example" doc:"Name under which the desk knows the network; it stays when the address changes."`
	Query       []string      `yaml:"query" doc:"What to read, one is enough: \"@handle\", \"#tag\", \"from:handle\", \"to:handle\". When absent, everything said to, about and by the account."`
	Page        int           `yaml:"page" default:"40" min:"1" max:"100" doc:"Posts in one request."`
	Overlap     desk.Duration `yaml:"overlap" default:"2m" min:"0s" doc:"How far back every poll looks again, for posts that appear late."`
	Idempotency string        `yaml:"idempotency" default:"real" enum:"real,read-back" doc:"real: the network drops a repeated reply by its key; read-back: no key is sent, only looking tells whether a reply is there."`
	Delay       desk.Duration `yaml:"delay" default:"2s" min:"0s" doc:"How long the network may take until a new reply can be read."`
}

// Connector reads and answers on one demo network.
type Connector struct {
	api     *api
	opt     Options
	account *connectors.Account // nil when nobody can answer
	now     func() time.Time
}

// New makes the connector of a source. It does no I/O.
func New(env connectors.Env, decode func(any) error) (connectors.Connector, error) {
	opt := Options{Overlap: desk.Duration(2 * time.Minute), Delay: desk.Duration(2 * time.Second)} // where 0 has a meaning
	if err := decode(&opt); err != nil {
		return nil, err
	}
	opt.fill()
	if opt.Server == "" && env.Account != nil {
		opt.Server = env.Account.Server
	}
	base, err := url.Parse(opt.Server)
	if err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") || base.User != nil {
		return nil, desk.Invalidf("server must be the address of a demo network, for example http://127.0.0.1:8090, without user and password")
	}
	if opt.Page < 1 || opt.Page > 100 {
		return nil, desk.Invalidf("page must be a number from 1 to 100, not %d", opt.Page)
	}
	if opt.Idempotency != idempotencyReal && opt.Idempotency != idempotencyReadBack {
		return nil, desk.Invalidf("idempotency must be real or read-back, not %q", opt.Idempotency)
	}
	if opt.Overlap < 0 || opt.Delay < 0 {
		return nil, desk.Invalidf("overlap and delay must not be negative")
	}
	c := &Connector{opt: opt, account: env.Account, now: env.Now, api: &api{
		base: strings.TrimRight(base.String(), "/"), read: env.Read, publish: env.Publish, agent: env.Agent, now: env.Now,
	}}
	if env.Account != nil {
		c.api.token = env.Account.Secret
	}
	return c, c.fillQuery()
}

// Site returns the name under which the desk knows the network.
func (c *Connector) Site() desk.Site { return desk.Site(c.opt.Site) }

const (
	idempotencyReal     = "real"
	idempotencyReadBack = "read-back"
)

// fill sets what the configuration left open; whoever reads it may have done so already.
func (o *Options) fill() {
	if o.Site == "" {
		o.Site = "demo:acme.example"
	}
	if o.Page == 0 {
		o.Page = 40
	}
	if o.Idempotency == "" {
		o.Idempotency = idempotencyReal
	}
}

// fillQuery derives the query from the account and checks a given one.
func (c *Connector) fillQuery() error {
	if len(c.opt.Query) == 0 {
		h := c.handle()
		if h == "" {
			return desk.Invalidf("query is needed when the source names no account")
		}
		c.opt.Query = []string{"@" + h, "#" + h, "from:" + h, "to:" + h}
	}
	for _, term := range c.opt.Query {
		kind, rest, named := strings.Cut(term, ":")
		known := named && rest != "" && (kind == "from" || kind == "to")
		if !known && (len(term) < 2 || (term[0] != '@' && term[0] != '#')) {
			return desk.Invalidf("query takes @handle, #tag, from:handle and to:handle, not %q", term)
		}
	}
	return nil
}

// handle is the account's own, in lower case without @; "" without an account.
func (c *Connector) handle() string {
	if c.account == nil {
		return ""
	}
	return strings.ToLower(desk.CleanHandle(c.account.Handle))
}

// Capabilities returns what this source can do; how sure replies are is one of its settings.
func (c *Connector) Capabilities() connectors.Capabilities {
	caps := capabilities()
	caps.Delay = c.opt.Delay.Std()
	if c.opt.Idempotency == idempotencyReadBack {
		caps.Certainty, caps.Resend = connectors.CertainReadBack, 0
	}
	return caps
}

// Check asks whether the network is there and, with an account, whether the token opens it.
func (c *Connector) Check(ctx context.Context) error {
	if c.account == nil {
		var p page
		return c.api.get(ctx, "/api/v1/posts", url.Values{"limit": {"1"}}, &p)
	}
	var me author
	if err := c.api.get(ctx, "/api/v1/me", nil, &me); err != nil {
		return err
	}
	if !strings.EqualFold(me.Handle, c.handle()) {
		return desk.Invalidf("the token belongs to @%s, but the account is @%s", me.Handle, c.handle())
	}
	return nil
}

// Thread returns the public conversation around a mention, oldest first.
func (c *Connector) Thread(ctx context.Context, m desk.Mention) ([]desk.Mention, error) {
	var p page
	if err := c.api.get(ctx, "/api/v1/posts/"+url.PathEscape(string(m.Remote))+"/thread", nil, &p); err != nil {
		return nil, err
	}
	var thread []desk.Mention
	for _, raw := range p.Posts {
		one, err := readPost(raw)
		if err != nil {
			return nil, fmt.Errorf("reading the conversation: %w", err)
		}
		if one.public() {
			thread = append(thread, c.mention(one))
		}
	}
	return thread, nil
}
