// Package fetch speaks HTTP with servers that are not ours.
//
// It owns what every such call needs: sizes are limited after decompression, times are limited, calls to one host are paced,
// addresses of private networks are refused when they are dialled, redirects are few and carry no credentials elsewhere, and
// every failure becomes one sentence in which no secret stands. [New] makes two clients: Read tries again what may be tried
// again, Publish never does, for a reply that is said twice is worse than one that is not said.
//
// It promises that an error of [Do], [Send], [Body], [Check] and [CheckSent] never holds a password, a token or a query secret.
package fetch

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"time"

	"code.dny.dev/ssrf"
	"golang.org/x/time/rate"
)

// Options say how to treat servers. Zero values mean the defaults named beside them.
type Options struct {
	Agent        string         // User-Agent; "Earshot" when empty
	AllowPrivate []netip.Prefix // networks that may be called although they are not public
	MaxBytes     int64          // longest answer after decompression, in bytes; 10 MiB
	Timeout      time.Duration  // for one call with its redirects, retries and body; 30 s

	Attempts int           // how often a read is tried altogether; 3
	Backoff  time.Duration // before the second attempt, then doubling, ±50 %; 500 ms
	Patience time.Duration // longest Retry-After that is waited for within a call; 10 s

	PerHost rate.Limit // calls per second to one host; 10
	Burst   int        // calls to one host that need not wait; 100

	Transport http.RoundTripper // instead of dialling, for tests
}

// Clients are the two ways to call a server.
type Clients struct {
	Read    *http.Client // tries idempotent requests again
	Publish *http.Client // sends every request at most once and follows no redirect
}

// New returns clients that share one pace per host.
func New(o Options) *Clients {
	o = o.withDefaults()
	pace := newPace(o.PerHost, o.Burst)
	reading, publishing := o.Transport, o.Transport
	if o.Transport == nil {
		reading, publishing = o.transport(), o.transport()
		// On a connection that was used before, net/http may send a request with an idempotency key again by itself.
		publishing.(*http.Transport).DisableKeepAlives = true
	}
	return &Clients{
		Read: &http.Client{
			Transport:     &retrier{next: &limiter{next: reading, agent: o.Agent, max: o.MaxBytes, pace: pace}, o: o},
			CheckRedirect: checkRedirect,
			Timeout:       o.Timeout,
		},
		Publish: &http.Client{
			Transport:     &limiter{next: publishing, agent: o.Agent, max: o.MaxBytes, pace: pace},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
			Timeout:       o.Timeout,
		},
	}
}

func (o Options) withDefaults() Options {
	orDuration := func(d *time.Duration, otherwise time.Duration) {
		if *d <= 0 {
			*d = otherwise
		}
	}
	orDuration(&o.Timeout, 30*time.Second)
	orDuration(&o.Backoff, 500*time.Millisecond)
	orDuration(&o.Patience, 10*time.Second)
	if o.Agent == "" {
		o.Agent = "Earshot"
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = 10 << 20
	}
	if o.Attempts <= 0 {
		o.Attempts = 3
	}
	if o.PerHost <= 0 {
		o.PerHost = 10
	}
	if o.Burst <= 0 {
		o.Burst = 100
	}
	return o
}

// transport dials public addresses, and private ones that are allowed. The check is made on the address that is dialled, so that
// neither a redirect nor a name that resolves differently the second time gets around it.
func (o Options) transport() *http.Transport {
	var v4, v6 []netip.Prefix
	for _, p := range o.AllowPrivate {
		if p.Addr().Is4() {
			v4 = append(v4, p)
		} else {
			v6 = append(v6, p)
		}
	}
	guard := ssrf.New(ssrf.WithAnyPort(), ssrf.WithAllowedV4Prefixes(v4...), ssrf.WithAllowedV6Prefixes(v6...))
	dialer := &net.Dialer{Timeout: min(10*time.Second, o.Timeout), KeepAlive: 30 * time.Second, Control: guard.Safe}
	return &http.Transport{
		DialContext:            dialer.DialContext,
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           100,
		MaxIdleConnsPerHost:    8,
		IdleConnTimeout:        90 * time.Second,
		TLSHandshakeTimeout:    10 * time.Second,
		MaxResponseHeaderBytes: 256 << 10,
	}
}

// sleep waits, or returns the context's error as soon as it ends.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
