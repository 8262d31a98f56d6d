package googleplay

import (
	"context"
	"errors"
	"regexp"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

// look reads a review with its answer.
func (c *Connector) look(ctx context.Context, parent desk.Mention) (connectors.Standing, error) {
	var r review
	err := c.api.Look(ctx, c.path(parent.Remote), nil, &r)
	switch {
	case errors.Is(err, desk.ErrNotFound) && c.old(parent):
		return connectors.Standing{}, desk.Deniedf("the review is gone, or older than the 7 days for which Google Play shows it to the desk; answer it in the Play Console")
	case err != nil:
		return connectors.Standing{}, err
	case r.ReviewID == "" || r.user() == nil:
		return connectors.Standing{}, &desk.Transient{Err: errors.New("there was something else than the review")}
	}
	s := connectors.Standing{Review: c.mentions(r, nil)[0]}
	if d := r.developer(); d != nil {
		s.Words, s.Receipt = d.Text, desk.Receipt{At: c.answered(d), Visibility: desk.VisiblePublic}
	}
	return s, nil
}

// put says or replaces the answer. Google strips what looks like HTML, so words that would come out otherwise are refused before.
func (c *Connector) put(ctx context.Context, out desk.Outgoing) (connectors.Standing, error) {
	if tags := regexp.MustCompile(`<[A-Za-z/!?]|<[^<>]*>`); tags.MatchString(out.Text) {
		return connectors.Standing{}, desk.Invalidf("Google Play removes whatever stands between < and > from an answer; write it without these signs")
	}
	var kept struct {
		Result struct {
			ReplyText  string    `json:"replyText"`
			LastEdited timestamp `json:"lastEdited"`
		} `json:"result"`
	}
	err := c.api.Send(ctx, "POST", c.path(out.Parent.Remote)+":reply", nil, map[string]string{"replyText": out.Text}, &kept)
	s := connectors.Standing{Words: kept.Result.ReplyText, Receipt: desk.Receipt{At: kept.Result.LastEdited.time(), Visibility: desk.VisiblePublic}}
	if s.Receipt.At.IsZero() {
		s.Receipt.At = c.now().UTC()
	}
	return s, err
}
