// Package trustpilot reads what customers say of a company on Trustpilot, and answers them.
//
// It reads service reviews: the public list with an API key, or the private one with a token of the company, which may also answer.
// Reviews of products are another interface and not read.
//
// It promises that an answer which a person wrote is never replaced, and that order numbers and e-mail addresses, which the private
// list holds, are kept nowhere.
package trustpilot

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
)

// Options are the settings of a source of kind trustpilot.
type Options struct {
	Unit     string        `yaml:"unit" required:"true" doc:"The company's business unit ID, 24 hexadecimal digits."`
	Mode     string        `yaml:"mode" default:"private" enum:"private,public" doc:"private: with the account's token, which may also answer; public: with an API key alone."`
	APIKey   desk.Secret   `yaml:"api_key" doc:"Of mode public: the API key; the account's client_id when absent."`
	User     string        `yaml:"business_user" doc:"ID of the business user who answers, from the user's profile in Trustpilot Business; without it nobody can answer."`
	Language string        `yaml:"language" doc:"Only reviews of this language, ISO 639-1; all when absent."`
	History  desk.Duration `yaml:"history" default:"90d" min:"0s" doc:"How far back the first poll goes; 0s for everything."`
	Overlap  desk.Duration `yaml:"overlap" default:"7d" min:"0s" doc:"How far back every poll looks again, for edits and for answers that a colleague wrote at Trustpilot."`
	Server   string        `yaml:"server" doc:"Address instead of Trustpilot's own, for tests."`
}

const (
	modePrivate = "private"
	modePublic  = "public"

	server = "https://api.trustpilot.com"
)

var idForm = regexp.MustCompile(`^[0-9A-Za-z]{1,64}$`)

// Connector reads the reviews of one business unit.
type Connector struct {
	api *fetch.API
	o   Options
	env connectors.Env
}

// Answering is a [Connector] with a token, which may answer.
type Answering struct {
	*Connector
	connectors.OneRemovable
}

// New makes the connector of a source. It does no I/O.
func New(env connectors.Env, decode func(any) error) (connectors.Connector, error) {
	const day = desk.Duration(24 * time.Hour)
	o := Options{History: 90 * day, Overlap: 7 * day} // where 0 has a meaning
	if err := decode(&o); err != nil {
		return nil, err
	}
	if o.Mode == "" {
		o.Mode = modePrivate
	}
	if o.Server == "" {
		o.Server = server
	}
	if o.APIKey == "" && env.Account != nil {
		o.APIKey = desk.Secret(env.Account.ClientID)
	}
	switch {
	case !idForm.MatchString(o.Unit):
		return nil, desk.Invalidf("unit must be the company's business unit ID, letters and digits, not %q", o.Unit)
	case o.User != "" && !idForm.MatchString(o.User):
		return nil, desk.Invalidf("business_user must be the ID of a business user, letters and digits, not %q", o.User)
	case o.Mode != modePrivate && o.Mode != modePublic:
		return nil, desk.Invalidf("mode must be private or public, not %q", o.Mode)
	case o.Mode == modePrivate && env.Account == nil:
		return nil, desk.Invalidf("mode private needs an account with the API key as client_id and the API secret as token")
	case o.Mode == modePublic && o.APIKey == "":
		return nil, desk.Invalidf("api_key is missing: mode public needs one")
	case o.History < 0 || o.Overlap < 0:
		return nil, desk.Invalidf("history and overlap must not be negative")
	}
	c := &Connector{o: o, env: env}
	c.api = &fetch.API{Base: strings.TrimRight(o.Server, "/"), Read: env.Read, Publish: env.Publish, Now: env.Now}
	if o.Mode == modePublic {
		c.api.Sign = func(_ context.Context, r *http.Request, _ bool) error {
			r.Header.Set("Apikey", o.APIKey.Reveal())
			return nil
		}
		return c, nil
	}
	c.api.Sign = fetch.Bearer(env.Account.Grants())
	return &Answering{c, c.answers()}, nil
}

// Site returns the company's place on Trustpilot.
func (c *Connector) Site() desk.Site { return desk.Site("trustpilot:" + c.o.Unit) }

// Capabilities returns what this source can do: nobody answers without a token and a business user.
func (c *Connector) Capabilities() connectors.Capabilities {
	if c.o.Mode == modePublic || c.o.User == "" {
		return readingCapabilities()
	}
	return capabilities()
}

// Check asks for one review, which shows whether the key or token may read them.
func (c *Connector) Check(ctx context.Context) error {
	if _, err := c.page(ctx, "1", 1); err != nil {
		return fmt.Errorf("reading reviews: %w", err)
	}
	return nil
}
