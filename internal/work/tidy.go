package work

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"math"
	"slices"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// What is kept of one mention at most, in bytes. What a site sent stays whole in its raw form.
const (
	longestText = 256 << 10 // nobody reads more before answering
	longestKey  = 512       // identifiers: they are in indexes, and PostgreSQL takes 2,700 bytes in a row of one
	longestName = 1000      // names, handles and other single lines

	longestPoison = 64 << 10 // of an item that cannot be read, and is kept for whoever looks why
)

// tidy makes an intake such that it can be stored whatever a site sent: it fills in what the source's configuration says, puts
// mentions into the order in which they were said, keeps the last of two items of one key, and sets aside what says nothing.
func tidy(in *desk.Intake) {
	now := cmp.Or(in.At, time.Now())
	place := map[desk.Key]int{}
	kept := in.Mentions[:0:0]
	for _, m := range in.Mentions {
		m.Source = in.Source.Name
		m.Brand = cmp.Or(m.Brand, in.Source.Brand)
		m.Site = cmp.Or(m.Site, in.Source.Site)
		m.Visibility = cmp.Or(m.Visibility, desk.Public)
		if m.Kind == "" {
			m.Kind = desk.KindPost
		}
		clean(&m, now)
		if why := wrong(&m); why != "" {
			in.Poison = append(in.Poison, desk.Poison{Source: in.Source.Name, Remote: m.Remote, At: in.At, Err: why, Raw: m.Raw})
			continue
		}
		if i, twice := place[m.Key()]; twice {
			kept[i] = m
			continue
		}
		place[m.Key()] = len(kept)
		kept = append(kept, m)
	}
	slices.SortStableFunc(kept, func(a, b desk.Mention) int { return cmp.Or(a.PostedAt, now).Compare(cmp.Or(b.PostedAt, now)) })
	in.Mentions = kept
	in.Gone = slices.Clone(in.Gone)
	for i := range in.Gone {
		in.Gone[i] = key(in.Gone[i])
	}
	in.Poison = slices.Clone(in.Poison)
	for i := range in.Poison {
		p := &in.Poison[i]
		p.Remote, p.Err, p.Raw = key(p.Remote), line(p.Err), p.Raw[:min(len(p.Raw), longestPoison)]
	}
}

func wrong(m *desk.Mention) string {
	switch {
	case m.Remote == "":
		return "The item has no identifier."
	case m.Site == "":
		return "The item does not say which site it is from."
	case string(m.Site) != line(string(m.Site)) || len(m.Site) > longestKey:
		return "The name of the item's site is too long or not text."
	case m.Text == "" && m.Title == "" && !m.Rating.Known():
		return "The item has neither words nor stars."
	}
	return ""
}

// clean makes every field of a mention such that both engines keep it and every page can show it.
func clean(m *desk.Mention, now time.Time) {
	m.Remote, m.Thread, m.Parent, m.Author.ID = key(m.Remote), key(m.Thread), key(m.Parent), key(m.Author.ID)
	m.Title, m.Text = text.Cut(text.Storable(m.Title), longestText), text.Cut(text.Storable(m.Text), longestText)
	m.URL, m.Author.URL = text.Storable(m.URL), text.Storable(m.Author.URL)
	m.Author.Handle = text.Cut(text.Storable(m.Author.Handle), longestKey)
	m.Author.Name, m.Language = line(m.Author.Name), line(m.Language)
	m.PostedAt, m.EditedAt = moment(m.PostedAt, now), moment(m.EditedAt, now)
	m.Rating = stars(m.Rating)
	c := &m.Counts
	c.Likes, c.Shares, c.Replies, c.Views = max(0, c.Likes), max(0, c.Shares), max(0, c.Replies), max(0, c.Views)
	m.Author.Followers = max(0, m.Author.Followers)
	if len(m.Extra) == 0 {
		return
	}
	extra := make(map[string]string, len(m.Extra)) // the connector's own map stays as it is
	for k, v := range m.Extra {
		extra[line(k)] = text.Cut(text.Storable(v), longestText)
	}
	m.Extra = extra
}

// key is an identifier as it is kept. One that is too long for an index, or not text, is told from others by its digest.
func key[K ~string](id K) K {
	s := text.Storable(string(id))
	if s == string(id) && len(s) <= longestKey {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	return K(text.Cut(s, longestKey/2) + "#" + hex.EncodeToString(sum[:16]))
}

func line(s string) string { return text.Cut(text.Storable(s), longestName) }

// farAhead is how much a site's clock may be ahead of ours before its dates mean something else, such as the day of an event.
const farAhead = 48 * time.Hour

// moment is a site's date if it can be meant, or zero.
func moment(t, now time.Time) time.Time {
	if t.Unix() <= 0 || t.After(now.Add(farAhead)) {
		return time.Time{}
	}
	return t
}

// stars is a rating if it can be meant, or zero.
func stars(r desk.Rating) desk.Rating {
	if math.IsNaN(r.Value) || math.IsInf(r.Value, 0) || math.IsInf(r.Best, 0) || !(r.Best > 0) || r.Value < 0 {
		return desk.Rating{}
	}
	r.Value = min(r.Value, r.Best)
	return r
}
