package instagram

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/internal/graph"
	"github.com/earshotdesk/earshot/internal/desk"
)

// mostReplies is how many further pages of replies to one comment are read, 50 each.
const mostReplies = 10

// Poll lists the newest posts and reads the comments of those whose number of comments changed. Replies stand with the comment that they
// answer and not among the newest, so each reading goes through all that is not older than the history.
func (c *Connector) Poll(ctx context.Context, since connectors.Cursor) (connectors.Batch, error) {
	return graph.Watch{
		Client: c.graph, Owner: c.owner, Posts: c.posts, Comments: c.comments,
		Overlap: c.opt.History.Std(), History: c.opt.History.Std(), Now: c.now,
	}.Poll(ctx, since)
}

func (c *Connector) posts(ctx context.Context, me graph.Owner) ([]graph.Post, error) {
	q := url.Values{"fields": {mediaFields}, "limit": {strconv.Itoa(c.opt.Posts)}}
	list, err := c.graph.List(ctx, graph.Path(me.ID, "media"), q, "")
	if err != nil {
		return nil, err
	}
	all := make([]graph.Post, 0, len(list.Data))
	for _, raw := range list.Data {
		all = append(all, watched(raw, me, c.now()))
	}
	return all, nil
}

// comments reads a page of comments with the replies to each.
func (c *Connector) comments(ctx context.Context, me graph.Owner, p graph.Post, after string) (connectors.Page, error) {
	q := url.Values{"fields": {commentFields}, "limit": {"50"}}
	list, err := c.graph.List(ctx, graph.Path(p.ID, "comments"), q, after)
	if err != nil {
		return connectors.Page{}, err
	}
	out := connectors.Page{Next: list.After}
	for _, raw := range list.Data {
		top, m := item(raw, p, me, c.now())
		out.Items = append(out.Items, top)
		replies := m.Replies.Data
		if m.Replies.Paging.Next != "" {
			more, err := c.replies(ctx, m.ID, m.Replies.Paging.Cursors.After)
			if err != nil {
				return connectors.Page{}, err
			}
			replies = append(replies, more...)
		}
		for _, raw := range replies {
			one, _ := item(raw, p, me, c.now())
			one.Tell = under(one.Tell, desk.RemoteID(graph.Word(m.ID)))
			one.At = top.At // the list is ordered by the comments that they answer
			out.Items = append(out.Items, one)
		}
	}
	return out, nil
}

// under puts replies under their comment, where the API does not say it of each.
func under(replies []desk.Mention, top desk.RemoteID) []desk.Mention {
	for i := range replies {
		if replies[i].Parent == replies[i].Thread && top != "" {
			replies[i].Parent = top
		}
	}
	return replies
}

// replies reads the replies to a comment from a cursor on.
func (c *Connector) replies(ctx context.Context, id, after string) ([]json.RawMessage, error) {
	var all []json.RawMessage
	for n := 0; n < mostReplies && (n == 0 || after != ""); n++ {
		list, err := c.graph.List(ctx, graph.Path(id, "replies"), url.Values{"fields": {replyFields}, "limit": {"50"}}, after)
		if err != nil {
			return nil, fmt.Errorf("reading replies: %w", err)
		}
		all, after = append(all, list.Data...), list.After
	}
	return all, nil
}
