package discourse

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

// private is the archetype of conversations that are not for the public.
const private = "private_message"

// Reply answers a post in its topic. Where the forum keeps new posts for its moderators, the receipt says so.
func (c *Connector) Reply(ctx context.Context, out desk.Outgoing) (desk.Receipt, error) {
	if err := connectors.Sayable(c.account, capabilities(), out); err != nil {
		return desk.Receipt{}, err
	}
	parent, err := c.answerable(ctx, out.Parent.Remote)
	if err != nil {
		return desk.Receipt{}, err
	}
	body := map[string]any{"topic_id": parent.Topic, "raw": out.Text}
	if parent.Number != "1" {
		body["reply_to_post_number"] = parent.Number
	}
	var made struct {
		post
		Action  string `json:"action"`
		Pending struct {
			ID json.Number `json:"id"`
		} `json:"pending_post"`
	}
	if err := c.api.Send(ctx, http.MethodPost, "/posts.json", nil, body, &made); err != nil {
		return desk.Receipt{}, fmt.Errorf("publishing: %w", err)
	}
	switch {
	case made.Action == "enqueued":
		return desk.Receipt{Remote: desk.RemoteID("pending/" + made.Pending.ID.String()), URL: out.Parent.URL, At: c.now().UTC(), Visibility: desk.VisibleModerate}, nil
	case made.ID == "" || made.Topic != parent.Topic:
		return desk.Receipt{}, &desk.Unknown{Err: errors.New("the forum answered with another post than ours")}
	}
	return c.receipt(&made.post), nil
}

// answerable looks whether a post can be answered right now. Whatever its error, nothing has left.
func (c *Connector) answerable(ctx context.Context, id desk.RemoteID) (post, error) {
	var p post
	err := c.api.Look(ctx, "/posts/"+url.PathEscape(string(id))+".json", nil, &p)
	if err == nil && p.gone() {
		err = desk.ErrGone
	}
	switch {
	case err != nil:
		return post{}, connectors.Looked("the post to answer", err)
	case p.ID.String() != string(id) || p.Topic == "" || p.Number == "":
		return post{}, &desk.Transient{Err: errors.New("looking at the post to answer: the forum answered with another one")}
	}
	var t topic
	err = c.api.Look(ctx, "/t/"+url.PathEscape(p.Topic.String())+".json", nil, &t)
	switch {
	case err != nil:
		return post{}, connectors.Looked("the topic to answer in", err)
	case t.Archetype == private:
		return post{}, desk.Deniedf("this conversation is private and gets no public answer")
	case t.Closed:
		return post{}, desk.Deniedf("the topic is closed and takes no more answers")
	case t.Archived:
		return post{}, desk.Deniedf("the topic is archived and takes no more answers")
	}
	return p, nil
}

// Find looks for the reply among our own posts of the topic that came after the parent.
func (c *Connector) Find(ctx context.Context, out desk.Outgoing) (desk.Found, error) {
	if c.account == nil {
		return desk.Found{Finding: desk.FoundNot}, desk.Deniedf("this source names no account, so there is nothing of ours to find")
	}
	lost := func(err error) (desk.Found, error) {
		return desk.Found{Finding: desk.FoundNot}, fmt.Errorf("reading replies back: %w", err)
	}
	where := out.Parent.Thread
	if where == "" {
		p, err := c.one(ctx, out.Parent.Remote)
		if err != nil {
			return lost(err)
		}
		where = thread(p.Topic)
	}
	var t topic
	if err := c.api.Get(ctx, "/"+topicPath(where)+".json", url.Values{"include_raw": {"1"}}, &t); err != nil {
		return lost(err)
	}
	later := slices.DeleteFunc(t.Stream.IDs, func(id json.Number) bool { return !after(id.String(), string(out.Parent.Remote)) })
	posts, err := c.posts(ctx, &t, later)
	if err != nil {
		return lost(err)
	}
	for _, p := range posts {
		if !strings.EqualFold(p.Username, c.handle()) || p.gone() || !answers(&p, out.Parent.URL) {
			continue
		}
		if p.Raw == "" { // forums before the parameter existed
			if p, err = c.one(ctx, desk.RemoteID(p.ID)); err != nil {
				return lost(err)
			}
		}
		if connectors.IsReply(out, desk.RemoteID(p.ID), p.Raw, p.Created) {
			return desk.Found{Finding: desk.FoundIt, Receipt: c.receipt(&p)}, nil
		}
	}
	return desk.Found{Finding: desk.FoundAbsent}, nil
}

// answers tells whether a post can be an answer to the one with the permalink: the forum leaves the number out for some.
func answers(p *post, parent string) bool {
	return p.ReplyTo == "" || p.ReplyTo.String() == path.Base(parent)
}

// after tells whether one id comes after another: numbers too large for some, compared by length, then by digits.
func after(a, b string) bool { return len(a) > len(b) || len(a) == len(b) && a > b }

// Edit gives a published reply the text of out.
func (c *Connector) Edit(ctx context.Context, out desk.Outgoing, receipt desk.Receipt) (desk.Receipt, error) {
	if err := connectors.Sayable(c.account, capabilities(), out); err != nil {
		return desk.Receipt{}, err
	}
	body := map[string]any{"post": map[string]string{"raw": out.Text}}
	if err := c.api.Send(ctx, http.MethodPut, "/posts/"+url.PathEscape(string(receipt.Remote))+".json", nil, body, nil); err != nil {
		return desk.Receipt{}, fmt.Errorf("editing: %w", err)
	}
	receipt.At = c.now().UTC()
	return receipt, nil
}

// Delete removes a published reply. One that is gone already counts as removed.
func (c *Connector) Delete(ctx context.Context, _ desk.Outgoing, receipt desk.Receipt) error {
	if c.account == nil {
		return desk.Deniedf("this source names no account, so there is nothing of ours to delete")
	}
	err := c.api.Send(ctx, http.MethodDelete, "/posts/"+url.PathEscape(string(receipt.Remote))+".json", nil, nil, nil)
	if errors.Is(err, desk.ErrDenied) { // what its author withdrew stays for a day, and cannot be deleted again
		if p, look := c.one(ctx, receipt.Remote); look == nil && p.gone() {
			return nil
		}
	}
	return connectors.Deleted(err)
}

func (c *Connector) receipt(p *post) desk.Receipt {
	return desk.Receipt{Remote: desk.RemoteID(p.ID), URL: c.link(p), At: connectors.Past(p.Created, c.now()), Visibility: desk.VisiblePublic}
}
