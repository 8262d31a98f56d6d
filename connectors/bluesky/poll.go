package bluesky

import (
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

// maxPage is the most items in one request.
const maxPage = 100

// Poll reads the account's notifications, its own posts and the searches, each from its top down to where the last poll stood.
func (c *Connector) Poll(ctx context.Context, since connectors.Cursor) (connectors.Batch, error) {
	s, err := c.open(ctx)
	if err != nil {
		return connectors.Batch{Next: since}, err
	}
	var lists connectors.Lists
	add := func(name string, page func(context.Context, session, string) (connectors.Page, error)) {
		walk := connectors.Backward{
			Overlap: c.opt.Overlap.Std(), History: c.opt.History.Std(), Now: c.env.Now,
			Page: func(ctx context.Context, token string) (connectors.Page, error) {
				p, err := page(ctx, s, token)
				if err != nil {
					err = fmt.Errorf("reading the %s: %w", name, c.stale(ctx, s, page, token, err))
				}
				return p, err
			},
		}
		lists = append(lists, connectors.List{Name: name, Poll: walk.Poll})
	}
	if c.opt.Notifications {
		add("notifications", c.notifications)
	}
	if c.opt.Own {
		add("account's own posts", c.own)
	}
	for _, q := range c.opt.Query {
		add(fmt.Sprintf("search for %q", q), func(ctx context.Context, s session, token string) (connectors.Page, error) {
			return c.search(ctx, s, q, token)
		})
	}
	b, err := lists.Poll(ctx, since)
	if c.opt.Followers && len(b.Mentions) > 0 {
		c.follow(ctx, s, b.Mentions)
	}
	return b, err
}

// stale tells a token that the network does not understand any more from trouble of the network, both of which are a 500 or 502: with
// the former the top of the list can be read.
func (c *Connector) stale(ctx context.Context, s session, page func(context.Context, session, string) (connectors.Page, error), token string, err error) error {
	trouble, ok := errors.AsType[*fetch.StatusError](err)
	if token == "" || !ok || trouble.After > 0 || trouble.Status != http.StatusInternalServerError && trouble.Status != http.StatusBadGateway {
		return err
	}
	if _, top := page(ctx, s, ""); top != nil {
		return err
	}
	return desk.Invalidf("its cursor is not understood any more")
}

// list is a page of any list. Its items stay raw until they are read one by one.
type list struct {
	Notifications []json.RawMessage
	Posts         []json.RawMessage
	Feed          []json.RawMessage
	Cursor        string
}

// get reads a page. A list that is missing is an answer of something else than the network.
func get(ctx context.Context, s session, call string, q url.Values, token string, items func(l *list) []json.RawMessage) (list, error) {
	q.Set("limit", strconv.Itoa(maxPage))
	if token != "" {
		q.Set("cursor", token)
	}
	var l list
	if err := s.Get(ctx, "/xrpc/"+call, q, &l); err != nil {
		return l, err
	}
	if items(&l) == nil {
		return l, errors.New("the server does not answer as Bluesky does")
	}
	return l, nil
}

// notifications reads what mentions, answers or quotes the account, from everybody, whatever the account's own app is set to.
//
// The network's cursor is a moment, and the next page begins before it: what else happened in that millisecond would be left out. So
// each page is asked for from a millisecond later on, and the token remembers what of that moment was told: the cursor, and after it
// the posts, with spaces between. A page that does not get beyond its moment, because too much happened in it, is left by the cursor
// alone; such a token begins with "=".
func (c *Connector) notifications(ctx context.Context, s session, token string) (connectors.Page, error) {
	q := url.Values{"reasons": {"mention", "reply", "quote"}, "priority": {"false"}}
	told := strings.Fields(token)
	asked := ""
	if len(told) > 0 {
		asked = strings.TrimPrefix(told[0], "=")
		token = after(told[0])
	}
	l, err := get(ctx, s, "app.bsky.notification.listNotifications", q, token, func(l *list) []json.RawMessage { return l.Notifications })
	if err != nil {
		return connectors.Page{}, err
	}
	var p connectors.Page
	next := []string{l.Cursor}
	for _, raw := range l.Notifications {
		n, why := read(raw)
		if why == "" && !slices.Contains(q["reasons"], n.Reason) {
			continue // not every server knows the filter
		}
		if n.IndexedAt == l.Cursor && why == "" {
			next = append(next, n.URI)
		}
		if why != "" || !slices.Contains(told, n.URI) {
			p.Items = append(p.Items, c.item(s, raw))
		}
	}
	switch {
	case l.Cursor == "":
	case l.Cursor == asked:
		p.Next = "=" + asked
	default:
		p.Next = strings.Join(next, " ")
	}
	return p, nil
}

// after is the cursor that begins a millisecond later, or the cursor itself when it is no moment or must be taken as it is.
func after(cursor string) string {
	if as, ok := strings.CutPrefix(cursor, "="); ok {
		return as
	}
	at := moment(cursor)
	if at.IsZero() {
		return cursor
	}
	return at.Add(time.Millisecond).Format("2006-01-02T15:04:05.000Z")
}

// own reads what the account itself says, replies included, reposts not.
func (c *Connector) own(ctx context.Context, s session, token string) (connectors.Page, error) {
	q := url.Values{"actor": {s.did}, "filter": {"posts_with_replies"}}
	l, err := get(ctx, s, "app.bsky.feed.getAuthorFeed", q, token, func(l *list) []json.RawMessage { return l.Feed })
	p := connectors.Page{Next: l.Cursor}
	for _, raw := range l.Feed {
		var entry struct{ Post, Reason json.RawMessage }
		if json.Unmarshal(raw, &entry) != nil || entry.Post == nil {
			p.Items = append(p.Items, connectors.Odd("", time.Time{}, "this entry of the account's feed holds no post", raw))
		} else if entry.Reason == nil || string(entry.Reason) == "null" {
			p.Items = append(p.Items, c.item(s, entry.Post))
		}
	}
	return p, err
}

// search reads what is found for a query, newest first.
func (c *Connector) search(ctx context.Context, s session, query, token string) (connectors.Page, error) {
	l, err := get(ctx, s, "app.bsky.feed.searchPosts", url.Values{"q": {query}, "sort": {"latest"}}, token, func(l *list) []json.RawMessage { return l.Posts })
	p := connectors.Page{Next: l.Cursor}
	for _, raw := range l.Posts {
		p.Items = append(p.Items, c.item(s, raw))
	}
	return p, err
}
