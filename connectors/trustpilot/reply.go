package trustpilot

import (
	"context"
	"errors"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/internal/written"
	"github.com/earshotdesk/earshot/internal/desk"
)

// answers says how the one answer of a review is read, written and removed.
func (c *Connector) answers() connectors.OneRemovable {
	a := connectors.OneRemovable{Remove: c.remove}
	a.Account, a.Caps, a.Look, a.Put = c.env.Account, capabilities(), c.look, c.put
	return a
}

// look reads a review with its answer.
func (c *Connector) look(ctx context.Context, parent desk.Mention) (connectors.Standing, error) {
	if c.o.User == "" {
		return connectors.Standing{}, desk.Deniedf("the source names no business_user, the user of Trustpilot Business who answers")
	}
	var r review
	if err := c.api.Look(ctx, c.path(parent.Remote), nil, &r); err != nil {
		return connectors.Standing{}, err
	}
	if r.ID != string(parent.Remote) || r.Stars < 0 || r.Stars > 5 {
		return connectors.Standing{}, &desk.Transient{Err: errors.New("there was something else than the review")}
	}
	s := connectors.Standing{Review: c.mentions(r, nil)[0]}
	if r.Reply != nil {
		s.Words, s.Receipt = written.Plain(r.Reply.Text), desk.Receipt{At: c.past(r.Reply.Created), Visibility: desk.VisiblePublic}
	}
	return s, nil
}

// put says or replaces the answer. Trustpilot takes it with 201 and no words, so those that were sent count.
func (c *Connector) put(ctx context.Context, out desk.Outgoing) (connectors.Standing, error) {
	body := map[string]string{"authorBusinessUserId": c.o.User, "message": out.Text}
	if err := c.api.Send(ctx, "POST", c.path(out.Parent.Remote)+"/reply", nil, body, nil); err != nil {
		return connectors.Standing{}, err
	}
	return connectors.Standing{Words: out.Text, Receipt: desk.Receipt{At: c.env.Now().UTC(), Visibility: desk.VisiblePublic}}, nil
}

func (c *Connector) remove(ctx context.Context, parent desk.Mention) error {
	return c.api.Send(ctx, "DELETE", c.path(parent.Remote)+"/reply", nil, nil, nil)
}
