package youtube

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

// said is what is sent to say or to change a comment.
type said struct {
	ID      string      `json:"id,omitempty"`
	Snippet saidSnippet `json:"snippet"`
}

type saidSnippet struct {
	ParentID     string `json:"parentId,omitempty"`
	TextOriginal string `json:"textOriginal"`
}

// Reply answers in the thread of a comment: YouTube has one level of answers only.
func (c *Connector) Reply(ctx context.Context, out desk.Outgoing) (desk.Receipt, error) {
	if err := connectors.Sayable(c.account, capabilities(), out); err != nil {
		return desk.Receipt{}, err
	}
	if err := c.writable(ctx, writeUnits+lookUnits); err != nil {
		return desk.Receipt{}, err
	}
	t, err := c.open(ctx, out.Parent.Remote)
	if err != nil {
		return desk.Receipt{}, err
	}
	m, err := c.write(ctx, "POST", said{Snippet: saidSnippet{ParentID: string(rootOf(out.Parent.Remote)), TextOriginal: out.Text}})
	if err != nil {
		return desk.Receipt{}, fmt.Errorf("publishing: %w", err)
	}
	return c.receipt(m, t.Snippet.VideoID), nil
}

// open looks whether a comment is there and its thread takes answers. Whatever its error, nothing has left.
func (c *Connector) open(ctx context.Context, id desk.RemoteID) (thread, error) {
	root := rootOf(id)
	l, err := c.looks(ctx, threadsPath, root)
	if err != nil {
		return thread{}, err
	}
	if id != root {
		if _, err := c.looks(ctx, commentsPath, id); err != nil {
			return thread{}, err
		}
	}
	var t thread
	switch err := json.Unmarshal(l, &t); {
	case err != nil:
		return t, &desk.Transient{Err: errors.New("looking at the comment: it is not in the form that YouTube documents")}
	case t.Snippet.CanReply != nil && !*t.Snippet.CanReply:
		return t, desk.Deniedf("YouTube takes no answers under this comment: comments are turned off or the thread is closed")
	case t.Snippet.IsPublic != nil && !*t.Snippet.IsPublic:
		return t, desk.Deniedf("this comment is not public and gets no public answer")
	}
	return t, nil
}

// looks asks for one thing by its id right before something is said.
func (c *Connector) looks(ctx context.Context, path string, id desk.RemoteID) ([]byte, error) {
	defer c.pay(ctx, 1)
	l, err := c.look(ctx, path, url.Values{"part": {"snippet"}, "id": {string(id)}})
	if err == nil && len(l.Items) == 0 {
		err = desk.ErrGone
	}
	if err != nil {
		return nil, connectors.Looked("the comment to answer", err)
	}
	return l.Items[0], nil
}

// write says or changes a comment.
func (c *Connector) write(ctx context.Context, method string, body said) (comment, error) {
	defer c.pay(ctx, writeUnits)
	var m comment
	if err := c.api.Send(ctx, method, commentsPath, url.Values{"part": {"snippet"}}, body, &m); err != nil {
		return m, err
	}
	if m.ID == "" {
		return m, &desk.Unknown{Err: errors.New("the answer was taken, but YouTube gave it no id")}
	}
	return m, nil
}

func (c *Connector) receipt(m comment, video string) desk.Receipt {
	r := desk.Receipt{Remote: desk.RemoteID(m.ID), At: m.Snippet.PublishedAt.UTC(), Visibility: desk.VisiblePublic}
	if m.Snippet.PublishedAt.IsZero() {
		r.At = c.now().UTC()
	}
	if video != "" {
		r.URL = address(video, m.ID)
	}
	switch m.Snippet.ModerationStatus { // given to the owner of the channel alone
	case "heldForReview", "likelySpam":
		r.Visibility = desk.VisibleModerate
	case "rejected":
		r.Visibility, r.Note = desk.VisibleRejected, "YouTube says that the comment was rejected."
	}
	return r
}

// Find looks for the reply among all answers of the thread that are by the account's own channel. Of several it takes the oldest.
func (c *Connector) Find(ctx context.Context, out desk.Outgoing) (desk.Found, error) {
	own, err := c.own(ctx)
	if err != nil {
		return desk.Found{Finding: desk.FoundNot}, err
	}
	all, calls, err := c.replies(ctx, string(rootOf(out.Parent.Remote)), func() error { return nil })
	c.pay(ctx, int64(calls))
	if connectors.Missing(err) { // the thread went, and what stood in it
		return desk.Found{Finding: desk.FoundAbsent}, nil
	}
	if err != nil {
		return desk.Found{Finding: desk.FoundNot}, fmt.Errorf("reading answers back: %w", err)
	}
	found := desk.Found{Finding: desk.FoundAbsent}
	for _, raw := range all {
		m, err := readComment(raw)
		if err != nil || m.Snippet.AuthorChannelID.Value != own {
			continue
		}
		same := func(words string) bool {
			return connectors.IsReply(out, desk.RemoteID(m.ID), words, m.Snippet.PublishedAt)
		}
		if !same(m.Snippet.TextOriginal) && !same(m.Snippet.TextDisplay) {
			continue
		}
		r := c.receipt(m, out.Parent.Extra["video"])
		if found.Finding == desk.FoundAbsent || r.At.Before(found.Receipt.At) {
			found = desk.Found{Finding: desk.FoundIt, Receipt: r}
		}
	}
	return found, nil
}

// Edit gives a published answer the text of out. Repeating it does no harm, but costs as much as the first time.
func (c *Connector) Edit(ctx context.Context, out desk.Outgoing, receipt desk.Receipt) (desk.Receipt, error) {
	if err := connectors.Sayable(c.account, capabilities(), out); err != nil {
		return desk.Receipt{}, err
	}
	if err := c.writable(ctx, writeUnits); err != nil {
		return desk.Receipt{}, err
	}
	m, err := c.write(ctx, "PUT", said{ID: string(receipt.Remote), Snippet: saidSnippet{TextOriginal: out.Text}})
	if err != nil {
		return desk.Receipt{}, fmt.Errorf("editing: %w", err)
	}
	r := c.receipt(m, out.Parent.Extra["video"])
	r.At = c.now().UTC()
	return r, nil
}

// Delete removes a published answer. One that is gone already counts as removed.
func (c *Connector) Delete(ctx context.Context, _ desk.Outgoing, receipt desk.Receipt) error {
	if err := c.writable(ctx, writeUnits); err != nil {
		return err
	}
	defer c.pay(ctx, writeUnits)
	return connectors.Deleted(c.api.Send(ctx, "DELETE", commentsPath, url.Values{"id": {string(receipt.Remote)}}, nil, nil))
}
