package fetch

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
	"time"

	"code.dny.dev/ssrf"
)

// retrier tries idempotent requests again where that may help.
type retrier struct {
	next http.RoundTripper
	o    Options
}

// RoundTrip returns the first answer that is worth having, or the last one.
func (r *retrier) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	for attempt := 1; ; attempt++ {
		resp, err := r.next.RoundTrip(req)
		wait, again := r.again(req, resp, err, attempt)
		if !again {
			return resp, err
		}
		if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= wait {
			return resp, err
		}
		if resp != nil {
			// A short rest is read so that the connection can be used again; the error does not matter, it is thrown away.
			_, _ = io.CopyN(io.Discard, resp.Body, 64<<10)
			_ = resp.Body.Close()
		}
		if err := sleep(ctx, wait); err != nil {
			return nil, err
		}
	}
}

// again tells whether to try once more, and how long to wait before.
func (r *retrier) again(req *http.Request, resp *http.Response, err error, attempt int) (time.Duration, bool) {
	idempotent := (req.Method == http.MethodGet || req.Method == http.MethodHead || req.Method == "") && req.Body == nil
	if !idempotent || attempt >= r.o.Attempts || req.Context().Err() != nil {
		return 0, false
	}
	wait := jittered(r.o.Backoff << (attempt - 1))
	if err != nil {
		return wait, mayPass(err)
	}
	switch resp.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
	default:
		return 0, false
	}
	asked := RetryAfter(resp.Header, time.Now())
	if asked > r.o.Patience {
		return 0, false // Check tells the caller when to come back
	}
	return max(wait, asked), true
}

// mayPass tells whether a failed connection may succeed a moment later.
func mayPass(err error) bool {
	var dns *net.DNSError
	var tooLarge *TooLargeError
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded),
		errors.Is(err, ssrf.ErrProhibitedIP), errors.Is(err, ssrf.ErrProhibitedNetwork), errors.As(err, &tooLarge):
		return false
	case errors.As(err, &dns):
		return dns.IsTemporary || dns.IsTimeout
	case isCertificate(err), isMalformed(err):
		return false
	}
	return true
}

// jittered spreads d over d/2 to 3d/2, so that many who failed together do not come back together.
func jittered(d time.Duration) time.Duration { return d/2 + rand.N(d+1) }

// RetryAfter returns how long a server asks to wait, by the Retry-After header in seconds or as a date; 0 when it does not say.
// More than a week is taken for a week.
func RetryAfter(h http.Header, now time.Time) time.Duration {
	const longest = 7 * 24 * time.Hour
	value := textproto.TrimString(h.Get("Retry-After"))
	if value == "" {
		return 0
	}
	if seconds, err := strconv.ParseFloat(value, 64); err == nil {
		if !(seconds > 0) {
			return 0
		}
		if seconds > longest.Seconds() {
			return longest
		}
		return time.Duration(seconds * float64(time.Second))
	}
	at, err := http.ParseTime(strings.Replace(value, "UTC", "GMT", 1))
	if err != nil || !at.After(now) {
		return 0
	}
	return min(at.Sub(now), longest)
}
