// Package discourse reads and answers on forums that run Discourse.
//
// It walks the forum's list of latest posts backwards, keeps what the settings ask for, looks at known posts again one by one, and
// answers through the forum's own interface (https://docs.discourse.org). A forum has no way to drop a reply that is sent twice, so
// a reply whose outcome did not arrive is looked for among our own posts of the topic.
//
// It promises that nothing is said into a topic that is closed, archived or private.
package discourse

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
	"github.com/earshotdesk/earshot/internal/text"
)

// Options are the settings of a source of kind discourse.
type Options struct {
	Server     string        `yaml:"server" doc:"Address of the forum; the account's server when absent."`
	Words      []string      `yaml:"words" doc:"Keep only posts in which one of these stands; a * at its end stands for every ending. Everything when absent."`
	Categories []string      `yaml:"categories" doc:"Keep only posts of the categories with these ids. All when absent."`
	Staff      bool          `yaml:"staff" doc:"Take what the forum's admins and moderators say for our own words: for a forum that is ours."`
	History    desk.Duration `yaml:"history" default:"7d" min:"0s" doc:"How far back the first poll reads."`
}

// Connector reads and answers on one forum.
type Connector struct {
	api     *fetch.API
	opt     Options
	site    desk.Site
	words   []text.Phrase
	account *connectors.Account // nil when nobody can answer
	now     func() time.Time
}

// New makes the connector of a source. It does no I/O.
func New(env connectors.Env, decode func(any) error) (connectors.Connector, error) {
	opt := Options{History: desk.Duration(7 * 24 * time.Hour)}
	if err := decode(&opt); err != nil {
		return nil, err
	}
	if opt.Server == "" && env.Account != nil {
		opt.Server = env.Account.Server
	}
	base, err := connectors.Address("server", opt.Server, "https://forum.example")
	if err != nil {
		return nil, err
	}
	if opt.History < 0 {
		return nil, desk.Invalidf("history must not be negative")
	}
	c := &Connector{opt: opt, account: env.Account, now: env.Now, site: desk.Site("discourse:" + strings.ToLower(base.Hostname()) + base.Path)}
	c.api = &fetch.API{Base: base.String(), Read: env.Read, Publish: env.Publish, Now: env.Now, Refuse: refuse}
	for _, w := range opt.Words {
		c.words = append(c.words, text.NewPhrase(w))
	}
	if env.Account != nil {
		if c.handle() == "" {
			return nil, desk.Invalidf("the account needs a handle: the user of the forum that its key speaks for")
		}
		c.api.Sign = c.sign(env.Account.Grants())
	}
	return c, nil
}

// sign puts the key and the user it speaks for on a request.
func (c *Connector) sign(grant func(context.Context, bool) (desk.Grant, error)) func(context.Context, *http.Request, bool) error {
	return func(ctx context.Context, r *http.Request, renew bool) error {
		g, err := grant(ctx, renew)
		if err != nil {
			return err
		}
		r.Header.Set("Api-Key", g.Access.Reveal())
		r.Header.Set("Api-Username", c.handle())
		return nil
	}
}

// Site returns the forum.
func (c *Connector) Site() desk.Site { return c.site }

// Capabilities returns what this source can do: without an account it only reads.
func (c *Connector) Capabilities() connectors.Capabilities {
	caps := capabilities()
	if c.account == nil {
		caps.Replies, caps.Many, caps.Edit, caps.Delete = false, false, false, false
		caps.Certainty, caps.Limit, caps.Counts = connectors.CertainNone, 0, ""
	}
	return caps
}

// Check asks for the latest posts, with the key where there is one.
func (c *Connector) Check(ctx context.Context) error {
	_, err := c.latest(ctx, "")
	return err
}

func (c *Connector) handle() string {
	if c.account == nil {
		return ""
	}
	return desk.CleanHandle(c.account.Handle)
}

// wanted tells whether a post is one that the settings ask for. What we say ourselves always is.
func (c *Connector) wanted(p *post, m *desk.Mention) bool {
	if m.Ours {
		return true
	}
	if len(c.opt.Categories) > 0 && !slices.Contains(c.opt.Categories, p.Category.String()) {
		return false
	}
	if len(c.words) == 0 {
		return true
	}
	folded := []byte(text.Fold(p.TopicTitle + "\n" + m.Text))
	return slices.ContainsFunc(c.words, func(w text.Phrase) bool { return w.In(folded) })
}
