package bluesky

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

// maxLookup is how many posts or profiles one request names.
const maxLookup = 25

// Recheck looks at known posts again. Posts cannot be edited; those that the network says are not found are gone. Those that it merely
// does not show, because one of both has blocked the other, are in neither list.
func (c *Connector) Recheck(ctx context.Context, known []desk.Mention) (connectors.Batch, error) {
	var b connectors.Batch
	s, err := c.open(ctx)
	if err != nil {
		return b, err
	}
	for some := range slices.Chunk(known, maxLookup) {
		q := url.Values{}
		for _, m := range some {
			q.Add("uris", string(m.Remote))
		}
		l, err := get(ctx, s, "app.bsky.feed.getPosts", q, "", func(l *list) []json.RawMessage { return l.Posts })
		if err != nil {
			return b, fmt.Errorf("looking at known posts again: %w", err)
		}
		shown := map[desk.RemoteID]bool{}
		for _, raw := range l.Posts {
			if p, why := read(raw); why == "" {
				shown[remote(p.URI)] = true
				b.Mentions = append(b.Mentions, c.mention(s, &p, raw))
			}
		}
		for _, m := range some {
			if shown[m.Remote] {
				continue
			}
			gone, err := s.gone(ctx, m.Remote)
			if err != nil {
				return b, fmt.Errorf("looking at a known post again: %w", err)
			}
			if gone {
				b.Gone = append(b.Gone, m.Remote)
			}
		}
	}
	return b, nil
}

// thread is a part of a conversation: a post, or a mark that there is one which is not shown.
type thread struct {
	NotFound bool
	Blocked  bool
	Post     json.RawMessage
	Parent   *thread
	Replies  []thread
}

// conversation reads what is around a post.
func (s session) conversation(ctx context.Context, id desk.RemoteID, depth, height string) (thread, error) {
	var t struct{ Thread *thread }
	err := s.Get(ctx, "/xrpc/app.bsky.feed.getPostThread", url.Values{"uri": {string(id)}, "depth": {depth}, "parentHeight": {height}}, &t)
	if err == nil && t.Thread == nil {
		err = errors.New("the server does not answer as Bluesky does")
	}
	if err != nil {
		return thread{}, err
	}
	return *t.Thread, nil
}

// gone tells whether a post that was not shown is there no more, or only not for us.
func (s session) gone(ctx context.Context, id desk.RemoteID) (bool, error) {
	t, err := s.conversation(ctx, id, "0", "0")
	if coded(err, "NotFound") {
		return true, nil
	}
	return t.NotFound, err
}

// Thread returns the conversation around a mention: what it answers, up to the beginning, then it and what answers it.
func (c *Connector) Thread(ctx context.Context, m desk.Mention) ([]desk.Mention, error) {
	s, err := c.open(ctx)
	if err != nil {
		return nil, err
	}
	top, err := s.conversation(ctx, m.Remote, "6", "80")
	if coded(err, "NotFound") || err == nil && top.NotFound {
		return nil, fmt.Errorf("this post is no longer there: %w", desk.ErrGone)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the conversation: %w", err)
	}
	var above []*thread
	for t := top.Parent; t != nil; t = t.Parent {
		above = append(above, t)
	}
	var out []desk.Mention
	tell := func(t *thread) {
		if p, why := read(t.Post); why == "" {
			out = append(out, c.mention(s, &p, t.Post))
		}
	}
	for _, t := range slices.Backward(above) {
		tell(t)
	}
	below(&top, tell)
	return out, nil
}

// below goes through a post and what answers it.
func below(t *thread, tell func(*thread)) {
	tell(t)
	for i := range t.Replies {
		below(&t.Replies[i], tell)
	}
}
