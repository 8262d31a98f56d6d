// Package feed reads RSS, Atom and JSON feeds: blogs, news, forums, alerts.
//
// It owns what a feed's text means in mentions, and the manners of reading one: conditional requests, moves for good remembered,
// Retry-After and the feed's own wishes honoured, 410 obeyed. Identifiers are scoped by the feed, as most feeds number their
// entries for themselves.
//
// It promises that any document gives mentions or one clear sentence, in bounded time, and that an entry is returned once, and
// again only when its words changed. An entry that is no longer listed has not been deleted; nothing is said about it.
package feed

import (
	_ "embed"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
)

//go:embed sample.yaml
var sample string

// Options are the settings of a feed.
type Options struct {
	URL         string                 `yaml:"url" required:"true" doc:"Address of the feed, http or https."`
	User        string                 `yaml:"user" doc:"Name for feeds behind a password (HTTP Basic)."`
	Password    desk.Secret            `yaml:"password" doc:"Password that goes with user."`
	Token       desk.Secret            `yaml:"token" doc:"Token for feeds that want one (Authorization: Bearer)."`
	Headers     map[string]desk.Secret `yaml:"headers" doc:"Further headers to send, for example X-Api-Key. Treated as secrets."`
	Language    string                 `yaml:"language" doc:"Language of the entries, ISO 639-1; overrides what the feed says."`
	As          string                 `yaml:"as" default:"article" enum:"article,post,comment,review" doc:"What its entries are."`
	MaxItems    int                    `yaml:"max_items" default:"2000" min:"1" doc:"How many entries of one document are looked at, from its top."`
	TitleInText bool                   `yaml:"title_in_text" doc:"Make the title the first line of the text; for forums whose titles belong to it."`
	WebSub      string                 `yaml:"websub" default:"on" enum:"on,off" doc:"Whether to ask the feed's hub, when it names one, to send its news at once; needs desk.url."`
	IgnoreTTL   bool                   `yaml:"ignore_ttl" doc:"Poll as often as every says, even where the feed asks for more patience."`
}

// Spec describes the kind.
func Spec() connectors.Spec {
	return connectors.Spec{
		Kind:    "feed",
		Title:   "Feed",
		Group:   connectors.GroupOther,
		Summary: "RSS, Atom and JSON feeds: blogs, news, forums, Google Alerts",
		Sample:  sample,
		Caps:    connectors.Capabilities{Polls: true, SeesEdits: true, Pushes: true, Certainty: connectors.CertainNone},
		Options: &Options{},
		New: func(env connectors.Env, decode func(any) error) (connectors.Connector, error) {
			var o Options
			if err := decode(&o); err != nil {
				return nil, err
			}
			return New(env, o)
		},
	}
}

// Feed polls one feed.
type Feed struct {
	env  connectors.Env
	o    Options
	at   *url.URL
	site desk.Site
	key  string // digest of the configured address
}

// New checks the settings and returns the connector.
func New(env connectors.Env, o Options) (*Feed, error) {
	at, err := url.Parse(strings.TrimSpace(o.URL))
	switch {
	case o.URL == "":
		return nil, desk.Invalidf("url is missing: write the address of the feed")
	case err != nil || at.Host == "" || at.Scheme != "http" && at.Scheme != "https":
		return nil, desk.Invalidf("url %s is not an http or https address", fetch.RedactURL(o.URL))
	}
	if o.As == "" {
		o.As = string(desk.KindArticle)
	}
	switch desk.MentionKind(o.As) {
	case desk.KindArticle, desk.KindPost, desk.KindComment, desk.KindReview:
	default:
		return nil, desk.Invalidf("as is %q; it can be article, post, comment or review", o.As)
	}
	if o.WebSub != "" && o.WebSub != "on" && o.WebSub != "off" {
		return nil, desk.Invalidf("websub is %q; it can be on or off", o.WebSub)
	}
	if o.MaxItems < 0 {
		return nil, desk.Invalidf("max_items is %d; it must be 1 or more", o.MaxItems)
	}
	if o.MaxItems == 0 {
		o.MaxItems = 2000
	}
	if o.User == "" && o.Password != "" {
		return nil, desk.Invalidf("password needs user beside it")
	}
	if (o.User != "" || at.User != nil) && o.Token != "" {
		return nil, desk.Invalidf("give either user and password, or token, not both")
	}
	for name := range o.Headers {
		if strings.ContainsAny(name, " \t\r\n:") || name == "" {
			return nil, desk.Invalidf("headers: %q is not the name of a header", name)
		}
	}
	f := &Feed{env: env, o: o, at: at, site: siteOf(at), key: digestOf(normalised(at.String()))}
	if env.Source.Site != "" {
		f.site = env.Source.Site
	}
	return f, nil
}

// siteOf names a feed as a place with identifiers of its own. Secrets in the address are not part of the name; where one stood in
// the path, a digest keeps feeds apart that differ in nothing else.
func siteOf(at *url.URL) desk.Site {
	plain := normalised(at.String())
	shown := fetch.RedactURL(plain)
	if path, _, _ := strings.Cut(shown, "?"); strings.Contains(path, "***") {
		shown += "#" + digestOf(at.Path)[:8]
	}
	return desk.Site("feed:" + shown)
}

// request asks for the document, only if it changed since the last time.
func (f *Feed) request(r *http.Request, s state) {
	r.Header.Set("Accept", "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, */*;q=0.5")
	if f.env.Agent != "" {
		r.Header.Set("User-Agent", f.env.Agent)
	}
	if s.ETag != "" {
		r.Header.Set("If-None-Match", s.ETag)
	}
	if s.Modified != "" {
		r.Header.Set("If-Modified-Since", s.Modified)
	}
	if r.URL.Host != f.at.Host { // after a move: what we were given was for the first host
		return
	}
	for name, value := range f.o.Headers {
		r.Header.Set(name, value.Reveal())
	}
	switch {
	case f.o.User != "":
		r.SetBasicAuth(f.o.User, f.o.Password.Reveal())
	case f.o.Token != "":
		r.Header.Set("Authorization", "Bearer "+f.o.Token.Reveal())
	}
}

// shown is the feed's address as errors may show it.
func (f *Feed) shown() string { return fetch.RedactURL(f.at.String()) }

// unreadable says what is wrong with the document of this feed.
func (f *Feed) unreadable(err error) error {
	return fmt.Errorf("%s cannot be read: %w", f.shown(), err)
}
