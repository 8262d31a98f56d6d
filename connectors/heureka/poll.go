package heureka

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/internal/known"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
)

const (
	largest = 512 << 20          // of an export, in bytes; it is read piece by piece
	atOnce  = 10_000             // reviews told in one poll; for more the export is read again
	overlap = 3 * 24 * time.Hour // asked for again in the export of products: it is made anew every few hours only
	keep    = 300_000            // reviews remembered
)

// state is what the cursor holds.
type state struct {
	Export   string    `json:"export"` // another export starts afresh
	ETag     string    `json:"etag,omitempty"`
	Modified string    `json:"modified,omitempty"`
	OK       int64     `json:"ok,omitempty"` // when the export was last read to its end, seconds since 1970
	Known    known.Set `json:"known"`
}

// Poll reads the export and tells the reviews and answers that are new or read otherwise. What is missing from it says nothing.
func (c *Connector) Poll(ctx context.Context, since connectors.Cursor) (connectors.Batch, error) {
	var s state
	if json.Unmarshal([]byte(since), &s) != nil || s.Export != c.o.Export {
		s = state{Export: c.o.Export}
	}
	var b connectors.Batch
	began := c.env.Now()
	was := s
	t := &teller{c: c, b: &b, known: &s.Known, at: map[desk.RemoteID]int{}, newest: map[desk.RemoteID]int64{}}
	err := c.export(ctx, was, &s, func(r review) bool {
		if len(b.Mentions) >= atOnce {
			b.More = true
			return false
		}
		t.tell(r)
		return true
	})
	if err != nil || b.More {
		s.ETag, s.Modified = was.ETag, was.Modified
	} else {
		s.OK = began.Unix()
		s.Known.Trim(keep)
	}
	return b.At(&s, since, err)
}

// teller collects what one poll tells.
type teller struct {
	c      *Connector
	b      *connectors.Batch
	known  *known.Set
	at     map[desk.RemoteID]int   // places in the batch
	newest map[desk.RemoteID]int64 // moments of the reviews of this poll
}

// tell puts a review and the shop's answer into the batch, what of them is new or reads otherwise.
func (t *teller) tell(r review) {
	m, reply, err := t.c.mention(r)
	if err != nil {
		raw := r.raw()
		if t.known.Tell("poison\x00"+string(raw), "") {
			t.b.Poison = append(t.b.Poison, desk.Poison{Source: t.c.env.Source.Name, Remote: m.Remote, At: t.c.env.Now(), Err: err.Error(), Raw: raw})
		}
		return
	}
	// An edited review may be listed twice under its number, with the moments of both: the later one counts, and each is told once.
	moment := m.PostedAt.Unix()
	newest, twice := t.newest[m.Remote]
	outdated := twice && moment < newest
	if !outdated {
		t.newest[m.Remote] = moment
	}
	for _, one := range []desk.Mention{m, reply} {
		if one.Words() == "" || !t.known.Tell(string(one.Remote)+"@"+strconv.FormatInt(moment, 10), one.Digest()) || outdated {
			continue
		}
		if i, again := t.at[one.Remote]; again {
			t.b.Mentions[i] = one
			continue
		}
		t.at[one.Remote] = len(t.b.Mentions)
		t.b.Mentions = append(t.b.Mentions, one)
	}
}

// export fetches the export and hands over its reviews. With into, validators are used and noted there.
func (c *Connector) export(ctx context.Context, s state, into *state, each func(review) bool) error {
	req, err := http.NewRequestWithContext(fetch.WithMaxBytes(ctx, largest), http.MethodGet, c.address(s), nil)
	if err != nil {
		return desk.Invalidf("%s is not an address that can be called", c.shown())
	}
	req.Header.Set("Accept", "application/xml, text/xml;q=0.9, */*;q=0.5")
	if into != nil && s.ETag != "" {
		req.Header.Set("If-None-Match", s.ETag)
	}
	if into != nil && s.Modified != "" {
		req.Header.Set("If-Modified-Since", s.Modified)
	}
	resp, err := fetch.Do(c.env.Read, req)
	if err != nil {
		return err
	}
	if into != nil && resp.StatusCode == http.StatusNotModified {
		return resp.Body.Close()
	}
	if err := fetch.Check(resp, c.env.Now()); err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	err = decode(resp.Body, each)
	if err == nil && into != nil {
		into.ETag, into.Modified = resp.Header.Get("ETag"), resp.Header.Get("Last-Modified")
	}
	return c.explain(ctx, err)
}

// explain puts what went wrong while reading into a sentence.
func (c *Connector) explain(ctx context.Context, err error) error {
	var large *fetch.TooLargeError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errNoExport):
		return desk.Deniedf("%s did not answer with an export of reviews: mostly the key is wrong, or the service is not turned on at Heureka", c.shown())
	case errors.As(err, &large):
		return large
	case ctx.Err() != nil:
		return fmt.Errorf("reading %s: %w", c.shown(), ctx.Err())
	}
	return &desk.Transient{Err: fmt.Errorf("the export of %s breaks off or is damaged", c.shown())}
}

// address is where the export is, with the key and, for products, the moment from which on.
func (c *Connector) address(s state) string {
	u := *c.at
	q := u.Query()
	if c.key != "" {
		q.Set("key", c.key.Reveal())
	}
	if c.o.Export == exportProduct && s.OK > 0 {
		q.Set("from", time.Unix(s.OK, 0).Add(-overlap).In(zone()).Format(time.DateTime))
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// shown is the export's address as errors may show it.
func (c *Connector) shown() string {
	u := url.URL{Scheme: c.at.Scheme, Host: c.at.Host, Path: c.at.Path}
	return fetch.RedactURL(u.String())
}
