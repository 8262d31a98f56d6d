// Package hackernews reads Hacker News: stories and comments found by searching, and what we say there ourselves.
//
// Searching asks Algolia's index, which has everything within minutes but keeps old wordings; known mentions are looked at again at the
// site's own interface (https://github.com/HackerNews/API), which knows what was deleted. Nobody can answer through either, so an
// answer is written by hand on the site, and noticed when the handle it was written with is configured.
//
// It promises to page by time and not by number, so that no search is cut off however much it finds.
package hackernews

import (
	"context"
	_ "embed"
	"net/url"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
)

// site is the one site of this kind.
const site desk.Site = "hackernews"

//go:embed sample.yaml
var sample string

// Options are the settings of a source of kind hackernews.
type Options struct {
	Queries []string      `yaml:"queries" doc:"Words to search for; a phrase stands in double quotes within the text."`
	Kinds   []string      `yaml:"kinds" default:"story,comment" enum:"story,comment" doc:"What to read: story, comment or both."`
	Handle  string        `yaml:"handle" doc:"Our own user there; what it says is read too, so that an answer given by hand is noticed. The account's handle when absent."`
	History desk.Duration `yaml:"history" default:"7d" min:"0s" doc:"How far back the first poll reads."`
	Server  string        `yaml:"server" default:"https://hn.algolia.com" doc:"Address of the search."`
	Items   string        `yaml:"items" default:"https://hacker-news.firebaseio.com" doc:"Address of the interface that knows single items."`
}

// Connector reads Hacker News for one source.
type Connector struct {
	opt    Options
	search *fetch.API
	items  *fetch.API
	now    func() time.Time
}

// Spec describes the kind hackernews.
func Spec() connectors.Spec {
	return connectors.Spec{
		Kind:     "hackernews",
		Title:    "Hacker News",
		Group:    connectors.GroupForums,
		Summary:  "Hacker News: stories and comments by search; answers are written by hand on the site and noticed here",
		Sample:   sample,
		Caps:     connectors.Capabilities{Polls: true, Certainty: connectors.CertainNone, SeesEdits: true, SeesGone: true},
		Rechecks: 20,
		Options:  &Options{},
		New:      New,
	}
}

// New makes the connector of a source. It does no I/O.
func New(env connectors.Env, decode func(any) error) (connectors.Connector, error) {
	opt := Options{History: desk.Duration(7 * 24 * time.Hour), Server: "https://hn.algolia.com", Items: "https://hacker-news.firebaseio.com"}
	if err := decode(&opt); err != nil {
		return nil, err
	}
	if len(opt.Kinds) == 0 {
		opt.Kinds = []string{"story", "comment"}
	}
	if opt.Handle == "" && env.Account != nil {
		opt.Handle = env.Account.Handle
	}
	opt.Handle = desk.CleanHandle(opt.Handle)
	c := &Connector{opt: opt, now: env.Now}
	if len(opt.Queries) == 0 && opt.Handle == "" {
		return nil, desk.Invalidf("queries must name at least one thing to search for")
	}
	for _, q := range opt.Queries {
		if strings.TrimSpace(q) == "" {
			return nil, desk.Invalidf("queries must not hold an empty text, which would find everything")
		}
	}
	if opt.History < 0 {
		return nil, desk.Invalidf("history must not be negative")
	}
	for _, one := range []struct {
		name, address string
		api           **fetch.API
	}{{"server", opt.Server, &c.search}, {"items", opt.Items, &c.items}} {
		u, err := connectors.Address(one.name, one.address, "https://hn.algolia.com")
		if err != nil {
			return nil, err
		}
		*one.api = &fetch.API{Base: u.String(), Read: env.Read, Publish: env.Publish, Now: env.Now}
	}
	return c, nil
}

// Site returns the one site of this kind.
func (c *Connector) Site() desk.Site { return site }

// Check asks both interfaces for something small.
func (c *Connector) Check(ctx context.Context) error {
	var found results
	if err := c.search.Get(ctx, searchPath, url.Values{"hitsPerPage": {"1"}}, &found); err != nil {
		return err
	}
	return c.items.Get(ctx, "/v0/maxitem.json", nil, nil)
}
