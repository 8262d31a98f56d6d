package trustpilot

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/internal/written"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

const (
	pageSize = 100
	mostText = 64 << 10 // bytes; reviews are far shorter
)

// list is a page of reviews. They stay raw until they are read one by one, so that one bad item does not spoil the others.
type list struct {
	Reviews []json.RawMessage `json:"reviews"`
	Links   []struct {
		Rel string `json:"rel"`
	} `json:"links"`
}

type review struct {
	ID          string  `json:"id"`
	Stars       float64 `json:"stars"`
	Title       string  `json:"title"`
	Text        string  `json:"text"`
	Language    string  `json:"language"`
	Created     string  `json:"createdAt"`
	Updated     string  `json:"updatedAt"`
	Experienced string  `json:"experiencedAt"`
	Verified    bool    `json:"isVerified"`
	Source      string  `json:"source"`
	Status      string  `json:"status"`
	Likes       int64   `json:"numberOfLikes"`
	Consumer    struct {
		ID       string `json:"id"`
		Name     string `json:"displayName"`
		Location string `json:"displayLocation"`
	} `json:"consumer"`
	Reply *reply `json:"companyReply"`
}

// reply is the company's answer.
type reply struct {
	Text    string `json:"text"`
	Author  string `json:"authorBusinessUserName"`
	Created string `json:"createdAt"`
	Updated string `json:"updatedAt"`
}

// Poll reads on in the reviews, newest first. Pages are numbered, so a review that comes meanwhile moves others on to the next page,
// where they are known by then.
func (c *Connector) Poll(ctx context.Context, since connectors.Cursor) (connectors.Batch, error) {
	walk := connectors.Backward{Now: c.env.Now, History: c.o.History.Std(), Overlap: c.o.Overlap.Std()}
	walk.Page = func(ctx context.Context, token string) (connectors.Page, error) {
		token = cmp.Or(token, "1")
		p, err := c.page(ctx, token, pageSize)
		if err != nil {
			return connectors.Page{}, fmt.Errorf("reading reviews: %w", err)
		}
		var out connectors.Page
		for _, raw := range p.Reviews {
			out.Items = append(out.Items, c.item(raw))
		}
		n, err := strconv.Atoi(token)
		more := slices.ContainsFunc(p.Links, func(l struct {
			Rel string `json:"rel"`
		}) bool {
			return l.Rel == "next-page"
		})
		if err == nil && len(p.Reviews) > 0 && (more || len(p.Reviews) >= pageSize) {
			out.Next = strconv.Itoa(n + 1)
		}
		return out, nil
	}
	return walk.Poll(ctx, since)
}

// page fetches one page of the list.
func (c *Connector) page(ctx context.Context, number string, size int) (list, error) {
	q := url.Values{"page": {number}, "perPage": {strconv.Itoa(size)}, "orderBy": {"createdat.desc"}}
	if c.o.Language != "" {
		q.Set("language", c.o.Language)
	}
	var p list
	if err := c.api.Get(ctx, c.part()+"/business-units/"+c.o.Unit+"/reviews", q, &p); err != nil {
		return p, err
	}
	if p.Reviews == nil {
		return p, errors.New("there was something else than a list of reviews")
	}
	return p, nil
}

// part is where the interface begins that the mode speaks with.
func (c *Connector) part() string {
	if c.o.Mode == modePublic {
		return "/v1"
	}
	return "/v1/private"
}

// item reads one review with its answer.
func (c *Connector) item(raw []byte) connectors.Item {
	r, err := readReview(raw)
	if err != nil {
		return connectors.Odd(desk.RemoteID(text.Storable(r.ID)), time.Time{}, err.Error(), public(raw))
	}
	tell := c.mentions(r, raw)
	at, _ := written.Date(r.Created, time.UTC)
	return connectors.Item{ID: tell[0].Remote, At: at, Tell: tell}
}

func readReview(raw []byte) (review, error) {
	var r review
	if json.Unmarshal(raw, &r) != nil {
		return review{}, errors.New("this review is not in the form that Trustpilot documents")
	}
	if _, dated := written.Date(r.Created, time.UTC); r.ID == "" || !dated {
		return r, errors.New("this review lacks an id or a time")
	}
	if r.Stars < 0 || r.Stars > 5 || r.Stars == 0 && written.Plain(r.Title+r.Text) == "" {
		return r, errors.New("this review has neither words nor stars from 1 to 5")
	}
	return r, nil
}

