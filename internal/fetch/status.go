package fetch

import (
	"fmt"
	"net/http"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// StatusError is an answer that is not what was asked for. It unwraps to the class of [desk] errors that callers act on; reach it
// with errors.As to see the status itself.
type StatusError struct {
	Status int
	URL    string        // redacted
	After  time.Duration // how long the server asks to wait; 0 when it does not say
	class  error
}

// Error is one sentence that says what the status means for the person who reads it.
func (e *StatusError) Error() string {
	return fmt.Sprintf("%s %s (HTTP %d)", e.URL, e.meaning(), e.Status)
}

// Unwrap returns desk.ErrDenied, ErrNotFound, ErrGone, ErrConflict or ErrInvalid, or nil.
func (e *StatusError) Unwrap() error { return e.class }

func (e *StatusError) meaning() string {
	switch s := e.Status; {
	case s == http.StatusUnauthorized:
		return "did not accept the credentials, or wants some"
	case s == http.StatusForbidden:
		return "does not let us in"
	case s == http.StatusNotFound:
		return "was not found"
	case s == http.StatusGone:
		return "is gone for good"
	case s == http.StatusConflict:
		return "was changed meanwhile"
	case s == http.StatusTooManyRequests && e.After > 0:
		return "asks us to wait " + e.After.Round(time.Second).String()
	case s == http.StatusTooManyRequests:
		return "was asked too often"
	case s >= 500 && e.After > 0:
		return "has trouble of its own and asks us to wait " + e.After.Round(time.Second).String()
	case s >= 500:
		return "has trouble of its own"
	case s >= 400:
		return "did not understand the request"
	case s >= 300:
		return "sent us elsewhere, where this request does not follow"
	}
	return "answered unexpectedly"
}

// Check returns nil for a 2xx answer to a read and closes and classifies every other one: 408, 425, 429 and 5xx are
// [*desk.Transient] with what Retry-After says, 401 and 403 desk.ErrDenied, 404 desk.ErrNotFound, 410 desk.ErrGone, 409
// desk.ErrConflict, other 4xx desk.ErrInvalid. All of them hold a [*StatusError].
func Check(resp *http.Response, now time.Time) error {
	if resp.StatusCode >= 200 && resp.StatusCode < 300 {
		return nil
	}
	_ = resp.Body.Close()
	e := &StatusError{Status: resp.StatusCode, URL: "the server", After: RetryAfter(resp.Header, now)}
	if e.Status == http.StatusTooManyRequests {
		e.After = ResetAfter(resp.Header, now)
	}
	if resp.Request != nil {
		e.URL = where(resp.Request)
	}
	switch s := e.Status; {
	case s == http.StatusRequestTimeout, s == http.StatusTooEarly, s == http.StatusTooManyRequests, s >= 500:
		return &desk.Transient{After: e.After, Err: e}
	case s == http.StatusUnauthorized, s == http.StatusForbidden:
		e.class = desk.ErrDenied
	case s == http.StatusNotFound:
		e.class = desk.ErrNotFound
	case s == http.StatusGone:
		e.class = desk.ErrGone
	case s == http.StatusConflict:
		e.class = desk.ErrConflict
	case s >= 400:
		e.class = desk.ErrInvalid
	}
	return e
}

// CheckSent is [Check] for a request that changes something in public: after a 408 or 5xx nobody knows whether it was done, so
// these are [*desk.Unknown]; 425 and 429 say that it was not, and stay [*desk.Transient].
func CheckSent(resp *http.Response, now time.Time) error {
	err := Check(resp, now)
	if err != nil && (resp.StatusCode >= 500 || resp.StatusCode == http.StatusRequestTimeout) {
		return &desk.Unknown{Err: err}
	}
	return err
}
