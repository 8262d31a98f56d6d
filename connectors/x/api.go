package x

import (
	"encoding/json"
	"errors"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
	"github.com/earshotdesk/earshot/internal/text"
)

// fields adds to a query which parts of posts are wanted, by one set of names or the other. What X calls the whole text of a long post by
// the names of its schema is not documented, so it comes cut then.
func (c *Connector) fields(q url.Values) url.Values {
	const always = "id,text,author_id,created_at,lang,conversation_id,entities,public_metrics,"
	if c.opt.Fields == "post" {
		q.Set("post.fields", always+"referenced_posts,edit_history_post_ids")
	} else {
		q.Set("tweet.fields", always+"referenced_tweets,edit_history_tweet_ids,note_tweet")
	}
	return q
}

// page is a list of posts. Some that were asked for may be missing, and stand in Errors with the reason, within a good answer.
type page struct {
	Data     []json.RawMessage `json:"data"`
	Includes struct {
		Users []user `json:"users"`
	} `json:"includes"`
	Errors []problem `json:"errors"`
	Meta   *struct {
		Newest string `json:"newest_id"`
		Next   string `json:"next_token"`
	} `json:"meta"`
}

type user struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Username string `json:"username"`
	Metrics  struct {
		Followers int64 `json:"followers_count"`
	} `json:"public_metrics"`
}

// problem is a refusal (RFC 9457), of a call or of one post.
type problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
	ID     string `json:"resource_id"`
	Value  string `json:"value"`
}

func (p problem) is(kind string) bool { return path.Base(p.Type) == kind }

// gone tells a post that was removed, or is no longer public: its author left, was suspended, or hides from us.
func (p problem) gone() bool {
	return p.is("resource-not-found") || p.is("not-authorized-for-resource")
}

// refuse reads what X says when it refuses.
func refuse(r fetch.Reply) *fetch.Refusal {
	var p problem
	if r.Status < 400 || !r.JSON(&p) {
		return nil
	}
	no := &fetch.Refusal{Code: path.Base(p.Type)}
	switch {
	case r.Status == 402, p.is("credits"), p.Title == "CreditsDepleted":
		no.Class, no.Hint = fetch.QuotaExhausted, "buy credits in the developer console of X"
	case p.is("usage-capped"), p.Title == "UsageCapExceeded":
		no.Class, no.Hint = fetch.QuotaExhausted, "the app's monthly cap at X is reached"
	case p.is("rate-limit-exceeded"):
		no.Class = fetch.RateLimited
	case r.Status == 403 && strings.Contains(strings.ToLower(p.Detail), "duplicate content"):
		no.Class, no.Code = fetch.Duplicate, "duplicate"
	case p.gone() && r.Status != 403:
		no.Class = fetch.Gone
	case p.is("client-forbidden"), p.is("not-authorized-for-resource"):
		no.Class, no.Hint = fetch.Forbidden, "look into the app's settings in the developer console of X"
	case p.is("invalid-request"):
		no.Class = fetch.Invalid
	default:
		return nil
	}
	return no
}

type link struct {
	Short    string `json:"url"`
	Expanded string `json:"expanded_url"`
}

type entities struct {
	Mentions []self `json:"mentions"`
	URLs     []link `json:"urls"`
}

type reference struct {
	Type string `json:"type"` // replied_to, quoted, retweeted
	ID   string `json:"id"`
}

// post is a post under both sets of names that X uses: that of its documents and that of its schema of August 2026.
type post struct {
	ID           string      `json:"id"`
	Text         string      `json:"text"`
	Author       string      `json:"author_id"`
	Created      time.Time   `json:"created_at"`
	Language     string      `json:"lang"`
	Conversation string      `json:"conversation_id"`
	Refs         []reference `json:"referenced_tweets"`
	PostRefs     []reference `json:"referenced_posts"`
	Edits        []string    `json:"edit_history_tweet_ids"`
	PostEdits    []string    `json:"edit_history_post_ids"`
	Entities     entities    `json:"entities"`
	Note         *note       `json:"note_tweet"`
	Metrics      struct {
		Likes   int64 `json:"like_count"`
		Replies int64 `json:"reply_count"`
		Reposts int64 `json:"retweet_count"`
		Shares  int64 `json:"repost_count"`
		Quotes  int64 `json:"quote_count"`
		Views   int64 `json:"impression_count"`
	} `json:"public_metrics"`

	raw []byte
}

