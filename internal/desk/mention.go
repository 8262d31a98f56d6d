package desk

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
)

// MentionKind says what sort of thing was said.
type MentionKind string

// The kinds of mention.
const (
	KindPost    MentionKind = "post"    // starts a thread on a social network
	KindComment MentionKind = "comment" // answers something
	KindReview  MentionKind = "review"  // judges a product or shop, mostly with stars
	KindArticle MentionKind = "article" // an entry of a feed, a news item
)

// Visibility of a mention. What is private never gets a public answer.
type Visibility string

// The visibilities of a mention.
const (
	Public   Visibility = "public"
	Unlisted Visibility = "unlisted"
	Private  Visibility = "private"
)

// Mention is one post, comment, review or article, as its site says it now. Earlier wordings are versions in the store.
type Mention struct {
	ID     MentionID // ours; empty until stored
	Site   Site
	Remote RemoteID
	Kind   MentionKind

	Thread RemoteID // the root of the conversation; empty when the site has none
	Parent RemoteID // what this answers; empty at the root
	Author Author

	Title    string // plain text
	Text     string // plain text, line breaks kept
	Language string // as the site says, ISO 639-1; empty when it does not
	URL      string // where a person can read it
	Rating   Rating // zero when there are no stars

	PostedAt time.Time // zero when the site does not say
	EditedAt time.Time // zero when never
	SeenAt   time.Time // when we first had it

	Visibility Visibility // empty means public
	Ours       bool       // by one of our accounts
	Anonymous  bool       // the author cannot be told from others
	Counts     Counts

	Source  string // the configured source that saw it first
	Brand   string
	Version int       // 1 at first; grows with every change of wording or stars
	GoneAt  time.Time // when the site was seen to have removed it; zero while there
	Case    CaseID    // empty when it is in none

	Extra map[string]string // what the source gave beyond these fields, by the source's own names
	Raw   []byte            // what the site sent, kept for a while so that it can be parsed again
}

// Author is who said it, as the site tells.
type Author struct {
	ID        RemoteID // stable on its site; empty when unknown
	Handle    string   // as written after @, without it
	Name      string
	URL       string
	Followers int64 // 0 means nobody, or not said
}

// Rating is a number of stars out of a best. The zero value means no rating.
type Rating struct {
	Value, Best float64
}

// Known tells whether there is a rating.
func (r Rating) Known() bool { return r.Best > 0 }

// Stars returns the rating on the scale from 0 to 5.
func (r Rating) Stars() float64 {
	if r.Best <= 0 {
		return 0
	}
	return r.Value / r.Best * 5
}

// Counts is how a mention was received when last seen.
type Counts struct {
	Likes, Shares, Replies, Views int64
}

// Zero tells whether nothing was counted.
func (c Counts) Zero() bool { return c == Counts{} }

// Key returns what identifies the mention in the world.
func (m *Mention) Key() Key { return Key{m.Site, m.Remote} }

// AuthorKey is what tells authors of a site apart: the site's id of the author, or the handle where it has none; empty for those who
// cannot be told apart.
func (m *Mention) AuthorKey() string {
	if m.Anonymous {
		return ""
	}
	return cmp.Or(string(m.Author.ID), m.Author.Handle)
}

// Words returns what was said as one text: the title, an empty line, the text. Triage judges it and reasons point into it.
func (m *Mention) Words() string {
	switch {
	case m.Title == "":
		return m.Text
	case m.Text == "" || m.Text == m.Title:
		return m.Title
	}
	return m.Title + "\n\n" + m.Text
}

// Digest identifies the wording and the stars: when it differs from the stored one the mention was edited.
func (m *Mention) Digest() string {
	h := sha256.New()
	for _, s := range []string{m.Title, m.Text, strconv.FormatFloat(m.Rating.Value, 'g', -1, 64), strconv.FormatFloat(m.Rating.Best, 'g', -1, 64)} {
		_, _ = h.Write([]byte(strconv.Itoa(len(s)) + ":" + s))
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// Known is what the store remembers of a mention before it is judged again.
type Known struct {
	ID      MentionID
	Digest  string
	Version int
	Gone    bool
	Case    CaseID
}

// Version is an earlier or the present wording of a mention.
type Version struct {
	Number      int
	At          time.Time // when we saw it
	Title, Text string
	Rating      Rating
}

// CleanHandle strips the leading @ and surrounding space of a handle.
func CleanHandle(s string) string { return strings.TrimPrefix(strings.TrimSpace(s), "@") }
