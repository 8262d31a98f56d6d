// Package github reads and answers issues, their comments and discussions of GitHub repositories.
//
// Issues and comments come forward by the moment of their last change, so edits are seen whatever their age; discussions come backwards
// through the GraphQL interface, which alone knows them (https://docs.github.com/rest, https://docs.github.com/graphql). GitHub drops
// no reply that is sent twice, so one whose outcome did not arrive is looked for among the comments of our login.
//
// It promises that nothing is said into a conversation that is locked or gone.
package github

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
	"github.com/earshotdesk/earshot/internal/text"
)

// Options are the settings of a source of kind github.
type Options struct {
	Repos       []string      `yaml:"repos" doc:"Repositories to read, as owner/name."`
	Discussions bool          `yaml:"discussions" doc:"Read the repositories' discussions too; needs an account."`
	Pulls       bool          `yaml:"pulls" doc:"Read pull requests and their comments too."`
	Search      []string      `yaml:"search" doc:"Searches over the issues of all repositories, in GitHub's own words, for example: acme in:title,body."`
	Members     bool          `yaml:"members" doc:"Take what owners, members and collaborators of a repository say for our own words: for repositories that are ours."`
	History     desk.Duration `yaml:"history" default:"7d" min:"0s" doc:"How far back the first poll reads."`
	Server      string        `yaml:"server" doc:"Address of a GitHub Enterprise server; the account's server when absent, else GitHub itself."`
}

// Connector reads and answers for one source.
type Connector struct {
	api     *fetch.API
	rest    string // before the paths of the REST interface
	graph   string // path of the GraphQL interface
	site    desk.Site
	opt     Options
	account *connectors.Account // nil when nobody can answer
	now     func() time.Time
}

var repoName = regexp.MustCompile(`^[A-Za-z0-9-]{1,39}/[A-Za-z0-9._-]{1,100}$`)

// New makes the connector of a source. It does no I/O.
func New(env connectors.Env, decode func(any) error) (connectors.Connector, error) {
	opt := Options{History: desk.Duration(7 * 24 * time.Hour)}
	if err := decode(&opt); err != nil {
		return nil, err
	}
	if opt.Server == "" && env.Account != nil {
		opt.Server = env.Account.Server
	}
	c := &Connector{opt: opt, account: env.Account, now: env.Now}
	if err := c.check(); err != nil {
		return nil, err
	}
	base, err := c.place()
	if err != nil {
		return nil, err
	}
	c.api = &fetch.API{
		Base: base, Read: env.Read, Publish: env.Publish, Now: env.Now, Refuse: refuse,
		Header: map[string]string{"Accept": "application/vnd.github.full+json", "X-GitHub-Api-Version": "2022-11-28"},
	}
	if env.Account != nil {
		c.api.Sign = fetch.Bearer(env.Account.Grants())
	}
	return c, nil
}

func (c *Connector) check() error {
	switch {
	case len(c.opt.Repos) == 0 && len(c.opt.Search) == 0:
		return desk.Invalidf("repos or search must name something to read")
	case c.opt.Discussions && c.account == nil:
		return desk.Invalidf("discussions can only be read with an account")
	case c.opt.History < 0:
		return desk.Invalidf("history must not be negative")
	}
	for _, r := range c.opt.Repos {
		if !repoName.MatchString(r) {
			return desk.Invalidf("repos takes names such as acme/shop, not %q", r)
		}
	}
	return nil
}

// place finds where the interfaces are: on a host of their own at GitHub, below /api on a server of its customers.
func (c *Connector) place() (string, error) {
	u, err := url.Parse(strings.TrimRight(c.opt.Server, "/"))
	if err != nil || c.opt.Server != "" && (u.Host == "" || u.Path != "" || u.User != nil) {
		return "", desk.Invalidf("server must be the address of a GitHub server, for example https://github.example")
	}
	switch strings.ToLower(u.Hostname()) {
	case "", "github.com", "api.github.com":
		c.site, c.graph = "github", "/graphql"
		return "https://api.github.com", nil
	}
	c.site, c.rest, c.graph = desk.Site("github:"+strings.ToLower(u.Hostname())), "/api/v3", "/api/graphql"
	return u.String(), nil
}

// Site returns GitHub, or the server of its own.
func (c *Connector) Site() desk.Site { return c.site }

// Capabilities returns what this source can do: without an account it only reads, and nobody tells what is gone.
func (c *Connector) Capabilities() connectors.Capabilities {
	caps := capabilities()
	if c.account == nil {
		caps = connectors.Capabilities{Polls: true, Certainty: connectors.CertainNone, SeesEdits: true}
	}
	return caps
}

// Check asks whose the token is, or, without one, for the first repository.
func (c *Connector) Check(ctx context.Context) error {
	if c.account == nil && len(c.opt.Repos) > 0 {
		return c.api.Get(ctx, c.rest+"/repos/"+c.opt.Repos[0], nil, nil)
	}
	if c.account == nil {
		return c.api.Get(ctx, c.rest+"/rate_limit", nil, nil)
	}
	var me struct {
		Viewer struct {
			Login string `json:"login"`
		} `json:"viewer"`
	}
	if err := c.ask(ctx, "{viewer{login}}", nil, &me); err != nil {
		return err
	}
	if !sameLogin(me.Viewer.Login, c.handle()) {
		return desk.Invalidf("the token belongs to %s, but the account's handle is %q; comments would not be recognised as ours", text.Cut(text.Storable(me.Viewer.Login), 60), c.handle())
	}
	return nil
}

func (c *Connector) handle() string {
	if c.account == nil {
		return ""
	}
	return desk.CleanHandle(c.account.Handle)
}
