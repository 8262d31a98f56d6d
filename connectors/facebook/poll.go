package facebook

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/internal/graph"
	"github.com/earshotdesk/earshot/internal/desk"
)

// overlap is looked at again, for comments that appear late because a filter let them go.
const overlap = time.Hour

// Poll lists the newest posts and reads the comments of those under which something happened.
func (c *Connector) Poll(ctx context.Context, since connectors.Cursor) (connectors.Batch, error) {
	return graph.Watch{
		Client: c.graph, Overlap: overlap, History: c.opt.History.Std(), Now: c.now,
		Owner: func(ctx context.Context) (graph.Owner, error) {
			p, err := c.owner(ctx)
			return graph.Owner{ID: p.ID}, err
		},
		Posts: c.posts,
		Comments: func(ctx context.Context, me graph.Owner, p graph.Post, after string) (connectors.Page, error) {
			list, err := c.graph.List(ctx, graph.Path(p.ID, "comments"), commentQuery("stream"), after)
			out := connectors.Page{Next: list.After}
			for _, raw := range list.Data {
				out.Items = append(out.Items, commentItem(raw, p.ID, me.ID, c.now()))
			}
			return out, err
		},
	}.Poll(ctx, since)
}

// posts lists the newest posts of the Page and, when wanted, of those who visit or tag it.
func (c *Connector) posts(ctx context.Context, me graph.Owner) ([]graph.Post, error) {
	edges := []string{"published_posts"}
	if c.opt.Visitors {
		edges = append(edges, "visitor_posts")
	}
	if c.opt.Tagged {
		edges = append(edges, "tagged")
	}
	var all []graph.Post
	for _, edge := range edges {
		q := url.Values{"fields": {listFields}, "limit": {strconv.Itoa(c.opt.Posts)}}
		list, err := c.graph.List(ctx, graph.Path(me.ID, edge), q, "")
		if err != nil {
			return nil, err
		}
		for _, raw := range list.Data {
			one := listed(raw, me.ID, c.now())
			one.Closed = edge == "tagged" // it stands on somebody else's wall
			all = append(all, one)
		}
	}
	return all, nil
}

// listed reads one post of a list.
func listed(raw json.RawMessage, page string, now time.Time) graph.Post {
	p := post{raw: raw}
	if json.Unmarshal(raw, &p) != nil || !isPost(desk.RemoteID(p.ID)) || p.Created.IsZero() {
		return graph.Post{ID: graph.Mark(raw), Poison: &desk.Poison{Raw: raw, Err: "this post is not in the form that Facebook documents"}}
	}
	latest := p.Created.Time
	if p.Updated.After(latest) {
		latest = p.Updated.Time
	}
	return graph.Post{ID: p.ID, Mark: p.mark(), Latest: latest, Tell: []desk.Mention{p.mention(page, now)}}
}
