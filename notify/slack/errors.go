package slack

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/notify"
)

// restAfter is how long to wait when Slack says that we are too fast but not for how long.
const restAfter = 30 * time.Second

// What Slack's error codes mean: https://docs.slack.dev/reference/methods/chat.postMessage and …/chat.update.
var (
	tooFast      = []string{"ratelimited", "rate_limited", "message_limit_exceeded"}
	mayPass      = []string{"internal_error", "fatal_error", "request_timeout", "service_unavailable", "team_added_to_org", "accesslimited"}
	badToken     = []string{"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "no_permission", "org_login_required", "ekm_access_denied"}
	badChannel   = []string{"channel_not_found", "not_in_channel", "is_archived", "restricted_action", "restricted_action_read_only_channel"}
	messageLost  = []string{"message_not_found", "cant_update_message", "edit_window_closed", "channel_not_found", "is_inactive"}
	badLayout    = []string{"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long"}
	missingScope = []string{"missing_scope", "not_allowed_token_type"}
)

func code(err error) string {
	if r, ok := errors.AsType[slack.SlackErrorResponse](err); ok {
		return r.Err
	}
	return ""
}

func lost(err error) bool          { return slices.Contains(messageLost, code(err)) }
func refusedBlocks(err error) bool { return slices.Contains(badLayout, code(err)) }

func passing(err error) bool {
	_, ok := errors.AsType[*desk.Transient](err)
	return ok
}

// explain turns an error of the client into one that says what to do. What Slack refused is for a person; all else may pass.
func (s *Notifier) explain(err error) error {
	if limited, ok := errors.AsType[*slack.RateLimitedError](err); ok {
		return &desk.Transient{After: max(limited.RetryAfter, time.Second), Err: errors.New("Slack asks to wait " + limited.RetryAfter.String())}
	}
	if status, ok := errors.AsType[slack.StatusCodeError](err); ok {
		t := &desk.Transient{Err: fmt.Errorf("calling Slack: it answered with status %d", status.Code)}
		if status.Code == http.StatusTooManyRequests {
			t.After = restAfter
		}
		return t
	}
	c := notify.Shorten(notify.Clean(code(err)), 80)
	switch {
	case c == "":
		return &desk.Transient{Err: errors.New("calling Slack: " + s.hide(err.Error()))}
	case slices.Contains(tooFast, c):
		return &desk.Transient{After: restAfter, Err: errors.New("Slack asks to wait (" + c + ")")}
	case slices.Contains(mayPass, c):
		return &desk.Transient{Err: errors.New("Slack has a problem (" + c + ")")}
	case slices.Contains(badToken, c):
		return desk.Deniedf("Slack refuses the token of target %s (%s). Install the app again and give the target its new bot token.", s.target, c)
	case slices.Contains(missingScope, c):
		return desk.Deniedf("The Slack app of target %s lacks a scope (%s). Give it chat:write, install it again and use the new token.", s.target, c)
	case slices.Contains(badChannel, c):
		return desk.Deniedf("The Slack app of target %s cannot write to channel %s (%s). Check the name and invite the app into the channel.", s.target, s.channel, c)
	}
	return desk.Deniedf("Slack refused the notice for target %s (%s).", s.target, s.hide(c))
}
