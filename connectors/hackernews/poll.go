package hackernews

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/markup"
	"github.com/earshotdesk/earshot/internal/text"
)

// perPage is how many hits one request brings.
const perPage = 100

// errOther says that an answer is JSON, but of something else.
var errOther = errors.New("the search does not answer as that of Hacker News does")

// Poll searches for each query, newest first, and reads what we said ourselves.
func (c *Connector) Poll(ctx context.Context, since connectors.Cursor) (connectors.Batch, error) {
	kinds := "(" + strings.Join(c.opt.Kinds, ",") + ")"
	var lists connectors.Lists
	for _, q := range c.opt.Queries {
		lists = append(lists, c.list("search "+q, url.Values{"query": {q}, "tags": {kinds}}))
	}
	if c.opt.Handle != "" {
		lists = append(lists, c.list("own", url.Values{"tags": {"author_" + c.opt.Handle + ",(story,comment)"}}))
	}
	return lists.Poll(ctx, since)
}

// list walks one search from its newest hit into the past. A page's token is the second from which the next one goes on: hits
// that appear meanwhile move nothing, and the limit of 1000 hits for one search is never reached.
func (c *Connector) list(name string, q url.Values) connectors.List {
	q.Set("hitsPerPage", strconv.Itoa(perPage))
	walk := connectors.Backward{Overlap: 30 * time.Minute, History: c.opt.History.Std(), Now: c.now}
	walk.Page = func(ctx context.Context, token string) (connectors.Page, error) {
		if token != "" {
			q.Set("numericFilters", "created_at_i<="+token)
		} else {
			q.Del("numericFilters")
		}
		var found results
		if err := c.search.Get(ctx, searchPath, q, &found); err != nil {
			return connectors.Page{}, err
		}
		if found.Hits == nil {
			return connectors.Page{}, errOther
		}
		return c.page(found.Hits, token), nil
	}
	return connectors.List{Name: name, Poll: walk.Poll}
}

func (c *Connector) page(hits []json.RawMessage, token string) connectors.Page {
	var p connectors.Page
	oldest := int64(0)
	for _, raw := range hits {
		var h hit
		if json.Unmarshal(raw, &h) != nil || h.ID == "" || h.Seconds <= 0 {
			p.Items = append(p.Items, connectors.Odd(desk.RemoteID(h.ID), connectors.Unix(float64(h.Seconds), c.now()), "this hit is not in the form that the search documents", raw))
			continue
		}
		oldest = h.Seconds
		one := connectors.Item{ID: desk.RemoteID(h.ID), At: time.Unix(min(h.Seconds, 1e11), 0).UTC()}
		if m := c.mention(h, h.comment()); m.Words() != "" {
			m.Raw = raw
			one.Tell = []desk.Mention{m}
		}
		p.Items = append(p.Items, one)
	}
	if len(hits) >= perPage && oldest > 0 {
		p.Next = strconv.FormatInt(oldest, 10)
		if p.Next == token { // a whole page within one second
			p.Next = strconv.FormatInt(oldest-1, 10)
		}
	}
	return p
}

// Recheck asks the site itself about known mentions: what was deleted, what moderators or flags killed, and how the others read now.
func (c *Connector) Recheck(ctx context.Context, known []desk.Mention) (connectors.Batch, error) {
	return connectors.Again(ctx, known, c.again)
}

func (c *Connector) again(ctx context.Context, m desk.Mention) (out connectors.Batch, err error) {
	r, err := c.items.Ask(ctx, "/v0/item/"+url.PathEscape(string(m.Remote))+".json", nil)
	if connectors.Missing(err) { // what the site does not know it says otherwise
		err = errors.New("there is no such address")
	}
	if err != nil {
		return out, err
	}
	var now *item
	switch {
	case !r.JSON(&now), now != nil && string(now.ID) != string(m.Remote):
		return out, fmt.Errorf("the answer for %s is not that item", m.Remote)
	case now == nil, now.Deleted, now.Dead:
		return out, desk.ErrGone
	}
	m.Title, m.Text = markup.Line(text.Storable(now.Title)), markup.Text(text.Storable(now.Text))
	m.Counts.Replies = max(m.Counts.Replies, now.Replies)
	m.Counts.Likes = max(m.Counts.Likes, now.Score)
	m.Raw = r.Body
	if m.Words() != "" {
		out.Mentions = []desk.Mention{m}
	}
	return out, nil
}

// Thread returns the story, the way down to the mention, and all that was said below it, in the order of the page.
func (c *Connector) Thread(ctx context.Context, m desk.Mention) ([]desk.Mention, error) {
	root := m.Thread
	if root == "" {
		root = m.Remote
	}
	var story node
	if err := c.search.Get(ctx, "/api/v1/items/"+url.PathEscape(string(root)), nil, &story); err != nil {
		return nil, err
	}
	var thread []desk.Mention
	c.along(&story, m.Remote, root, &thread)
	return thread, nil
}

// along collects the branch that holds an item; false when the item is not in it.
func (c *Connector) along(n *node, to, root desk.RemoteID, into *[]desk.Mention) bool {
	at := len(*into)
	if one := c.told(n, root); one.Words() != "" {
		*into = append(*into, one)
	}
	if desk.RemoteID(n.ID) == to {
		c.below(n, root, into)
		return true
	}
	for i := range n.Children {
		if c.along(&n.Children[i], to, root, into) {
			return true
		}
	}
	*into = (*into)[:at]
	return false
}

func (c *Connector) below(n *node, root desk.RemoteID, into *[]desk.Mention) {
	for i := range n.Children {
		if one := c.told(&n.Children[i], root); one.Words() != "" {
			*into = append(*into, one)
		}
		c.below(&n.Children[i], root, into)
	}
}

func (c *Connector) told(n *node, root desk.RemoteID) desk.Mention {
	return c.mention(hit{
		ID: n.ID, Seconds: n.Seconds, Author: n.Author, Title: n.Title, Link: n.Link, Story: n.Text, Points: n.Points,
		Root: json.Number(root), Parent: n.Parent,
	}, n.Parent != "")
}
