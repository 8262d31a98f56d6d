// Package heureka reads the exports of reviews that Heureka.sk and Heureka.cz make for shops: of the shop itself, and of the products
// that it sold.
//
// It owns the two XML forms, which are read piece by piece and never held whole, and what they mean in mentions. It promises that the
// key of the export, which also opens the sending of orders, stands in no error, log or mention, and that order numbers and addresses of
// customers stay out of mentions.
package heureka

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

// Options are the settings of a source of kind heureka.
type Options struct {
	Export  string      `yaml:"export" default:"shop" enum:"shop,product" doc:"shop: what customers say of the shop; product: what they say of what they bought."`
	Country string      `yaml:"country" default:"sk" enum:"sk,cz" doc:"sk for Heureka.sk, cz for Heureka.cz."`
	Key     desk.Secret `yaml:"key" doc:"Secret key of the export, 32 hexadecimal digits, from Heureka's administration; the account's token when absent."`
	Shop    string      `yaml:"shop" doc:"Name of the shop on Heureka, to tell several shops of one country apart."`
	Page    string      `yaml:"page" doc:"Where a person reads and answers the shop's reviews, for the link on the board; the address of Heureka's administration for shops when absent."`
	Server  string      `yaml:"server" doc:"Address instead of Heureka's own, for example of a copy of the export; a whole address of a file is taken as it is."`
}

// Connector reads one export.
type Connector struct {
	env  connectors.Env
	o    Options
	at   *url.URL // without the key
	key  desk.Secret
	site desk.Site
}

var keyForm = regexp.MustCompile(`^[0-9A-Fa-f]{32}$`)

// New makes the connector of a source. It does no I/O.
func New(env connectors.Env, decode func(any) error) (connectors.Connector, error) {
	o := Options{}
	if err := decode(&o); err != nil {
		return nil, err
	}
	if o.Export == "" {
		o.Export = exportShop
	}
	if o.Country == "" {
		o.Country = "sk"
	}
	c := &Connector{env: env, o: o, key: o.Key}
	if c.key == "" && env.Account != nil {
		c.key = env.Account.Secret
	}
	if c.o.Page == "" {
		c.o.Page = "https://sluzby.heureka." + o.Country + "/"
	}
	own := o.Server != ""
	switch {
	case o.Export != exportShop && o.Export != exportProduct:
		return nil, desk.Invalidf("export must be shop or product, not %q", o.Export)
	case o.Country != "sk" && o.Country != "cz":
		return nil, desk.Invalidf("country must be sk or cz, not %q", o.Country)
	case !strings.HasPrefix(c.o.Page, "https://") && !strings.HasPrefix(c.o.Page, "http://"):
		return nil, desk.Invalidf("page must be an http or https address")
	case c.key == "" && !own:
		return nil, desk.Invalidf("key is missing: it stands in Heureka's administration beside the export of reviews")
	case !own && !keyForm.MatchString(c.key.Reveal()):
		return nil, desk.Invalidf("key has not the form of Heureka's keys, 32 hexadecimal digits")
	case !own:
		o.Server = "https://www.heureka." + o.Country
	}
	at, err := url.Parse(strings.TrimRight(o.Server, "/"))
	if err != nil || at.Host == "" || at.Scheme != "http" && at.Scheme != "https" {
		return nil, desk.Invalidf("server must be an http or https address")
	}
	if at.Path == "" {
		at.Path = paths()[o.Export]
	}
	c.at = at
	c.site = desk.Site("heureka:" + o.Country)
	if o.Shop != "" {
		c.site += desk.Site("/" + strings.TrimSpace(o.Shop))
	}
	return c, nil
}

const (
	exportShop    = "shop"
	exportProduct = "product"
)

func paths() map[string]string {
	return map[string]string{
		exportShop:    "/direct/dotaznik/export-review.php",
		exportProduct: "/direct/dotaznik/export-product-review.php",
	}
}

// Site returns Heureka of the country, and the shop when it is named: numbers of reviews are unique there.
func (c *Connector) Site() desk.Site { return c.site }

// Check reads the beginning of the export.
func (c *Connector) Check(ctx context.Context) error {
	err := c.export(ctx, state{}, nil, func(review) bool { return false })
	return err
}

// zone is that in which the export filters by time. That it is Prague's is not confirmed; the overlap is longer than a mistake in it.
func zone() *time.Location {
	if z, err := time.LoadLocation("Europe/Prague"); err == nil {
		return z
	}
	return time.UTC
}
