package graph

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/earshotdesk/earshot/internal/fetch"
)

// wireError is how the API refuses, with status 400 mostly.
type wireError struct {
	Error *struct {
		Code    int    `json:"code"`
		Subcode int    `json:"error_subcode"`
		Message string `json:"message"`
		Passing bool   `json:"is_transient"`
	} `json:"error"`
}

// Refuse reads the API's error codes (https://developers.facebook.com/docs/graph-api/guides/error-handling). A code that says nothing
// of itself is nil when the status says how it is meant.
func Refuse(r fetch.Reply) *fetch.Refusal {
	var w wireError
	if !r.JSON(&w) || w.Error == nil {
		return nil
	}
	code, sub := w.Error.Code, w.Error.Subcode
	no := &fetch.Refusal{Code: fmt.Sprint(code)}
	if sub != 0 {
		no.Code += fmt.Sprintf("/%d", sub)
	}
	no.Class, no.Hint = class(code, sub)
	switch {
	case no.Class != "":
	case w.Error.Passing:
		no.Class = fetch.Trouble
	case r.Status == http.StatusBadRequest:
		no.Class = fetch.Invalid
	case r.Status >= 300:
		return nil
	default:
		no.Class = fetch.Trouble
	}
	if no.Class == fetch.RateLimited {
		no.After = Rest(r.Header)
	}
	return no
}

// class says what a code means, and what a person can do about it.
func class(code, sub int) (fetch.Class, string) {
	switch code {
	case 190, 102:
		return token(sub)
	case 1, 2:
		return fetch.Trouble, ""
	case 4, 17, 32, 341, 613:
		return fetch.RateLimited, ""
	case 3, 10:
		return fetch.Forbidden, "the app lacks a permission, or one lapsed because it was not used for 90 days; connect the account again"
	case 12:
		return fetch.Invalid, "this part of the API no longer exists"
	case 24:
		return fetch.Gone, ""
	case 100:
		if sub == 33 {
			return fetch.Gone, ""
		}
		return fetch.Invalid, ""
	case 368:
		return fetch.PolicyRejected, "the account is held back for a while; look into its support inbox"
	case 506:
		return fetch.Duplicate, ""
	case 803:
		return fetch.Missing, ""
	case 1705:
		return fetch.Forbidden, "the token speaks for a person; that of the Page is needed"
	}
	switch {
	case code >= 200 && code <= 299:
		return fetch.Forbidden, "the app lacks a permission, or the person who connected it lacks a task on the Page"
	case code >= 80000 && code <= 80014:
		return fetch.RateLimited, ""
	}
	return "", ""
}

// token says what is wrong with a token.
func token(sub int) (fetch.Class, string) {
	const again = "; connect the account again"
	switch sub {
	case 458:
		return fetch.AuthRevoked, "the app was removed by the person who connected it" + again
	case 459:
		return fetch.AuthRevoked, "the person who connected it has to sign in at the network first, which holds them at a checkpoint"
	case 460:
		return fetch.AuthRevoked, "the password of the person who connected it was changed" + again
	case 464:
		return fetch.AuthRevoked, "the person who connected it has to confirm their account at the network first"
	case 492:
		return fetch.AuthRevoked, "the person who connected it has no role on the Page any more; let somebody who has one connect it"
	}
	return fetch.TokenExpired, "the token has ended" + again
}

// usage is a share of an allowance, in percent of it.
type usage struct {
	Calls  float64 `json:"call_count"`
	Time   float64 `json:"total_time"`
	CPU    float64 `json:"total_cputime"`
	Regain float64 `json:"estimated_time_to_regain_access"` // minutes
}

// full is the share, in percent, from which on we rest.
const full = 90

// Rest returns how long to rest by the usage that an answer tells in its headers, 0 when there is room or it tells nothing. Where no
// time is estimated it is a quarter of an hour: the allowance slides over the last hour or day.
func Rest(h http.Header) (rest time.Duration) {
	var all []usage
	for _, name := range []string{"X-App-Usage", "X-Page-Usage"} {
		var one usage
		if json.Unmarshal([]byte(h.Get(name)), &one) == nil {
			all = append(all, one)
		}
	}
	var business map[string][]usage
	if json.Unmarshal([]byte(h.Get("X-Business-Use-Case-Usage")), &business) == nil {
		for _, some := range business {
			all = append(all, some...)
		}
	}
	for _, one := range all {
		if max(one.Calls, one.Time, one.CPU) < full && !(one.Regain > 0) {
			continue
		}
		d := 15 * time.Minute
		if one.Regain > 0 {
			d = time.Duration(min(one.Regain, 24*60) * float64(time.Minute))
		}
		rest = max(rest, d)
	}
	return rest
}
