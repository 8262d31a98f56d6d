package web

import (
	"context"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// apiMentionBody is a mention as the API tells it.
type apiMentionBody struct {
	ID      desk.MentionID   `json:"id"`
	N       int64            `json:"n" doc:"Order of arrival."`
	Site    desk.Site        `json:"site"`
	Remote  desk.RemoteID    `json:"remote" doc:"Identifier as the site spells it."`
	Kind    desk.MentionKind `json:"kind"`
	Author  apiAuthor        `json:"author"`
	Title   string           `json:"title,omitempty"`
	Text    string           `json:"text"`
	URL     string           `json:"url,omitempty"`
	Rating  *apiRating       `json:"rating,omitempty"`
	Posted  *time.Time       `json:"posted,omitempty"`
	Seen    time.Time        `json:"seen"`
	Gone    *time.Time       `json:"gone,omitempty" doc:"When the site was seen to have removed it."`
	Ours    bool             `json:"ours" doc:"By one of the desk's own accounts."`
	Brand   string           `json:"brand"`
	Source  string           `json:"source"`
	Version int              `json:"version" doc:"1 at first; grows with every edit."`
	Case    desk.CaseID      `json:"case,omitempty"`
	Verdict desk.Verdict     `json:"verdict"`
}

type apiAuthor struct {
	ID        desk.RemoteID `json:"id,omitempty"`
	Handle    string        `json:"handle,omitempty"`
	Name      string        `json:"name,omitempty"`
	Followers int64         `json:"followers,omitempty"`
}

type apiRating struct {
	Value float64 `json:"value"`
	Best  float64 `json:"best"`
}

func apiMentionOf(m *desk.MentionRow) apiMentionBody {
	b := apiMentionBody{
		ID: m.ID, N: m.N, Site: m.Site, Remote: m.Remote, Kind: m.Kind, Title: m.Title, Text: m.Text, URL: m.URL, Posted: moment(m.PostedAt), Seen: m.SeenAt,
		Gone: moment(m.GoneAt), Ours: m.Ours, Brand: m.Brand, Source: m.Source, Version: m.Version, Case: m.Case, Verdict: m.Verdict,
		Author: apiAuthor{m.Author.ID, m.Author.Handle, m.Author.Name, m.Author.Followers},
	}
	if m.Rating.Known() {
		b.Rating = &apiRating{m.Rating.Value, m.Rating.Best}
	}
	return b
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// apiCaseBody is a case as the API tells it.
type apiCaseBody struct {
	ID        desk.CaseID      `json:"id"`
	Brand     string           `json:"brand"`
	Site      desk.Site        `json:"site"`
	Column    desk.Column      `json:"column,omitempty"`
	State     desk.CaseState   `json:"state"`
	Owner     desk.UserID      `json:"owner,omitempty"`
	Urgency   string           `json:"urgency"`
	Sentiment string           `json:"sentiment"`
	Mentions  int              `json:"mentions"`
	Version   int64            `json:"version"`
	Opened    time.Time        `json:"opened"`
	Changed   time.Time        `json:"changed"`
	Answered  *time.Time       `json:"answered,omitempty"`
	Resolved  *time.Time       `json:"resolved,omitempty"`
	Snoozed   *time.Time       `json:"snoozedUntil,omitempty"`
	Reopened  int              `json:"reopened"`
	Reply     desk.ReplyState  `json:"reply,omitempty" doc:"State of the newest answer."`
	Head      *apiMentionBody  `json:"head,omitempty" doc:"Newest word of the customer."`
	Thread    []apiMentionBody `json:"thread,omitempty"`
	Replies   []apiReply       `json:"replies,omitempty"`
}

func apiCaseOf(c *desk.Case) apiCaseBody {
	return apiCaseBody{
		ID: c.ID, Brand: c.Brand, Site: c.Site, State: c.State, Owner: c.Owner, Urgency: c.Urgency, Sentiment: c.Sentiment, Mentions: c.Mentions,
		Version: c.Version, Opened: c.OpenedAt, Changed: c.ChangedAt, Answered: moment(c.AnsweredAt), Resolved: moment(c.ResolvedAt),
		Snoozed: moment(c.SnoozedUntil), Reopened: c.Reopened,
	}
}

// casesQuery narrows the list of cases.
type casesQuery struct {
	Column  string `query:"column" required:"true" enum:"new,taken,awaiting,by_hand,answered,resolved"`
	Q       string `query:"q" maxLength:"500" doc:"Words that must all occur."`
	Brand   string `query:"brand"`
	Site    string `query:"site"`
	Owner   string `query:"owner" doc:"Identifier of a user, or none."`
	Urgency string `query:"urgency" enum:"low,normal,high,critical"`
	After   string `query:"after" doc:"The next of the page before."`
	Limit   int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// caseList is a page of cases.
type caseList struct {
	Body struct {
		Cases []apiCaseBody `json:"cases"`
		Next  string        `json:"next,omitempty" doc:"Pass as after to continue; absent at the end."`
	}
}

func (s *Server) apiCases(ctx context.Context, q *casesQuery) (*caseList, error) {
	f := desk.CaseFilter{Query: q.Q, Brand: q.Brand, Site: desk.Site(q.Site), Urgency: q.Urgency}
	if q.Owner == "none" {
		f.Nobody = true
	} else {
		f.Owner = desk.UserID(q.Owner)
	}
	page, err := s.opt.Store.ListCards(ctx, scopeOf(ctx), f, desk.Column(q.Column), q.After, q.Limit)
	if err != nil {
		return nil, s.apiErr("case", err)
	}
	var out caseList
	out.Body.Cases, out.Body.Next = []apiCaseBody{}, page.Next
	for i := range page.Cards {
		c := &page.Cards[i]
		body := apiCaseOf(&c.Case)
		head := apiMentionOf(&c.Head)
		body.Column, body.Reply, body.Head = desk.Column(q.Column), c.ReplyState, &head
		out.Body.Cases = append(out.Body.Cases, body)
	}
	return &out, nil
}

func (s *Server) apiCase(ctx context.Context, in *oneID) (*struct{ Body apiCaseBody }, error) {
	cv, err := s.opt.Store.CaseView(ctx, scopeOf(ctx), desk.CaseID(in.ID))
	if err != nil {
		return nil, s.apiErr("case", err)
	}
	body := apiCaseOf(&cv.Case)
	for i := range cv.Thread {
		body.Thread = append(body.Thread, apiMentionOf(&cv.Thread[i]))
	}
	for i := range cv.Replies {
		r := &cv.Replies[i]
		body.Reply = r.State
		one := apiReplyOf(r)
		for _, p := range cv.Past[r.ID] {
			one.Past = append(one.Past, apiVersion(p))
		}
		body.Replies = append(body.Replies, one)
	}
	return &struct{ Body apiCaseBody }{body}, nil
}
