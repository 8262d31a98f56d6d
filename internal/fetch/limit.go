package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"

	"golang.org/x/time/rate"

	"github.com/earshotdesk/earshot/internal/desk"
)

// limiter is the innermost transport: it names us, keeps the pace and caps what comes back.
type limiter struct {
	next  http.RoundTripper
	agent string
	max   int64
	pace  *pace
}

// RoundTrip sends the request when its host's turn has come.
func (l *limiter) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := l.pace.wait(req.Context(), req.URL.Host); err != nil {
		return nil, err
	}
	if req.Header.Get("User-Agent") == "" {
		req = req.Clone(req.Context())
		req.Header.Set("User-Agent", l.agent)
	}
	resp, err := l.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	limit := l.max
	if own, ok := req.Context().Value(maxBytes{}).(int64); ok {
		limit = own
	}
	if resp.ContentLength > limit {
		_ = resp.Body.Close()
		return nil, &TooLargeError{Host: req.URL.Host, Limit: limit}
	}
	resp.Body = &cappedBody{ReadCloser: resp.Body, left: limit, tooLarge: TooLargeError{req.URL.Host, limit}}
	return resp, nil
}

// maxBytes is the key of a limit in a context.
type maxBytes struct{}

// WithMaxBytes returns a context in which answers may have n bytes after decompression, whatever the clients' own limit: for large
// documents that are read piece by piece and never held whole.
func WithMaxBytes(ctx context.Context, n int64) context.Context {
	return context.WithValue(ctx, maxBytes{}, n)
}

// TooLargeError says that an answer was longer than we read.
type TooLargeError struct {
	Host  string
	Limit int64 // bytes after decompression
}

// Error names the host and the limit.
func (e *TooLargeError) Error() string {
	return fmt.Sprintf("the answer of %s is larger than %s, the limit", e.Host, bytesInWords(e.Limit))
}

func bytesInWords(n int64) string {
	switch {
	case n >= 1<<20 && n%(1<<20) == 0:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 1<<10 && n%(1<<10) == 0:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}

// cappedBody fails instead of cutting: half a document must not be taken for a whole one.
type cappedBody struct {
	io.ReadCloser
	left     int64
	tooLarge TooLargeError
}

// Read reads what the limit leaves.
func (b *cappedBody) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if int64(n) > b.left {
		n = int(b.left)
		b.left = 0
		return n, &b.tooLarge
	}
	b.left -= int64(n)
	return n, err
}

// Body reads the whole answer and closes it. A broken answer is a [*desk.Transient], one that is too long a [*TooLargeError].
func Body(resp *http.Response) ([]byte, error) {
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err == nil {
		return data, nil
	}
	host, ctx := "the server", context.Background()
	if resp.Request != nil {
		host, ctx = resp.Request.URL.Host, resp.Request.Context()
	}
	var tooLarge *TooLargeError
	switch {
	case errors.As(err, &tooLarge):
		return nil, tooLarge
	case errors.Is(ctx.Err(), context.Canceled):
		return nil, fmt.Errorf("reading the answer of %s: %w", host, ctx.Err())
	case isTimeout(err):
		return nil, transientf("the answer of %s did not arrive in time", host)
	case isBadEncoding(err):
		return nil, transientf("the answer of %s is damaged: it is not compressed as it says", host)
	}
	return nil, transientf("the answer of %s broke off", host)
}

func transientf(format string, args ...any) error {
	return &desk.Transient{Err: fmt.Errorf(format, args...)}
}

// pace keeps one limiter for each host.
type pace struct {
	limit rate.Limit
	burst int

	mu    sync.Mutex
	hosts map[string]*rate.Limiter
}

// paceHosts bounds the memory: redirects may name any number of hosts.
const paceHosts = 10_000

func newPace(limit rate.Limit, burst int) *pace {
	return &pace{limit: limit, burst: burst, hosts: make(map[string]*rate.Limiter)}
}

func (p *pace) wait(ctx context.Context, host string) error {
	p.mu.Lock()
	l := p.hosts[host]
	if l == nil {
		if len(p.hosts) >= paceHosts {
			clear(p.hosts)
		}
		l = rate.NewLimiter(p.limit, p.burst)
		p.hosts[host] = l
	}
	p.mu.Unlock()
	if err := l.Wait(ctx); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		// The limiter knows beforehand that the turn comes only after the deadline.
		return context.DeadlineExceeded
	}
	return nil
}
