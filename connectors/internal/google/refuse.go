package google

import (
	"time"

	"github.com/earshotdesk/earshot/internal/fetch"
)

// refused is an error as Google's interfaces send it: the old ones give reasons in errors, the new ones in details.
type refused struct {
	Error *struct {
		Code   int    `json:"code"`
		Status string `json:"status"`
		Errors []struct {
			Reason string `json:"reason"`
		} `json:"errors"`
		Details []struct {
			Reason     string            `json:"reason"`
			Metadata   map[string]string `json:"metadata"`
			RetryDelay string            `json:"retryDelay"`
		} `json:"details"`
	} `json:"error"`
}

// Refuse reads Google's refusals for a [fetch.API]. What a reason means to one interface alone stands in its own table, which is asked
// first.
func Refuse(own map[string]fetch.Refusal) func(a fetch.Reply) *fetch.Refusal {
	return func(a fetch.Reply) *fetch.Refusal {
		var body refused
		if !a.JSON(&body) || body.Error == nil {
			return nil
		}
		for _, reason := range body.reasons() {
			no, ok := own[reason]
			if !ok {
				no, ok = common(reason)
			}
			if ok {
				no.Code = reason
				no.After = max(no.After, body.after())
				return body.unapproved(&no)
			}
		}
		if a.Status/100 == 2 {
			return &fetch.Refusal{Class: fetch.Trouble, Code: body.Error.Status, After: body.after()}
		}
		return nil // the status says it
	}
}

// reasons are Google's words for it, the plainest first.
func (r *refused) reasons() []string {
	var all []string
	for _, e := range r.Error.Errors {
		all = append(all, e.Reason)
	}
	for _, d := range r.Error.Details {
		all = append(all, d.Reason)
	}
	return append(all, r.Error.Status)
}

func (r *refused) after() time.Duration {
	for _, d := range r.Error.Details {
		if span, err := time.ParseDuration(d.RetryDelay); err == nil && span > 0 {
			return min(span, 24*time.Hour)
		}
	}
	return 0
}

// unapproved tells a quota that is used up from one that is nought: some interfaces are closed to a project until Google has
// approved it, and say so in these words alone.
func (r *refused) unapproved(no *fetch.Refusal) *fetch.Refusal {
	for _, d := range r.Error.Details {
		if d.Metadata["quota_limit_value"] == "0" {
			return &fetch.Refusal{Class: fetch.Forbidden, Code: no.Code, Hint: "the Cloud project has a quota of 0 for this interface, so Google has not approved it yet"}
		}
	}
	return no
}

// common are the reasons that mean the same in all of Google's interfaces.
func common(reason string) (fetch.Refusal, bool) {
	const reconnect = "connect the account again and grant all that is asked for"
	switch reason {
	case "authError", "UNAUTHENTICATED", "ACCESS_TOKEN_EXPIRED", "CREDENTIALS_MISSING":
		return fetch.Refusal{Class: fetch.TokenExpired}, true
	case "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "insufficientPermissions":
		return fetch.Refusal{Class: fetch.Forbidden, Hint: reconnect}, true
	case "SERVICE_DISABLED", "accessNotConfigured":
		return fetch.Refusal{Class: fetch.Forbidden, Hint: "this interface is not enabled in the Cloud project"}, true
	case "forbidden", "PERMISSION_DENIED":
		return fetch.Refusal{Class: fetch.Forbidden, Hint: "the account lacks the right to it"}, true
	case "NOT_FOUND", "notFound":
		return fetch.Refusal{Class: fetch.Missing}, true
	case "rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED", "RESOURCE_EXHAUSTED":
		return fetch.Refusal{Class: fetch.RateLimited}, true
	case "quotaExceeded", "dailyLimitExceeded":
		return fetch.Refusal{Class: fetch.QuotaExhausted}, true
	case "INVALID_ARGUMENT", "FAILED_PRECONDITION", "OUT_OF_RANGE", "badRequest":
		return fetch.Refusal{Class: fetch.Invalid}, true
	case "ABORTED", "UNAVAILABLE", "INTERNAL", "DEADLINE_EXCEEDED", "UNKNOWN", "backendError", "internalError":
		return fetch.Refusal{Class: fetch.Trouble}, true
	}
	return fetch.Refusal{}, false
}
