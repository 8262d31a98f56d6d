// Package slack tells colleagues on Slack: one message per group, rewritten in place while its cases move.
//
// It owns the look of the message (Block Kit), Slack's limits, and what Slack's errors mean. It promises that what strangers wrote
// is shown as they wrote it and never acts: all of it goes into rich text elements, which Slack does not parse, so that it can
// neither call a channel nor disguise a link; that addresses in it are not unfolded; that the text of what is resolved or was
// removed at its site leaves the message; and that no error carries the token.
package slack

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/slack-go/slack"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/notify"
)

// Options are the settings of a target of kind slack.
type Options struct {
	Token   desk.Secret `yaml:"token" doc:"Bot token (xoxb-…) of a Slack app with the scope chat:write, and chat:write.public for channels that the app is not in."`
	Channel string      `yaml:"channel" doc:"Channel to tell: its name with # or its ID (C…)."`
	Mention string      `yaml:"mention" doc:"Who is called when something critical comes: here, channel, the ID of a person (U…) or of a user group (S…). Nobody when absent."`
	Remind  string      `yaml:"remind" default:"channel" doc:"Where further cases and reminders are said, since rewriting a message calls nobody: channel (in the thread, shown in the channel), thread, or off."`
	APIURL  string      `yaml:"api_url" doc:"Address of Slack's Web API when it is not Slack's own, for example of a proxy."`
}

const sample = `# A Slack channel. Make an app at https://api.slack.com/apps with the bot scope chat:write,
# install it, invite it into the channel, and copy its bot token.
- name: support
  kind: slack
  token: ${SLACK_TOKEN}
  channel: "#support"
  mention: here        # called when something critical comes
  remind: channel      # further cases and reminders: channel, thread or off
  # api_url: https://slack-proxy.example/api/   # when Slack is not called directly
`

// Kind describes the kind slack.
func Kind() notify.Kind {
	return notify.Kind{
		Name:    "slack",
		Summary: "one Slack message per group, rewritten while its cases move",
		Sample:  sample,
		Options: &Options{},
		New: func(env notify.Env, decode func(any) error) (notify.Notifier, error) {
			o := Options{Remind: "channel"}
			if err := decode(&o); err != nil {
				return nil, err
			}
			return New(env, o)
		},
	}
}

var (
	slackID   = regexp.MustCompile(`^[A-Z][A-Z0-9]{7,}$`)
	mentionOK = regexp.MustCompile(`^(here|channel|[UWS][A-Z0-9]{7,})?$`)
)

// Notifier tells one Slack channel. It is safe for concurrent use.
type Notifier struct {
	target, channel, mention, remind string

	api  *slack.Client
	hide func(string) string // removes the token from a text; the token itself is not kept here, where %v would find it
	log  *slog.Logger
}

// New returns a notifier. It checks the settings and does not call Slack.
func New(env notify.Env, o Options) (*Notifier, error) {
	switch {
	case o.Token == "":
		return nil, desk.Invalidf("target %s: token is missing; it is the bot token of your Slack app and begins with xoxb-", env.Target)
	case strings.Trim(o.Channel, "# ") == "":
		return nil, desk.Invalidf("target %s: channel is missing", env.Target)
	case !mentionOK.MatchString(o.Mention):
		return nil, desk.Invalidf("target %s: mention %q is neither here, channel, nor the ID of a person (U…) or user group (S…)", env.Target, o.Mention)
	}
	switch o.Remind {
	case "":
		o.Remind = "channel"
	case "channel", "thread", "off":
	default:
		return nil, desk.Invalidf("target %s: remind %q is neither channel, thread nor off", env.Target, o.Remind)
	}
	options := []slack.Option{slack.OptionHTTPClient(guarded(env.HTTP))}
	if o.APIURL != "" {
		u, err := url.Parse(o.APIURL)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return nil, desk.Invalidf("target %s: api_url is no http or https address", env.Target)
		}
		options = append(options, slack.OptionAPIURL(strings.TrimSuffix(o.APIURL, "/")+"/"))
	}
	log := env.Log
	if log == nil {
		log = slog.Default()
	}
	return &Notifier{
		target: env.Target, channel: o.Channel, mention: o.Mention, remind: o.Remind,
		api:  slack.New(o.Token.Reveal(), options...),
		hide: strings.NewReplacer(o.Token.Reveal(), desk.Redacted).Replace,
		log:  log,
	}, nil
}

