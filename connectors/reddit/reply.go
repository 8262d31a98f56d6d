package reddit

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

// findSlack is how far before the first call our comments are read back: clocks differ.
const findSlack = 10 * time.Minute

// made is what Reddit answers with to a new or changed comment.
type made struct {
	JSON struct {
		Data struct {
			Things []struct {
				Data post `json:"data"`
			} `json:"things"`
		} `json:"data"`
	} `json:"json"`
}

// Reply comments below a post or a comment.
func (c *Connector) Reply(ctx context.Context, out desk.Outgoing) (desk.Receipt, error) {
	if err := connectors.Sayable(c.account, capabilities(), out); err != nil {
		return desk.Receipt{}, err
	}
	if err := c.answerable(ctx, out.Parent); err != nil {
		return desk.Receipt{}, err
	}
	var m made
	form := url.Values{"api_type": {"json"}, "raw_json": {"1"}, "thing_id": {string(out.Parent.Remote)}, "text": {out.Text}}
	if err := c.api.Send(ctx, http.MethodPost, "/api/comment", nil, form, &m); err != nil {
		return desk.Receipt{}, fmt.Errorf("publishing: %w", err)
	}
	things := m.JSON.Data.Things
	if len(things) == 0 || things[0].Data.Name == "" || things[0].Data.Parent != string(out.Parent.Remote) {
		return desk.Receipt{}, &desk.Unknown{Err: errors.New("the comment was taken, but Reddit did not say which comment came of it")}
	}
	return c.receipt(&things[0].Data), nil
}

// answerable looks at what is answered and at the post above it. Whatever its error, nothing has left.
func (c *Connector) answerable(ctx context.Context, parent desk.Mention) error {
	names := []string{string(parent.Remote)}
	if parent.Thread != "" && parent.Thread != parent.Remote {
		names = append(names, string(parent.Thread))
	}
	found, err := c.info(ctx, c.api.Look, names...)
	if errors.Is(err, errOther) {
		err = &desk.Transient{Err: err}
	}
	if err != nil {
		return fmt.Errorf("looking at what is to be answered: %w", err)
	}
	for _, name := range names {
		one, ok := found[name]
		switch {
		case !ok:
			return desk.Deniedf("Reddit does not show any more what this answers")
		case one.post.Locked:
			return desk.Deniedf("the conversation is locked and takes no more comments")
		case one.post.Archived:
			return desk.Deniedf("the conversation is archived and takes no more comments")
		case name == names[0] && one.post.gone():
			return fmt.Errorf("what this answers was deleted or removed: %w", desk.ErrGone)
		}
	}
	return nil
}

// Find looks for the reply among our own comments, newest first, until those from before the first call.
func (c *Connector) Find(ctx context.Context, out desk.Outgoing) (desk.Found, error) {
	return connectors.FindSaid(ctx, out, func(ctx context.Context, token string) ([]connectors.Said, string, error) {
		things, next, err := c.page(ctx, "/user/"+url.PathEscape(c.handle())+"/comments", url.Values{"sort": {"new"}}, token)
		var list []connectors.Said
		for _, raw := range things {
			_, p, ok := read(raw)
			if !ok {
				return nil, "", errOther
			}
			at := c.moment(p.Created)
			ours := p.Parent == string(out.Parent.Remote) && !p.gone()
			list = append(list, connectors.Said{Receipt: c.receipt(&p), Words: p.Body, At: at, Ours: ours})
			if !out.StartedAt.IsZero() && at.Before(out.StartedAt.Add(-findSlack)) {
				return list, "", nil
			}
		}
		return list, next, err
	})
}

// Edit gives a published reply the text of out.
func (c *Connector) Edit(ctx context.Context, out desk.Outgoing, receipt desk.Receipt) (desk.Receipt, error) {
	if err := connectors.Sayable(c.account, capabilities(), out); err != nil {
		return desk.Receipt{}, err
	}
	form := url.Values{"api_type": {"json"}, "raw_json": {"1"}, "thing_id": {string(receipt.Remote)}, "text": {out.Text}}
	var m made
	if err := c.api.Send(ctx, http.MethodPost, "/api/editusertext", nil, form, &m); err != nil {
		return desk.Receipt{}, fmt.Errorf("editing: %w", err)
	}
	receipt.At = c.now().UTC()
	return receipt, nil
}

// Delete removes a published reply. One that is gone already counts as removed.
func (c *Connector) Delete(ctx context.Context, _ desk.Outgoing, receipt desk.Receipt) error {
	err := c.api.Send(ctx, http.MethodPost, "/api/del", nil, url.Values{"id": {string(receipt.Remote)}}, nil)
	return connectors.Deleted(err)
}

func (c *Connector) receipt(p *post) desk.Receipt {
	at := c.moment(p.Created)
	if at.IsZero() {
		at = c.now().UTC()
	}
	return desk.Receipt{Remote: id(p.Name), URL: link(p), At: at, Visibility: desk.VisiblePublic}
}
