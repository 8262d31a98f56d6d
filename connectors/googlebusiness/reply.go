package googlebusiness

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

// Reply answers a review in the owner's name. Google takes the answer and moderates it afterwards, so the receipt mostly says that it
// is in moderation.
func (c *Connector) Reply(ctx context.Context, out desk.Outgoing) (desk.Receipt, error) {
	if err := connectors.Sayable(c.account, capabilities(), out); err != nil {
		return desk.Receipt{}, err
	}
	path, err := c.path(out.Parent.Remote)
	if err != nil {
		return desk.Receipt{}, err
	}
	r, err := c.look(ctx, path)
	if err != nil {
		return desk.Receipt{}, err
	}
	switch standing := r.Reply; {
	case standing != nil && connectors.SameWords(standing.Comment, out.Text):
		return standing.receipt(out.Parent), nil
	case standing != nil && standing.State != rejected:
		return desk.Receipt{}, desk.Deniedf("the review has been answered already by somebody else; another answer would replace that one")
	case c.edited(out.Parent, r):
		return desk.Receipt{}, desk.Deniedf("the review was edited after it was read; read it again before answering")
	}
	return c.put(ctx, path, out)
}

// look reads a review right before something is done about it: nothing has left when it fails.
func (c *Connector) look(ctx context.Context, path string) (review, error) {
	var r review
	err := c.api.Look(ctx, path, nil, &r)
	switch {
	case errors.Is(err, desk.ErrNotFound):
		return r, fmt.Errorf("the review is no longer there: %w", desk.ErrGone)
	case err != nil:
		return r, fmt.Errorf("looking at the review: %w", err)
	case r.ReviewID == "":
		return r, &desk.Transient{Err: errors.New("looking at the review: Google answered with something else")}
	}
	return r, nil
}

// edited tells whether a review says something else now, or has other stars, than when the agent read it.
func (c *Connector) edited(read desk.Mention, r review) bool {
	own, _ := r.words()
	return read.Text != "" && !connectors.SameWords(read.Text, own) || read.Rating.Known() && read.Rating.Value != float64(r.stars())
}

// put says or replaces the answer.
func (c *Connector) put(ctx context.Context, path string, out desk.Outgoing) (desk.Receipt, error) {
	var r reply
	if err := c.api.Send(ctx, "PUT", path+"/reply", nil, map[string]string{"comment": out.Text}, &r); err != nil {
		return desk.Receipt{}, fmt.Errorf("publishing: %w", err)
	}
	if r.Comment == "" {
		return desk.Receipt{}, &desk.Unknown{Err: errors.New("the answer was taken, but Google did not confirm its words")}
	}
	if r.UpdateTime.IsZero() {
		r.UpdateTime = c.now()
	}
	return r.receipt(out.Parent), nil
}

// Find looks whether the review's answer is this one, and how Google's moderation stands. What somebody else answered is not it.
func (c *Connector) Find(ctx context.Context, out desk.Outgoing) (desk.Found, error) {
	path, err := c.path(out.Parent.Remote)
	if err != nil {
		return desk.Found{Finding: desk.FoundNot}, err
	}
	var r review
	err = c.api.Get(ctx, path, nil, &r)
	switch {
	case errors.Is(err, desk.ErrNotFound): // the review went, and what stood under it
		return desk.Found{Finding: desk.FoundAbsent}, nil
	case err == nil && r.ReviewID == "":
		err = errors.New("there was something else than the review")
		fallthrough
	case err != nil:
		return desk.Found{Finding: desk.FoundNot}, fmt.Errorf("reading the answer back: %w", err)
	case r.Reply == nil || !connectors.SameWords(r.Reply.Comment, out.Text):
		return desk.Found{Finding: desk.FoundAbsent}, nil
	}
	return desk.Found{Finding: desk.FoundIt, Receipt: r.Reply.receipt(out.Parent)}, nil
}

// Edit gives our answer other words. Repeating it does no harm.
func (c *Connector) Edit(ctx context.Context, out desk.Outgoing, receipt desk.Receipt) (desk.Receipt, error) {
	if err := connectors.Sayable(c.account, capabilities(), out); err != nil {
		return desk.Receipt{}, err
	}
	path, err := c.path(out.Parent.Remote)
	if err != nil {
		return desk.Receipt{}, err
	}
	r, err := c.look(ctx, path)
	switch {
	case err != nil:
		return desk.Receipt{}, err
	case r.Reply == nil:
		return desk.Receipt{}, fmt.Errorf("the answer is no longer there: %w", desk.ErrGone)
	case connectors.SameWords(r.Reply.Comment, out.Text):
		return r.Reply.receipt(out.Parent), nil
	case !connectors.Ours(receipt, r.Reply.Comment):
		return desk.Receipt{}, desk.Deniedf("the answer was changed on Google since; the desk does not replace what a person wrote there")
	}
	return c.put(ctx, path, out)
}

// Delete removes our answer. One that is gone already counts as removed.
func (c *Connector) Delete(ctx context.Context, out desk.Outgoing, receipt desk.Receipt) error {
	path, err := c.path(out.Parent.Remote)
	if err != nil {
		return err
	}
	r, err := c.look(ctx, path)
	switch {
	case errors.Is(err, desk.ErrGone), err == nil && r.Reply == nil:
		return nil
	case err != nil:
		return err
	case !connectors.Ours(receipt, r.Reply.Comment):
		return desk.Deniedf("the answer was changed on Google since; the desk does not remove what a person wrote there")
	}
	if err := c.api.Send(ctx, "DELETE", path+"/reply", nil, nil, nil); err != nil && !errors.Is(err, desk.ErrNotFound) {
		return fmt.Errorf("deleting: %w", err)
	}
	return nil
}

// Recheck reads known reviews again, one call each. On an error the batch holds what was read until then.
func (c *Connector) Recheck(ctx context.Context, known []desk.Mention) (connectors.Batch, error) {
	var out connectors.Batch
	for _, m := range known {
		path, err := c.path(m.Remote)
		if err != nil {
			continue // nothing says that it is gone
		}
		var raw json.RawMessage
		err = c.api.Get(ctx, path, nil, &raw)
		if errors.Is(err, desk.ErrNotFound) {
			out.Gone = append(out.Gone, m.Remote)
			continue
		}
		if err != nil {
			return out, fmt.Errorf("looking at a known review again: %w", err)
		}
		r, err := readReview(raw)
		if err != nil {
			out.Poison = append(out.Poison, desk.Poison{Raw: raw, Err: err.Error()})
			continue
		}
		out.Mentions = append(out.Mentions, c.mentions(c.byPlace[placeOf(m.Remote)].ID, r, raw)...)
		if r.Reply == nil {
			out.Gone = append(out.Gone, m.Remote+connectors.AnswerSuffix)
		}
	}
	return out, nil
}
