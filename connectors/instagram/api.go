package instagram

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/internal/graph"
	"github.com/earshotdesk/earshot/internal/desk"
)

// What is asked for of each object; nothing comes unasked.
const (
	mediaFields   = "id,caption,permalink,timestamp,comments_count"
	replyFields   = "id,text,timestamp,username,from,like_count,hidden,parent_id"
	commentFields = replyFields + ",replies.limit(50){" + replyFields + "}"
)

// media is a post: a picture, a film, or several.
type media struct {
	ID       string       `json:"id"`
	Caption  string       `json:"caption"`
	Link     string       `json:"permalink"`
	At       graph.Moment `json:"timestamp"`
	Comments int64        `json:"comments_count"`

	raw []byte
}

func (p *media) mention(me graph.Owner, now time.Time) desk.Mention {
	id := desk.RemoteID(graph.Word(p.ID))
	return desk.Mention{
		Site: site, Remote: id, Kind: desk.KindPost, Thread: id, Ours: true,
		Author: desk.Author{ID: desk.RemoteID(graph.Word(me.ID)), Handle: graph.Word(me.Name)},
		Text:   graph.Words(p.Caption, "a post without words"), URL: graph.Word(p.Link), PostedAt: connectors.Past(p.At.Time, now),
		Visibility: desk.Public, Counts: desk.Counts{Replies: max(0, p.Comments)}, Raw: p.raw,
	}
}

// watched reads one post of the list. One without words is watched and not told.
func watched(raw json.RawMessage, me graph.Owner, now time.Time) graph.Post {
	p := media{raw: raw}
	if json.Unmarshal(raw, &p) != nil || p.ID == "" || p.At.IsZero() {
		return graph.Post{ID: graph.Mark(raw), Poison: &desk.Poison{Raw: raw, Err: "this post is not in the form that Instagram documents"}}
	}
	out := graph.Post{ID: p.ID, Mark: strconv.FormatInt(p.Comments, 10), Latest: p.At.Time, Link: graph.Word(p.Link)}
	if p.Caption != "" {
		out.Tell = []desk.Mention{p.mention(me, now)}
	}
	return out
}

// comment is a comment on a post, or a reply to one; deeper the network does not nest.
type comment struct {
	ID       string       `json:"id"`
	Text     string       `json:"text"`
	At       graph.Moment `json:"timestamp"`
	Username string       `json:"username"`
	From     struct {
		ID       string `json:"id"`
		Username string `json:"username"`
	} `json:"from"`
	Likes   int64  `json:"like_count"`
	Hidden  bool   `json:"hidden"`
	Parent  string `json:"parent_id"`
	Replies struct {
		Data   []json.RawMessage `json:"data"`
		Paging struct {
			Cursors struct {
				After string `json:"after"`
			} `json:"cursors"`
			Next string `json:"next"`
		} `json:"paging"`
	} `json:"replies"`
}

func (m *comment) author() desk.Author {
	a := desk.Author{ID: desk.RemoteID(graph.Word(m.From.ID)), Handle: graph.Word(m.Username)}
	if a.Handle == "" {
		a.Handle = graph.Word(m.From.Username)
	}
	if a.Handle != "" {
		a.URL = "https://www.instagram.com/" + a.Handle + "/"
	}
	return a
}

// by tells whether a comment is by an account.
func (m *comment) by(me graph.Owner) bool {
	a := m.author()
	return a.ID != "" && string(a.ID) == me.ID || a.Handle != "" && strings.EqualFold(a.Handle, me.Name)
}

// under is what a comment answers: another comment, or else its post.
func (m *comment) under(post string) string {
	if m.Parent != "" {
		return graph.Word(m.Parent)
	}
	return post
}

// item reads one comment of a post.
func item(raw json.RawMessage, p graph.Post, me graph.Owner, now time.Time) (connectors.Item, comment) {
	var m comment
	if json.Unmarshal(raw, &m) != nil {
		return connectors.Odd("", time.Time{}, "this comment is not in the form that Instagram documents", raw), m
	}
	id := desk.RemoteID(graph.Word(m.ID))
	if id == "" || m.At.IsZero() {
		return connectors.Odd("", time.Time{}, "this comment lacks an id or a time", raw), m
	}
	author := m.author()
	told := desk.Mention{
		Site: site, Remote: id, Kind: desk.KindComment, Thread: desk.RemoteID(p.ID), Parent: desk.RemoteID(m.under(p.ID)),
		Author: author, Anonymous: author.ID == "" && author.Handle == "", Ours: m.by(me),
		Text: graph.Words(m.Text, "a comment without words"), URL: p.Link, PostedAt: connectors.Past(m.At.Time, now),
		Visibility: desk.Public, Counts: desk.Counts{Likes: max(0, m.Likes), Replies: int64(len(m.Replies.Data))}, Raw: raw,
	}
	if m.Hidden {
		told.Extra = map[string]string{"hidden": "true"}
	}
	return connectors.Item{ID: id, At: m.At.Time, Tell: []desk.Mention{told}}, m
}
