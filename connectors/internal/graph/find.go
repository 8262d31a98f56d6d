package graph

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

const mostPages = 100 // of comments that reading back goes through

// Said is a comment as reading back sees it.
type Said struct {
	Words   string
	At      time.Time
	Ours    bool
	Nobody  bool // the network does not say whose it is, so it may be ours
	Receipt desk.Receipt
}

// Find looks for a reply of ours through all comments of an edge. Read tells a comment; false when it cannot be read.
func (c *Client) Find(ctx context.Context, path string, q url.Values, out desk.Outgoing, read func(raw json.RawMessage) (Said, bool)) (desk.Found, error) {
	not := desk.Found{Finding: desk.FoundNot}
	sure := true
	for after, n := "", 0; n < mostPages; n++ {
		list, err := c.List(ctx, path, q, after)
		if err != nil {
			return not, fmt.Errorf("reading answers back: %w", err)
		}
		for _, raw := range list.Data {
			one, ok := read(raw)
			same := ok && connectors.IsReply(out, one.Receipt.Remote, one.Words, one.At)
			if same && one.Ours {
				return desk.Found{Finding: desk.FoundIt, Receipt: one.Receipt}, nil
			}
			sure = sure && ok && !(same && one.Nobody)
		}
		switch {
		case list.After == "" && sure:
			return desk.Found{Finding: desk.FoundAbsent}, nil
		case list.After == "", list.After == after:
			return not, nil
		}
		after = list.After
	}
	return not, nil
}
