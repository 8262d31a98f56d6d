package demo

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Edit gives a published reply the text of out. Repeating it does no harm.
func (c *Connector) Edit(ctx context.Context, out desk.Outgoing, receipt desk.Receipt) (desk.Receipt, error) {
	if err := c.sayable(out); err != nil {
		return desk.Receipt{}, err
	}
	p, err := c.api.send(ctx, "PUT", replyPath(receipt), "", map[string]string{"text": out.Text})
	if err != nil {
		return desk.Receipt{}, fmt.Errorf("editing: %w", err)
	}
	changed := c.receipt(*p)
	changed.At = c.now().UTC()
	return changed, nil
}

// Delete removes a published reply. One that is gone already counts as removed.
func (c *Connector) Delete(ctx context.Context, _ desk.Outgoing, receipt desk.Receipt) error {
	if c.account == nil {
		return desk.Deniedf("this source names no account, so there is nothing of ours to delete")
	}
	if _, err := c.api.send(ctx, "DELETE", replyPath(receipt), "", nil); err != nil && !errors.Is(err, desk.ErrGone) {
		return fmt.Errorf("deleting: %w", err)
	}
	return nil
}

func replyPath(r desk.Receipt) string { return "/api/v1/posts/" + url.PathEscape(string(r.Remote)) }
