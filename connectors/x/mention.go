package x

import (
	"cmp"
	"slices"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

// author finds who wrote a post among those that came with it.
func (p *page) author(id string) desk.Author {
	if i := slices.IndexFunc(p.Includes.Users, func(u user) bool { return u.ID == id }); i >= 0 && id != "" {
		return p.Includes.Users[i].author()
	}
	return desk.Author{ID: desk.RemoteID(word(id))}
}

// mention is the post as the desk knows it.
func (p *post) mention(me self, author desk.Author, now time.Time) desk.Mention {
	ours := me.ID != "" && string(author.ID) == me.ID
	if ours && author.Handle == "" {
		author = user{ID: me.ID, Username: me.Handle}.author()
	}
	m := desk.Mention{
		Site: site, Remote: desk.RemoteID(p.origin()), Kind: desk.KindPost, Thread: desk.RemoteID(word(p.Conversation)),
		Parent: desk.RemoteID(p.ref("replied_to")), Author: author, Anonymous: author.ID == "" && author.Handle == "",
		Text: p.words(), URL: address(cmp.Or(author.Handle, "i"), p.ID), PostedAt: connectors.Past(p.Created, now),
		Visibility: desk.Public, Ours: ours, Extra: map[string]string{}, Raw: p.raw,
		Counts: desk.Counts{
			Likes: max(0, p.Metrics.Likes), Replies: max(0, p.Metrics.Replies), Views: max(0, p.Metrics.Views),
			Shares: max(0, p.Metrics.Reposts, p.Metrics.Shares) + max(0, p.Metrics.Quotes),
		},
	}
	if m.Parent != "" {
		m.Kind = desk.KindComment
	}
	if ours && m.Parent != "" {
		m.Text = spoken(m.Text) // as it was written
	}
	if len(p.Language) == 2 {
		m.Language = word(p.Language)
	}
	if p.ID != p.origin() { // an edit has an id of its own
		m.EditedAt, m.Extra["id"] = m.PostedAt, p.ID
	}
	if how := p.summons(me); how != "" {
		m.Extra["summons"] = how
	}
	if quoted := p.ref("quoted"); quoted != "" {
		m.Extra["quotes"] = quoted
	}
	return m
}
