// Package telegram connects groups and channels of Telegram through a bot that is a member of them.
//
// It owns the bot's queue of updates: what it was told, it confirms to Telegram only with the poll after, when it is stored. It answers
// under messages as the bot.
//
// It promises never to show the bot's token, which Telegram wants in every address, and never to send a reply a second time: Telegram
// neither drops repetitions nor lets a bot look for what it said.
package telegram

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
	"github.com/earshotdesk/earshot/internal/text"
)

// Options are the settings of a source of kind telegram.
type Options struct {
	Server string   `yaml:"server" default:"https://api.telegram.org" doc:"Address of the Bot API; a server of one's own can be named."`
	Chats  []string `yaml:"chats" doc:"Groups and channels to read, by @name or number; all that the bot is in when absent."`
	Kinds  []string `yaml:"kinds" enum:"message,channel_post" default:"message,channel_post" doc:"message: what is said in groups; channel_post: what channels publish."`
	Page   int      `yaml:"page" default:"100" min:"1" max:"100" doc:"Updates in one request."`
}

// Connector reads and answers as one bot.
type Connector struct {
	api     *fetch.API
	opt     Options
	account *connectors.Account
	now     func() time.Time
	log     *slog.Logger
}

const (
	kindMessage = "message"
	kindPost    = "channel_post"
)

// New makes the connector of a source. It does no I/O.
func New(env connectors.Env, decode func(any) error) (connectors.Connector, error) {
	var opt Options
	if err := decode(&opt); err != nil {
		return nil, err
	}
	if env.Account == nil {
		return nil, desk.Invalidf("a source of kind telegram needs an account: the bot whose messages it reads")
	}
	opt.Server = cmp.Or(opt.Server, env.Account.Server, "https://api.telegram.org")
	opt.Page = cmp.Or(opt.Page, 100)
	if len(opt.Kinds) == 0 {
		opt.Kinds = []string{kindMessage, kindPost}
	}
	base, err := connectors.Address("server", opt.Server, "https://api.telegram.org")
	if err != nil {
		return nil, err
	}
	if opt.Page < 1 || opt.Page > 100 {
		return nil, desk.Invalidf("page must be a number from 1 to 100, not %d", opt.Page)
	}
	for _, kind := range opt.Kinds {
		if kind != kindMessage && kind != kindPost {
			return nil, desk.Invalidf("kinds are message and channel_post, not %q", kind)
		}
	}
	for i, name := range opt.Chats {
		if opt.Chats[i] = strings.ToLower(desk.CleanHandle(name)); opt.Chats[i] == "" {
			return nil, desk.Invalidf("a chat is a @name or a number such as -1001234567890, not %q", name)
		}
	}
	c := &Connector{opt: opt, account: env.Account, now: env.Now, log: env.Log}
	grants := env.Account.Grants()
	c.api = &fetch.API{
		Base: base.String(), Read: env.Read, Publish: env.Publish, Now: env.Now, Refuse: refuse,
		Sign: func(ctx context.Context, r *http.Request, renew bool) error {
			g, err := grants(ctx, renew)
			if err == nil {
				fetch.InPath(r, "/bot", g.Access)
			}
			return err
		},
	}
	return c, nil
}

// Site is the whole of Telegram: chats have numbers of their own everywhere.
func (c *Connector) Site() desk.Site { return "telegram" }

// handle is the bot's name in lower case, without @.
func (c *Connector) handle() string { return strings.ToLower(desk.CleanHandle(c.account.Handle)) }

// wanted tells whether a chat is one of those that the source reads: what people say to the bot in private is not.
func (c *Connector) wanted(in chat, moved map[string]string) bool {
	if in.Type == "private" || in.ID == "" {
		return false
	}
	listed := func(id string) bool { return slices.Contains(c.opt.Chats, id) }
	if len(c.opt.Chats) == 0 || listed(in.ID.String()) || in.Username != "" && listed(strings.ToLower(in.Username)) {
		return true
	}
	for old, now := range moved {
		if now == in.ID.String() && listed(old) {
			return true
		}
	}
	return false
}

// Check asks whether the token is the bot's, and whether its messages come to who asks for them.
func (c *Connector) Check(ctx context.Context) error {
	var me answer[user]
	if err := c.api.Get(ctx, "/getMe", nil, &me); err != nil {
		return fmt.Errorf("asking whose the token is: %w", err)
	}
	if !me.OK || !strings.EqualFold(me.Result.Username, c.handle()) {
		return desk.Invalidf("the token belongs to @%s, but the account is @%s", text.Line(me.Result.Username), c.handle())
	}
	var hook answer[struct {
		URL string `json:"url"`
	}]
	if err := c.api.Get(ctx, "/getWebhookInfo", nil, &hook); err != nil {
		return fmt.Errorf("asking where the bot's messages go: %w", err)
	}
	if hook.Result.URL != "" {
		return desk.Deniedf("the bot's messages go to a webhook, so nobody can fetch them; remove it by calling deleteWebhook")
	}
	return nil
}
