// Package graph calls Meta's Graph API for the kinds that live behind it, Facebook Pages and Instagram.
//
// It owns what is the same for both: the credentials of a call, the meaning of error codes, the share of the allowance that is used
// up, lists and their cursors, and moments as the API writes them. It promises that a token stands in no address, whatever an answer
// suggests: the next page is asked for by its cursor, never by the link that the API gives, which carries the token.
package graph

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
	"github.com/earshotdesk/earshot/internal/text"
)

// longest is how many bytes of a text are kept; the networks take a fraction of it.
const longest = 64 << 10

// Client calls the API as one account. It is safe for concurrent use.
type Client struct {
	*fetch.API
	rest atomic.Int64 // how long the last answer wants us to rest
}

// New makes a client for a base address with its version, such as https://graph.facebook.com/v26.0.
func New(env connectors.Env, base string) *Client {
	c := &Client{API: &fetch.API{Base: base, Read: env.Read, Publish: env.Publish, Now: env.Now}}
	c.Refuse = func(r fetch.Reply) *fetch.Refusal {
		c.rest.Store(int64(Rest(r.Header)))
		return Refuse(r)
	}
	if env.Account == nil {
		return c
	}
	bearer, secret := fetch.Bearer(env.Account.Grants()), env.Account.ClientSecret
	c.Sign = func(ctx context.Context, r *http.Request, renew bool) error {
		if err := bearer(ctx, r, renew); err != nil || secret == "" {
			return err
		}
		q := r.URL.Query()
		q.Set("appsecret_proof", proof(secret, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")))
		r.URL.RawQuery = q.Encode()
		return nil
	}
	return c
}

// proof shows that a call comes from who knows the app's secret (https://developers.facebook.com/docs/graph-api/securing-requests).
func proof(secret desk.Secret, token string) string {
	h := hmac.New(sha256.New, []byte(secret.Reveal()))
	_, _ = h.Write([]byte(token))
	return hex.EncodeToString(h.Sum(nil))
}

// Wait returns how long the API wants to be left alone, by the usage that its last answer told; 0 while there is room.
func (c *Client) Wait() time.Duration { return time.Duration(c.rest.Load()) }

// List is one page of an edge.
type List struct {
	Data  []json.RawMessage `json:"data"`
	After string            `json:"-"` // cursor of the next page; empty at the end
}

// List reads a page of an edge; an empty cursor is the first.
func (c *Client) List(ctx context.Context, path string, q url.Values, after string) (List, error) {
	if after != "" {
		copied := url.Values{"after": {after}}
		for name, values := range q {
			copied[name] = values
		}
		q = copied
	}
	var page struct {
		List
		Paging struct {
			Cursors struct {
				After string `json:"after"`
			} `json:"cursors"`
			Next string `json:"next"`
		} `json:"paging"`
	}
	if err := c.Get(ctx, path, q, &page); err != nil {
		return List{}, err
	}
	if page.Data == nil {
		return List{}, errors.New("the Graph API answered a list without its data")
	}
	if page.Paging.Next != "" { // the last page has a cursor too, but no link
		page.After = page.Paging.Cursors.After
	}
	return page.List, nil
}

// Path joins an id of the network and an edge into a path.
func Path(id, edge string) string {
	if edge == "" {
		return "/" + url.PathEscape(id)
	}
	return "/" + url.PathEscape(id) + "/" + edge
}

// Moment is a time as the API writes it. An absent one is zero.
type Moment struct{ time.Time }

// UnmarshalJSON reads ISO 8601 with or without a colon in the offset, and seconds since 1970.
func (m *Moment) UnmarshalJSON(b []byte) error {
	var n int64
	if json.Unmarshal(b, &n) == nil {
		if n > 0 && n < 1e11 {
			m.Time = time.Unix(n, 0).UTC()
		}
		return nil
	}
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return errors.New("a moment is no text")
	}
	for _, form := range []string{"2006-01-02T15:04:05-0700", time.RFC3339} {
		if at, err := time.Parse(form, s); err == nil {
			m.Time = at.UTC()
			return nil
		}
	}
	return errors.New("a moment is not in the form that the API documents")
}

// Words returns what was said as it can be stored; what came with no words is named by what came, such as (photo).
func Words(s, instead string) string {
	if said := strings.TrimSpace(text.Storable(text.Cut(s, longest))); said != "" || instead == "" {
		return said
	}
	return "(" + text.Storable(text.Cut(instead, 100)) + ")"
}

// Word returns a short field, such as a name, as it can be stored.
func Word(s string) string { return strings.TrimSpace(text.Storable(text.Cut(s, 500))) }

// Base returns the address of calls: that of the options, else that of the account, else the network's own; and the version. The
// error says what is wrong with it.
func Base(server, account, own, version string) (string, error) {
	u, err := connectors.Address("server", cmp.Or(server, account, own), own)
	if err != nil {
		return "", err
	}
	if !strings.HasPrefix(version, "v") || strings.Trim(version[1:], "0123456789.") != "" || len(version) < 4 {
		return "", desk.Invalidf("version must be one of the Graph API, such as %s, not %q", Version, version)
	}
	return u.String() + "/" + version, nil
}

// Version is that of the API this was written for (2026-07-29).
const Version = "v26.0"

// Lost marks the outcome of a call that may have been done as unknown. Only the words of its cause are kept, so that a cause that
// could be tried again is not taken for the outcome.
func Lost(doing string, err error) error {
	return &desk.Unknown{Err: errors.New(doing + ": " + err.Error())}
}

// Last returns what tells an object apart: comments are named with the id of their post before their own, and without.
func Last(id string) string { return id[strings.LastIndexByte(id, '_')+1:] }
