package facebook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/internal/graph"
	"github.com/earshotdesk/earshot/internal/desk"
)

// Recheck reads known posts and comments again by their ids. What was removed, and what we may not see, the API says in the same words;
// so nothing counts as removed unless something else can be read.
func (c *Connector) Recheck(ctx context.Context, known []desk.Mention) (connectors.Batch, error) {
	var b connectors.Batch
	var posts, comments []desk.Mention
	for _, m := range known {
		if isPost(m.Remote) {
			posts = append(posts, m)
		} else {
			comments = append(comments, m)
		}
	}
	for _, some := range []struct {
		known  []desk.Mention
		fields string
	}{{posts, postFields}, {comments, commentFields}} {
		if err := c.again(ctx, some.known, some.fields, &b); err != nil {
			return connectors.Batch{}, fmt.Errorf("looking at known comments again: %w", err)
		}
	}
	if len(b.Gone) > 0 && len(b.Mentions) == 0 {
		if err := c.readable(ctx); err != nil {
			return connectors.Batch{}, err
		}
	}
	return b, nil
}

// again asks for objects of one kind: all together, then one by one for those that did not come, because one that is missing may spoil
// the answer for all.
func (c *Connector) again(ctx context.Context, known []desk.Mention, fields string, b *connectors.Batch) error {
	if len(known) == 0 {
		return nil
	}
	ids := make([]string, len(known))
	for i, m := range known {
		ids[i] = address(m)
	}
	var found map[string]json.RawMessage
	err := c.graph.Get(ctx, "/", url.Values{"ids": {strings.Join(ids, ",")}, "fields": {fields}}, &found)
	if err != nil && !connectors.Missing(err) && !errors.Is(err, desk.ErrInvalid) {
		return err
	}
	for i, m := range known {
		raw, ok := found[ids[i]]
		if !ok {
			err := c.graph.Get(ctx, graph.Path(ids[i], ""), url.Values{"fields": {fields}}, &raw)
			if connectors.Missing(err) {
				b.Gone = append(b.Gone, m.Remote)
				continue
			}
			if err != nil {
				return err
			}
		}
		c.tell(m, raw, b)
	}
	return nil
}

// tell adds what is known of a mention now. Whose it is does not change.
func (c *Connector) tell(known desk.Mention, raw json.RawMessage, b *connectors.Batch) {
	var now desk.Mention
	if isPost(known.Remote) {
		p := post{raw: raw}
		if json.Unmarshal(raw, &p) != nil || p.Created.IsZero() {
			return
		}
		now = p.mention("", c.now())
	} else {
		item := commentItem(raw, string(known.Thread), "", c.now())
		if len(item.Tell) == 0 {
			return
		}
		now = item.Tell[0]
	}
	if now.Remote == known.Remote {
		now.Ours = known.Ours
		b.Mentions = append(b.Mentions, now)
	}
}
