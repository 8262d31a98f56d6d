package graph

import (
	"context"
	"encoding/json"
	"net/url"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

// Find looks for a reply of ours through all comments of an edge.
func (c *Client) Find(ctx context.Context, path string, q url.Values, out desk.Outgoing, read func(raw json.RawMessage) connectors.Said) (desk.Found, error) {
	return connectors.FindSaid(ctx, out, func(ctx context.Context, after string) ([]connectors.Said, string, error) {
		list, err := c.List(ctx, path, q, after)
		var all []connectors.Said
		for _, raw := range list.Data {
			all = append(all, read(raw))
		}
		return all, list.After, err
	})
}
