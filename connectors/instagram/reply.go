package instagram

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/internal/graph"
	"github.com/earshotdesk/earshot/internal/desk"
)

// Reply answers a comment. Only comments right under a post take replies; an answer to a reply goes where Instagram puts it, under the
// comment that both answer.
func (c *Connector) Reply(ctx context.Context, out desk.Outgoing) (desk.Receipt, error) {
	if err := connectors.Sayable(c.account, capabilities(), out); err != nil {
		return desk.Receipt{}, err
	}
	if out.Parent.Kind == desk.KindPost {
		return desk.Receipt{}, desk.Deniedf("a post of the account itself gets no answer; answer the comments under it")
	}
	for _, id := range slices.Compact([]desk.RemoteID{out.Parent.Remote, top(out.Parent)}) {
		if err := c.open(ctx, id); err != nil {
			return desk.Receipt{}, err
		}
	}
	var said comment
	path := graph.Path(string(top(out.Parent)), "replies")
	if err := c.graph.Send(ctx, "POST", path, nil, url.Values{"message": {out.Text}}, &said); err != nil {
		return desk.Receipt{}, fmt.Errorf("answering: %w", err)
	}
	if said.ID == "" {
		return desk.Receipt{}, &desk.Unknown{Err: errors.New("answering: Instagram took it and does not say which comment came of it")}
	}
	return c.receipt(out, said), nil
}

// top is the comment right under the post that a mention is, or answers.
func top(m desk.Mention) desk.RemoteID {
	if m.Parent != "" && m.Parent != m.Thread {
		return m.Parent
	}
	return m.Remote
}

// open looks whether a comment can be answered. Whatever its error, nothing has left.
func (c *Connector) open(ctx context.Context, id desk.RemoteID) error {
	var now comment
	err := c.graph.Look(ctx, graph.Path(string(id), ""), url.Values{"fields": {"id,hidden"}}, &now)
	switch {
	case err != nil:
		return connectors.Looked("the comment that this answers", err)
	case now.Hidden:
		return desk.Deniedf("the comment that this answers is hidden, and Instagram takes no replies to it")
	}
	return nil
}

// receipt of a reply; comments have no address of their own.
func (c *Connector) receipt(out desk.Outgoing, said comment) desk.Receipt {
	at := said.At.Time
	if at.IsZero() {
		at = c.now().UTC()
	}
	return desk.Receipt{Remote: desk.RemoteID(graph.Word(said.ID)), URL: out.Parent.URL, At: at, Visibility: desk.VisiblePublic}
}

// Find looks for the reply among the account's own under the comment.
func (c *Connector) Find(ctx context.Context, out desk.Outgoing) (desk.Found, error) {
	me, err := c.owner(ctx)
	if err != nil {
		return desk.Found{Finding: desk.FoundNot}, fmt.Errorf("reading replies back: %w", err)
	}
	q := url.Values{"fields": {replyFields}, "limit": {"50"}}
	return c.graph.Find(ctx, graph.Path(string(top(out.Parent)), "replies"), q, out, func(raw json.RawMessage) connectors.Said {
		var one comment
		ok := json.Unmarshal(raw, &one) == nil
		return connectors.Said{
			Words: one.Text, At: one.At.Time, Receipt: c.receipt(out, one),
			Ours: ok && one.by(me), Nobody: cmp.Or(one.author().Handle, string(one.author().ID)) == "", Unread: !ok,
		}
	})
}

// Delete removes a reply of the account's own. One that is gone already counts as removed.
func (c *Connector) Delete(ctx context.Context, _ desk.Outgoing, r desk.Receipt) error {
	me, err := c.owner(ctx)
	if err != nil {
		return fmt.Errorf("deleting: %w", err)
	}
	var now comment
	path := graph.Path(string(r.Remote), "")
	err = c.graph.Look(ctx, path, url.Values{"fields": {replyFields}}, &now)
	if err == nil && !now.by(me) {
		return desk.Deniedf("the comment is not by the account, so it is not ours to delete")
	}
	if err == nil {
		err = c.graph.Send(ctx, "DELETE", path, nil, nil, nil)
	}
	return connectors.Deleted(err)
}
