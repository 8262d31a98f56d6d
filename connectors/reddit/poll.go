package reddit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

const perPage = 100

// errOther says that an answer is JSON, but of something else.
var errOther = errors.New("the server does not answer as Reddit does")

// Poll walks every list of the source.
func (c *Connector) Poll(ctx context.Context, since connectors.Cursor) (connectors.Batch, error) {
	all := func(*desk.Mention) bool { return true }
	var lists connectors.Lists
	for _, q := range c.opt.Queries {
		lists = append(lists, c.list("search "+q, "/search", url.Values{"q": {q}, "sort": {"new"}, "t": {"all"}, "type": {"link"}}, all))
	}
	for _, s := range c.opt.Subreddits {
		lists = append(lists,
			c.list("new "+s, "/r/"+s+"/new", nil, c.wanted),
			c.list("comments "+s, "/r/"+s+"/comments", nil, c.wanted))
	}
	if c.opt.Inbox {
		lists = append(lists, c.list("inbox", "/message/inbox", nil, all))
	}
	lists = append(lists, c.list("own", "/user/"+url.PathEscape(c.handle())+"/comments", url.Values{"sort": {"new"}}, all))
	return lists.Poll(ctx, since)
}

// list walks one list from its newest thing into the past.
func (c *Connector) list(name, path string, q url.Values, wanted func(*desk.Mention) bool) connectors.List {
	walk := connectors.Backward{History: c.opt.History.Std(), Now: c.now}
	walk.Page = func(ctx context.Context, token string) (connectors.Page, error) {
		things, next, err := c.page(ctx, path, q, token)
		p := connectors.Page{Next: next}
		for _, raw := range things {
			p.Items = append(p.Items, c.item(raw, wanted))
		}
		return p, err
	}
	return connectors.List{Name: name, Poll: walk.Poll}
}

// page fetches the things after those that the token names. A token holds the last three of the page before: when the last was deleted
// meanwhile, Reddit knows no place after it and answers with an empty page, and the one before it is tried.
func (c *Connector) page(ctx context.Context, path string, q url.Values, token string) ([]json.RawMessage, string, error) {
	all := url.Values{"limit": {strconv.Itoa(perPage)}, "raw_json": {"1"}}
	for name, values := range q {
		all[name] = values
	}
	var list listing
	for after := range strings.SplitSeq(token, ",") {
		if after != "" {
			all.Set("after", after)
		}
		list = listing{}
		if err := c.api.Get(ctx, path, all, &list); err != nil {
			return nil, "", err
		}
		if list.Kind != "Listing" {
			return nil, "", errOther
		}
		if len(list.Data.Children) > 0 {
			break
		}
	}
	if list.Data.After == "" || len(list.Data.Children) == 0 {
		return list.Data.Children, "", nil
	}
	next := list.Data.After
	for i := len(list.Data.Children) - 2; i >= max(0, len(list.Data.Children)-3); i-- {
		if _, p, ok := read(list.Data.Children[i]); ok {
			next += "," + p.Name
		}
	}
	return list.Data.Children, next, nil
}

// item reads one thing of a list. Private messages and what is deleted stay where they are.
func (c *Connector) item(raw json.RawMessage, wanted func(*desk.Mention) bool) connectors.Item {
	kind, p, ok := read(raw)
	at := c.moment(p.Created)
	switch {
	case !ok:
		return connectors.Odd(id(p.Name), at, "this is not in the form in which Reddit sends posts and comments", raw)
	case kind != kindComment && kind != kindPost, p.gone():
		return connectors.Item{ID: id(p.Name), At: at}
	}
	one := connectors.Item{ID: id(p.Name), At: at}
	if m := c.mention(kind, &p); m.Words() != "" && wanted(&m) {
		one.Tell = []desk.Mention{m}
	}
	return one
}

// info fetches things by their full names; what Reddit does not know or show is not among them.
func (c *Connector) info(ctx context.Context, get func(context.Context, string, url.Values, any) error, names ...string) (map[string]thingOf, error) {
	var list listing
	if err := get(ctx, "/api/info", url.Values{"id": {strings.Join(names, ",")}, "raw_json": {"1"}}, &list); err != nil {
		return nil, err
	}
	if list.Kind != "Listing" {
		return nil, errOther
	}
	found := map[string]thingOf{}
	for _, raw := range list.Data.Children {
		if kind, p, ok := read(raw); ok {
			found[p.Name] = thingOf{kind, p}
		}
	}
	return found, nil
}

// thingOf is a post with its kind.
type thingOf struct {
	kind string
	post post
}

// Recheck asks for known posts and comments, a hundred at a time. What is not in the answer may be in a subreddit that closed: only what
// Reddit shows as deleted or removed is gone.
func (c *Connector) Recheck(ctx context.Context, known []desk.Mention) (connectors.Batch, error) {
	var out connectors.Batch
	var names []string
	for _, m := range known {
		names = append(names, string(m.Remote))
	}
	found, err := c.info(ctx, c.api.Get, names...)
	if err != nil {
		return out, fmt.Errorf("looking at known posts again: %w", err)
	}
	for _, m := range known {
		switch one, ok := found[string(m.Remote)]; {
		case !ok:
		case one.post.gone():
			out.Gone = append(out.Gone, m.Remote)
		default:
			if now := c.mention(one.kind, &one.post); now.Words() != "" {
				out.Mentions = append(out.Mentions, now)
			}
		}
	}
	return out, nil
}
