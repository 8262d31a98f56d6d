package hackernews

import (
	"cmp"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/markup"
	"github.com/earshotdesk/earshot/internal/text"
)

const searchPath = "/api/v1/search_by_date"

// results is a page of the search. The hits stay raw until they are read one by one.
type results struct {
	Hits []json.RawMessage `json:"hits"`
}

// hit is a story or comment as the index has it.
type hit struct {
	ID      json.Number `json:"objectID"`
	Seconds int64       `json:"created_at_i"`
	Author  string      `json:"author"`
	Title   string      `json:"title"`
	Link    string      `json:"url"`
	Story   string      `json:"story_text"`
	Comment string      `json:"comment_text"`
	Root    json.Number `json:"story_id"`
	Parent  json.Number `json:"parent_id"`
	Of      string      `json:"story_title"`
	Points  int64       `json:"points"`
	Replies int64       `json:"num_comments"`
	Tags    []string    `json:"_tags"`
}

// node is an item with what was said below it, as /items/ has it.
type node struct {
	ID       json.Number `json:"id"`
	Seconds  int64       `json:"created_at_i"`
	Author   string      `json:"author"`
	Title    string      `json:"title"`
	Link     string      `json:"url"`
	Text     string      `json:"text"`
	Points   int64       `json:"points"`
	Parent   json.Number `json:"parent_id"`
	Children []node      `json:"children"`
}

// item is one thing as the site itself has it now.
type item struct {
	ID      json.Number `json:"id"`
	Deleted bool        `json:"deleted"`
	Dead    bool        `json:"dead"`
	Title   string      `json:"title"`
	Text    string      `json:"text"`
	Score   int64       `json:"score"`
	Replies int64       `json:"descendants"`
}

// mention makes a mention of what all forms of a story or comment have.
func (c *Connector) mention(h hit, comment bool) desk.Mention {
	id := desk.RemoteID(h.ID)
	m := desk.Mention{
		Site: site, Remote: id, Kind: desk.KindPost, Thread: id, URL: page("item", string(id)),
		Author: desk.Author{ID: desk.RemoteID(text.Storable(h.Author)), Handle: text.Storable(h.Author)}, Anonymous: h.Author == "",
		Title: markup.Line(text.Storable(h.Title)), Text: markup.Text(text.Storable(cmp.Or(h.Comment, h.Story))),
		PostedAt: connectors.Unix(float64(h.Seconds), c.now()), Visibility: desk.Public, Ours: c.opt.Handle != "" && strings.EqualFold(h.Author, c.opt.Handle),
		Counts: desk.Counts{Likes: h.Points, Replies: h.Replies},
	}
	if h.Author != "" {
		m.Author.URL = page("user", m.Author.Handle)
	}
	if comment {
		m.Kind, m.Title = desk.KindComment, ""
		m.Parent = desk.RemoteID(h.Parent)
		m.Thread = desk.RemoteID(cmp.Or(h.Root, h.Parent, h.ID))
		m.Extra = connectors.Extras(map[string]string{"story": markup.Line(text.Storable(h.Of))})
	} else {
		m.Extra = connectors.Extras(map[string]string{"link": text.Storable(h.Link)})
	}
	return m
}

func (h hit) comment() bool {
	return slices.Contains(h.Tags, "comment") || h.Parent != "" && h.Title == ""
}

func page(what, id string) string {
	return "https://news.ycombinator.com/" + what + "?id=" + url.QueryEscape(id)
}
