// Package record turns records of named values, such as the rows of an export or the objects of a delivery, into mentions.
//
// It owns which names mean which of our fields, told by a mapping or guessed from the common ones, and how dates, stars and counts
// are written around the world. It promises that a value which was only guessed to mean something, and makes no sense as that, is
// kept by its own name and loses nobody the record.
package record

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Options say what the names mean. The zero value guesses everything.
type Options struct {
	Map        map[string]string // which name is what, ours: theirs
	Site       string            // of all records
	As         string            // the kind of mention; guessed when empty
	Language   string            // of records that do not say theirs
	RatingBest float64           // the most stars, where records do not say; 5 when 0
	Timezone   string            // of dates that do not say theirs; UTC when empty
	Dates      []string          // ways of writing a date, tried before the common ones
}

// Row is one record.
type Row struct {
	Names, Values []string // of equal length
	Raw           string
}

// Builder makes mentions of records. It is not safe for concurrent use.
type Builder struct {
	opt     Options
	dates   dates
	mapping *mapping
}

// New checks the options. Errors are sentences that name the setting.
func New(o Options) (*Builder, error) {
	kinds := []string{"post", "comment", "review", "article"}
	if o.As != "" && !slices.Contains(kinds, o.As) {
		return nil, desk.Invalidf("as: %q is none of %s", o.As, strings.Join(kinds, ", "))
	}
	if o.RatingBest < 0 {
		return nil, desk.Invalidf("rating_best: %v stars make no sense", o.RatingBest)
	}
	zone, err := time.LoadLocation(o.Timezone)
	if err != nil {
		return nil, desk.Invalidf("timezone: %q is no time zone; write for example Europe/Budapest", o.Timezone)
	}
	mapping, err := newMapping(o)
	if err != nil {
		return nil, err
	}
	return &Builder{opt: o, dates: dates{zone: zone, layouts: layouts(o.Dates)}, mapping: mapping}, nil
}

// Check finds a mapping to a name that a header does not have, and a header without any text.
func (b *Builder) Check(header []string) error { return b.mapping.check(header) }

// Mention makes a mention of a record, or says that the record is empty, or what is wrong with it.
func (b *Builder) Mention(r Row) (m desk.Mention, empty bool, err error) {
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
		if blank(r.Values) {
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
func (b *Builder) begin(r Row, v [fieldCount]string) desk.Mention {
	m := desk.Mention{
		Site: desk.Site(b.opt.Site), Remote: remote(v[fID]), Parent: remote(v[fParent]), Thread: remote(v[fThread]),
		Title: strings.TrimSpace(v[fTitle]), Text: v[fText], Language: language(v[fLanguage], b.opt.Language),
		Visibility: visibility(v[fVisibility]), Raw: []byte(r.Raw),
	}
	if strings.TrimSpace(m.Text) == "" {
		m.Text = ""
	}
	return m
}

// measures reads the date, the stars and the counts of a row.
func (b *Builder) measures(m *desk.Mention, v [fieldCount]string, keep func(field, error) error) (err error) {
	if m.PostedAt, err = b.dates.parse(v[fPostedAt]); err != nil {
		return err
	}
	m.Rating, err = parseRating(v[fRating], v[fRatingBest], b.opt.RatingBest)
	return errors.Join(keep(fRating, err), b.counts(m, v, keep))
}

// counts reads how the row was received.
func (b *Builder) counts(m *desk.Mention, v [fieldCount]string, keep func(field, error) error) error {
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
func (b *Builder) people(m *desk.Mention, v [fieldCount]string, extra map[string]string) {
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

func (b *Builder) kind(m *desk.Mention) desk.MentionKind {
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

// layouts turns patterns such as DD.MM.YYYY hh:mm into Go's notation, which is accepted as it is.
func layouts(patterns []string) []string {
	words := strings.NewReplacer("YYYY", "2006", "YY", "06", "MMM", "Jan", "MM", "01", "M", "1", "DD", "02", "D", "2",
		"hh", "15", "HH", "15", "h", "15", "mm", "04", "ss", "05")
	out := make([]string, 0, len(patterns))
	for _, p := range patterns {
		if strings.Contains(p, "2006") || strings.Contains(p, "06") {
			out = append(out, p)
			continue
		}
		out = append(out, words.Replace(p))
	}
	return out
}
