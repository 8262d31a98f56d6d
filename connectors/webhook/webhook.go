// Package webhook takes signed deliveries of anything that can send JSON: survey tools, help desks, shops, scrapers of one's own.
//
// It owns how a delivery is proved to come from who knows the secret, where in its JSON the items stand, and which of them count;
// what an item's names mean is read as in the rows of a file. It polls nothing.
//
// It promises that nothing unsigned, wrongly signed or signed too long ago is taken, that the secret is compared in constant time,
// and that an item which cannot be read is kept with a sentence while the others are taken.
package webhook

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/internal/record"
	"github.com/earshotdesk/earshot/internal/desk"
)

//go:embed sample.yaml
var sample string

// Options are the settings of a source of kind webhook.
type Options struct {
	Secret     desk.Secret         `yaml:"secret" required:"true" doc:"What sender and desk share; or secret_file. At least 16 characters."`
	Signature  string              `yaml:"signature" default:"hmac-sha256" enum:"hmac-sha256,token" doc:"hmac-sha256: the sender signs the delivery; token: it sends the secret itself, for senders that cannot sign, over TLS alone."`
	Header     string              `yaml:"header" doc:"Header with the signature or token; X-Hub-Signature-256 or X-Webhook-Token when absent."`
	Signed     string              `yaml:"signed" default:"{body}" doc:"What is signed, for example {body}, {timestamp}.{body} or v0:{timestamp}:{body}."`
	Timestamp  string              `yaml:"timestamp" doc:"Header with the seconds since 1970 at which it was signed, where signed has {timestamp}; absent when the signature header says t=."`
	Tolerance  desk.Duration       `yaml:"tolerance" default:"5m" min:"1s" doc:"How old a signature with a timestamp may be."`
	Items      string              `yaml:"items" doc:"Where the items stand in the JSON, for example data.reviews; the whole delivery, one item or a list, when absent."`
	Only       map[string][]string `yaml:"only" doc:"Items that count: one of these values under each of these names, for example event: [review.created]."`
	Gone       map[string][]string `yaml:"gone" doc:"Items that say that something was removed, in the same form; they need an id."`
	Map        map[string]string   `yaml:"map" doc:"Which name is what, ours: theirs. Names in objects are joined by dots: user.name. When absent, common names are recognised."`
	Site       string              `yaml:"site" doc:"Site that the identifiers belong to; webhook:NAME of the source when absent."`
	As         string              `yaml:"as" enum:"post,comment,review,article" doc:"post, comment, review or article. When absent, items with stars are reviews, items with a parent comments, all others posts."`
	Language   string              `yaml:"language" doc:"ISO 639-1 language of items that do not say theirs."`
	RatingBest float64             `yaml:"rating_best" default:"5" doc:"The most stars there are, where items do not say."`
	Timezone   string              `yaml:"timezone" default:"UTC" doc:"Time zone of dates that do not say theirs, for example Europe/Budapest."`
	Dates      []string            `yaml:"dates" doc:"How dates are written, for example DD/MM/YYYY hh:mm. Tried before the common ways."`
}

// Spec describes the kind.
func Spec() connectors.Spec {
	return connectors.Spec{
		Kind:    "webhook",
		Title:   "Webhook",
		Group:   connectors.GroupOther,
		Summary: "Signed deliveries of JSON from anything that can send them",
		Sample:  sample,
		Caps:    connectors.Capabilities{Certainty: connectors.CertainNone, Pushes: true, SeesEdits: true, SeesGone: true},
		Options: &Options{},
		New:     New,
	}
}

// Webhook takes the deliveries of one source.
type Webhook struct {
	o    Options
	site desk.Site
	now  func() time.Time
}

// New checks the settings.
func New(env connectors.Env, decode func(any) error) (connectors.Connector, error) {
	var o Options
	if err := decode(&o); err != nil {
		return nil, err
	}
	o.fill(env.Source)
	if err := o.check(); err != nil {
		return nil, err
	}
	return &Webhook{o: o, site: desk.Site(o.Site), now: env.Now}, nil
}

// shortest is the length of a secret that cannot be guessed by trying.
const shortest = 16

func (o *Options) fill(src desk.Source) {
	if o.Signature == "" {
		o.Signature = hmacSHA256
	}
	if o.Header == "" {
		o.Header = map[string]string{hmacSHA256: "X-Hub-Signature-256", token: "X-Webhook-Token"}[o.Signature]
	}
	if o.Signed == "" {
		o.Signed = "{body}"
	}
	if o.Tolerance == 0 {
		o.Tolerance = desk.Duration(5 * time.Minute)
	}
	if o.Site == "" {
		o.Site = "webhook:" + src.Name
	}
}

func (o *Options) check() error {
	switch {
	case len(o.Secret.Reveal()) < shortest:
		return desk.Invalidf("secret: it must have at least %d characters; `openssl rand -hex 32` makes a good one", shortest)
	case o.Signature != hmacSHA256 && o.Signature != token:
		return desk.Invalidf("signature: %q is neither %s nor %s", o.Signature, hmacSHA256, token)
	case !strings.Contains(o.Signed, "{body}"):
		return desk.Invalidf("signed: %q does not have {body} in it, so nothing of the delivery would be signed", o.Signed)
	case o.Timestamp != "" && !strings.Contains(o.Signed, "{timestamp}"):
		return desk.Invalidf("timestamp is given, but signed does not have {timestamp} in it")
	}
	_, err := o.builder()
	return err
}

func (o *Options) builder() (*record.Builder, error) {
	return record.New(record.Options{
		Map: o.Map, Site: o.Site, As: o.As, Language: o.Language, RatingBest: o.RatingBest, Timezone: o.Timezone, Dates: o.Dates,
	})
}

// Site returns the place that all items are of.
func (w *Webhook) Site() desk.Site { return w.site }

// Poll finds nothing: what there is comes by itself.
func (w *Webhook) Poll(ctx context.Context, since connectors.Cursor) (connectors.Batch, error) {
	return connectors.Batch{Next: since}, ctx.Err()
}

// matches tells whether one of the wanted values stands under each wanted name, in the item or else in the delivery around it. No
// wish matches nothing.
func matches(want map[string][]string, item, around map[string]any) bool {
	for name, allowed := range want {
		value, ok := lookup(item, name)
		if !ok {
			value, ok = lookup(around, name)
		}
		if !ok || !slices.Contains(allowed, value) {
			return false
		}
	}
	return len(want) > 0
}

// lookup returns the plain value under a name with dots.
func lookup(object map[string]any, name string) (string, bool) {
	first, rest, deeper := strings.Cut(name, ".")
	switch v := object[first].(type) {
	case map[string]any:
		return lookup(v, rest)
	case string, json.Number, bool:
		return fmt.Sprint(v), !deeper
	}
	return "", false
}
