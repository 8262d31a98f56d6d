package bluesky

import (
	"cmp"
	"context"
	"encoding/json"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// maxText bounds what is kept of a text, in bytes. A post has 3000 at most; what describes its pictures may be longer.
const maxText = 16 << 10

// read decodes a post or a notification; a sentence says why when it cannot.
func read(raw []byte) (p post, why string) {
	switch err := json.Unmarshal(raw, &p); {
	case err != nil:
		return p, "this post is not in the form that the network documents"
	case !strings.HasPrefix(p.URI, "at://") || p.Author.DID == "":
		return p, "this post has no address or no author"
	case !strings.Contains(p.URI, "/"+postType+"/") || p.Record.Type != "" && p.Record.Type != postType:
		return p, "this is no post"
	}
	return p, ""
}

// listed is the moment by which the network orders its lists: that of its own clock, or the author's when that is earlier.
func (p *post) listed() time.Time {
	indexed, said := moment(p.IndexedAt), moment(p.Record.CreatedAt)
	if indexed.IsZero() || !said.IsZero() && said.Before(indexed) {
		return said
	}
	return indexed
}

// mention turns a post into a mention, as seen by the account.
func (c *Connector) mention(s session, p *post, raw []byte) desk.Mention {
	m := desk.Mention{
		Site: c.Site(), Remote: remote(p.URI), Kind: desk.KindPost, Thread: remote(p.URI), Visibility: desk.Public, Ours: p.Author.DID == s.did,
		Author:   p.Author.author(),
		Text:     text.Cut(text.Storable(p.Record.words()), maxText),
		Language: tongue(p.Record.Langs),
		URL:      permalink(p.Author, p.URI),
		PostedAt: connectors.Past(p.listed(), c.env.Now()),
		Counts:   desk.Counts{Likes: p.LikeCount, Shares: p.RepostCount + p.QuoteCount, Replies: p.ReplyCount},
		Raw:      raw,
	}
	if at := p.Record.Reply; at != nil && at.Parent.URI != "" {
		m.Kind, m.Parent, m.Thread = desk.KindComment, remote(at.Parent.URI), remote(cmp.Or(at.Root.URI, at.Parent.URI))
	}
	extra := map[string]string{"reason": p.Reason}
	if p.Reason == "quote" {
		extra["quotes"] = p.ReasonSubject
	}
	if e := p.Record.Embed; e != nil {
		extra["link"] = e.External.URI
	}
	for name, value := range extra {
		extra[name] = text.Storable(value)
	}
	m.Extra = connectors.Extras(extra)
	return m
}

func remote(uri string) desk.RemoteID { return desk.RemoteID(text.Storable(uri)) }

func (a profile) author() desk.Author {
	return desk.Author{
		ID: remote(a.DID), Handle: text.Storable(a.Handle), Name: text.Storable(a.DisplayName), Followers: a.FollowersCount,
		URL: "https://bsky.app/profile/" + url.PathEscape(a.name()),
	}
}

// name is what the account is called in addresses. A handle that its domain does not confirm is none.
func (a profile) name() string {
	if a.Handle == "" || a.Handle == "handle.invalid" {
		return text.Storable(a.DID)
	}
	return text.Storable(a.Handle)
}

func permalink(a profile, uri string) string {
	return "https://bsky.app/profile/" + url.PathEscape(a.name()) + "/post/" + url.PathEscape(text.Storable(path.Base(uri)))
}

// words is what a post says. One that only shows something says what that is, in brackets.
func (r *record) words() string {
	if strings.TrimSpace(strings.ReplaceAll(r.Text, "\x00", "")) != "" {
		return r.Text
	}
	if r.Embed == nil {
		return "[no text]"
	}
	e := r.Embed
	what := []string{"picture"}
	for _, image := range e.Images {
		what = append(what, image.Alt)
	}
	if len(e.Images) == 0 {
		kind := strings.TrimPrefix(path.Ext(e.Type), ".") // app.bsky.embed.video
		if kind == "record" {
			kind = "quote"
		}
		what = []string{kind, e.Alt, e.External.Title, e.External.URI}
	}
	what = slices.DeleteFunc(what, func(s string) bool { return strings.TrimSpace(s) == "" })
	return "[" + strings.Join(what, ": ") + "]"
}

// tongue is the first language of a post without its region.
func tongue(langs []string) string {
	if len(langs) == 0 {
		return ""
	}
	lang, _, _ := strings.Cut(strings.ToLower(langs[0]), "-")
	if len(lang) < 2 || len(lang) > 3 {
		return ""
	}
	return text.Storable(lang)
}

// follow fills in how many followers the authors have. It is worth no failure of the poll.
func (c *Connector) follow(ctx context.Context, s session, mentions []desk.Mention) {
	var authors []string
	for _, m := range mentions {
		if !m.Ours && !slices.Contains(authors, string(m.Author.ID)) {
			authors = append(authors, string(m.Author.ID))
		}
	}
	known := map[desk.RemoteID]int64{}
	for some := range slices.Chunk(authors, maxLookup) {
		var list struct{ Profiles []profile }
		if err := s.Get(ctx, "/xrpc/app.bsky.actor.getProfiles", url.Values{"actors": some}, &list); err != nil {
			c.env.Log.Warn("the authors' followers were not told", "error", err)
			break
		}
		for _, p := range list.Profiles {
			known[desk.RemoteID(p.DID)] = p.FollowersCount
		}
	}
	for i := range mentions {
		mentions[i].Author.Followers = known[mentions[i].Author.ID]
	}
}

// item is a post as a part of a list.
func (c *Connector) item(s session, raw []byte) connectors.Item {
	p, why := read(raw)
	if why != "" {
		return connectors.Odd(remote(p.URI), p.listed(), why, raw)
	}
	return connectors.Item{ID: remote(p.URI), At: p.listed(), Tell: []desk.Mention{c.mention(s, &p, raw)}}
}
