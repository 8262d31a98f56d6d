package mastodon

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

// lists reads tags and searches.
func (w *walk) lists(ctx context.Context) error {
	old := w.at.Lists
	w.at.Lists = map[string]connectors.Cursor{}
	all := w.c.lists()
	for name := range all {
		if at, ok := old[name]; ok {
			w.at.Lists[name] = at
		}
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		b, err := w.c.down(all[name]).Poll(ctx, w.at.Lists[name])
		w.at.Lists[name] = b.Next
		for _, m := range b.Mentions {
			w.tell(ctx, m)
		}
		w.batch.Poison = append(w.batch.Poison, b.Poison...)
		w.batch.More = w.batch.More || b.More
		if err != nil {
			return fmt.Errorf("reading %s: %w", name, err)
		}
	}
	return nil
}

// fetcher reads one page of a list, older than an id.
type fetcher func(ctx context.Context, q url.Values) ([]json.RawMessage, error)

// lists are the tags and searches of this source by name.
func (c *Connector) lists() map[string]fetcher {
	all := map[string]fetcher{}
	for _, t := range c.opt.Tags {
		own := url.Values{"any[]": t.Any, "all[]": t.All, "none[]": t.None}
		name := strings.ToLower(strings.Join(strings.Fields(fmt.Sprintf("the tag %s %s", t.Tag, own.Encode())), " "))
		all[name] = func(ctx context.Context, q url.Values) ([]json.RawMessage, error) {
			for key, values := range own {
				q[key] = values
			}
			return c.items(ctx, "/api/v1/timelines/tag/"+url.PathEscape(t.Tag), q)
		}
	}
	for _, words := range c.opt.Search {
		all["the search for "+strconv.Quote(words)] = func(ctx context.Context, q url.Values) ([]json.RawMessage, error) {
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
	}
	return all
}

// down reads a list from its newest post to where the last poll began, and a while beyond.
func (c *Connector) down(get fetcher) connectors.Backward {
	return connectors.Backward{
		Overlap: max(c.opt.Overlap.Std(), time.Minute), History: c.opt.History.Std(), Pages: pagesPerPoll, Now: c.now,
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
}

func (c *Connector) item(raw []byte) connectors.Item {
	m, err := c.read(raw)
	if err != nil {
		return connectors.Item{ID: m.Remote, Poison: &desk.Poison{Remote: m.Remote, At: c.now(), Err: err.Error(), Raw: raw}}
	}
	return connectors.Item{ID: m.Remote, At: m.PostedAt, Tell: []desk.Mention{m}}
}
