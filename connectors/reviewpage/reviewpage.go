// Package reviewpage reads the reviews on a web page: of a shop's own products, or of a portal that lets itself be read.
//
// It owns what a page says of its reviews to machines (schema.org in JSON-LD, microdata and RDFa Lite), or else what configured
// selectors find; which findings are one review and what identifies it; and the manners of reading a page that is not ours:
// robots.txt, a pace, conditional requests.
//
// It promises that a page gives reviews or one clear sentence, that a review is told once, and again only when it reads otherwise,
// and that nothing is said of a review that is no longer listed. It never works around a login or a check for humans.
package reviewpage

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
	"github.com/earshotdesk/earshot/internal/text"
)

// Options are the settings of a source of kind reviewpage.
type Options struct {
	URL        string        `yaml:"url" required:"true" doc:"Address of the page with the reviews, http or https; of several pages the first, with the newest."`
	MaxPages   int           `yaml:"max_pages" default:"3" min:"1" max:"100" doc:"How many pages are read in one poll at most. Paging stops before where a page holds nothing new."`
	Pace       desk.Duration `yaml:"pace" default:"2s" min:"0s" doc:"Pause between two pages; Crawl-delay of robots.txt counts when it is longer."`
	Timezone   string        `yaml:"timezone" default:"UTC" doc:"Time zone of dates that do not say theirs, for example Europe/Budapest."`
	Language   string        `yaml:"language" doc:"Language of the reviews, ISO 639-1, where the page says another or none."`
	RatingBest float64       `yaml:"rating_best" default:"5" doc:"The most stars there are, where the page does not say."`
	Owner      []string      `yaml:"owner" doc:"Names under which the shop answers reviews on the page; answers by an organization, by the name of what is reviewed or by nobody named are the shop's anyway."`
	Selectors  *Selectors    `yaml:"selectors" doc:"Where things stand on a page that does not say it to machines. When given, nothing else is looked at."`
}

// Connector reads the reviews of one page and those that follow it.
type Connector struct {
	env  connectors.Env
	o    Options
	at   *url.URL
	site desk.Site
	zone *time.Location
	sel  *compiled
	key  string // digest of what decides how the page is read
}

// New makes the connector of a source. It does no I/O.
func New(env connectors.Env, decode func(any) error) (connectors.Connector, error) {
	o := Options{Pace: desk.Duration(2 * time.Second)} // where 0 has a meaning
	if err := decode(&o); err != nil {
		return nil, err
	}
	if o.MaxPages == 0 {
		o.MaxPages = 3
	}
	if o.RatingBest == 0 {
		o.RatingBest = 5
	}
	at, err := url.Parse(strings.TrimSpace(o.URL))
	if err != nil || at.Host == "" || at.Scheme != "http" && at.Scheme != "https" || at.User != nil {
		return nil, desk.Invalidf("url must be the http or https address of a page, without user and password, not %s", fetch.RedactURL(o.URL))
	}
	switch {
	case o.MaxPages < 1 || o.MaxPages > 100:
		return nil, desk.Invalidf("max_pages must be a number from 1 to 100, not %d", o.MaxPages)
	case o.Pace < 0:
		return nil, desk.Invalidf("pace must not be negative")
	case !(o.RatingBest > 0):
		return nil, desk.Invalidf("rating_best must be more than 0")
	}
	zone, err := time.LoadLocation(o.Timezone)
	if err != nil || o.Timezone == "Local" {
		return nil, desk.Invalidf("timezone %q is not known; write for example Europe/Budapest", text.Cut(o.Timezone, 60))
	}
	at.Fragment = ""
	c := &Connector{env: env, o: o, at: at, zone: zone, site: desk.Site("reviewpage:" + strings.ToLower(at.Hostname()))}
	if env.Source.Site != "" {
		c.site = env.Source.Site
	}
	if c.sel, err = compile(o.Selectors); err != nil {
		return nil, err
	}
	c.key = c.digest()
	return c, nil
}

// Site returns the page's host as a place with identifiers of its own.
func (c *Connector) Site() desk.Site { return c.site }

// Check reads the page once and keeps nothing. A page without a single review is an error here, for it was configured to have some.
func (c *Connector) Check(ctx context.Context) error {
	s := state{}
	p, err := c.read(ctx, &s, c.at, false)
	if err != nil {
		return err
	}
	if len(p.found) == 0 {
		return desk.Invalidf("no review was found on %s: it says none in schema.org's words; if you see some in a browser, name them by selectors, or they are loaded by a script, which is not run", c.shown())
	}
	return nil
}

// owned tells whether a name is one that the shop answers under.
func (c *Connector) owned(name, item string) bool {
	name = text.Fold(name)
	return name == text.Fold(item) || slices.ContainsFunc(c.o.Owner, func(o string) bool { return text.Fold(strings.TrimSpace(o)) == name })
}

// shown is the page's address as errors may show it.
func (c *Connector) shown() string { return fetch.RedactURL(c.at.String()) }
