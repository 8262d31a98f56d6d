// Package facebook reads the comments under the posts of a Facebook Page, and answers them as the Page.
//
// The API has no list of all comments, so the newest posts are watched: their comments are read when the post's count of comments or
// its moment of change moved, and now and then all the same. What is said of a Page elsewhere is not to be had, and recommendations
// have no API any more.
//
// The package promises never to write to the address of somebody's comment: the API takes a message there for an edit of it. A reply is
// only called published when it was read back and stands under what it answers.
package facebook

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/internal/graph"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
)

const (
	site = "facebook"
	home = "https://graph.facebook.com"
)

// Options are the settings of a source of kind facebook.
type Options struct {
	Posts    int           `yaml:"posts" default:"100" min:"1" max:"100" doc:"How many of the newest posts are watched for comments."`
	History  desk.Duration `yaml:"history" default:"30d" min:"1h" max:"730d" doc:"What is older when a post is first seen is left alone, and so are posts on which nothing happened for so long."`
	Visitors bool          `yaml:"visitors" doc:"Also read what visitors post on the Page, and the comments there."`
	Tagged   bool          `yaml:"tagged" doc:"Also read posts that tag the Page."`
	Version  string        `yaml:"version" default:"v26.0" doc:"Version of the Graph API."`
	Server   string        `yaml:"server" doc:"Address of the API; Facebook's own when absent."`
}

// Connector reads and answers as one Page.
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
	opt.Posts, opt.Version = cmp.Or(opt.Posts, 100), cmp.Or(opt.Version, graph.Version)
	opt.History = cmp.Or(opt.History, desk.Duration(30*24*time.Hour))
	if opt.Posts < 1 || opt.Posts > 100 || opt.History < 0 {
		return nil, desk.Invalidf("posts must be a number from 1 to 100, and history must not be negative")
	}
	if env.Account == nil {
		return nil, desk.Invalidf("a source of kind facebook needs an account: the Page whose comments are read")
	}
	base, err := graph.Base(opt.Server, env.Account.Server, home, opt.Version)
	if err != nil {
		return nil, err
	}
	return &Connector{graph: graph.New(env, base), opt: opt, account: env.Account, now: env.Now}, nil
}

// Site returns the name of the network.
func (c *Connector) Site() desk.Site { return site }

// page is a Page as it names itself.
type page struct {
	ID       string      `json:"id"`
	Name     string      `json:"name"`
	Username string      `json:"username"`
	Category string      `json:"category"`
	Tasks    []string    `json:"tasks"`
	Access   desk.Secret `json:"access_token"`
}

// is tells whether the Page is meant by a handle: its id, its username or its name.
func (p page) is(handle string) bool {
	handle = desk.CleanHandle(handle)
	return handle == p.ID || strings.EqualFold(handle, p.Username) && handle != "" || strings.EqualFold(handle, p.Name)
}

// owner returns the Page that the token speaks for. That of a person is refused, for it would read empty lists without an error.
func (c *Connector) owner(ctx context.Context) (page, error) {
	var p page
	err := c.graph.Get(ctx, "/me", url.Values{"fields": {"id,name,username,category"}}, &p)
	if no, ok := errors.AsType[*fetch.Refusal](err); ok && no.Class == fetch.Invalid || err == nil && p.ID != "" && p.Category == "" {
		// Persons have no category; asked for it, the API says that there is no such field.
		return page{}, desk.Deniedf("the token of account %s is that of a person, who sees no comments through the API; connect the Page itself", c.account.Name)
	}
	if err == nil && p.ID == "" {
		return page{}, errors.New("the Graph API does not say whose token this is")
	}
	return p, err
}

// Check asks whose the token is and whether it may read comments.
func (c *Connector) Check(ctx context.Context) error {
	p, err := c.owner(ctx)
	if err != nil {
		return err
	}
	if h := c.account.Handle; h != "" && !p.is(h) {
		return desk.Invalidf("the token speaks for the Page %s (%s), but the account is %s", graph.Word(p.Name), graph.Word(p.ID), h)
	}
	return c.readable(ctx)
}

// readable tells whether the token may read the Page's posts and their comments at all.
func (c *Connector) readable(ctx context.Context) error {
	_, err := c.graph.List(ctx, "/me/published_posts", url.Values{"fields": {"id,comments.limit(1){id}"}, "limit": {"1"}}, "")
	return err
}

// Thread returns the post that a mention belongs to and its newest comments, oldest first.
func (c *Connector) Thread(ctx context.Context, m desk.Mention) ([]desk.Mention, error) {
	root := string(cmp.Or(m.Thread, m.Remote))
	p, err := c.owner(ctx)
	if err != nil {
		return nil, err
	}
	var top post
	if err := c.graph.Get(ctx, graph.Path(root, ""), url.Values{"fields": {postFields}}, &top); err != nil {
		return nil, err
	}
	list, err := c.graph.List(ctx, graph.Path(root, "comments"), commentQuery("stream"), "")
	if err != nil {
		return nil, err
	}
	all := []desk.Mention{top.mention(p.ID, c.now())}
	for i := range list.Data {
		item := commentItem(list.Data[len(list.Data)-1-i], root, p.ID, c.now())
		all = append(all, item.Tell...)
	}
	return all, nil
}
