package demo

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

// Recheck reads known mentions again and tells how they are now and which were deleted. What the network does not speak of
// (because it waits for a moderator, say) is in neither list. On an error the batch holds what was read until then.
func (c *Connector) Recheck(ctx context.Context, known []desk.Mention) (connectors.Batch, error) {
	w := &walk{c: c, index: map[desk.RemoteID]int{}}
	for some := range slices.Chunk(known, c.opt.Page) {
		ids := make([]string, 0, len(some))
		for _, m := range some {
			ids = append(ids, string(m.Remote))
		}
		var p page
		if err := c.api.get(ctx, "/api/v1/posts", url.Values{"ids": {strings.Join(ids, ",")}}, &p); err != nil {
			return w.batch, fmt.Errorf("looking at known posts again: %w", err)
		}
		for _, raw := range p.Posts {
			w.changed(change{Post: raw})
		}
		for _, id := range p.Gone {
			w.batch.Gone = append(w.batch.Gone, desk.RemoteID(id))
		}
	}
	return w.batch, nil
}
