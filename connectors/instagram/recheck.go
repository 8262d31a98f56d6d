package instagram

import (
	"context"
	"encoding/json"
	"net/url"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/internal/graph"
	"github.com/earshotdesk/earshot/internal/desk"
)

// Recheck reads known posts and comments again, one by one. What was removed, and what we may not see, the API says in the same words; so
// nothing counts as removed unless something else can be read.
func (c *Connector) Recheck(ctx context.Context, known []desk.Mention) (connectors.Batch, error) {
	b, err := connectors.Again(ctx, known, func(ctx context.Context, m desk.Mention) (now connectors.Batch, err error) {
		fields := replyFields
		if m.Kind == desk.KindPost {
			fields = mediaFields
		}
		var raw json.RawMessage
		if err := c.graph.Get(ctx, graph.Path(string(m.Remote), ""), url.Values{"fields": {fields}}, &raw); err != nil {
			return now, err
		}
		c.tell(m, raw, &now)
		return now, nil
	})
	if err != nil {
		return connectors.Batch{}, err
	}
	if len(b.Gone) > 0 && len(b.Mentions) == 0 {
		me, err := c.owner(ctx)
		if err == nil {
			err = c.readable(ctx, me)
		}
		if err != nil {
			return connectors.Batch{}, err
		}
	}
	return b, nil
}

// tell adds what is known of a mention now. Whose it is and what it answers does not change.
func (c *Connector) tell(known desk.Mention, raw json.RawMessage, b *connectors.Batch) {
	var tell []desk.Mention
	if known.Kind == desk.KindPost {
		tell = watched(raw, graph.Owner{ID: string(known.Author.ID), Name: known.Author.Handle}, c.now()).Tell
	} else {
		one, _ := item(raw, graph.Post{ID: string(known.Thread), Link: known.URL}, graph.Owner{}, c.now())
		tell = one.Tell
	}
	for _, now := range tell {
		if now.Remote == known.Remote {
			now.Ours, now.Parent = known.Ours, known.Parent
			b.Mentions = append(b.Mentions, now)
		}
	}
}
