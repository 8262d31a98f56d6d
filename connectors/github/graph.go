package github

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// Parts of queries. A discussion brings its newest hundred comments, and each of those its newest fifty answers.
const (
	who = `author{login url ...on User{id} ...on Bot{id} ...on Organization{id} ...on Mannequin{id}}`

	commentFields = `fragment c on DiscussionComment{id url createdAt lastEditedAt deletedAt body bodyText upvoteCount authorAssociation replyTo{id} ` + who + `}`

	discussionFields = `fragment d on Discussion{id title url createdAt updatedAt lastEditedAt body bodyText closed upvoteCount authorAssociation ` + who + `
comments(last:100){nodes{...c replies(last:50){nodes{...c}}}}} ` + commentFields

	listQuery = `query($owner:String!,$name:String!,$after:String){repository(owner:$owner,name:$name){discussions(first:10,after:$after,` +
		`orderBy:{field:UPDATED_AT,direction:DESC}){pageInfo{endCursor hasNextPage} nodes{...d}}}} ` + discussionFields

	oneQuery = `query($owner:String!,$name:String!,$number:Int!){repository(owner:$owner,name:$name){discussion(number:$number){...d}}} ` + discussionFields
)

// graphAnswer is what GraphQL answers with, its errors in a 200.
type graphAnswer struct {
	Data   json.RawMessage `json:"data"`
	Errors []struct {
		Type    string `json:"type"`
		Message string `json:"message"`
		Path    []any  `json:"path"`
	} `json:"errors"`
}

type nodes struct {
	Nodes []json.RawMessage `json:"nodes"`
}

// said is a discussion or a comment in one.
type said struct {
	ID          string    `json:"id"`
	Title       string    `json:"title"`
	Page        string    `json:"url"`
	Created     time.Time `json:"createdAt"`
	Updated     time.Time `json:"updatedAt"`
	Edited      time.Time `json:"lastEditedAt"`
	Deleted     time.Time `json:"deletedAt"`
	Body        string    `json:"body"`
	Plain       string    `json:"bodyText"`
	Closed      bool      `json:"closed"`
	Upvotes     int64     `json:"upvoteCount"`
	Association string    `json:"authorAssociation"`
	Author      *struct {
		ID    string `json:"id"`
		Login string `json:"login"`
		Page  string `json:"url"`
	} `json:"author"`
	ReplyTo *struct {
		ID string `json:"id"`
	} `json:"replyTo"`
	Comments nodes `json:"comments"`
	Replies  nodes `json:"replies"`
}

type repository struct {
	Repository *struct {
		Discussions *struct {
			PageInfo struct {
				End  string `json:"endCursor"`
				More bool   `json:"hasNextPage"`
			} `json:"pageInfo"`
			nodes
		} `json:"discussions"`
		Discussion json.RawMessage `json:"discussion"`
	} `json:"repository"`
}

// mutate changes something through GraphQL.
func (c *Connector) mutate(ctx context.Context, query string, vars map[string]any, into any) error {
	var a graphAnswer
	if err := c.api.Send(ctx, http.MethodPost, c.graph, nil, map[string]any{"query": query, "variables": vars}, &a); err != nil {
		return err
	}
	if json.Unmarshal(a.Data, into) != nil {
		return &desk.Unknown{Err: errors.New("the server does not answer as GitHub does")}
	}
	return nil
}

// ask reads through GraphQL. It is a POST all the same, but one that leaves nothing open.
func (c *Connector) ask(ctx context.Context, query string, vars map[string]any, into any) error {
	err := c.mutate(ctx, query, vars, into)
	if open, ok := errors.AsType[*desk.Unknown](err); ok {
		return open.Err
	}
	return err
}

func names(repo string) map[string]any {
	owner, name, _ := strings.Cut(repo, "/")
	return map[string]any{"owner": owner, "name": name}
}

// discussions reads a repository's discussions, the latest change first. One that changed is told with its comments.
func (c *Connector) discussions(repo string) func(context.Context, connectors.Cursor) (connectors.Batch, error) {
	page := func(ctx context.Context, token string) (connectors.Page, error) {
		vars := names(repo)
		if token != "" {
			vars["after"] = token
		}
		var a repository
		if err := c.ask(ctx, listQuery, vars, &a); err != nil {
			return connectors.Page{}, err
		}
		if a.Repository == nil || a.Repository.Discussions == nil {
			return connectors.Page{}, errors.New("the server does not answer as GitHub does")
		}
		var out connectors.Page
		for _, raw := range a.Repository.Discussions.Nodes {
			out.Items = append(out.Items, c.discussion(raw))
		}
		if info := a.Repository.Discussions.PageInfo; info.More {
			out.Next = info.End
		}
		return out, nil
	}
	return connectors.Backward{Page: page, Overlap: overlap, History: c.opt.History.Std(), Now: c.now}.Poll
}

// discussion reads a discussion with all that came with it, oldest first.
func (c *Connector) discussion(raw json.RawMessage) connectors.Item {
	var d said
	at, known := whereabouts{}, false
	if json.Unmarshal(raw, &d) == nil {
		at, known = whereIs(d.Page)
	}
	if !known || d.ID == "" || d.Updated.IsZero() {
		return connectors.Odd(desk.RemoteID(d.ID), d.Updated, "this discussion is not in the form that GitHub documents", raw)
	}
	out := connectors.Item{ID: at.root(), At: d.Updated}
	c.tell(&out, at, &d, raw)
	c.below(&out, at, d.Comments)
	return out
}

func (c *Connector) below(out *connectors.Item, at whereabouts, comments nodes) {
	for _, raw := range comments.Nodes {
		var one said
		if json.Unmarshal(raw, &one) != nil || one.ID == "" {
			continue // the discussion's own raw text keeps it
		}
		here, known := whereIs(one.Page)
		if !known || here.comment == "" {
			continue
		}
		c.tell(out, here, &one, raw)
		c.below(out, at, one.Replies)
	}
}

// tell adds a mention, unless its author deleted it: then only its answers are left.
func (c *Connector) tell(out *connectors.Item, at whereabouts, s *said, raw json.RawMessage) {
	m := c.mention(at, s.ID, s.Page, cmp.Or(s.Plain, s.Body), s.Association, raw)
	m.Title, m.PostedAt, m.EditedAt = text.Line(s.Title), c.moment(s.Created), c.moment(s.Edited)
	m.Counts = desk.Counts{Likes: s.Upvotes}
	if s.Author != nil {
		c.by(&m, s.Author.ID, s.Author.Login, s.Author.Page)
	}
	if s.ReplyTo != nil && s.ReplyTo.ID != "" {
		m.Parent = desk.RemoteID(text.Storable(s.ReplyTo.ID))
	}
	if s.Closed {
		m.Extra["state"] = "closed"
	}
	if s.Deleted.IsZero() && m.Words() != "" {
		out.Tell = append(out.Tell, m)
	}
}