// mentions returns a review and the company's answer.
func (c *Connector) mentions(r review, raw []byte) []desk.Mention {
	m := desk.Mention{
		Site: c.Site(), Remote: desk.RemoteID(text.Storable(r.ID)), Kind: desk.KindReview, Title: text.Cut(written.Line(r.Title), 1000), Text: text.Cut(written.Plain(r.Text), mostText),
		Author:   desk.Author{ID: desk.RemoteID(text.Storable(r.Consumer.ID)), Name: text.Cut(written.Line(r.Consumer.Name), 200)},
		Language: text.Cut(written.Line(r.Language), 10), PostedAt: c.past(r.Created), EditedAt: c.past(r.Updated), Counts: desk.Counts{Likes: max(0, r.Likes)},
		URL: "https://www.trustpilot.com/reviews/" + url.PathEscape(text.Storable(r.ID)), Visibility: desk.Public, Raw: public(raw), Extra: map[string]string{},
	}
	m.Thread = m.Remote
	if m.Anonymous = m.Author.ID == ""; !m.Anonymous {
		m.Author.URL = "https://www.trustpilot.com/users/" + url.PathEscape(string(m.Author.ID))
	}
	if r.Stars > 0 {
		m.Rating = desk.Rating{Value: r.Stars, Best: 5}
	}
	if m.Words() == "" {
		m.Title = written.Stars(m.Rating)
	}
	for name, said := range map[string]string{"location": r.Consumer.Location, "source": r.Source, "status": r.Status, "experienced": r.Experienced} {
		if said = written.Line(said); said != "" {
			m.Extra[name] = text.Cut(said, 200)
		}
	}
	if r.Verified {
		m.Extra["verified"] = "true"
	}
	if r.Reply == nil || written.Plain(r.Reply.Text) == "" {
		return []desk.Mention{m}
	}
	answer := connectors.AnswerTo(m, text.Cut(written.Plain(r.Reply.Text), mostText), c.past(r.Reply.Created))
	answer.Author.Name, answer.EditedAt = text.Cut(written.Line(r.Reply.Author), 200), c.past(r.Reply.Updated)
	return []desk.Mention{m, answer}
}

// past reads a moment and keeps it out of our future; what cannot be read is none.
func (c *Connector) past(s string) time.Time {
	at, _ := written.Date(s, time.UTC)
	return connectors.Past(at, c.env.Now())
}

// public is a review as it came, without what belongs to the order.
func public(raw []byte) []byte {
	var all map[string]json.RawMessage
	if raw == nil || json.Unmarshal(raw, &all) != nil {
		return nil
	}
	for _, name := range []string{"referralEmail", "referenceId", "email", "tags"} {
		delete(all, name)
	}
	b, err := json.Marshal(all)
	if err != nil { // it was JSON
		return nil
	}
	return b
}

// Recheck reads known reviews again, one call each. On an error the batch holds what was read until then.
func (c *Connector) Recheck(ctx context.Context, known []desk.Mention) (connectors.Batch, error) {
	return connectors.Again(ctx, known, func(ctx context.Context, m desk.Mention) (out connectors.Batch, err error) {
		var raw json.RawMessage
		if err := c.api.Get(ctx, c.path(m.Remote), nil, &raw); err != nil {
			return out, err
		}
		r, err := readReview(raw)
		if err != nil || r.ID != string(m.Remote) {
			const why = "this is not the review that was asked for, in the form that Trustpilot documents"
			out.Poison = []desk.Poison{{Remote: m.Remote, Raw: public(raw), Err: why}}
			return out, nil
		}
		out.Mentions = c.mentions(r, raw)
		if r.Reply == nil {
			out.Gone = []desk.RemoteID{m.Remote + connectors.AnswerSuffix}
		}
		return out, nil
	})
}

// path is where one review is asked for.
func (c *Connector) path(id desk.RemoteID) string {
	return c.part() + "/reviews/" + url.PathEscape(string(id))
}
