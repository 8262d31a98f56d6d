package discourse

import (
	"cmp"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
	"github.com/earshotdesk/earshot/internal/markup"
	"github.com/earshotdesk/earshot/internal/text"
)

// post is a post as the forum sends it, in lists, in topics and alone.
type post struct {
	ID          json.Number `json:"id"`
	Name        string      `json:"name"`
	Username    string      `json:"username"`
	UserID      json.Number `json:"user_id"`
	Created     time.Time   `json:"created_at"`
	Updated     time.Time   `json:"updated_at"`
	Deleted     time.Time   `json:"deleted_at"`
	UserDeleted bool        `json:"user_deleted"`
	Cooked      string      `json:"cooked"`
	Raw         string      `json:"raw"`
	Number      json.Number `json:"post_number"`
	Type        int         `json:"post_type"`
	ReplyTo     json.Number `json:"reply_to_post_number"`
	Topic       json.Number `json:"topic_id"`
	Slug        string      `json:"topic_slug"`
	TopicTitle  string      `json:"topic_title"`
	Category    json.Number `json:"category_id"`
	Version     int         `json:"version"`
	Hidden      bool        `json:"hidden"`
	Staff       bool        `json:"staff"`
	Replies     int64       `json:"reply_count"`
	Reads       int64       `json:"reads"`
	Actions     []struct {
		ID    int   `json:"id"`
		Count int64 `json:"count"`
	} `json:"actions_summary"`

	json []byte
}

// Values of fields and actions with a meaning.
const (
	typeRegular = 1 // others are the forum's own notes and the whispers of its staff
	actionLike  = 2
)

// topic is a conversation; its posts are the first ones, the stream has the ids of all.
type topic struct {
	ID        json.Number `json:"id"`
	Title     string      `json:"title"`
	Slug      string      `json:"slug"`
	Category  json.Number `json:"category_id"`
	Closed    bool        `json:"closed"`
	Archived  bool        `json:"archived"`
	Archetype string      `json:"archetype"`
	Stream    stream      `json:"post_stream"`
}

type stream struct {
	Posts []json.RawMessage `json:"posts"`
	IDs   []json.Number     `json:"stream"`
}

// read reads one post; false when it is none.
func read(raw json.RawMessage) (post, bool) {
	var p post
	ok := json.Unmarshal(raw, &p) == nil && p.ID != "" && p.Topic != "" && p.Number != "" && !p.Created.IsZero()
	p.json = raw
	return p, ok
}

func (p *post) gone() bool { return p.UserDeleted || !p.Deleted.IsZero() }

// quote finds what others said before, repeated above an answer to it.
var quote = regexp.MustCompile(`(?s)<aside[^>]*class="quote.*?</aside>`)

// mention makes a mention of a post. A forum tells the number within its topic of what a post answers, not the id: the parent is the topic.
func (c *Connector) mention(p *post) desk.Mention {
	said := markup.Text(text.Storable(quote.ReplaceAllString(p.Cooked, "")))
	handle := text.Storable(p.Username)
	m := desk.Mention{
		Site: c.site, Remote: desk.RemoteID(p.ID), Kind: desk.KindComment, Thread: thread(p.Topic), Parent: thread(p.Topic),
		Author: desk.Author{ID: desk.RemoteID(cmp.Or(p.UserID.String(), handle)), Handle: handle, Name: text.Line(p.Name)},
		Text:   cmp.Or(said, text.Cut(text.Storable(strings.TrimSpace(p.Raw)), markup.MaxText)), URL: c.link(p),
		PostedAt: connectors.Past(p.Created, c.now()), Visibility: desk.Public, Counts: desk.Counts{Replies: p.Replies, Views: p.Reads},
		Ours:  c.handle() != "" && strings.EqualFold(p.Username, c.handle()) || c.opt.Staff && p.Staff,
		Extra: map[string]string{"topic": text.Line(p.TopicTitle), "category": p.Category.String(), "reply_to": p.ReplyTo.String()},
		Raw:   p.json,
	}
	if handle != "" {
		m.Author.URL = c.api.Base + "/u/" + url.PathEscape(strings.ToLower(handle))
	}
	if p.Number == "1" {
		m.Kind, m.Parent, m.Title = desk.KindPost, "", m.Extra["topic"]
	}
	if p.Version > 1 {
		m.EditedAt = connectors.Past(p.Updated, c.now())
	}
	for _, a := range p.Actions {
		if a.ID == actionLike {
			m.Counts.Likes = a.Count
		}
	}
	m.Extra = connectors.Extras(m.Extra)
	return m
}

// thread names a topic among the ids of posts.
func thread(topic json.Number) desk.RemoteID { return desk.RemoteID("t/" + topic.String()) }

func (c *Connector) link(p *post) string {
	return c.api.Base + "/t/" + cmp.Or(url.PathEscape(p.Slug), "-") + "/" + p.Topic.String() + "/" + p.Number.String()
}

// refuse reads the forum's own words.
func refuse(r fetch.Reply) *fetch.Refusal {
	var no struct {
		Errors []string `json:"errors"`
		Type   string   `json:"error_type"`
		Extras struct {
			Wait float64 `json:"wait_seconds"`
		} `json:"extras"`
	}
	if r.Status < 400 || !r.JSON(&no) || len(no.Errors) == 0 && no.Type == "" {
		return nil
	}
	said := strings.ToLower(strings.Join(no.Errors, " "))
	switch {
	case r.Status == http.StatusTooManyRequests:
		wait := time.Duration(min(max(no.Extras.Wait, 0), 7*24*3600) * float64(time.Second))
		return &fetch.Refusal{Class: fetch.RateLimited, Code: no.Type, After: wait}
	case r.Status == http.StatusForbidden:
		return &fetch.Refusal{Class: fetch.Forbidden, Code: no.Type, Hint: "the key, its scopes or the user it speaks for may not do this"}
	case r.Status != http.StatusUnprocessableEntity:
		return nil
	case strings.Contains(said, "similar"):
		return &fetch.Refusal{Class: fetch.Duplicate, Code: no.Type}
	case strings.Contains(said, "too short"):
		return &fetch.Refusal{Class: fetch.Invalid, Code: no.Type, Hint: "the text is too short for this forum, which by default wants 20 characters"}
	case strings.Contains(said, "too long"):
		return &fetch.Refusal{Class: fetch.TooLong, Code: no.Type}
	}
	return &fetch.Refusal{Class: fetch.Invalid, Code: no.Type}
}
