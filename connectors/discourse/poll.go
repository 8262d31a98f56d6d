package discourse

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

const (
	window   = 50 // posts of one page; older forums count ids instead, hidden ones too, so that a page may be empty in the middle
	maxEmpty = 10 // empty pages in a row that are taken for the end
	around   = 30 // posts of a conversation on either side of the one that is looked at
)

// latest returns the posts up to an id, newest first; from the newest when it is empty.
func (c *Connector) latest(ctx context.Context, before string) ([]json.RawMessage, error) {
	var list struct {
		Posts []json.RawMessage `json:"latest_posts"`
	}
	q := url.Values{}
	if before != "" {
		q.Set("before", before)
	}
	if err := c.api.Get(ctx, "/posts.json", q, &list); err != nil {
		return nil, err
	}
	if list.Posts == nil {
		return nil, errors.New("the server does not answer as a Discourse forum does")
	}
	return list.Posts, nil
}

// Poll walks the latest posts backwards.
func (c *Connector) Poll(ctx context.Context, since connectors.Cursor) (connectors.Batch, error) {
	return connectors.Backward{Page: c.page, History: c.opt.History.Std(), Now: c.now}.Poll(ctx, since)
}

// page reads the posts up to the id that the token names; behind a space it counts the empty pages before.
func (c *Connector) page(ctx context.Context, token string) (connectors.Page, error) {
	before, count, _ := strings.Cut(token, " ")
	posts, err := c.latest(ctx, before)
	if err != nil {
		return connectors.Page{}, err
	}
	var out connectors.Page
	lowest, empty := int64(0), 0
	for _, raw := range posts {
		p, ok := read(raw)
		if id, err := strconv.ParseInt(p.ID.String(), 10, 64); err == nil && (lowest == 0 || id < lowest) {
			lowest = id
		}
		if !ok {
			out.Items = append(out.Items, connectors.Odd(desk.RemoteID(p.ID), p.Created, "this post is not in the form that Discourse documents", raw))
			continue
		}
		one := connectors.Item{ID: desk.RemoteID(p.ID), At: p.Created}
		if m := c.mention(&p); p.Type <= typeRegular && !p.Hidden && !p.gone() && m.Words() != "" && c.wanted(&p, &m) {
			one.Tell = []desk.Mention{m}
		}
		out.Items = append(out.Items, one)
	}
	next := lowest - 1
	if id, err := strconv.ParseInt(before, 10, 64); err == nil && len(posts) == 0 {
		empty, _ = strconv.Atoi(count)
		empty++
		next = id - window
	}
	if next > 0 && empty < maxEmpty {
		out.Next = strconv.FormatInt(next, 10)
		if empty > 0 {
			out.Next += " " + strconv.Itoa(empty)
		}
	}
	return out, nil
}

// Recheck asks for known posts one by one.
func (c *Connector) Recheck(ctx context.Context, known []desk.Mention) (connectors.Batch, error) {
	return connectors.Again(ctx, known, func(ctx context.Context, m desk.Mention) (out connectors.Batch, err error) {
		p, err := c.one(ctx, m.Remote)
		switch {
		case errors.Is(err, desk.ErrDenied): // moved to where the key may not look; the forum does not say that it is gone
			return out, nil
		case err != nil:
			return out, err
		case p.gone():
			return out, desk.ErrGone
		}
		p.TopicTitle = cmp.Or(p.TopicTitle, m.Extra["topic"], m.Title) // a post alone may come without it
		if now := c.mention(&p); !p.Hidden && now.Words() != "" {
			out.Mentions = []desk.Mention{now}
		}
		return out, nil
	})
}

// one fetches a post by its id.
func (c *Connector) one(ctx context.Context, id desk.RemoteID) (post, error) {
	var raw json.RawMessage
	if err := c.api.Get(ctx, "/posts/"+url.PathEscape(string(id))+".json", nil, &raw); err != nil {
		return post{}, err
	}
	p, ok := read(raw)
	if !ok || p.ID.String() != string(id) {
		return post{}, errors.New("the forum answered with another post than was asked for")
	}
	return p, nil
}

// Thread returns the beginning of the topic and the posts around a mention, oldest first.
func (c *Connector) Thread(ctx context.Context, m desk.Mention) ([]desk.Mention, error) {
	var t topic
	if err := c.api.Get(ctx, "/"+topicPath(m.Thread)+".json", nil, &t); err != nil {
		return nil, err
	}
	if t.Archetype == private {
		return nil, desk.Deniedf("this conversation is private")
	}
	i := max(0, slices.IndexFunc(t.Stream.IDs, func(id json.Number) bool { return id.String() == string(m.Remote) }))
	ids := t.Stream.IDs[max(0, i-around):min(len(t.Stream.IDs), i+around)]
	if len(t.Stream.IDs) > 0 && i > around {
		ids = append([]json.Number{t.Stream.IDs[0]}, ids...)
	}
	posts, err := c.posts(ctx, &t, ids)
	if err != nil {
		return nil, err
	}
	var thread []desk.Mention
	for _, p := range posts {
		if one := c.mention(&p); p.Type <= typeRegular && !p.Hidden && !p.gone() && one.Words() != "" {
			thread = append(thread, one)
		}
	}
	return thread, nil
}

// posts fetches posts of a topic by their ids, except for those that came with it.
func (c *Connector) posts(ctx context.Context, t *topic, ids []json.Number) ([]post, error) {
	have := map[json.Number]post{}
	take := func(list []json.RawMessage) {
		for _, raw := range list {
			if p, ok := read(raw); ok {
				p.TopicTitle, p.Slug, p.Category = t.Title, t.Slug, t.Category
				have[p.ID] = p
			}
		}
	}
	take(t.Stream.Posts)
	lacking := slices.DeleteFunc(slices.Clone(ids), func(id json.Number) bool { _, ok := have[id]; return ok })
	for some := range slices.Chunk(lacking, window) {
		var more struct {
			Stream stream `json:"post_stream"`
		}
		q := url.Values{"include_raw": {"1"}}
		for _, id := range some {
			q.Add("post_ids[]", id.String())
		}
		if err := c.api.Get(ctx, "/t/"+url.PathEscape(t.ID.String())+"/posts.json", q, &more); err != nil {
			return nil, err
		}
		take(more.Stream.Posts)
	}
	var out []post
	for _, id := range ids {
		if p, ok := have[id]; ok {
			out = append(out, p)
		}
	}
	return out, nil
}

// topicPath is where the topic of a thread is read.
func topicPath(thread desk.RemoteID) string {
	return "t/" + url.PathEscape(strings.TrimPrefix(string(thread), "t/"))
}
