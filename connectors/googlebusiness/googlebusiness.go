// Package googlebusiness connects Google Business Profile: the reviews of a company's locations on Google Maps and Search.
//
// It reads the reviews of any number of locations newest change first, tells a review and the owner's answer as two mentions, and
// answers in the owner's name. Google has no public client library for this interface, so the calls are written here.
//
// It promises never to replace an answer that it cannot prove to be the desk's own, save one that Google has rejected and nobody sees.
package googlebusiness

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/internal/google"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
)

// Options are the settings of a source of kind googlebusiness.
type Options struct {
	Server    string        `yaml:"server" default:"https://mybusiness.googleapis.com" doc:"Address of the interface; only tests and proxies need another."`
	Locations []Location    `yaml:"locations" required:"true" doc:"The locations whose reviews are read."`
	History   desk.Duration `yaml:"history" default:"365d" min:"0s" doc:"How far back the first poll reads; 0s for everything there is."`
}

// Location is one place of business.
type Location struct {
	ID   string `yaml:"id" required:"true" doc:"Its name at Google, for example accounts/1234/locations/5678."`
	Name string `yaml:"name" doc:"What colleagues call it; it stands beside its reviews."`
}

const defaultHistory = 365 * 24 * time.Hour

// Connector reads and answers the reviews of some locations.
type Connector struct {
	connectors.OneRemovable // how it answers

	api     *fetch.API
	opt     Options
	byPlace map[string]Location // by the part of the name from locations/ on
	account *connectors.Account
	now     func() time.Time
}

// New makes the connector of a source. It does no I/O.
func New(env connectors.Env, decode func(any) error) (connectors.Connector, error) {
	opt := Options{History: desk.Duration(defaultHistory)} // where 0 has a meaning
	if err := decode(&opt); err != nil {
		return nil, err
	}
	if opt.Server == "" {
		opt.Server = "https://mybusiness.googleapis.com"
	}
	switch {
	case env.Account == nil:
		return nil, desk.Invalidf("googlebusiness needs an account: Google shows reviews to those alone who manage the location")
	case len(opt.Locations) == 0:
		return nil, desk.Invalidf("locations must name at least one location, such as accounts/1234/locations/5678")
	case opt.History < 0:
		return nil, desk.Invalidf("history must not be negative")
	}
	c := &Connector{opt: opt, account: env.Account, now: env.Now, byPlace: map[string]Location{}}
	name := regexp.MustCompile(`^accounts/[\w-]+/(locations/[\w-]+)$`)
	for _, l := range opt.Locations {
		m := name.FindStringSubmatch(l.ID)
		if m == nil {
			return nil, desk.Invalidf("a location is written accounts/…/locations/…, not %q", l.ID)
		}
		if _, twice := c.byPlace[m[1]]; twice {
			return nil, desk.Invalidf("the location %s stands twice in locations", l.ID)
		}
		c.byPlace[m[1]] = l
	}
	c.api = &fetch.API{
		Base: strings.TrimRight(opt.Server, "/"), Read: env.Read, Publish: env.Publish, Now: env.Now,
		Sign: fetch.Bearer(env.Account.Grants()), Refuse: google.Refuse(ownReasons()),
	}
	c.OneRemovable = c.answers()
	return c, nil
}

// ownReasons are the refusals that mean something here alone.
func ownReasons() map[string]fetch.Refusal {
	return map[string]fetch.Refusal{
		"FAILED_PRECONDITION": {Class: fetch.Forbidden, Hint: "Google takes answers for verified locations alone; verify this one in the Business Profile"},
		"PERMISSION_DENIED":   {Class: fetch.Forbidden, Hint: "the account must be an owner or manager of the location, and the location verified"},
	}
}

// Site returns the one site that all reviews on Google Maps are of.
func (c *Connector) Site() desk.Site { return site }

const site desk.Site = "googlebusiness"

// Check asks for one review of each location, which shows whether the account may read it.
func (c *Connector) Check(ctx context.Context) error {
	for _, l := range c.opt.Locations {
		if err := c.api.Get(ctx, "/v4/"+l.ID+"/reviews", url.Values{"pageSize": {"1"}}, &page{}); err != nil {
			return fmt.Errorf("the location %s: %w", l.label(), err)
		}
	}
	return nil
}

func (l Location) label() string {
	if l.Name != "" {
		return l.Name + " (" + l.ID + ")"
	}
	return l.ID
}

// path returns where a review is asked for. A review of a location that is not among the settings has none.
func (c *Connector) path(review desk.RemoteID) (string, error) {
	place := placeOf(review)
	l, known := c.byPlace[place]
	id := strings.TrimPrefix(string(review), place+reviewsPart)
	if !known || id == "" || id == string(review) {
		return "", desk.Deniedf("this review is of a location that is not, or no longer, among the locations of the source")
	}
	return "/v4/" + l.ID + reviewsPart + url.PathEscape(id), nil
}

const reviewsPart = "/reviews/"

// placeOf returns the location of a review, without the account that sees it: locations/5678.
func placeOf(review desk.RemoteID) string {
	place, _, _ := strings.Cut(string(review), reviewsPart)
	return place
}
