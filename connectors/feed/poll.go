package feed

import (
	"cmp"
	"context"
	"encoding/json"
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
	a := answer{resp: resp, at: f.at}
	if resp.Request != nil && resp.Request.URL != nil {
		a.at = resp.Request.URL
	}
	if resp.StatusCode == http.StatusNotModified {
		_ = resp.Body.Close()
		s.moved(resp)
		return a, nil
	}
	if err := fetch.Check(resp, f.env.Now()); err != nil {
		if s.URL != "" && (errors.Is(err, desk.ErrNotFound) || errors.Is(err, desk.ErrGone)) {
			s.URL, s.ETag, s.Modified = "", "", ""
			return f.fetch(ctx, s)
		}
		if errors.Is(err, desk.ErrGone) {
			return answer{}, fmt.Errorf("%s answers 410: %w", fetch.RedactURL(target), connectors.ErrStopped)
		}
		return answer{}, err
	}
	if a.body, err = fetch.Body(resp); err != nil {
		return answer{}, err
	}
	if a.body, err = unzip(a.body, maxBody); err != nil {
		return answer{}, f.unreadable(err)
	}
	if a.body == nil {
		a.body = []byte{}
	}
	s.moved(resp)
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

// batch turns the entries that are new or edited into mentions and notes all of them in the state.
func (f *Feed) batch(ctx context.Context, s *state, doc *document, known *memory, at *url.URL, now time.Time) (connectors.Batch, error) {
	var b connectors.Batch
	r := newReader(f.o, f.site, doc, at, now)
	entries, older := r.newest(f.o.MaxItems - len(doc.skipped))
	records := append(make([]record, 0, len(doc.skipped)+len(doc.entries)), doc.skipped...)
	met, complete := len(doc.skipped), s.Newest
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return b, fmt.Errorf("reading %s: %w", f.shown(), err)
		}
		rec := record{id: hash64([]byte(e.id)), raw: hash64(fingerprint(e.entry))}
		old, seen := known.byID[rec.id]
		if seen {
			met++
		}
		if seen && old.raw == rec.raw {
			records = append(records, old)
			continue
		}
		m, err := e.read(r)
		rec.words = hash32([]byte(m.Digest()))
		records = append(records, rec)
		switch {
		case err != nil:
			b.Poison = append(b.Poison, desk.Poison{Source: f.env.Source.Name, Remote: e.id, At: now, Err: err.Error(), Raw: e.entry.raw})
		case !seen || old.words != rec.words:
			m.Source, m.Brand = f.env.Source.Name, f.env.Source.Brand
			b.Mentions = append(b.Mentions, m)
			s.Newest = max(s.Newest, m.PostedAt.Unix())
		}
	}
	for _, e := range older { // so that they are known, too, when the newer one is stepped over
		raw := fingerprint(e)
		records = append(records, record{id: hash64(append([]byte("older\x00"), raw...)), raw: hash64(raw)})
	}
	if len(known.order) > 0 && met == 0 && len(records) >= 10 {
		b.Gap = gapSince(complete)
	}
	s.Seen = known.after(records)
	oldestFirst(b.Mentions)
	return b, nil
}

// gapSince says that entries may have come and gone between two polls; the moment is that of the newest entry known, 0 for none.
func gapSince(newest int64) *connectors.Gap {
	g := &connectors.Gap{Note: "none of the feed's entries was known: it may have moved on by more than it lists, so poll it more often"}
	if newest > 0 {
		g.Since = time.Unix(newest, 0).UTC()
	}
	return g
}

// oldestFirst puts mentions into the order in which they were said; where a date is missing, the reverse of the document's.
func oldestFirst(mentions []desk.Mention) {
	slices.Reverse(mentions)
	if slices.ContainsFunc(mentions, func(m desk.Mention) bool { return m.PostedAt.IsZero() }) {
		return
	}
	slices.SortStableFunc(mentions, func(a, b desk.Mention) int { return cmp.Compare(a.PostedAt.UnixMicro(), b.PostedAt.UnixMicro()) })
}

// fingerprint is what tells an unchanged entry without reading it.
func fingerprint(e *entry) []byte {
	if e.raw != nil {
		return e.raw
	}
	b, err := json.Marshal(e.item)
	if err != nil {
		return []byte(e.item.Title + "\x00" + e.item.Content + "\x00" + e.item.Description)
	}
	return b
}
