package appstore

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/internal/written"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

const mostText = 64 << 10 // bytes; reviews are far shorter

// first is where the newest reviews are.
func (c *Connect) first() string {
	return "/v1/apps/" + c.o.App + "/customerReviews?sort=-createdDate&include=response"
}

// Poll reads on in the reviews, newest first.
func (c *Connect) Poll(ctx context.Context, since connectors.Cursor) (connectors.Batch, error) {
	walk := connectors.Backward{Now: c.env.Now, History: c.o.History.Std(), Overlap: c.o.Overlap.Std()}
	walk.Page = func(ctx context.Context, token string) (connectors.Page, error) {
		var p list
		if err := c.api.Get(ctx, cmp.Or(token, c.first()+"&limit=200"), nil, &p); err != nil {
			return connectors.Page{}, fmt.Errorf("reading reviews: %w", err)
		}
		if p.Data == nil {
			return connectors.Page{}, errors.New("reading reviews: App Store Connect answered something else than a list of reviews")
		}
		out := connectors.Page{Next: p.Links.Next}
		for _, raw := range p.Data {
			out.Items = append(out.Items, c.item(raw, p.Included))
		}
		return out, nil
	}
	return walk.Poll(ctx, since)
}

// item reads one review with its answer.
func (c *Connect) item(raw []byte, included []response) connectors.Item {
	r, err := readReview(raw)
	if err != nil {
		return connectors.Odd(desk.RemoteID(text.Storable(r.ID)), r.Attributes.Created.Time, err.Error(), raw)
	}
	tell := c.mentions(r, r.answer(included), raw)
	return connectors.Item{ID: tell[0].Remote, At: r.Attributes.Created.Time, Tell: tell}
}

func readReview(raw []byte) (review, error) {
	var r review
	if json.Unmarshal(raw, &r) != nil {
		return review{}, errors.New("this review is not in the form that Apple documents")
	}
	a := r.Attributes
	if r.ID == "" || a.Created.IsZero() {
		return r, errors.New("this review lacks an id or a time")
	}
	if a.Rating < 0 || a.Rating > 5 || a.Rating == 0 && written.Plain(a.Title+a.Body) == "" {
		return r, errors.New("this review has neither words nor stars from 1 to 5")
	}
	return r, nil
}

// answer is the answer to a review among what came beside; nil when there is none.
func (r review) answer(included []response) *response {
	if r.Relationships.Response.Data == nil {
		return nil
	}
	for i := range included {
		if included[i].ID == r.Relationships.Response.Data.ID && written.Plain(included[i].Attributes.Body) != "" {
			return &included[i]
		}
	}
	return nil
}

// mentions returns a review and the developer's answer.
func (c *Connect) mentions(r review, answer *response, raw []byte) []desk.Mention {
	a := r.Attributes
	m := desk.Mention{
		Site: c.o.site(), Remote: desk.RemoteID(text.Storable(r.ID)), Kind: desk.KindReview, Title: text.Cut(written.Line(a.Title), 1000), Text: text.Cut(written.Plain(a.Body), mostText),
		Author: desk.Author{Name: text.Cut(written.Line(a.Nickname), 200)}, Anonymous: true, PostedAt: connectors.Past(a.Created.Time, c.env.Now()), URL: c.o.page(), Raw: raw,
	}
	m.Thread = m.Remote
	if a.Rating > 0 {
		m.Rating = desk.Rating{Value: a.Rating, Best: 5}
	}
	if country := written.Line(a.Territory); country != "" {
		m.Extra = map[string]string{"territory": text.Cut(country, 10)}
	}
	if m.Words() == "" {
		m.Title = written.Stars(m.Rating)
	}
	if answer == nil {
		return []desk.Mention{m}
	}
	own := connectors.AnswerTo(m, text.Cut(written.Plain(answer.Attributes.Body), mostText), connectors.Past(answer.Attributes.Modified.Time, c.env.Now()))
	own.Extra = map[string]string{"state": text.Cut(written.Line(answer.Attributes.State), 50)}
	return []desk.Mention{m, own}
}

// Recheck reads known reviews again, one call each: no list tells that one was edited or removed. On an error the batch holds what was
// read until then.
func (c *Connect) Recheck(ctx context.Context, known []desk.Mention) (connectors.Batch, error) {
	return connectors.Again(ctx, known, func(ctx context.Context, m desk.Mention) (out connectors.Batch, err error) {
		var s single
		if err := c.api.Get(ctx, c.path(m.Remote), nil, &s); err != nil {
			return out, err
		}
		r, err := readReview(s.Data)
		if err != nil {
			out.Poison = []desk.Poison{{Remote: m.Remote, Raw: s.Data, Err: err.Error()}}
			return out, nil
		}
		out.Mentions = c.mentions(r, r.answer(s.Included), s.Data)
		if r.Relationships.Response.Data == nil {
			out.Gone = []desk.RemoteID{m.Remote + connectors.AnswerSuffix}
		}
		return out, nil
	})
}

// path is where one review is asked for.
func (c *Connect) path(id desk.RemoteID) string {
	return "/v1/customerReviews/" + url.PathEscape(string(id)) + "?include=response"
}
