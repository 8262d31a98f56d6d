// Package instagram reads the comments under the posts of a professional Instagram account, and answers them as that account.
//
// The API has no list of all comments, so the newest posts are watched: their comments are read when their number changed, and now and
// then all the same. Mentions of the account elsewhere are told by Instagram to webhooks alone; polling cannot see them.
//
// The package promises to answer only what stands where the account can answer: comments under its own posts that are not hidden.
package instagram

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/internal/graph"
	"github.com/earshotdesk/earshot/internal/desk"
)

const (
	site         = "instagram"
	home         = "https://graph.instagram.com"
	homeFacebook = "https://graph.facebook.com"

	byFacebook  = "facebook"
	byInstagram = "instagram"
)

// Options are the settings of a source of kind instagram.
type Options struct {
	Login   string        `yaml:"login" default:"instagram" enum:"instagram,facebook" doc:"How the account came to its token: instagram when it was connected in a browser, facebook when it holds the token of the Page that the Instagram account belongs to."`
	Posts   int           `yaml:"posts" default:"50" min:"1" max:"100" doc:"How many of the newest posts are watched for comments."`
	History desk.Duration `yaml:"history" default:"30d" min:"1h" max:"730d" doc:"What is older when a post is first seen is left alone; replies to comments that are older are not seen."`
	Version string        `yaml:"version" default:"v26.0" doc:"Version of the Graph API."`
	Server  string        `yaml:"server" doc:"Address of the API; that of the way of login when absent."`
}

// Connector reads and answers as one account.
type Connector struct {
	graph   *graph.Client
	opt     Options
	account *connectors.Account
	now     func() time.Time
}

// New makes the connector of a source. It does no I/O.
func New(env connectors.Env, decode func(any) error) (connectors.Connector, error) {
	var opt Options
	if err := decode(&opt); err != nil {
		return nil, err
	}
	opt.Login, opt.Posts, opt.Version = cmp.Or(opt.Login, byInstagram), cmp.Or(opt.Posts, 50), cmp.Or(opt.Version, graph.Version)
	opt.History = cmp.Or(opt.History, desk.Duration(30*24*time.Hour))
	own, known := map[string]string{byInstagram: home, byFacebook: homeFacebook}[opt.Login]
	switch {
	case !known:
		return nil, desk.Invalidf("login must be instagram or facebook, not %q", opt.Login)
	case opt.Posts < 1 || opt.Posts > 100 || opt.History < 0:
		return nil, desk.Invalidf("posts must be a number from 1 to 100, and history must not be negative")
	case env.Account == nil:
		return nil, desk.Invalidf("a source of kind instagram needs an account: the one whose comments are read")
	}
	base, err := graph.Base(opt.Server, env.Account.Server, own, opt.Version)
	if err != nil {
		return nil, err
	}
	return &Connector{graph: graph.New(env, base), opt: opt, account: env.Account, now: env.Now}, nil
}

// Site returns the name of the network.
func (c *Connector) Site() desk.Site { return site }

// owner returns the account that the token speaks for.
func (c *Connector) owner(ctx context.Context) (graph.Owner, error) {
	if c.opt.Login == byFacebook {
		var page struct {
			Account struct {
				ID       string `json:"id"`
				Username string `json:"username"`
			} `json:"instagram_business_account"`
		}
		if err := c.graph.Get(ctx, "/me", url.Values{"fields": {"id,instagram_business_account{id,username}"}}, &page); err != nil {
			return graph.Owner{}, err
		}
		if page.Account.ID == "" {
			return graph.Owner{}, desk.Deniedf("the token of account %s is not that of a Page with a professional Instagram account", c.account.Name)
		}
		return graph.Owner{ID: page.Account.ID, Name: page.Account.Username}, nil
	}
	var me struct {
		ID       string `json:"user_id"`
		Username string `json:"username"`
	}
	if err := c.graph.Get(ctx, "/me", url.Values{"fields": {"user_id,username"}}, &me); err != nil {
		return graph.Owner{}, err
	}
	if me.ID == "" {
		return graph.Owner{}, desk.Deniedf("the token of account %s is not that of a professional Instagram account", c.account.Name)
	}
	return graph.Owner{ID: me.ID, Name: me.Username}, nil
}

// Check asks whose the token is and whether it may read posts and comments.
func (c *Connector) Check(ctx context.Context) error {
	me, err := c.owner(ctx)
	if err != nil {
		return err
	}
	if h := desk.CleanHandle(c.account.Handle); h != "" && !strings.EqualFold(h, me.Name) && h != me.ID {
		return desk.Invalidf("the token speaks for @%s, but the account is @%s", graph.Word(me.Name), h)
	}
	return c.readable(ctx, me)
}

// readable tells whether the token may read posts and their comments at all.
func (c *Connector) readable(ctx context.Context, me graph.Owner) error {
	_, err := c.graph.List(ctx, graph.Path(me.ID, "media"), url.Values{"fields": {"id,comments.limit(1){id}"}, "limit": {"1"}}, "")
	return err
}

// Thread returns the post that a mention belongs to and its newest comments, oldest first.
func (c *Connector) Thread(ctx context.Context, m desk.Mention) ([]desk.Mention, error) {
	root := string(cmp.Or(m.Thread, m.Remote))
	me, err := c.owner(ctx)
	if err != nil {
		return nil, err
	}
	var top media
	if err := c.graph.Get(ctx, graph.Path(root, ""), url.Values{"fields": {mediaFields}}, &top); err != nil {
		return nil, err
	}
	p, err := c.comments(ctx, me, graph.Post{ID: root, Link: top.Link}, "")
	if err != nil {
		return nil, err
	}
	var all []desk.Mention
	if top.Caption != "" {
		all = append(all, top.mention(me, c.now()))
	}
	for _, item := range p.Items {
		all = append(all, item.Tell...)
	}
	slices.SortStableFunc(all, func(a, b desk.Mention) int { return a.PostedAt.Compare(b.PostedAt) })
	return all, nil
}
