package mastodon

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

// lists are what this source reads: the notifications first, and what the account says last, so that answers come after what they answer.
func (c *Connector) lists() connectors.Lists {
	var all connectors.Lists
	if c.account != nil {
		all = append(all, connectors.List{Name: "mentions", Poll: c.mentions})
	}
	for _, t := range c.opt.Tags {
		own := url.Values{"any[]": t.Any, "all[]": t.All, "none[]": t.None}
		name := strings.TrimSpace(strings.ToLower("the tag " + t.Tag + " " + own.Encode()))
		all = append(all, c.down(name, func(ctx context.Context, q url.Values) ([]json.RawMessage, error) {
			for key, values := range own {
				q[key] = values
			}
			return c.items(ctx, "/api/v1/timelines/tag/"+url.PathEscape(t.Tag), q)
		}))
	}
	for _, words := range c.opt.Search {
		all = append(all, c.down("the search for "+strconv.Quote(words), func(ctx context.Context, q url.Values) ([]json.RawMessage, error) {
			return c.search(ctx, words, q)
		}))
	}
	if c.account != nil && c.opt.Own {
		all = append(all, c.down("the account's own posts", c.own()))
	}
	return all
}

// own reads what the account says itself. The server knows its posts by an id, which is asked for once in a poll.
func (c *Connector) own() func(context.Context, url.Values) ([]json.RawMessage, error) {
	id := ""
	return func(ctx context.Context, q url.Values) ([]json.RawMessage, error) {
		if id == "" {
			who, err := c.self(ctx)
			if err != nil {
				return nil, err
			}
			id = who.ID
		}
		return c.said(ctx, id, q)
	}
}

// said is a page of what an account says, answers included, without what it only passes on.
func (c *Connector) said(ctx context.Context, id string, q url.Values) ([]json.RawMessage, error) {
	q.Set("exclude_reblogs", "true")
	return c.items(ctx, "/api/v1/accounts/"+url.PathEscape(id)+"/statuses", q)
}

func (c *Connector) search(ctx context.Context, words string, q url.Values) ([]json.RawMessage, error) {
	q.Set("q", words)
	q.Set("type", "statuses")
	var found struct {
		Statuses []json.RawMessage `json:"statuses"`
	}
	err := c.api.Get(ctx, "/api/v2/search", q, &found)
	if errors.Is(err, desk.ErrNotFound) || errors.Is(err, desk.ErrInvalid) {
		return nil, desk.Deniedf("this server does not search posts; remove search from the source")
	}
	if err != nil {
		return nil, err
	}
	return found.Statuses, c.whole(found.Statuses)
}

// down reads a list from its newest post to where the last poll began, and a while beyond.
func (c *Connector) down(name string, get func(ctx context.Context, q url.Values) ([]json.RawMessage, error)) connectors.List {
	b := connectors.Backward{
		Overlap: max(c.opt.Overlap.Std(), time.Minute), History: max(c.opt.History.Std(), time.Minute), Pages: pagesPerPoll, Now: c.now,
		Page: func(ctx context.Context, token string) (connectors.Page, error) {
			q := url.Values{"limit": {strconv.Itoa(c.opt.Page)}}
			if token != "" {
				q.Set("max_id", token)
			}
			raws, err := get(ctx, q)
			var p connectors.Page
			for _, raw := range raws {
				p.Items = append(p.Items, c.item(raw))
				p.Next = idOf(raw)
			}
			return p, err
		},
	}
	return connectors.List{Name: name, Poll: func(ctx context.Context, since connectors.Cursor) (connectors.Batch, error) {
		batch, err := b.Poll(ctx, since)
		if err != nil {
			err = fmt.Errorf("reading %s: %w", name, err)
		}
		return batch, err
	}}
}

func (c *Connector) item(raw []byte) connectors.Item {
	if passedOn(raw) {
		return connectors.Item{ID: desk.RemoteID(idOf(raw))}
	}
	m, err := c.read(raw)
	if err != nil {
		return connectors.Item{ID: m.Remote, Poison: &desk.Poison{Remote: m.Remote, At: c.now(), Err: err.Error(), Raw: raw}}
	}
	return connectors.Item{ID: m.Remote, At: m.PostedAt, Tell: []desk.Mention{m}}
}

// items fetches a list whose items have ids.
func (c *Connector) items(ctx context.Context, path string, q url.Values) ([]json.RawMessage, error) {
	var raws []json.RawMessage
	if err := c.api.Get(ctx, path, q, &raws); err != nil {
		return nil, err
	}
	return raws, c.whole(raws)
}

// whole tells whether an answer is a list, and every item has an id.
func (c *Connector) whole(raws []json.RawMessage) error {
	if raws == nil || slices.ContainsFunc(raws, func(raw json.RawMessage) bool { return idOf(raw) == "" }) {
		return c.odd()
	}
	return nil
}
