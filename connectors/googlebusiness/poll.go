package googlebusiness

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/internal/google"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

const (
	pageSize = 50
	mostText = 64 << 10 // bytes; reviews are far shorter
)

// Poll reads on in the reviews of every location, the latest change first.
func (c *Connector) Poll(ctx context.Context, since connectors.Cursor) (connectors.Batch, error) {
	var lists connectors.Lists
	for _, l := range c.opt.Locations {
		lists = append(lists, connectors.List{Name: l.ID, Poll: func(ctx context.Context, since connectors.Cursor) (connectors.Batch, error) {
			b, err := c.location(ctx, l.ID, since)
			if err != nil {
				err = fmt.Errorf("the location %s: %w", l.label(), err)
			}
			return b, err
		}})
	}
	return lists.Poll(ctx, since)
}

// location reads on in the reviews of one location.
func (c *Connector) location(ctx context.Context, id string, since connectors.Cursor) (connectors.Batch, error) {
	list := connectors.Backward{Now: c.now, History: c.opt.History.Std()}
	list.Page = func(ctx context.Context, token string) (connectors.Page, error) {
		q := url.Values{"pageSize": {strconv.Itoa(pageSize)}, "orderBy": {"updateTime desc"}}
		if token != "" {
			q.Set("pageToken", token)
		}
		var p page
		if err := c.api.Get(ctx, "/v4/"+id+"/reviews", q, &p); err != nil {
			return connectors.Page{}, fmt.Errorf("reading reviews: %w", err)
		}
		out := connectors.Page{Next: p.NextPageToken}
		for _, raw := range p.Reviews {
			out.Items = append(out.Items, c.item(id, raw))
		}
		return out, nil
	}
	return list.Poll(ctx, since)
}

// item reads one review with its answer.
func (c *Connector) item(location string, raw []byte) connectors.Item {
	r, err := readReview(raw)
	if err != nil {
		return connectors.Odd(desk.RemoteID(r.ReviewID), time.Time{}, err.Error(), raw)
	}
	tell := c.mentions(location, r, raw)
	out := connectors.Item{ID: tell[0].Remote, At: r.UpdateTime, Tell: tell}
	if r.Reply != nil {
		out.Mark = google.Words(r.Reply.State, 50)
	}
	return out
}

// readReview reads one review. What lacks an id, a time, or both stars and words is none.
func readReview(raw []byte) (review, error) {
	var r review
	if json.Unmarshal(raw, &r) != nil {
		return review{}, errors.New("this review is not in the form that Google documents")
	}
	r.ReviewID = text.Storable(r.ReviewID)
	if r.ReviewID == "" || r.CreateTime.IsZero() {
		return r, errors.New("this review lacks an id or a time")
	}
	if r.UpdateTime.Before(r.CreateTime) {
		r.UpdateTime = r.CreateTime
	}
	if own, _ := r.words(); own == "" && r.stars() == 0 {
		return r, errors.New("this review has neither stars nor words")
	}
	return r, nil
}

// mentions returns a review, and the owner's answer where the public sees one or soon may.
func (c *Connector) mentions(location string, r review, raw []byte) []desk.Mention {
	_, place, _ := strings.Cut(location, "/locations/")
	place = "locations/" + place
	m := desk.Mention{
		Site: site, Remote: desk.RemoteID(place + "/reviews/" + r.ReviewID), Kind: desk.KindReview,
		Author:   desk.Author{Name: google.Words(r.Reviewer.DisplayName, 500)},
		PostedAt: connectors.Past(r.CreateTime, c.now()), URL: google.Link(r.ReplyURL), Visibility: desk.Public, Anonymous: r.Reviewer.IsAnonymous, Rating: r.rating(),
		Extra: map[string]string{"location": location}, Raw: raw,
	}
	m.Thread = m.Remote
	if name := c.byPlace[place].Name; name != "" {
		m.Extra["shop"] = name
	}
	own, translation := r.words()
	m.Text = text.Cut(own, mostText)
	if translation != "" {
		m.Extra["translation"] = text.Cut(translation, mostText)
	}
	if m.Text == "" { // somebody gave stars and wrote nothing
		m.Title = strings.Repeat("★", r.stars()) + strings.Repeat("☆", 5-r.stars())
	}
	if r.UpdateTime.After(r.CreateTime) {
		m.EditedAt = connectors.Past(r.UpdateTime, c.now())
	}
	if n := len(r.Media); n > 0 {
		m.Extra["media"] = strconv.Itoa(n)
	}
	if r.Reply == nil || r.Reply.State == rejected || google.Words(r.Reply.Comment, mostText) == "" {
		return []desk.Mention{m}
	}
	return []desk.Mention{m, c.answer(m, r.Reply)}
}

// answer is the owner's answer to a review as a mention of its own.
func (c *Connector) answer(to desk.Mention, r *reply) desk.Mention {
	m := connectors.AnswerTo(to, google.Words(r.Comment, mostText), connectors.Past(r.UpdateTime, c.now()))
	m.Extra = map[string]string{"location": to.Extra["location"]}
	if r.State != "" {
		m.Extra["state"] = google.Words(r.State, 50)
	}
	return m
}
