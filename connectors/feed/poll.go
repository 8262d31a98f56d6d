package feed

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
)

// maxBody bounds a document that only we decompress, in bytes; the fetcher bounds all others.
const maxBody = 10 << 20

// answer is what the server sent.
type answer struct {
	resp *http.Response
	body []byte // nil when nothing changed
	at   *url.URL
}

// Poll fetches the document when it changed and returns what is new or edited in it, oldest first.
func (f *Feed) Poll(ctx context.Context, since connectors.Cursor) (connectors.Batch, error) {
	s := readState(since, f.key)
	before := s.URL
	a, err := f.fetch(ctx, &s)
	if err != nil {
		if s.URL != before { // the move was none: that much was learned
			since = s.cursor()
		}
		return connectors.Batch{Next: since}, err
	}
	now := f.env.Now()
	if a.body == nil || s.Body == bodyKey(a.body) {
		if a.body != nil {
			s.validators(a.resp)
		}
		f.subscribe(ctx, &s, now)
		return connectors.Batch{Next: s.cursor(), Wait: f.patience(s, now, hint{}, a.resp)}, nil
	}
	known := remember(s.Seen)
	doc, err := f.read(ctx, a, known)
	if err != nil {
		return connectors.Batch{Next: since}, err
	}
	batch, err := f.batch(ctx, &s, &doc, known, a.at, now)
	if err != nil {
		return connectors.Batch{Next: since}, err
	}
	s.Every = int64(doc.hint.every.Seconds())
	if doc.broken == nil { // else the same document is worth reading again
		s.validators(a.resp)
		s.Body = bodyKey(a.body)
	} else {
		err = f.unreadable(doc.broken)
	}
	s.discover(a)
	f.subscribe(ctx, &s, now)
	batch.Wait = f.patience(s, now, doc.hint, a.resp)
	batch.Next = s.cursor()
	return batch, err
}

// Check fetches and reads the feed and keeps nothing.
func (f *Feed) Check(ctx context.Context) error {
	s := state{Feed: f.key}
	a, err := f.fetch(ctx, &s)
	if err != nil {
		return err
	}
	_, err = f.read(ctx, a, remember(nil))
	return err
}

// fetch asks the server, at the address where the feed moved for good when it did. A feed that is no longer there is looked for
// once more where the configuration says.
func (f *Feed) fetch(ctx context.Context, s *state) (answer, error) {
	target := f.at.String()
	if s.URL != "" {
		target = s.URL
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return answer{}, desk.Invalidf("%s is not an address that can be called", fetch.RedactURL(target))
	}
	f.request(req, *s)
	resp, err := fetch.Do(f.env.Read, req)
	if err != nil {
		return answer{}, err
	}
	if resp.StatusCode == http.StatusNotModified {
		_ = resp.Body.Close()
		s.moved(resp)
		return answer{resp: resp, at: f.at}, nil
	}
	err = fetch.Check(resp, f.env.Now())
	switch lost := errors.Is(err, desk.ErrNotFound) || errors.Is(err, desk.ErrGone); {
	case lost && s.URL != "":
		s.URL, s.ETag, s.Modified = "", "", ""
		return f.fetch(ctx, s)
	case errors.Is(err, desk.ErrGone):
		return answer{}, fmt.Errorf("%s answers 410: %w", fetch.RedactURL(target), connectors.ErrStopped)
	case err != nil:
		return answer{}, err
	}
	a, err := f.body(resp)
	if err == nil {
		s.moved(resp)
	}
	return a, err
}

// body reads the document that came, and from where.
func (f *Feed) body(resp *http.Response) (answer, error) {
	a := answer{resp: resp, at: f.at}
	if resp.Request != nil && resp.Request.URL != nil {
		a.at = resp.Request.URL
	}
	body, err := fetch.Body(resp)
	if err != nil {
		return answer{}, err
	}
	if body, err = unzip(body, maxBody); err != nil {
		return answer{}, f.unreadable(err)
	}
	if a.body = body; body == nil {
		a.body = []byte{} // an empty document is not the same as none
	}
	return a, nil
}

func (f *Feed) read(ctx context.Context, a answer, known *memory) (document, error) {
	doc, err := parse(ctx, toUTF8(a.body, a.resp.Header.Get("Content-Type"), f.o.Language), known, f.o.MaxItems)
	switch {
	case err == nil:
		return doc, nil
	case ctx.Err() != nil:
		return doc, fmt.Errorf("reading %s: %w", f.shown(), ctx.Err())
	case errors.Is(err, context.DeadlineExceeded):
		return doc, f.unreadable(fmt.Errorf("it takes longer than %s", parseTime))
	}
	return doc, f.unreadable(err)
}

// moved counts permanent redirects. Only those at the start of the chain count: behind a temporary one anything may stand.
func (s *state) moved(resp *http.Response) {
	target := ""
	var chain []*http.Request // from the last request to the first
	for r := resp.Request; r != nil; {
		chain = append(chain, r)
		if r.Response == nil {
			break
		}
		r = r.Response.Request
	}
	for _, r := range slices.Backward(chain) {
		if r.Response == nil {
			continue
		}
		if code := r.Response.StatusCode; code != http.StatusMovedPermanently && code != http.StatusPermanentRedirect {
			break
		}
		target = r.URL.String()
		if r.URL.Scheme == "http" && chain[len(chain)-1].URL.Scheme == "https" {
			target = "" // never settle for less than was configured
			break
		}
	}
	switch {
	case target == "":
		s.Moved, s.Times = "", 0
	case target != s.Moved:
		s.Moved, s.Times = target, 1
	default:
		s.Times++
	}
	if s.Times >= timesMoved {
		s.URL, s.Moved, s.Times = target, "", 0
	}
}

func (s *state) validators(resp *http.Response) {
	s.ETag, s.Modified = resp.Header.Get("ETag"), resp.Header.Get("Last-Modified")
}

func bodyKey(body []byte) string { return strconv.FormatUint(hash64(body), 36) }

// patience is how long the feed asks to be left alone.
func (f *Feed) patience(s state, now time.Time, h hint, resp *http.Response) time.Duration {
	if f.o.IgnoreTTL {
		return 0
	}
	h.every = max(h.every, time.Duration(s.Every)*time.Second)
	for directive := range strings.SplitSeq(resp.Header.Get("Cache-Control"), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
		if n, err := strconv.Atoi(strings.Trim(value, `"`)); err == nil && n > 0 && strings.EqualFold(name, "max-age") {
			h.every = max(h.every, min(time.Duration(min(n, 1<<20))*time.Second, longestHint))
		}
	}
	return h.wait(now)
}
