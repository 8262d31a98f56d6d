package demo

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// author and post are accounts and posts as the network sends them.
type author struct {
	ID        string `json:"id"`
	Handle    string `json:"handle"`
	Name      string `json:"name"`
	Followers int64  `json:"followers"`
	URL       string `json:"url"`
}

type post struct {
	ID        string    `json:"id"`
	Parent    string    `json:"parent"`
	Thread    string    `json:"thread"`
	Author    author    `json:"author"`
	Text      string    `json:"text"`
	Language  string    `json:"language"`
	CreatedAt time.Time `json:"created_at"`
	EditedAt  time.Time `json:"edited_at"`
	State     string    `json:"state"`
	Locked    bool      `json:"locked"`
	Likes     int64     `json:"likes"`
	Shares    int64     `json:"shares"`
	Replies   int64     `json:"replies"`
	URL       string    `json:"url"`

	raw []byte
}

// readPost reads one post. What lacks an id, a text or a time is none.
func readPost(raw []byte) (post, error) {
	var p post
	if json.Unmarshal(raw, &p) != nil {
		return post{ID: idOf(raw)}, errors.New("this post is not in the form that the network documents")
	}
	if p.ID == "" || p.Text == "" || p.CreatedAt.IsZero() {
		return p, errors.New("this post lacks an id, a text or a time")
	}
	p.raw = raw
	return p, nil
}

// idOf finds the id of a post that is broken elsewhere; "" when there is none.
func idOf(raw []byte) string {
	var only struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(raw, &only) != nil {
		return ""
	}
	return only.ID
}

func (p *post) public() bool { return p.State == "" || p.State == "public" }

// visibility translates the state of one of our own posts.
func (p *post) visibility() desk.ReplyVisibility {
	switch p.State {
	case "pending":
		return desk.VisibleModerate
	case "rejected":
		return desk.VisibleRejected
	}
	return desk.VisiblePublic
}

func (c *Connector) mention(p post) desk.Mention {
	kind := desk.KindPost
	if p.Parent != "" {
		kind = desk.KindComment
	}
	return desk.Mention{
		Site: desk.Site(c.opt.Site), Remote: desk.RemoteID(p.ID), Kind: kind,
		Thread: desk.RemoteID(p.Thread), Parent: desk.RemoteID(p.Parent),
		Author: desk.Author{
			ID: desk.RemoteID(p.Author.ID), Handle: p.Author.Handle, Name: p.Author.Name,
			URL: p.Author.URL, Followers: p.Author.Followers,
		},
		Text: p.Text, Language: p.Language, URL: p.URL, PostedAt: p.CreatedAt.UTC(), EditedAt: p.EditedAt,
		Visibility: desk.Public, Ours: c.handle() != "" && strings.EqualFold(p.Author.Handle, c.handle()),
		Counts: desk.Counts{Likes: p.Likes, Shares: p.Shares, Replies: p.Replies},
		Raw:    p.raw,
	}
}
