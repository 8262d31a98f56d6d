package file

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
)

// builder makes mentions of rows.
type builder struct {
	opt     Options
	dates   dates
	mapping *mapping
}

func newBuilder(o Options, p prepared) *builder {
	return &builder{opt: o, dates: dates{zone: p.zone, layouts: p.layouts}, mapping: p.mapping}
}

// mention makes a mention of a row, or says that the row is empty, or what is wrong with it.
func (b *builder) mention(r row) (m desk.Mention, empty bool, err error) {
	extra := map[string]string{}
	v, from := b.mapping.assign(r, extra)
	for i := range v {
		v[i] = clean(v[i])
	}
	m = b.begin(r, v)
	keep := func(f field, err error) error { // what was only guessed to have a meaning keeps its own name instead
		if err != nil && !b.mapping.given {
			extra[from[f]] = v[f]
			return nil
		}
		return err
	}
	if err := b.measures(&m, v, keep); err != nil {
		return m, false, err
	}
	if m.Title == "" && m.Text == "" && (m.Remote == "" || !m.Rating.Known()) {
		if blank(r.values) {
			return m, true, nil
		}
		return m, false, errors.New("there is no text in it")
	}
	b.people(&m, v, extra)
	m.Kind = b.kind(&m)
	if m.Remote == "" {
		m.Remote = hashed(&m, v[fPostedAt])
	}
	if len(extra) > 0 {
		for name, value := range extra {
			extra[name] = clean(value)
		}
		m.Extra = extra
	}
	return m, false, nil
}

// begin makes a mention of the values in which nothing can be wrong.
func (b *builder) begin(r row, v [fieldCount]string) desk.Mention {
	m := desk.Mention{
		Site: desk.Site(b.opt.Site), Remote: remote(v[fID]), Parent: remote(v[fParent]), Thread: remote(v[fThread]),
		Title: strings.TrimSpace(v[fTitle]), Text: v[fText], Language: language(v[fLanguage], b.opt.Language),
		Visibility: visibility(v[fVisibility]), Raw: []byte(r.raw),
	}
	if strings.TrimSpace(m.Text) == "" {
		m.Text = ""
	}
	return m
}

// measures reads the date, the stars and the counts of a row.
func (b *builder) measures(m *desk.Mention, v [fieldCount]string, keep func(field, error) error) (err error) {
	if m.PostedAt, err = b.dates.parse(v[fPostedAt]); err != nil {
		return err
	}
	m.Rating, err = parseRating(v[fRating], v[fRatingBest], b.opt.RatingBest)
	return errors.Join(keep(fRating, err), b.counts(m, v, keep))
}

// counts reads how the row was received.
func (b *builder) counts(m *desk.Mention, v [fieldCount]string, keep func(field, error) error) error {
	var problems []error
	for _, c := range []struct {
		field field
		to    *int64
	}{{fLikes, &m.Counts.Likes}, {fShares, &m.Counts.Shares}, {fReplies, &m.Counts.Replies}, {fViews, &m.Counts.Views}, {fFollowers, &m.Author.Followers}} {
		if v[c.field] == "" {
			continue
		}
		n, err := parseCount(v[c.field])
		*c.to = n
		problems = append(problems, keep(c.field, err))
	}
	return errors.Join(problems...)
}

// people fills in who said it. A name alone does not tell one person from another, so such an author is anonymous.
func (b *builder) people(m *desk.Mention, v [fieldCount]string, extra map[string]string) {
	m.Author.Name = strings.TrimSpace(v[fAuthor])
	m.Author.Handle = desk.CleanHandle(v[fHandle])
	if m.Author.Handle == "" && strings.HasPrefix(m.Author.Name, "@") && !strings.ContainsAny(m.Author.Name, " \t") {
		m.Author.Handle = desk.CleanHandle(m.Author.Name)
	}
	m.Author.ID = remote(v[fAuthorID])
	if m.Author.ID == "" {
		m.Author.ID = desk.RemoteID(m.Author.Handle)
	}
	m.Anonymous = m.Author.ID == ""
	switch url := strings.TrimSpace(v[fURL]); {
	case strings.HasPrefix(url, "https://"), strings.HasPrefix(url, "http://"):
		m.URL = url
	case url != "":
		extra["url"] = url // nobody should be led anywhere else by a click
	}
}

