package mastodon

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

// rechecks is how many mentions one Recheck takes: as many as Mastodon gives at once, and few enough to be asked for one by one.
const rechecks = 20

// Recheck reads known mentions again. Newer servers give several at once; what they leave out, and everything on other servers, is
// asked for by itself, and only the server's own word that a post is not there counts as its removal.
func (c *Connector) Recheck(ctx context.Context, known []desk.Mention) (connectors.Batch, error) {
	var b connectors.Batch
	for some := range slices.Chunk(known, rechecks) {
		at, err := c.several(ctx, some)
		if err != nil {
			return b, fmt.Errorf("looking at known posts again: %w", err)
		}
		for _, m := range some {
			raw := at[m.Remote]
			if raw == nil {
				err = c.api.Get(ctx, statusPath(m.Remote), nil, &raw)
			}
			if connectors.Missing(err) {
				b.Gone, err = append(b.Gone, m.Remote), nil
				continue
			}
			if err != nil {
				return b, fmt.Errorf("looking at a known post again: %w", err)
			}
			now, err := c.read(raw)
			if err != nil || now.Remote != m.Remote {
				b.Poison = append(b.Poison, desk.Poison{Remote: m.Remote, At: c.now(), Err: "this post is not in the form that Mastodon documents", Raw: raw})
				continue
			}
			now.Thread = m.Thread
			b.Mentions = append(b.Mentions, now)
		}
	}
	return b, nil
}

// several asks for posts at once; nothing comes of it on servers that do not know the call.
func (c *Connector) several(ctx context.Context, known []desk.Mention) (map[desk.RemoteID]json.RawMessage, error) {
	if len(known) < 2 {
		return nil, nil
	}
	q := url.Values{}
	for _, m := range known {
		q.Add("id[]", string(m.Remote))
	}
	var raws []json.RawMessage
	err := c.api.Get(ctx, "/api/v1/statuses", q, &raws)
	if errors.Is(err, desk.ErrNotFound) || errors.Is(err, desk.ErrInvalid) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	at := make(map[desk.RemoteID]json.RawMessage, len(raws))
	for _, raw := range raws {
		at[desk.RemoteID(idOf(raw))] = raw
	}
	return at, nil
}

// Thread returns the conversation around a mention: what stands above it, the mention, what stands below.
func (c *Connector) Thread(ctx context.Context, m desk.Mention) ([]desk.Mention, error) {
	var around conversation
	if err := c.api.Get(ctx, statusPath(m.Remote)+"/context", nil, &around); err != nil {
		return nil, fmt.Errorf("reading the conversation: %w", err)
	}
	var self json.RawMessage
	if err := c.api.Get(ctx, statusPath(m.Remote), nil, &self); err != nil {
		return nil, fmt.Errorf("reading the conversation: %w", err)
	}
	raws := append(append(around.Ancestors, self), around.Descendants...)
	root := desk.RemoteID(idOf(raws[0]))
	var thread []desk.Mention
	for _, raw := range raws {
		one, err := c.read(raw)
		if err != nil {
			continue // a post that cannot be read leaves a hole in the conversation, no more
		}
		one.Thread = root
		thread = append(thread, one)
	}
	return thread, nil
}
