// Package googleplay connects Google Play: the reviews of an Android app.
//
// It reads what the interface gives, which is the reviews with words of the last seven days, tells a review and the developer's answer
// as two mentions, and answers in the developer's name.
//
// It promises never to replace an answer that it cannot prove to be the desk's own, and never to take a review for gone because it has
// become too old to be asked for.
package googleplay

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

// Options are the settings of a source of kind googleplay.
type Options struct {
	Server  string `yaml:"server" default:"https://androidpublisher.googleapis.com" doc:"Address of the interface; only tests and proxies need another."`
	Package string `yaml:"package" required:"true" doc:"Package name of the app, for example com.example.shop."`
}

// window is how long Google Play gives a review after it was written or changed.
const window = 7 * 24 * time.Hour

// Connector reads and answers the reviews of one app.
type Connector struct {
	connectors.OneAnswer // how it answers

	api  *fetch.API
	base string // path of the app's reviews
	opt  Options
	now  func() time.Time
}

// New makes the connector of a source. It does no I/O.
func New(env connectors.Env, decode func(any) error) (connectors.Connector, error) {
	var opt Options
	if err := decode(&opt); err != nil {
		return nil, err
	}
	if opt.Server == "" {
		opt.Server = "https://androidpublisher.googleapis.com"
	}
	if env.Account == nil {
		return nil, desk.Invalidf("googleplay needs an account: Google gives reviews to those alone who publish the app")
	}
	if !regexp.MustCompile(`^[A-Za-z]\w*(\.[A-Za-z]\w*)+$`).MatchString(opt.Package) {
		return nil, desk.Invalidf("package must be the package name of an app, such as com.example.shop, not %q", opt.Package)
	}
	c := &Connector{opt: opt, now: env.Now, base: "/androidpublisher/v3/applications/" + opt.Package + "/reviews"}
	c.api = &fetch.API{
		Base: strings.TrimRight(opt.Server, "/"), Read: env.Read, Publish: env.Publish, Now: env.Now,
		Sign: fetch.Bearer(env.Account.Grants()), Refuse: google.Refuse(nil),
	}
	c.OneAnswer = connectors.OneAnswer{Account: env.Account, Caps: capabilities(), Look: c.look, Put: c.put}
	return c, nil
}

// Site returns the app as a site of its own.
func (c *Connector) Site() desk.Site { return desk.Site("googleplay:" + c.opt.Package) }

// Check asks for one review, which shows whether the account may read the app's.
func (c *Connector) Check(ctx context.Context) error {
	if err := c.api.Get(ctx, c.base, url.Values{"maxResults": {"1"}}, &page{}); err != nil {
		return fmt.Errorf("reading reviews of %s: %w", c.opt.Package, err)
	}
	return nil
}
