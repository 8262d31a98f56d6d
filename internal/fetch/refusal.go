package fetch

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Class says what a network means by a refusal, whatever words and statuses it puts it into.
type Class string

// The classes of refusals. Beside each stands the error of package desk that callers act on.
const (
	TokenExpired   Class = "token expired"      // desk.ErrDenied; [API] renews once before anybody hears of it
	AuthRevoked    Class = "access was revoked" // desk.ErrDenied; a person must connect the account again
	Forbidden      Class = "not allowed"        // desk.ErrDenied; a scope, a role or a ban
	Locked         Class = "closed for answers" // desk.ErrDenied
	PolicyRejected Class = "against its rules"  // desk.ErrDenied
	Gone           Class = "no longer there"    // desk.ErrGone
	Missing        Class = "not found"          // desk.ErrNotFound
	TooLong        Class = "too long"           // desk.ErrInvalid
	Invalid        Class = "not understood"     // desk.ErrInvalid
	Duplicate      Class = "said before"        // *desk.Unknown of a send: it may be ours that is there
	RateLimited    Class = "asked too often"    // *desk.Transient
	QuotaExhausted Class = "quota is used up"   // *desk.Transient
	Trouble        Class = "trouble of its own" // *desk.Transient of a read, *desk.Unknown of a send
)

// Refusal is a network's answer that it will not, classified.
type Refusal struct {
	Class Class
	Code  string        // the network's own word for it; kept only as far as it is one plain word
	Hint  string        // what a person can do about it, a clause; empty when that is plain
	After time.Duration // how long it asks to wait; 0 when it does not say
	where string
	echo  bool // the code repeats what was sent
}

// Error is one sentence. The network's message is not part of it, for it may repeat what was sent.
func (r *Refusal) Error() string {
	s := fmt.Sprintf("%s refuses: %s", r.where, r.Class)
	if code := plainWord(r.Code); code != "" && !r.echo {
		s += " (" + code + ")"
	}
	if r.After > 0 {
		s += ", and asks us to wait " + r.After.Round(time.Second).String()
	}
	if r.Hint != "" {
		s += "; " + r.Hint
	}
	return s
}

// Unwrap returns the class of package desk.
func (r *Refusal) Unwrap() error {
	switch r.Class {
	case TokenExpired, AuthRevoked, Forbidden, Locked, PolicyRejected:
		return desk.ErrDenied
	case Gone:
		return desk.ErrGone
	case Missing:
		return desk.ErrNotFound
	case TooLong, Invalid:
		return desk.ErrInvalid
	}
	return nil
}

// read is the refusal as the error of a read.
func (r *Refusal) read() error {
	switch r.Class {
	case RateLimited, QuotaExhausted, Trouble:
		return &desk.Transient{After: r.After, Err: r}
	}
	return r
}

// sent is the refusal as the error of a send.
func (r *Refusal) sent() error {
	switch r.Class {
	case RateLimited, QuotaExhausted:
		return &desk.Transient{After: r.After, Err: r}
	case Trouble, Duplicate:
		return &desk.Unknown{Err: r}
	}
	return r
}

// ResetAfter returns how long to wait by the headers in which networks tell it: Retry-After, else the moment or the seconds of
// X-RateLimit-Reset and its kin, once nothing remains; 0 when none says. More than a week is taken for a week.
func ResetAfter(h http.Header, now time.Time) time.Duration {
	if d := RetryAfter(h, now); d > 0 {
		return d
	}
	for _, family := range []string{"X-RateLimit-", "RateLimit-", "X-Rate-Limit-"} {
		if left := h.Get(family + "Remaining"); left != "" && strings.TrimLeft(left, "0.") != "" {
			continue
		}
		if d := reset(h.Get(family+"Reset"), now); d > 0 {
			return min(d, 7*24*time.Hour)
		}
	}
	return 0
}

// reset reads a moment as ISO 8601 or in seconds since 1970, or a span in seconds.
func reset(s string, now time.Time) time.Duration {
	if at, err := time.Parse(time.RFC3339, s); err == nil {
		return at.Sub(now)
	}
	n, err := strconv.ParseFloat(s, 64)
	switch {
	case err != nil || !(n > 0) || n > 1e11:
		return 0
	case n > 1e9:
		return time.Unix(int64(n), 0).Sub(now)
	}
	return time.Duration(min(n, 1e7) * float64(time.Second))
}
