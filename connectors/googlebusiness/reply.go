package googlebusiness

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// The states of an answer, which Google moderates after it has taken it.
const (
	pending  = "PENDING"
	approved = "APPROVED"
	rejected = "REJECTED"
)

// answers says how the one answer of a review is read, written and removed.
func (c *Connector) answers() connectors.OneRemovable {
	a := connectors.OneRemovable{Remove: c.remove}
	a.Account, a.Caps, a.Look, a.Put = c.account, capabilities(), c.look, c.put
	return a
}

// look reads a review with its answer.
func (c *Connector) look(ctx context.Context, parent desk.Mention) (connectors.Standing, error) {
	path, err := c.path(parent.Remote)
	if err != nil {
		return connectors.Standing{}, err
	}
	var r review
	if err := c.api.Look(ctx, path, nil, &r); err != nil {
		return connectors.Standing{}, err
	}
	if r.ReviewID == "" {
		return connectors.Standing{}, &desk.Transient{Err: errors.New("there was something else than the review")}
	}
	s := connectors.Standing{}
	if r.Reply != nil {
		s = r.Reply.standing()
	}
	s.Review = c.mentions("", r, nil)[0]
	return s, nil
}

// put says or replaces the answer.
func (c *Connector) put(ctx context.Context, out desk.Outgoing) (connectors.Standing, error) {
	path, err := c.path(out.Parent.Remote)
	if err != nil {
		return connectors.Standing{}, err
	}
	r := reply{}
	err = c.api.Send(ctx, "PUT", path+"/reply", nil, map[string]string{"comment": out.Text}, &r)
	if r.UpdateTime.IsZero() {
		r.UpdateTime = c.now()
	}
	return r.standing(), err
}

func (c *Connector) remove(ctx context.Context, parent desk.Mention) error {
	path, err := c.path(parent.Remote)
	if err != nil {
		return err
	}
	return c.api.Send(ctx, "DELETE", path+"/reply", nil, nil, nil)
}

// standing is an answer as Google keeps it. Where Google says nothing about its state, neither do we.
func (r *reply) standing() connectors.Standing {
	s := connectors.Standing{Words: r.Comment, Receipt: desk.Receipt{At: r.UpdateTime.UTC(), Visibility: desk.VisibleUnknown}}
	switch r.State {
	case pending:
		s.Receipt.Visibility = desk.VisibleModerate
	case approved:
		s.Receipt.Visibility = desk.VisiblePublic
	case rejected:
		s.Void, s.Receipt.Visibility, s.Receipt.Note = true, desk.VisibleRejected, "Google rejected the answer and does not say why."
		if why := text.Cut(text.Storable(r.PolicyViolation), 100); why != "" {
			s.Receipt.Note = "Google rejected the answer: " + strings.ToLower(strings.ReplaceAll(why, "_", " ")) + "."
		}
	}
	return s
}

// Recheck reads known reviews again, one call each. On an error the batch holds what was read until then.
func (c *Connector) Recheck(ctx context.Context, known []desk.Mention) (connectors.Batch, error) {
	return connectors.Again(ctx, known, func(ctx context.Context, m desk.Mention) (out connectors.Batch, err error) {
		path, err := c.path(m.Remote)
		if err != nil {
			return out, nil // nothing says that it is gone
		}
		var raw json.RawMessage
		if err := c.api.Get(ctx, path, nil, &raw); err != nil {
			return out, err
		}
		r, err := readReview(raw)
		if err != nil {
			out.Poison = []desk.Poison{{Remote: m.Remote, Raw: raw, Err: err.Error()}}
			return out, nil
		}
		out.Mentions = c.mentions(c.byPlace[placeOf(m.Remote)].ID, r, raw)
		if r.Reply == nil {
			out.Gone = []desk.RemoteID{m.Remote + connectors.AnswerSuffix}
		}
		return out, nil
	})
}