// guarded keeps the token, which is in the body of every call, from following a redirect to somebody else.
func guarded(client *http.Client) *http.Client {
	var c http.Client
	if client != nil {
		c = *client
	}
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &c
}

// Check asks Slack whether it knows the token. It says nothing to anybody.
func (s *Notifier) Check(ctx context.Context) error {
	if _, err := s.api.AuthTestContext(ctx); err != nil {
		return s.explain(err)
	}
	return nil
}

// Notify posts the message of a group, or rewrites it when there is one. A message that Slack has no more is posted anew.
func (s *Notifier) Notify(ctx context.Context, n notify.Notice) (desk.Receipt, error) {
	if n.Receipt.Remote == "" || s.elsewhere(n.Receipt) {
		return s.post(ctx, render(n, s.mention))
	}
	r, err := s.rewrite(ctx, n.Receipt, render(n, ""))
	if lost(err) {
		return s.post(ctx, render(n, s.mention))
	}
	if err != nil {
		return desk.Receipt{}, s.explain(err)
	}
	return r, s.callAgain(ctx, r, n)
}

// elsewhere tells whether a message stands in another channel than the one configured, as far as that can be told from here.
func (s *Notifier) elsewhere(r desk.Receipt) bool {
	return slackID.MatchString(s.channel) && r.Channel != s.channel
}

func (s *Notifier) post(ctx context.Context, m message, more ...slack.MsgOption) (desk.Receipt, error) {
	send := func(m message) (channel, ts string, err error) {
		return s.api.PostMessageContext(ctx, s.channel, append(m.options(), more...)...)
	}
	channel, ts, err := send(m)
	if refusedBlocks(err) {
		s.log.Warn("Slack refused the layout of a notice; sending its words alone", "target", s.target, "error", s.explain(err))
		channel, ts, err = send(message{text: m.text})
	}
	if err != nil {
		return desk.Receipt{}, s.explain(err)
	}
	return desk.Receipt{Remote: desk.RemoteID(ts), Channel: channel}, nil
}

// rewrite returns Slack's own error.
func (s *Notifier) rewrite(ctx context.Context, r desk.Receipt, m message) (desk.Receipt, error) {
	_, _, _, err := s.api.UpdateMessageContext(ctx, r.Channel, string(r.Remote), m.options()...)
	if refusedBlocks(err) {
		s.log.Warn("Slack refused the layout of a notice; sending its words alone", "target", s.target, "error", s.explain(err))
		_, _, _, err = s.api.UpdateMessageContext(ctx, r.Channel, string(r.Remote), message{text: m.text}.options()...)
	}
	return desk.Receipt{Remote: r.Remote, Channel: r.Channel}, err
}

// callAgain says in the thread what a rewritten message cannot: Slack calls nobody for a rewriting. The message stands by then, so
// only what may pass by itself is an error.
func (s *Notifier) callAgain(ctx context.Context, r desk.Receipt, n notify.Notice) error {
	if !n.Loud || s.remind == "off" {
		return nil
	}
	more := []slack.MsgOption{slack.MsgOptionTS(string(r.Remote))}
	if s.remind == "channel" {
		more = append(more, slack.MsgOptionBroadcast())
	}
	to := *s
	to.channel = r.Channel
	_, err := to.post(ctx, reminder(n, s.mention), more...)
	if err != nil && !passing(err) {
		s.log.Warn("Slack refused a reminder in the thread of a notice", "target", s.target, "error", err)
		return nil
	}
	return err
}
