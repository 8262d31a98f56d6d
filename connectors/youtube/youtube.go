// Package youtube connects YouTube: the comments under a channel's videos, or under videos of one's choice.
//
// It reads threads newest first and, because a new answer does not bring an old thread to the front, looks at the threads of the last
// days again. It keeps account of YouTube's quota: reading leaves a reserve, so that answering never starves.
//
// It promises that what it says goes only under a thread that was open right before, and that reading never spends the reserve.
package youtube

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/internal/google"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
)

// Options are the settings of a source of kind youtube.
type Options struct {
	Server  string        `yaml:"server" default:"https://www.googleapis.com" doc:"Address of the interface; only tests and proxies need another."`
	Channel string        `yaml:"channel" doc:"Channel id, UC…: comments under all its videos. The account's own when neither channel nor videos are given."`
	Videos  []string      `yaml:"videos" doc:"Video ids: comments under these videos, whoever's they are."`
	Search  string        `yaml:"search" doc:"Only threads with these words, as YouTube searches them."`
	History desk.Duration `yaml:"history" default:"30d" min:"0s" doc:"How far back the first poll reads; 0s for everything there is."`
	Rescan  desk.Duration `yaml:"rescan" default:"7d" min:"0s" doc:"Threads of this span are looked at again for new answers; 0s for not at all."`
	Every   desk.Duration `yaml:"rescan_every" default:"1h" min:"1m" doc:"How often they are looked at again."`
	Quota   int64         `yaml:"quota" default:"10000" min:"1" doc:"Units a day that this source may spend of the Cloud project's quota."`
	Reserve int64         `yaml:"reserve" default:"2000" min:"0" doc:"Units of them that reading leaves for answers, at 50 each."`
}

// defaults are the settings where 0 has a meaning or none was given.
func defaults() Options {
	return Options{
		Server: "https://www.googleapis.com", History: desk.Duration(30 * 24 * time.Hour), Rescan: desk.Duration(7 * 24 * time.Hour),
		Every: desk.Duration(time.Hour), Quota: 10000, Reserve: 2000,
	}
}

// Connector reads and answers comments.
type Connector struct {
	api     *fetch.API
	opt     Options
	account *connectors.Account
	purse   connectors.Purse
	log     *slog.Logger
	now     func() time.Time
}

// New makes the connector of a source. It does no I/O.
func New(env connectors.Env, decode func(any) error) (connectors.Connector, error) {
	opt := defaults()
	if err := decode(&opt); err != nil {
		return nil, err
	}
	if env.Account == nil {
		return nil, desk.Invalidf("youtube needs an account: YouTube gives comments to those alone who are signed in")
	}
	if err := opt.check(); err != nil {
		return nil, err
	}
	c := &Connector{opt: opt, account: env.Account, purse: env.Purse, log: env.Log, now: env.Now}
	c.api = &fetch.API{
		Base: strings.TrimRight(opt.Server, "/"), Read: env.Read, Publish: env.Publish, Now: env.Now,
		Sign: fetch.Bearer(env.Account.Grants()), Refuse: refuser(env.Now),
	}
	return c, nil
}

func (o *Options) check() error {
	id := regexp.MustCompile(`^[\w-]+$`)
	switch {
	case o.Channel != "" && !strings.HasPrefix(o.Channel, "UC"), o.Channel != "" && !id.MatchString(o.Channel):
		return desk.Invalidf("channel must be a channel id, which begins with UC, not %q", o.Channel)
	case o.History < 0 || o.Rescan < 0 || o.Every < 0:
		return desk.Invalidf("history, rescan and rescan_every must not be negative")
	case o.Reserve < 0 || o.Reserve >= o.Quota:
		return desk.Invalidf("reserve must be less than quota, so that there is something left to read with")
	}
	for _, video := range o.Videos {
		if !id.MatchString(video) {
			return desk.Invalidf("a video id has letters, digits, - and _, not %q; it stands after v= in the video's address", video)
		}
	}
	return nil
}

// Site returns the one site that all comments on YouTube are of.
func (c *Connector) Site() desk.Site { return site }

const site desk.Site = "youtube"

// own returns the id of the channel that the account speaks as: what consent found, or else the account's handle where that is an id.
func (c *Connector) own(ctx context.Context) (string, error) {
	if strings.HasPrefix(c.account.Handle, "UC") {
		return c.account.Handle, nil
	}
	g, err := c.account.Keys.Grant(ctx)
	if err != nil {
		return "", err
	}
	if id := g.Extra[channelKey].Reveal(); id != "" {
		return id, nil
	}
	return "", desk.Deniedf("it is not known which channel the account %s speaks as; connect it again, or write the channel's id as its handle", c.account.Name)
}

// target is one list of threads: the parameter and its value that choose it.
type target struct{ name, value string }

func (t target) String() string { return t.name + "=" + t.value }

// targets are the lists that the settings name.
func (c *Connector) targets(ctx context.Context) ([]target, error) {
	const ofChannel = "allThreadsRelatedToChannelId"
	var all []target
	if c.opt.Channel != "" {
		all = append(all, target{ofChannel, c.opt.Channel})
	}
	for _, video := range c.opt.Videos {
		all = append(all, target{"videoId", video})
	}
	if len(all) > 0 {
		return all, nil
	}
	own, err := c.own(ctx)
	return []target{{ofChannel, own}}, err
}

// Check asks which channel the account speaks as, and for a thread of each list.
func (c *Connector) Check(ctx context.Context) error {
	targets, err := c.targets(ctx)
	if err != nil {
		return err
	}
	defer c.pay(ctx, int64(len(targets)))
	for _, t := range targets {
		if _, err := c.list(ctx, threadsPath, url.Values{"part": {"id"}, t.name: {t.value}, "maxResults": {"1"}}); err != nil {
			return fmt.Errorf("%s: %w", t, err)
		}
	}
	return nil
}

// refuser reads YouTube's refusals. A quota that is used up comes back at midnight in California.
func refuser(now func() time.Time) func(fetch.Reply) *fetch.Refusal {
	refuse := google.Refuse(reasons())
	return func(a fetch.Reply) *fetch.Refusal {
		no := refuse(a)
		if no != nil && no.Class == fetch.QuotaExhausted {
			no.After = midnight(now(), 1).Sub(now())
		}
		return no
	}
}

// reasons are the refusals that mean something on YouTube alone.
func reasons() map[string]fetch.Refusal {
	gone := fetch.Refusal{Class: fetch.Gone}
	return map[string]fetch.Refusal{
		"commentsDisabled":      {Class: fetch.Locked, Hint: "comments are turned off under this video"},
		"parentCommentNotFound": gone, "commentNotFound": gone, "commentThreadNotFound": gone,
		"videoNotFound": {Class: fetch.Missing}, "channelNotFound": {Class: fetch.Missing},
		"ineligibleAccount":      {Class: fetch.Forbidden, Hint: "the Google account must be joined with its YouTube channel first"},
		"parentCommentIsPrivate": {Class: fetch.Locked, Hint: "the comment is not public"},
		"operationNotSupported":  {Class: fetch.Invalid},
		"commentTextTooLong":     {Class: fetch.TooLong}, "commentTextRequired": {Class: fetch.Invalid},
		"parentIdMissing": {Class: fetch.Invalid}, "invalidCommentMetadata": {Class: fetch.Invalid},
		"invalidCustomEmoji": {Class: fetch.Invalid}, "invalidPageToken": {Class: fetch.Invalid},
		"processingFailure": {Class: fetch.Trouble},
	}
}
