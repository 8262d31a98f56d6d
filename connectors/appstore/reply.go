package appstore

import (
	"context"
	"errors"
	"net/url"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/internal/written"
	"github.com/earshotdesk/earshot/internal/desk"
)

// answers says how the one answer of a review is read, written and removed.
func (c *Connect) answers() connectors.OneRemovable {
	a := connectors.OneRemovable{Remove: c.remove}
	a.Account, a.Caps, a.Look, a.Put = c.env.Account, capabilities(), c.look, c.put
	return a
}

// look reads a review with its answer.
func (c *Connect) look(ctx context.Context, parent desk.Mention) (connectors.Standing, error) {
	s, _, err := c.read(ctx, parent)
	return s, err
}

func (c *Connect) read(ctx context.Context, parent desk.Mention) (connectors.Standing, string, error) {
	var one single
	if err := c.api.Look(ctx, c.path(parent.Remote), nil, &one); err != nil {
		return connectors.Standing{}, "", err
	}
	r, err := readReview(one.Data)
	if err != nil || r.ID != string(parent.Remote) {
		return connectors.Standing{}, "", &desk.Transient{Err: errors.New("there was something else than the review")}
	}
	answer := r.answer(one.Included)
	if answer == nil && r.Relationships.Response.Data != nil {
		return connectors.Standing{}, "", &desk.Transient{Err: errors.New("the review has an answer, but it did not come with it")}
	}
	s := connectors.Standing{}
	id := ""
	if answer != nil {
		s, id = answer.standing(), answer.ID
	}
	s.Review = c.mentions(r, nil, nil)[0]
	return s, id, nil
}

// put says or replaces the answer: the call creates or updates.
func (c *Connect) put(ctx context.Context, out desk.Outgoing) (connectors.Standing, error) {
	body := map[string]any{"data": map[string]any{
		"type": "customerReviewResponses", "attributes": map[string]string{"responseBody": out.Text},
		"relationships": map[string]any{"review": map[string]any{"data": map[string]string{"type": "customerReviews", "id": string(out.Parent.Remote)}}},
	}}
	var said struct {
		Data response `json:"data"`
	}
	if err := c.api.Send(ctx, "POST", "/v1/customerReviewResponses", nil, body, &said); err != nil {
		return connectors.Standing{}, err
	}
	return said.Data.standing(), nil
}

// remove takes the answer back.
func (c *Connect) remove(ctx context.Context, parent desk.Mention) error {
	_, id, err := c.read(ctx, parent)
	if err != nil || id == "" {
		return err
	}
	return c.api.Send(ctx, "DELETE", "/v1/customerReviewResponses/"+url.PathEscape(id), nil, nil, nil)
}

// standing is an answer as Apple keeps it. Until it is published nobody sees it; Apple says that this may take a day.
func (r *response) standing() connectors.Standing {
	s := connectors.Standing{Words: written.Plain(r.Attributes.Body), Receipt: desk.Receipt{At: r.Attributes.Modified.Time, Visibility: desk.VisibleUnknown}}
	switch r.Attributes.State {
	case published:
		s.Receipt.Visibility = desk.VisiblePublic
	case pending:
		s.Receipt.Visibility, s.Receipt.Note = desk.VisibleModerate, "Apple has taken the answer and has not published it yet."
	}
	return s
}
