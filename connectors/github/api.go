package github

import (
	"bytes"
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

// thing is an issue or a comment of one, as REST sends it.
type thing struct {
	Node        string    `json:"node_id"`
	Page        string    `json:"html_url"`
	User        *user     `json:"user"` // null when the user is gone
	Title       string    `json:"title"`
	Body        string    `json:"body"`
	Plain       string    `json:"body_text"`
	Created     time.Time `json:"created_at"`
	Updated     time.Time `json:"updated_at"`
	Association string    `json:"author_association"`
	State       string    `json:"state"`
	Locked      bool      `json:"locked"`
	Comments    int64     `json:"comments"`
	Labels      []struct {
		Name string `json:"name"`
	} `json:"labels"`
	Reactions struct {
		Total int64 `json:"total_count"`
	} `json:"reactions"`
}

type user struct {
	Login string `json:"login"`
	Node  string `json:"node_id"`
	Page  string `json:"html_url"`
}

// whereabouts is what the address of a page tells: a repository, what kind of conversation, its number, and a comment in it.
type whereabouts struct{ repo, what, number, comment string }

var pages = regexp.MustCompile(`^https?://[^/]+/([^/]+/[^/]+)/(issues|pull|discussions)/(\d+)(?:#(?:issuecomment|discussioncomment)-(\d+))?$`)

// whereIs reads the address of an issue, a discussion or a comment.
func whereIs(page string) (whereabouts, bool) {
	m := pages.FindStringSubmatch(page)
	if m == nil || !repoName.MatchString(m[1]) {
		return whereabouts{}, false
	}
	return whereabouts{m[1], m[2], m[3], m[4]}, true
}

// root identifies the conversation, in the words that people use for it: acme/shop#12.
func (w whereabouts) root() desk.RemoteID { return desk.RemoteID(w.repo + "#" + w.number) }

// read makes a mention of an issue or a comment; false when it is neither.
func (c *Connector) read(raw json.RawMessage) (thing, desk.Mention, bool) {
	var t thing
	err := json.Unmarshal(raw, &t)
	at, known := whereIs(t.Page)
	if err != nil || !known || t.Node == "" || t.Created.IsZero() || t.Updated.IsZero() {
		return t, desk.Mention{}, false
	}
	m := c.mention(at, t.Node, t.Page, cmp.Or(t.Plain, t.Body), t.Association, raw)
	m.PostedAt = c.moment(t.Created)
	m.Counts = desk.Counts{Likes: t.Reactions.Total, Replies: t.Comments}
	if at.comment != "" && t.Updated.After(t.Created) { // an issue is updated by all that happens to it
		m.EditedAt = c.moment(t.Updated)
	}
	if t.User != nil {
		c.by(&m, t.User.Node, t.User.Login, t.User.Page)
	}
	if at.comment == "" {
		m.Title = text.Line(t.Title)
		var labels []string
		for _, l := range t.Labels {
			labels = append(labels, text.Storable(l.Name))
		}
		m.Extra["labels"], m.Extra["state"] = strings.Join(labels, ", "), text.Storable(t.State)
	}
	return t, m, true
}

// mention makes what issues, discussions and comments have in common. Its author is nobody until by says who.
func (c *Connector) mention(at whereabouts, node, page, words, association string, raw []byte) desk.Mention {
	m := desk.Mention{
		Site: c.site, Remote: at.root(), Kind: desk.KindPost, Thread: at.root(), URL: page,
		Author: desk.Author{Name: "ghost"}, Anonymous: true,
		Text: text.Cut(text.Storable(strings.TrimSpace(words)), markup.MaxText), Visibility: desk.Public, Raw: raw,
		Extra: map[string]string{"repo": at.repo, "association": text.Storable(association)},
	}
	if at.comment != "" {
		m.Kind, m.Remote, m.Parent = desk.KindComment, desk.RemoteID(text.Storable(node)), at.root()
	}
	if c.opt.Members {
		m.Ours = association == "OWNER" || association == "MEMBER" || association == "COLLABORATOR"
	}
	return m
}

// by says who wrote a mention.
func (c *Connector) by(m *desk.Mention, id, login, page string) {
	m.Anonymous = login == "" && id == ""
	m.Author = desk.Author{ID: desk.RemoteID(text.Storable(id)), Handle: text.Storable(login), URL: text.Storable(page)}
	m.Ours = m.Ours || sameLogin(login, c.handle())
}

func (c *Connector) moment(t time.Time) time.Time { return connectors.Past(t, c.now()) }

var nextLink = regexp.MustCompile(`<([^<>]+)>[^,<]*\brel="next"`)

// nextPage returns the address of the page after an answer; empty at the end.
func nextPage(h http.Header) string {
	if m := nextLink.FindStringSubmatch(h.Get("Link")); m != nil {
		if _, err := url.Parse(m[1]); err == nil {
			return m[1]
		}
	}
	return ""
}

// refuse reads GitHub's own words. A limit comes as 403 or 429, told by its headers or only in words.
func refuse(r fetch.Reply) *fetch.Refusal {
	if r.Status == http.StatusOK {
		return refuseGraph(r)
	}
	var no struct {
		Message string `json:"message"`
		Errors  []struct {
			Message string `json:"message"`
		} `json:"errors"`
	}
	said := ""
	if r.JSON(&no) {
		said = no.Message
		for _, e := range no.Errors {
			said += " " + e.Message
		}
	}
	said = strings.ToLower(said)
	limited := strings.Contains(said, "rate limit") || r.Header.Get("Retry-After") != "" || r.Header.Get("X-Ratelimit-Remaining") == "0"
	switch {
	case r.Status == http.StatusTooManyRequests || r.Status == http.StatusForbidden && limited:
		no := &fetch.Refusal{Class: fetch.RateLimited}
		if strings.Contains(said, "secondary") && r.Header.Get("Retry-After") == "" {
			no.After = time.Minute
		}
		return no
	case r.Status == http.StatusForbidden && strings.Contains(said, "locked"):
		return &fetch.Refusal{Class: fetch.Locked, Hint: "the conversation is locked"}
	case r.Status == http.StatusForbidden:
		return &fetch.Refusal{Class: fetch.Forbidden, Hint: "the token may lack a permission, or its organisation has not let it in"}
	case r.Status == http.StatusUnprocessableEntity && strings.Contains(said, "too long"):
		return &fetch.Refusal{Class: fetch.TooLong}
	}
	return nil
}

// refuseGraph reads the errors of a GraphQL answer of which nothing is left. Where some of what was asked for came, it is no refusal.
func refuseGraph(r fetch.Reply) *fetch.Refusal {
	var a graphAnswer
	if !bytes.Contains(r.Body, []byte(`"errors"`)) || !r.JSON(&a) || len(a.Errors) == 0 {
		return nil
	}
	var data map[string]json.RawMessage
	_ = json.Unmarshal(a.Data, &data) // null when there is nothing
	for _, part := range data {
		if string(part) != "null" {
			return nil
		}
	}
	kind := a.Errors[0].Type
	no := &fetch.Refusal{Class: fetch.Trouble, Code: kind} // "Something went wrong" has no type, and may have been done
	switch kind {
	case "UNPROCESSABLE", "BAD_USER_INPUT", "VALIDATION_FAILED":
		no.Class = fetch.Invalid
	case "NOT_FOUND":
		no.Class = fetch.Missing
	case "RATE_LIMITED", "RATE_LIMIT":
		no.Class = fetch.RateLimited
	case "FORBIDDEN", "INSUFFICIENT_SCOPES":
		no.Class, no.Hint = fetch.Forbidden, "the token may lack a permission"
	}
	if strings.Contains(strings.ToLower(a.Errors[0].Message), "locked") {
		no.Class = fetch.Locked
	}
	return no
}
