package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/earshotdesk/earshot/internal/desk"
)

// apiReply is an answer as the API tells it.
type apiReply struct {
	ID         desk.ReplyID         `json:"id"`
	Parent     desk.MentionID       `json:"parent"`
	Account    string               `json:"account"`
	Text       string               `json:"text"`
	State      desk.ReplyState      `json:"state"`
	Visibility desk.ReplyVisibility `json:"visibility,omitempty"`
	Version    int64                `json:"version" doc:"Grows with every change; a change of the answer names the one it was made from."`
	Outdated   bool                 `json:"outdated"`
	Created    time.Time            `json:"created"`
	Published  *time.Time           `json:"published,omitempty"`
	URL        string               `json:"url,omitempty"`
	Note       string               `json:"note,omitempty" doc:"Why it failed, was given back, or was rejected by the site."`
	Verified   string               `json:"verified,omitempty" enum:"polling,person" doc:"Of an answer posted by hand: who saw it on the site."`
	Change     *apiChange           `json:"change,omitempty" doc:"The edit or deletion that is on its way, or failed."`
	Past       []apiVersion         `json:"past,omitempty" doc:"What happened to it once it was public, oldest first; absent when nothing did."`
}

type apiChange struct {
	Kind   string      `json:"kind" enum:"edit,delete"`
	Text   string      `json:"text,omitempty"`
	By     desk.UserID `json:"by"`
	At     time.Time   `json:"at"`
	Failed bool        `json:"failed"`
	Note   string      `json:"note,omitempty"`
}

// apiVersion is [desk.ReplyVersion] with names for the API.
type apiVersion struct {
	Number int              `json:"number"`
	Kind   desk.VersionKind `json:"kind" enum:"published,edited,deleted"`
	Text   string           `json:"text,omitempty"`
	By     desk.UserID      `json:"by,omitempty" doc:"Absent when it happened at the site, by another hand."`
	At     time.Time        `json:"at"`
}

func apiReplyOf(r *desk.Reply) apiReply {
	out := apiReply{
		ID: r.ID, Parent: r.Parent, Account: r.Account, Text: r.Text, State: r.State, Visibility: r.Visibility, Version: r.Version, Outdated: r.Outdated,
		Created: r.CreatedAt, Published: moment(r.PublishedAt), URL: safeURL(r.Receipt.URL), Note: r.Note, Verified: r.Receipt.Verified,
	}
	if out.Note == "" {
		out.Note = r.Receipt.Note
	}
	if ch := r.Change; ch.Kind != "" {
		out.Change = &apiChange{ch.Kind, ch.Text, ch.By, ch.At, ch.Failed, ch.Note}
	}
	return out
}

// changing describes an act on a published answer. It is accepted, not done: the network does it a moment later.
func changing(id, method, summary string) huma.Operation {
	return huma.Operation{
		OperationID: id, Method: method, Path: "/api/v1/replies/{id}", Summary: summary, DefaultStatus: http.StatusAccepted,
		Description: "The change leaves after the desk's undo time and shows as `change` until the network has done it.", Errors: []int{401, 403, 404, 409, 422},
	}
}

type editInput struct {
	ID   string `path:"id" doc:"Identifier of the answer."`
	Body struct {
		Text    string `json:"text" minLength:"1" maxLength:"100000" doc:"The new words, whole."`
		Version int64  `json:"version" minimum:"1" doc:"The answer's version that was read."`
	}
}

type deleteInput struct {
	ID      string `path:"id" doc:"Identifier of the answer."`
	Version int64  `query:"version" required:"true" minimum:"1" doc:"The answer's version that was read."`
}

// worker is the owner of the token if they may work on cases.
func worker(ctx context.Context) (*desk.User, error) {
	u, _ := ctx.Value(apiUser{}).(*desk.User)
	if u == nil || !May(u.Role, ActWork) {
		return nil, desk.Deniedf("The owner of this token may read, not work on cases.")
	}
	return u, nil
}

func (s *Server) apiEditReply(ctx context.Context, in *editInput) (*struct{ Body apiReply }, error) {
	return s.apiChangeReply(ctx, func(u *desk.User) (desk.Reply, error) {
		return s.opt.Work.EditPublished(ctx, u, desk.ReplyID(in.ID), in.Body.Text, in.Body.Version)
	})
}

func (s *Server) apiDeleteReply(ctx context.Context, in *deleteInput) (*struct{ Body apiReply }, error) {
	return s.apiChangeReply(ctx, func(u *desk.User) (desk.Reply, error) {
		return s.opt.Work.DeletePublished(ctx, u, desk.ReplyID(in.ID), in.Version)
	})
}

func (s *Server) apiChangeReply(ctx context.Context, act func(*desk.User) (desk.Reply, error)) (*struct{ Body apiReply }, error) {
	u, err := worker(ctx)
	if err != nil {
		return nil, s.apiErr("reply", err)
	}
	r, err := act(u)
	if err != nil {
		return nil, s.apiErr("reply", err)
	}
	return &struct{ Body apiReply }{apiReplyOf(&r)}, nil
}
