package googleplay

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

const pageSize = 100

// Poll reads the reviews written or changed since the last poll, the newest change first.
func (c *Connector) Poll(ctx context.Context, since connectors.Cursor) (connectors.Batch, error) {
	list := connectors.Backward{Page: c.page, Overlap: time.Hour, Window: window, Now: c.now}
	return list.Poll(ctx, since)
}

func (c *Connector) page(ctx context.Context, token string) (connectors.Page, error) {
	q := url.Values{"maxResults": {strconv.Itoa(pageSize)}}
	if token != "" {
		q.Set("token", token)
	}
	var p page
	if err := c.api.Get(ctx, c.base, q, &p); err != nil {
		return connectors.Page{}, fmt.Errorf("reading reviews: %w", err)
	}
	out := connectors.Page{Next: p.TokenPagination.NextPageToken}
	for _, raw := range p.Reviews {
		r, err := readReview(raw)
		if err != nil {
			out.Items = append(out.Items, connectors.Odd(desk.RemoteID(r.ReviewID), time.Time{}, err.Error(), raw))
			continue
		}
		out.Items = append(out.Items, connectors.Item{
			ID: desk.RemoteID(r.ReviewID), At: r.user().LastModified.time(), Tell: c.mentions(r, raw),
		})
	}
	return out, nil
}

// path returns where a review is asked for.
func (c *Connector) path(id desk.RemoteID) string { return c.base + "/" + url.PathEscape(string(id)) }

// Recheck reads known reviews again, one call each. One that has left the window is passed over, for then that it is not found says
// nothing. On an error the batch holds what was read until then.
func (c *Connector) Recheck(ctx context.Context, known []desk.Mention) (connectors.Batch, error) {
	return connectors.Again(ctx, known, func(ctx context.Context, m desk.Mention) (out connectors.Batch, err error) {
		if c.old(m) {
			return out, nil
		}
		var raw json.RawMessage
		if err := c.api.Get(ctx, c.path(m.Remote), nil, &raw); err != nil {
			return out, err
		}
		r, err := readReview(raw)
		if err != nil {
			out.Poison = []desk.Poison{{Remote: m.Remote, Raw: raw, Err: err.Error()}}
			return out, nil
		}
		out.Mentions = c.mentions(r, raw)
		if r.developer() == nil {
			out.Gone = []desk.RemoteID{m.Remote + connectors.AnswerSuffix}
		}
		return out, nil
	})
}

// old tells whether a review may have left the window, an hour before its end at the earliest.
func (c *Connector) old(m desk.Mention) bool {
	return m.PostedAt.IsZero() || c.now().Sub(m.PostedAt) > window-time.Hour
}
