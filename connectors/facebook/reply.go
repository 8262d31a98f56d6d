package facebook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/internal/graph"
	"github.com/earshotdesk/earshot/internal/desk"
)

// Reply answers a post or a comment. The network knows two levels: an answer to a reply may come to stand beside it, under the
// comment that both answer, and that counts as well.
func (c *Connector) Reply(ctx context.Context, out desk.Outgoing) (desk.Receipt, error) {
	if err := connectors.Sayable(c.account, capabilities(), out); err != nil {
		return desk.Receipt{}, err
	}
	if err := c.open(ctx, out.Parent); err != nil {
		return desk.Receipt{}, err
	}
	var said struct {
		ID string `json:"id"`
	}
	err := c.graph.Send(ctx, "POST", graph.Path(address(out.Parent), "comments"), nil, url.Values{"message": {out.Text}}, &said)
	if err != nil {
		return desk.Receipt{}, fmt.Errorf("answering: %w", err)
	}
	if said.ID == "" {
		return desk.Receipt{}, &desk.Unknown{Err: errors.New("answering: Facebook took it and does not say which comment came of it")}
	}
	return c.proved(ctx, out, said.ID)
}

// open looks whether the parent can be answered. Whatever its error, nothing has left.
func (c *Connector) open(ctx context.Context, parent desk.Mention) error {
	fields := "id,can_comment,is_hidden"
	if isPost(parent.Remote) {
		fields = "id,is_hidden" // a post has no can_comment
	}
	var now comment
	err := c.graph.Look(ctx, graph.Path(address(parent), ""), url.Values{"fields": {fields}}, &now)
	switch {
	case err != nil:
		return connectors.Looked("what this answers", err)
	case now.Hidden:
		return desk.Deniedf("what this answers is hidden from the public; show it again on the Page first")
	case now.CanComment != nil && !*now.CanComment:
		return desk.Deniedf("Facebook takes no answers there any more")
	}
	return nil
}

// proved reads a new comment back: it must stand where it was meant to.
func (c *Connector) proved(ctx context.Context, out desk.Outgoing, id string) (desk.Receipt, error) {
	var now comment
	q := url.Values{"fields": {"id,message,created_time,permalink_url,parent{id}"}}
	if err := c.graph.Get(ctx, graph.Path(id, ""), q, &now); err != nil {
		return desk.Receipt{}, graph.Lost("reading the answer back", err)
	}
	if graph.Last(now.ID) != graph.Last(id) || !stands(now, out.Parent) {
		return desk.Receipt{}, &desk.Unknown{Err: errors.New("the answer was taken, but does not stand under what it answers")}
	}
	return receipt(now), nil
}

// stands tells whether a comment is an answer to a mention.
func stands(now comment, parent desk.Mention) bool {
	if isPost(parent.Remote) {
		return now.Parent == nil || now.Parent.ID == string(parent.Remote)
	}
	under := desk.RemoteID(now.under(""))
	return under != "" && (under == parent.Remote || under == parent.Parent)
}

func receipt(now comment) desk.Receipt {
	return desk.Receipt{
		Remote: desk.RemoteID(graph.Last(now.ID)), URL: link(now.Link, now.ID), At: now.Created.Time, Visibility: desk.VisiblePublic,
	}
}

// Find looks for the reply among the Page's own comments under the parent.
func (c *Connector) Find(ctx context.Context, out desk.Outgoing) (desk.Found, error) {
	owner, err := c.owner(ctx)
	if err != nil {
		return desk.Found{Finding: desk.FoundNot}, fmt.Errorf("reading answers back: %w", err)
	}
	under, filter := address(out.Parent), "stream"
	switch up := out.Parent.Parent; {
	case isPost(out.Parent.Remote):
		filter = "toplevel"
	case up != "" && !isPost(up):
		under = within(out.Parent, up) // the first level, where an answer to a reply is listed
	}
	return c.graph.Find(ctx, graph.Path(under, "comments"), commentQuery(filter), out, func(raw json.RawMessage) connectors.Said {
		var one comment
		ok := json.Unmarshal(raw, &one) == nil
		author, _ := one.From.author()
		return connectors.Said{
			Words: one.Message, At: one.Created.Time, Receipt: receipt(one),
			Ours: ok && string(author.ID) == owner.ID, Nobody: author.ID == "", Unread: !ok,
		}
	})
}

// Edit gives a comment of the Page's own other words.
func (c *Connector) Edit(ctx context.Context, out desk.Outgoing, r desk.Receipt) (desk.Receipt, error) {
	if err := connectors.Sayable(c.account, capabilities(), out); err != nil {
		return desk.Receipt{}, err
	}
	now, err := c.own(ctx, out, r)
	if err != nil {
		return desk.Receipt{}, err
	}
	if connectors.SameWords(now.Message, out.Text) {
		return receipt(now), nil
	}
	id := within(out.Parent, r.Remote)
	if err := c.graph.Send(ctx, "POST", graph.Path(id, ""), nil, url.Values{"message": {out.Text}}, nil); err != nil {
		return desk.Receipt{}, fmt.Errorf("editing: %w", err)
	}
	if now, err = c.own(ctx, out, r); err != nil {
		return desk.Receipt{}, graph.Lost("reading the edited answer back", err)
	}
	if !connectors.SameWords(now.Message, out.Text) {
		return desk.Receipt{}, &desk.Unknown{Err: errors.New("the edit was taken, but the answer does not read as it should")}
	}
	changed := receipt(now)
	changed.At = c.now().UTC()
	return changed, nil
}

// own returns a comment that is the Page's own; of any other it says so. Nothing has left, whatever its error.
func (c *Connector) own(ctx context.Context, out desk.Outgoing, r desk.Receipt) (comment, error) {
	owner, err := c.owner(ctx)
	if err != nil {
		return comment{}, err
	}
	var now comment
	q := url.Values{"fields": {"id,from,message,created_time,permalink_url"}}
	if err := c.graph.Look(ctx, graph.Path(within(out.Parent, r.Remote), ""), q, &now); err != nil {
		return comment{}, fmt.Errorf("looking at the answer: %w", err)
	}
	if author, known := now.From.author(); !known || string(author.ID) != owner.ID {
		return comment{}, desk.Deniedf("the comment is not by the Page, so it is not ours to change")
	}
	return now, nil
}

// Delete removes a comment of the Page's own. One that is gone already counts as removed.
func (c *Connector) Delete(ctx context.Context, out desk.Outgoing, r desk.Receipt) error {
	_, err := c.own(ctx, out, r)
	if err == nil {
		err = c.graph.Send(ctx, "DELETE", graph.Path(within(out.Parent, r.Remote), ""), nil, nil, nil)
	}
	return connectors.Deleted(err)
}
