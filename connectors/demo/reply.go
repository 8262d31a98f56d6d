package demo

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

const (
	// keyTrust is how long a repeated key is relied on; the network remembers it for an hour.
	keyTrust = 50 * time.Minute
	// clockSlack is how far the clocks of desk and network may differ before reading back overlooks a reply.
	clockSlack = 10 * time.Minute
)

// Reply answers the parent in public.
//
// A first attempt looks at the parent right before: when it is gone, locked or reads differently, nothing leaves. A further
// attempt (out.StartedAt is set) may find the reply public already. With a key that the network still remembers it sends again,
// and the network answers with what came of the first; otherwise it only looks, and what is not there stays unknown.
//
// An error speaks of this call alone. That a limit or a refused token says nothing about an earlier call, the caller remembers.
func (c *Connector) Reply(ctx context.Context, out desk.Outgoing) (desk.Receipt, error) {
	if err := c.sayable(out); err != nil {
		return desk.Receipt{}, err
	}
	again := !out.StartedAt.IsZero()
	if again && (c.opt.Idempotency == idempotencyReadBack || c.now().Sub(out.StartedAt) > keyTrust) {
		return c.settled(ctx, out)
	}
	if !again {
		if err := c.parentStands(ctx, out.Parent); err != nil {
			return desk.Receipt{}, err
		}
	}
	key := out.Key
	if c.opt.Idempotency == idempotencyReadBack {
		key = ""
	}
	body := map[string]string{"text": out.Text, "parent": string(out.Parent.Remote)}
	p, err := c.api.send(ctx, "POST", "/api/v1/posts", key, body)
	if err != nil {
		return desk.Receipt{}, fmt.Errorf("publishing: %w", err)
	}
	if p.Parent != string(out.Parent.Remote) {
		return desk.Receipt{}, unknown(errors.New("the network answered with another post than ours"))
	}
	return c.receipt(*p), nil
}

// sayable refuses what needs no call to be refused.
func (c *Connector) sayable(out desk.Outgoing) error {
	if err := connectors.Sayable(c.account, c.Capabilities(), out); err != nil {
		return err
	}
	switch {
	case c.api.token == "":
		return desk.Deniedf("the account has no token, so nobody can answer with it")
	case out.Key == "" && c.opt.Idempotency == idempotencyReal:
		return desk.Invalidf("a reply needs a key")
	}
	return nil
}

// parentStands looks whether the parent can be answered and still says what the agent read. Whatever its error, nothing has left.
func (c *Connector) parentStands(ctx context.Context, parent desk.Mention) error {
	var p post
	err := c.api.get(ctx, "/api/v1/posts/"+url.PathEscape(string(parent.Remote)), nil, &p)
	switch {
	case errors.Is(err, desk.ErrNotFound), errors.Is(err, desk.ErrGone):
		return fmt.Errorf("the post that this answers is no longer there: %w", desk.ErrGone)
	case errors.Is(err, desk.ErrDenied):
		return fmt.Errorf("looking at the post to answer: %w", err)
	case err != nil:
		return unseen(err)
	case p.ID != string(parent.Remote):
		return unseen(errors.New("the network answered with another post"))
	case p.Locked:
		return desk.Deniedf("the conversation is locked and takes no more replies")
	}
	if now := c.mention(p); parent.Text != "" && now.Digest() != parent.Digest() {
		return desk.Deniedf("the post was edited after it was read; read it again before answering")
	}
	return nil
}

// unseen is the error of a look that failed, whatever the cause: nothing has left, so it may be tried again.
func unseen(err error) error {
	var passing *desk.Transient
	if errors.As(err, &passing) {
		return fmt.Errorf("looking at the post to answer: %w", err)
	}
	return &desk.Transient{Err: fmt.Errorf("looking at the post to answer: %w", err)}
}

// settled ends an attempt that must not be repeated: with the reply when it is there, else unknown.
func (c *Connector) settled(ctx context.Context, out desk.Outgoing) (desk.Receipt, error) {
	found, err := c.Find(ctx, out)
	switch {
	case err != nil:
		return desk.Receipt{}, unknown(err)
	case found.Finding == desk.FoundIt:
		return found.Receipt, nil
	}
	return desk.Receipt{}, unknown(errors.New("an earlier attempt may have been published, and the network would not drop a second one"))
}

// Find looks for the reply among our own under the parent: the same words, not one of those known, not older than the first
// attempt. Of several it takes the oldest. Absent proves nothing while the network may still be about to show it.
func (c *Connector) Find(ctx context.Context, out desk.Outgoing) (desk.Found, error) {
	if c.account == nil {
		return desk.Found{Finding: desk.FoundNot}, desk.Deniedf("this source names no account, so there is nothing of ours to find")
	}
	q := url.Values{
		"parent": {string(out.Parent.Remote)}, "author": {c.handle()}, "limit": {strconv.Itoa(c.opt.Page)},
	}
	for from := "0"; ; {
		var list page
		q.Set("min_id", from)
		if err := c.api.get(ctx, "/api/v1/posts", q, &list); err != nil {
			return desk.Found{Finding: desk.FoundNot}, fmt.Errorf("reading replies back: %w", err)
		}
		last := from
		for _, raw := range list.Posts {
			p, err := readPost(raw)
			if err != nil {
				return desk.Found{Finding: desk.FoundNot}, fmt.Errorf("reading replies back: %w", err)
			}
			if c.same(p, out) {
				return desk.Found{Finding: desk.FoundIt, Receipt: c.receipt(p)}, nil
			}
			if ahead(p.ID, last) {
				last = p.ID
			}
		}
		if !list.More {
			return desk.Found{Finding: desk.FoundAbsent}, nil
		}
		if last == from {
			return desk.Found{Finding: desk.FoundNot}, errors.New("reading replies back: the list does not end")
		}
		from = last
	}
}

// same tells whether a post is the reply that is looked for.
func (c *Connector) same(p post, out desk.Outgoing) bool {
	known := slices.ContainsFunc(out.Known, func(r desk.Receipt) bool { return r.Remote == desk.RemoteID(p.ID) })
	return !known &&
		strings.EqualFold(p.Author.Handle, c.handle()) &&
		p.Parent == string(out.Parent.Remote) &&
		strings.TrimSpace(p.Text) == strings.TrimSpace(out.Text) &&
		(out.StartedAt.IsZero() || p.CreatedAt.After(out.StartedAt.Add(-clockSlack)))
}

func (c *Connector) receipt(p post) desk.Receipt {
	return desk.Receipt{Remote: desk.RemoteID(p.ID), URL: p.URL, At: p.CreatedAt.UTC(), Visibility: p.visibility()}
}
