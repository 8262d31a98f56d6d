package reddit

import (
	"cmp"
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
	"github.com/earshotdesk/earshot/internal/markup"
	"github.com/earshotdesk/earshot/internal/text"
)

// thing is how Reddit wraps everything: t1 a comment, t3 a post, t4 a private message, more what a tree leaves out, Listing a list.
type thing struct {
	Kind string          `json:"kind"`
	Data json.RawMessage `json:"data"`
}

type listing struct {
	Kind string `json:"kind"`
	Data struct {
		After    string            `json:"after"`
		Children []json.RawMessage `json:"children"`
	} `json:"data"`
}

// post is a post or a comment, in lists, trees, the inbox and alone.
type post struct {
	Name      string          `json:"name"` // the full name, with the kind before the id
	Title     string          `json:"title"`
	Selftext  string          `json:"selftext"`
	Body      string          `json:"body"`
	Author    string          `json:"author"`
	AuthorID  string          `json:"author_fullname"`
	Subreddit string          `json:"subreddit"`
	Created   float64         `json:"created_utc"`
	Edited    json.RawMessage `json:"edited"` // false, or when
	Permalink string          `json:"permalink"`
	Context   string          `json:"context"` // the inbox has it instead
	URL       string          `json:"url"`
	LinkTitle string          `json:"link_title"`
	Score     int64           `json:"score"`
	Comments  int64           `json:"num_comments"`
	Parent    string          `json:"parent_id"`
	Link      string          `json:"link_id"`
	Locked    bool            `json:"locked"`
	Archived  bool            `json:"archived"`
	RemovedBy string          `json:"removed_by_category"`
	Replies   json.RawMessage `json:"replies"` // a listing, or an empty text
	LeftOut   []string        `json:"children"`

	json []byte
}

const (
	kindComment = "t1"
	kindPost    = "t3"
	deleted     = "[deleted]"
	removed     = "[removed]"
)

// read reads a post or a comment; false when it is neither or cannot be read.
func read(raw json.RawMessage) (kind string, p post, ok bool) {
	var t thing
	if json.Unmarshal(raw, &t) != nil {
		return "", p, false
	}
	err := json.Unmarshal(t.Data, &p)
	p.json = raw
	return t.Kind, p, err == nil && strings.HasPrefix(p.Name, t.Kind+"_") && p.Created > 0
}

// gone tells whether its author deleted it, or the account that wrote it, or a moderator or Reddit removed it. All of these must be
// forgotten.
func (p *post) gone() bool {
	words := strings.TrimSpace(p.Body + p.Selftext)
	return p.Author == deleted || words == deleted || words == removed || p.RemovedBy != ""
}

var inContext = regexp.MustCompile(`/comments/([a-z0-9]+)/`)

// root is the post that all of this stands below.
func (p *post) root() string {
	if p.Link == "" {
		if m := inContext.FindStringSubmatch(p.Context + p.Permalink); m != nil {
			return kindPost + "_" + m[1]
		}
	}
	return cmp.Or(p.Link, p.Parent, p.Name)
}

func (c *Connector) mention(kind string, p *post) desk.Mention {
	handle := text.Storable(p.Author)
	m := desk.Mention{
		Site: site, Remote: id(p.Name), Kind: desk.KindPost, Thread: id(p.Name), URL: link(p),
		Author:   desk.Author{ID: id(cmp.Or(p.AuthorID, p.Author)), Handle: handle, URL: webServer + "/user/" + handle},
		Text:     text.Cut(text.Storable(strings.TrimSpace(cmp.Or(p.Selftext, p.Body))), markup.MaxText),
		PostedAt: c.moment(p.Created), Visibility: desk.Public, Ours: strings.EqualFold(p.Author, c.handle()),
		Counts: desk.Counts{Likes: p.Score, Replies: p.Comments}, Extra: map[string]string{"subreddit": text.Storable(p.Subreddit)}, Raw: p.json,
	}
	if p.Author == "" {
		m.Author, m.Anonymous = desk.Author{}, true
	}
	if at, err := strconv.ParseFloat(string(p.Edited), 64); err == nil {
		m.EditedAt = c.moment(at)
	}
	switch {
	case kind == kindComment:
		m.Kind, m.Parent, m.Thread = desk.KindComment, id(p.Parent), id(p.root())
		m.Extra["post"] = text.Line(p.LinkTitle)
	default:
		m.Title = text.Line(p.Title)
		if p.Selftext == "" {
			m.Extra["link"] = text.Storable(p.URL)
		}
	}
	m.Extra = connectors.Extras(m.Extra)
	return m
}

func id(s string) desk.RemoteID { return desk.RemoteID(text.Storable(s)) }

// link is where a person reads it.
func link(p *post) string {
	path, _, _ := strings.Cut(cmp.Or(p.Permalink, p.Context), "?")
	if !strings.HasPrefix(path, "/") {
		return ""
	}
	return webServer + text.Storable(path)
}

func (c *Connector) moment(seconds float64) time.Time { return connectors.Unix(seconds, c.now()) }

// refuse reads Reddit's own words: what it does not do it often says in an answer of status 200.
func refuse(r fetch.Reply) *fetch.Refusal {
	var no struct {
		JSON struct {
			Wait   float64 `json:"ratelimit"`
			Errors [][]any `json:"errors"`
		} `json:"json"`
		Reason string `json:"reason"`
	}
	if !r.JSON(&no) {
		return nil
	}
	if r.Status == http.StatusForbidden {
		return &fetch.Refusal{Class: fetch.Forbidden, Code: no.Reason, Hint: "a scope is missing, the account is banned there, or the subreddit is private"}
	}
	if r.Status != http.StatusOK || len(no.JSON.Errors) == 0 {
		return nil
	}
	code := ""
	if len(no.JSON.Errors[0]) > 0 {
		code, _ = no.JSON.Errors[0][0].(string)
	}
	out := &fetch.Refusal{Class: class(code), Code: code}
	if out.Class == fetch.RateLimited {
		out.After = time.Duration(min(max(no.JSON.Wait, 0), 7*24*3600) * float64(time.Second))
	}
	return out
}

// class sorts the codes of errors. Of those that nobody listed it is certain that nothing was done.
func class(code string) fetch.Class {
	switch code {
	case "RATELIMIT":
		return fetch.RateLimited
	case "DELETED_COMMENT", "DELETED_LINK", "DELETED_THING":
		return fetch.Gone
	case "THREAD_LOCKED", "TOO_OLD", "COMMENT_LOCKED":
		return fetch.Locked
	case "TOO_LONG":
		return fetch.TooLong
	case "USER_REQUIRED":
		return fetch.TokenExpired
	case "SUBREDDIT_NOTALLOWED", "SUBREDDIT_NOEXIST", "USER_BLOCKED", "BANNED_FROM_SUBREDDIT", "NOT_AUTHOR":
		return fetch.Forbidden
	}
	return fetch.Invalid
}