// note is the whole of a post that is longer than usual.
type note struct {
	Text     string   `json:"text"`
	Entities entities `json:"entities"`
}

// readPost reads one post. What lacks an id or a text is none.
func readPost(raw []byte) (*post, error) {
	p := &post{raw: raw}
	if json.Unmarshal(raw, p) != nil {
		return nil, errors.New("this post is not in the form that X documents")
	}
	p.Refs, p.Edits = append(p.Refs, p.PostRefs...), append(p.Edits, p.PostEdits...)
	if p.Note != nil && p.Note.Text != "" {
		p.Text = p.Note.Text
		p.Entities.Mentions = append(p.Entities.Mentions, p.Note.Entities.Mentions...)
		p.Entities.URLs = append(p.Entities.URLs, p.Note.Entities.URLs...)
	}
	p.ID = word(p.ID)
	if p.ID == "" || p.words() == "" || p.Created.IsZero() {
		return nil, errors.New("this post lacks an id, a text or a time")
	}
	return p, nil
}

// words is what the post says, with the links that X shortened as they were written.
func (p *post) words() string {
	s := strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(text.Cut(p.Text, 64<<10)) // what X escapes
	for _, l := range p.Entities.URLs[:min(len(p.Entities.URLs), 100)] {
		if l.Short != "" && l.Expanded != "" && len(l.Expanded) < 2000 {
			s = strings.ReplaceAll(s, l.Short, l.Expanded)
		}
	}
	return strings.TrimSpace(text.Storable(text.Cut(s, 64<<10)))
}

// origin is the id under which all edits of a post are one: that of its first version.
func (p *post) origin() string {
	if len(p.Edits) > 0 && word(p.Edits[0]) != "" {
		return word(p.Edits[0])
	}
	return p.ID
}

// newest is the id of its present version.
func (p *post) newest() string {
	if n := len(p.Edits); n > 0 && word(p.Edits[n-1]) != "" {
		return word(p.Edits[n-1])
	}
	return p.ID
}

// ref is the id of the post that this one answers, quotes or repeats; empty when it does not.
func (p *post) ref(kind string) string {
	if i := slices.IndexFunc(p.Refs, func(r reference) bool { return r.Type == kind }); i >= 0 {
		return word(p.Refs[i].ID)
	}
	return ""
}

// summons says how the author asked the account to answer: by mentioning it or by quoting a post of it. Empty when not.
func (p *post) summons(me self) string {
	called := func(m self) bool {
		return m.ID != "" && m.ID == me.ID || m.Handle != "" && strings.EqualFold(m.Handle, me.Handle)
	}
	if slices.ContainsFunc(p.Entities.Mentions, called) {
		return "mention"
	}
	quoted := p.ref("quoted")
	ours := func(l link) bool {
		u, err := url.Parse(l.Expanded)
		return err == nil && strings.EqualFold(u.Path, "/"+me.Handle+"/status/"+quoted)
	}
	if quoted != "" && me.Handle != "" && slices.ContainsFunc(p.Entities.URLs, ours) {
		return "quote"
	}
	return ""
}

func address(handle, id string) string {
	return "https://x.com/" + url.PathEscape(handle) + "/status/" + url.PathEscape(id)
}

func (u user) author() desk.Author {
	a := desk.Author{ID: desk.RemoteID(word(u.ID)), Handle: word(u.Username), Name: word(u.Name), Followers: max(0, u.Metrics.Followers)}
	if a.Handle != "" {
		a.URL = "https://x.com/" + url.PathEscape(a.Handle)
	}
	return a
}