func (b *builder) kind(m *desk.Mention) desk.MentionKind {
	switch {
	case b.opt.As != "":
		return desk.MentionKind(b.opt.As)
	case m.Rating.Known():
		return desk.KindReview
	case m.Parent != "":
		return desk.KindComment
	}
	return desk.KindPost
}

// hashed is the identifier of a row that has none: of what it says, who said it and when.
func hashed(m *desk.Mention, date string) desk.RemoteID {
	h := sha256.New()
	for _, s := range []string{m.Title, m.Text, m.Author.Name, string(m.Author.ID), date} {
		_, _ = h.Write([]byte(strconv.Itoa(len(s)) + ":" + s))
	}
	return desk.RemoteID("sha256:" + hex.EncodeToString(h.Sum(nil)[:16]))
}

func remote(s string) desk.RemoteID { return desk.RemoteID(strings.TrimSpace(s)) }

// clean makes a value fit for every store: line ends are \n, and there is no zero byte.
func clean(s string) string {
	if strings.ContainsAny(s, "\r\x00") {
		s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "\ufffd").Replace(s)
	}
	return s
}

func blank(values []string) bool {
	for _, v := range values {
		if strings.TrimSpace(v) != "" {
			return false
		}
	}
	return true
}

// language shortens en-US to en. What is no code is as good as nothing.
func language(s, otherwise string) string {
	s, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(s)), "-")
	s, _, _ = strings.Cut(s, "_")
	if len(s) < 2 || len(s) > 3 || s == desk.Undetermined || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz") != "" {
		return otherwise
	}
	return s
}

// visibility takes every word that is not known for private: better no public answer than one that gives somebody away.
func visibility(s string) desk.Visibility {
	switch v := strings.ToLower(strings.TrimSpace(s)); v {
	case "":
		return ""
	case "public", "everyone", "published":
		return desk.Public
	case "unlisted":
		return desk.Unlisted
	}
	return desk.Private
}

// parseRating reads 4, 4.5, "4,5", 4/5, 80%, ★★★★☆ and "4 stars".
func parseRating(s, best string, otherwise float64) (desk.Rating, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return desk.Rating{}, nil
	}
	r := desk.Rating{Best: otherwise}
	if r.Best <= 0 {
		r.Best = 5
	}
	var err error
	if best = strings.TrimSpace(best); best != "" {
		if r.Best, err = number(best); err != nil || r.Best <= 0 {
			return desk.Rating{}, fmt.Errorf("%q is not a best rating", short(best))
		}
	}
	full, empty := strings.Count(s, "★")+strings.Count(s, "⭐"), strings.Count(s, "☆")
	value, of, fraction := strings.Cut(s, "/")
	switch percent, ok := strings.CutSuffix(s, "%"); {
	case full+empty > 0:
		r.Value, r.Best = float64(full), max(float64(full+empty), r.Best)
	case ok:
		r.Best = 100
		r.Value, err = number(percent)
	case fraction:
		var bestErr error
		r.Value, err = number(value)
		r.Best, bestErr = number(of)
		err = errors.Join(err, bestErr)
	default:
		r.Value, err = number(strings.TrimSpace(strings.TrimSuffix(strings.TrimSuffix(strings.ToLower(s), "s"), "star")))
	}
	if err != nil || r.Best <= 0 {
		return desk.Rating{}, fmt.Errorf("%q is not a rating", short(s))
	}
	if r.Value < 0 || r.Value > r.Best {
		return desk.Rating{}, fmt.Errorf("a rating of %v is beyond %v; rating_best says how many stars there are", r.Value, r.Best)
	}
	return r, nil
}
