package github

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

// findSlack is how far before the first call comments are read back: clocks differ.
const findSlack = 10 * time.Minute

// Reply writes a comment below the issue or discussion of a mention.
func (c *Connector) Reply(ctx context.Context, out desk.Outgoing) (desk.Receipt, error) {
	at, err := c.sayable(out)
	if err != nil {
		return desk.Receipt{}, err
	}
	if at.what == "discussions" {
		return c.replyInDiscussion(ctx, out, at)
	}
	if err := c.answerable(ctx, at); err != nil {
		return desk.Receipt{}, err
	}
	var made thing
	if err := c.api.Send(ctx, http.MethodPost, c.issuePath(at)+"/comments", nil, map[string]string{"body": out.Text}, &made); err != nil {
		return desk.Receipt{}, fmt.Errorf("publishing: %w", err)
	}
	if here, ok := whereIs(made.Page); !ok || made.Node == "" || here.comment == "" || here.number != at.number {
		return desk.Receipt{}, &desk.Unknown{Err: errors.New("GitHub answered with another comment than ours")}
	}
	return c.receipt(made.Node, made.Page, made.Created), nil
}

func (c *Connector) sayable(out desk.Outgoing) (whereabouts, error) {
	if err := connectors.Sayable(c.account, capabilities(), out); err != nil {
		return whereabouts{}, err
	}
	at, ok := whereIs(out.Parent.URL)
	if !ok {
		return at, desk.Invalidf("this mention has no address at which it could be answered")
	}
	return at, nil
}

// answerable looks at an issue, and at the comment in it that is answered. Whatever its error, nothing has left.
func (c *Connector) answerable(ctx context.Context, at whereabouts) error {
	var issue thing
	err := c.api.Look(ctx, c.issuePath(at), nil, &issue)
	if err == nil && at.comment != "" {
		err = c.api.Look(ctx, c.commentPath(at), nil, nil)
	}
	switch {
	case connectors.Missing(err):
		return fmt.Errorf("what this answers is no longer there, or the token may not see it: %w", desk.ErrGone)
	case err != nil:
		return fmt.Errorf("looking at the issue to answer: %w", err)
	case issue.Locked:
		return desk.Deniedf("the conversation is locked and takes no more comments")
	}
	return nil
}

// Find looks for the reply among the comments of our login.
func (c *Connector) Find(ctx context.Context, out desk.Outgoing) (desk.Found, error) {
	none := desk.Found{Finding: desk.FoundNot}
	at, ok := whereIs(out.Parent.URL)
	if c.account == nil || !ok {
		return none, desk.Deniedf("there is nothing of ours to find: this source names no account, or the mention has no address")
	}
	if at.what == "discussions" {
		return c.findInDiscussion(ctx, out, at)
	}
	page := c.issuePath(at) + "/comments?per_page=" + strconv.Itoa(perPage)
	if !out.StartedAt.IsZero() {
		page += "&since=" + url.QueryEscape(out.StartedAt.Add(-findSlack).UTC().Format(time.RFC3339))
	}
	return connectors.FindSaid(ctx, out, func(ctx context.Context, token string) ([]connectors.Said, string, error) {
		list, next, err := c.comments(ctx, cmp.Or(token, page))
		var all []connectors.Said
		for _, raw := range list {
			var t thing
			if json.Unmarshal(raw, &t) != nil || t.Node == "" {
				return nil, "", errors.New("GitHub answered with something else than comments")
			}
			ours := t.User != nil && sameLogin(t.User.Login, c.handle())
			all = append(all, connectors.Said{Receipt: c.receipt(t.Node, t.Page, t.Created), Words: t.Body, At: t.Created, Ours: ours})
		}
		return all, next, err
	})
}

// Edit gives a published reply the text of out.
func (c *Connector) Edit(ctx context.Context, out desk.Outgoing, receipt desk.Receipt) (desk.Receipt, error) {
	if _, err := c.sayable(out); err != nil {
		return desk.Receipt{}, err
	}
	at, _ := whereIs(receipt.URL)
	var err error
	switch {
	case at.what == "discussions":
		var made struct{}
		err = c.mutate(ctx, `mutation($i:UpdateDiscussionCommentInput!){updateDiscussionComment(input:$i){comment{id}}}`,
			map[string]any{"i": map[string]any{"commentId": receipt.Remote, "body": out.Text}}, &made)
	case at.comment == "":
		err = desk.Invalidf("the receipt of this reply has no address of a comment")
	default:
		err = c.api.Send(ctx, http.MethodPatch, c.commentPath(at), nil, map[string]string{"body": out.Text}, nil)
	}
	if err != nil {
		return desk.Receipt{}, fmt.Errorf("editing: %w", err)
	}
	receipt.At = c.now().UTC()
	return receipt, nil
}

// Delete removes a published reply. One that is gone already counts as removed.
func (c *Connector) Delete(ctx context.Context, _ desk.Outgoing, receipt desk.Receipt) error {
	at, ok := whereIs(receipt.URL)
	if c.account == nil || !ok || at.comment == "" {
		return desk.Deniedf("there is nothing of ours to delete: this source names no account, or the receipt no address of a comment")
	}
	var err error
	if at.what == "discussions" {
		var made struct{}
		err = c.mutate(ctx, `mutation($i:DeleteDiscussionCommentInput!){deleteDiscussionComment(input:$i){comment{id}}}`,
			map[string]any{"i": map[string]any{"id": receipt.Remote}}, &made)
	} else {
		err = c.api.Send(ctx, http.MethodDelete, c.commentPath(at), nil, nil, nil)
	}
	return connectors.Deleted(err)
}

func (c *Connector) receipt(node, page string, at time.Time) desk.Receipt {
	return desk.Receipt{Remote: desk.RemoteID(node), URL: page, At: c.moment(at), Visibility: desk.VisiblePublic}
}
