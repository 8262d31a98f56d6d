package github

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

// ground is what must be known of a discussion before a comment is said in it, and where ours are found again.
type ground struct {
	Repository *struct {
		Discussion *struct {
			ID       string `json:"id"`
			Locked   bool   `json:"locked"`
			Comments tail   `json:"comments"`
		} `json:"discussion"`
	} `json:"repository"`
	Node *struct {
		ID      string    `json:"id"`
		Deleted time.Time `json:"deletedAt"`
		ReplyTo *struct {
			ID string `json:"id"`
		} `json:"replyTo"`
		Replies tail `json:"replies"`
	} `json:"node"`
}

// tail is the end of a list.
type tail struct {
	PageInfo struct {
		More bool `json:"hasPreviousPage"`
	} `json:"pageInfo"`
	Nodes []said `json:"nodes"`
}

const tailFields = `(last:100){pageInfo{hasPreviousPage} nodes{id url createdAt body author{login}}}`

// ground looks at a discussion and, where one is given, at the comment in it.
func (c *Connector) ground(ctx context.Context, at whereabouts, comment desk.RemoteID) (ground, error) {
	head, node := `query($owner:String!,$name:String!,$number:Int!`, ""
	vars := names(at.repo)
	vars["number"] = json.Number(at.number)
	if at.comment != "" {
		head += `,$node:ID!`
		node = `node(id:$node){...on DiscussionComment{id deletedAt replyTo{id} replies` + tailFields + `}}`
		vars["node"] = comment
	}
	var g ground
	err := c.ask(ctx, head+`){repository(owner:$owner,name:$name){discussion(number:$number){id locked comments`+tailFields+`}} `+node+`}`, vars, &g)
	return g, err
}

// stands tells whether the discussion and the comment that is answered are there.
func (g *ground) stands(at whereabouts) bool {
	return g.Repository != nil && g.Repository.Discussion != nil && g.Repository.Discussion.ID != "" &&
		(at.comment == "" || g.Node != nil && g.Node.ID != "" && g.Node.Deleted.IsZero())
}

// replyInDiscussion comments on a discussion. Its comments have one level of answers: an answer to an answer stands beside it.
func (c *Connector) replyInDiscussion(ctx context.Context, out desk.Outgoing, at whereabouts) (desk.Receipt, error) {
	g, err := c.ground(ctx, at, out.Parent.Remote)
	var passing *desk.Transient
	switch {
	case errors.Is(err, desk.ErrNotFound), err == nil && !g.stands(at):
		return desk.Receipt{}, fmt.Errorf("what this answers is no longer there, or the token may not see it: %w", desk.ErrGone)
	case errors.Is(err, desk.ErrDenied), errors.As(err, &passing):
		return desk.Receipt{}, fmt.Errorf("looking at the discussion to answer: %w", err)
	case err != nil:
		return desk.Receipt{}, &desk.Transient{Err: fmt.Errorf("looking at the discussion to answer: %w", err)}
	case g.Repository.Discussion.Locked:
		return desk.Receipt{}, desk.Deniedf("the discussion is locked and takes no more comments")
	}
	input := map[string]any{"discussionId": g.Repository.Discussion.ID, "body": out.Text, "clientMutationId": out.Key}
	if at.comment != "" {
		input["replyToId"] = g.Node.ID
		if g.Node.ReplyTo != nil && g.Node.ReplyTo.ID != "" {
			input["replyToId"] = g.Node.ReplyTo.ID
		}
	}
	var made struct {
		Add struct {
			Comment said `json:"comment"`
		} `json:"addDiscussionComment"`
	}
	err = c.mutate(ctx, `mutation($i:AddDiscussionCommentInput!){addDiscussionComment(input:$i){comment{id url createdAt}}}`, map[string]any{"i": input}, &made)
	if err != nil {
		return desk.Receipt{}, fmt.Errorf("publishing: %w", err)
	}
	one := made.Add.Comment
	if one.ID == "" {
		return desk.Receipt{}, &desk.Unknown{Err: errors.New("GitHub took it, but did not say which comment came of it")}
	}
	return c.receipt(one.ID, one.Page, one.Created), nil
}

// findInDiscussion looks for the reply among the newest hundred comments: of the discussion, or below the comment that was answered.
func (c *Connector) findInDiscussion(ctx context.Context, out desk.Outgoing, at whereabouts) (desk.Found, error) {
	none := desk.Found{Finding: desk.FoundNot}
	g, err := c.ground(ctx, at, out.Parent.Remote)
	if err != nil {
		return none, fmt.Errorf("reading replies back: %w", err)
	}
	if g.Repository == nil || g.Repository.Discussion == nil || at.comment != "" && g.Node == nil {
		return none, nil
	}
	list := g.Repository.Discussion.Comments
	if at.comment != "" {
		list = g.Node.Replies
		if g.Node.ReplyTo != nil && g.Node.ReplyTo.ID != "" { // it stands beside what it answers
			above, err := c.ground(ctx, at, desk.RemoteID(g.Node.ReplyTo.ID))
			if err != nil || above.Node == nil {
				return none, err
			}
			list = above.Node.Replies
		}
	}
	for _, s := range list.Nodes {
		if s.Author != nil && sameLogin(s.Author.Login, c.handle()) && connectors.IsReply(out, desk.RemoteID(s.ID), s.Body, s.Created) {
			return desk.Found{Finding: desk.FoundIt, Receipt: c.receipt(s.ID, s.Page, s.Created)}, nil
		}
	}
	whole := !list.PageInfo.More || len(list.Nodes) > 0 && !out.StartedAt.IsZero() && list.Nodes[0].Created.Before(out.StartedAt.Add(-findSlack))
	if !whole {
		return none, nil
	}
	return desk.Found{Finding: desk.FoundAbsent}, nil
}
