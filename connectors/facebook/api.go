package facebook

import (
	"cmp"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/internal/graph"
	"github.com/earshotdesk/earshot/internal/desk"
)

// What is asked for of each object; nothing comes unasked.
const (
	postFields    = "id,from,message,story,created_time,updated_time,permalink_url"
	listFields    = postFields + ",comments.filter(stream).limit(0).summary(true)"
	commentFields = "id,from,message,created_time,permalink_url,parent{id},can_comment,is_hidden,comment_count,like_count,attachment"
)

type person struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// author is absent where the API keeps a commenter's name to itself.
func (p *person) author() (desk.Author, bool) {
	if p == nil || p.ID == "" && p.Name == "" {
		return desk.Author{}, false
	}
	return desk.Author{ID: desk.RemoteID(graph.Word(p.ID)), Name: graph.Word(p.Name)}, true
}

// post is a post of the Page, of a visitor on it, or of anybody who tags it.
type post struct {
	ID       string       `json:"id"`
	From     *person      `json:"from"`
	Message  string       `json:"message"`
	Story    string       `json:"story"`
	Created  graph.Moment `json:"created_time"`
	Updated  graph.Moment `json:"updated_time"`
	Link     string       `json:"permalink_url"`
	Comments struct {
		Summary struct {
			Total int64 `json:"total_count"`
		} `json:"summary"`
	} `json:"comments"`

	raw []byte
}

// mark changes when something happened under a post.
func (p *post) mark() string {
	return strconv.FormatInt(p.Updated.Unix(), 36) + "/" + strconv.FormatInt(p.Comments.Summary.Total, 10)
}

func (p *post) mention(page string, now time.Time) desk.Mention {
	author, known := p.From.author()
	id := desk.RemoteID(graph.Word(p.ID))
	return desk.Mention{
		Site: site, Remote: id, Kind: desk.KindPost, Thread: id,
		Author: author, Anonymous: !known, Ours: known && string(author.ID) == page,
		Text: graph.Words(cmp.Or(p.Message, p.Story), "a post without words"), URL: link(p.Link, p.ID),
		PostedAt: connectors.Past(p.Created.Time, now), Visibility: desk.Public,
		Counts: desk.Counts{Replies: max(0, p.Comments.Summary.Total)}, Raw: p.raw,
	}
}

// comment is a comment on a post, or a reply to one; deeper the network does not nest.
type comment struct {
	ID         string       `json:"id"`
	From       *person      `json:"from"`
	Message    string       `json:"message"`
	Created    graph.Moment `json:"created_time"`
	Link       string       `json:"permalink_url"`
	Parent     *person      `json:"parent"`
	CanComment *bool        `json:"can_comment"`
	Hidden     bool         `json:"is_hidden"`
	Replies    int64        `json:"comment_count"`
	Likes      int64        `json:"like_count"`
	Attachment *struct {
		Type string `json:"type"`
	} `json:"attachment"`
}

// under is what a comment answers: another comment, or else its post.
func (m *comment) under(post string) string {
	if m.Parent != nil && m.Parent.ID != "" {
		return graph.Last(graph.Word(m.Parent.ID))
	}
	return post
}

// commentItem reads one comment of a post.
func commentItem(raw json.RawMessage, post, page string, now time.Time) connectors.Item {
	var m comment
	if json.Unmarshal(raw, &m) != nil {
		return connectors.Odd("", time.Time{}, "this comment is not in the form that Facebook documents", raw)
	}
	id := desk.RemoteID(graph.Last(graph.Word(m.ID)))
	without := "a comment without words"
	if m.Attachment != nil {
		without = strings.ReplaceAll(cmp.Or(m.Attachment.Type, without), "_", " ")
	}
	if id == "" || m.Created.IsZero() {
		return connectors.Odd("", time.Time{}, "this comment lacks an id or a time", raw)
	}
	author, known := m.From.author()
	extra := map[string]string{"id": graph.Word(m.ID)}
	if m.Hidden {
		extra["hidden"] = "true"
	}
	return connectors.Item{ID: id, At: m.Created.Time, Tell: []desk.Mention{{
		Site: site, Remote: id, Kind: desk.KindComment, Thread: desk.RemoteID(post), Parent: desk.RemoteID(m.under(post)),
		Author: author, Anonymous: !known, Ours: known && string(author.ID) == page,
		Text: graph.Words(m.Message, without), URL: link(m.Link, m.ID), PostedAt: connectors.Past(m.Created.Time, now),
		Visibility: desk.Public, Counts: desk.Counts{Likes: max(0, m.Likes), Replies: max(0, m.Replies)},
		Extra: extra, Raw: raw,
	}}}
}

// link is where a person reads an object; the API gives some without the host.
func link(given, id string) string {
	given = graph.Word(given)
	if u, err := url.Parse(given); err == nil && u.Scheme == "https" && u.Host != "" {
		return given
	} else if err == nil && u.Host == "" && strings.HasPrefix(u.Path, "/") {
		return "https://www.facebook.com" + given
	}
	return "https://www.facebook.com/" + url.PathEscape(graph.Word(id))
}

// commentQuery asks for comments newest first: all of them ("stream"), or only those on the first level ("toplevel").
func commentQuery(filter string) url.Values {
	return url.Values{"filter": {filter}, "order": {"reverse_chronological"}, "fields": {commentFields}, "limit": {"100"}}
}

// address is the id by which the API finds a mention. Comments are kept under their own part of it, for the API itself names them
// sometimes with the post's part before it and sometimes without; calls are made with both.
func address(m desk.Mention) string {
	if id := m.Extra["id"]; id != "" {
		return id
	}
	return within(m, m.Remote)
}

// within is the address of a comment that stands in the same thread as a mention.
func within(m desk.Mention, comment desk.RemoteID) string {
	root := cmp.Or(m.Thread, m.Remote)
	if isPost(comment) || !isPost(root) {
		return string(comment)
	}
	return graph.Last(string(root)) + "_" + string(comment)
}

// isPost tells ids of posts from those of comments as they are kept.
func isPost(id desk.RemoteID) bool { return strings.Contains(string(id), "_") }
