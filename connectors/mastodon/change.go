package mastodon

import (
	"context"
	"fmt"
	"net/http"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

// Edit gives a published reply the text of out. Repeating it does no harm.
func (c *Connector) Edit(ctx context.Context, out desk.Outgoing, old desk.Receipt) (desk.Receipt, error) {
	if err := c.sayable(out); err != nil {
		return desk.Receipt{}, err
	}
	var s status
	said := draft{Status: addressed(out), Language: out.Parent.Language, ContentType: "text/plain"}
	if err := c.api.Send(ctx, http.MethodPut, statusPath(old.Remote), nil, said, &s); err != nil {
		return desk.Receipt{}, fmt.Errorf("editing: %w", err)
	}
	old.At = c.now().UTC()
	return old, nil
}

// Delete removes a published reply. One that is gone already counts as removed.
func (c *Connector) Delete(ctx context.Context, _ desk.Outgoing, old desk.Receipt) error {
	if c.account == nil {
		return desk.Deniedf("this source names no account, so there is nothing of ours to delete")
	}
	return connectors.Deleted(c.api.Send(ctx, http.MethodDelete, statusPath(old.Remote), nil, nil, nil))
}
