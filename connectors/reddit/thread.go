package reddit

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
)

// maxThread bounds how much of a conversation is given, and how many comments that the tree leaves out are fetched.
const (
	maxThread  = 400
	maxLeftOut = 100
)

// Thread returns a post and the comments below it; for a comment, the way down to it and what was answered.
func (c *Connector) Thread(ctx context.Context, m desk.Mention) ([]desk.Mention, error) {
	root := string(m.Thread)
	if root == "" {
		root = string(m.Remote)
	}
	q := url.Values{"raw_json": {"1"}, "limit": {"200"}, "sort": {"old"}}
	if comment, ok := strings.CutPrefix(string(m.Remote), kindComment+"_"); ok {
		q.Set("comment", comment)
		q.Set("context", "8")
	}
	var page []listing
	if err := c.api.Get(ctx, "/comments/"+url.PathEscape(strings.TrimPrefix(root, kindPost+"_")), q, &page); err != nil {
		return nil, err
	}
	tree := &tree{c: c}
	for _, l := range page {
		tree.add(l.Data.Children)
	}
	if len(tree.leftOut) > 0 {
		more, err := c.leftOut(ctx, root, tree.leftOut[:min(len(tree.leftOut), maxLeftOut)])
		if err != nil {
			return nil, err
		}
		tree.add(more)
	}
	return tree.told, nil
}

// leftOut fetches comments that a tree only names.
func (c *Connector) leftOut(ctx context.Context, root string, ids []string) ([]json.RawMessage, error) {
	var more struct {
		JSON struct {
			Data struct {
				Things []json.RawMessage `json:"things"`
			} `json:"data"`
		} `json:"json"`
	}
	q := url.Values{"api_type": {"json"}, "raw_json": {"1"}, "link_id": {root}, "children": {strings.Join(ids, ",")}}
	err := c.api.Get(ctx, "/api/morechildren", q, &more)
	return more.JSON.Data.Things, err
}

// tree gathers the comments of a conversation.
type tree struct {
	c       *Connector
	told    []desk.Mention
	leftOut []string
}

func (t *tree) add(things []json.RawMessage) {
	for _, raw := range things {
		kind, p, ok := read(raw)
		if kind == "more" {
			t.leftOut = append(t.leftOut, p.LeftOut...)
			continue
		}
		if !ok || len(t.told) >= maxThread {
			continue
		}
		if m := t.c.mention(kind, &p); !p.gone() && m.Words() != "" {
			t.told = append(t.told, m)
		}
		var below listing
		if json.Unmarshal(p.Replies, &below) == nil {
			t.add(below.Data.Children)
		}
	}
}
