package reviewpage

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors/internal/written"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// author says who it was. A name alone does not tell one person from another.
func (r *reader) author(t *thing, m *desk.Mention) {
	names := []string{"author", "reviewer", "creator"}
	m.Author.Name = text.Cut(written.Line(r.s.text(t, names...)), 200)
	a := r.s.item(t, names...)
	if a != nil && m.Author.Name == "" {
		m.Author.Name = strings.TrimSpace(written.Line(r.s.text(a, "givenname")) + " " + written.Line(r.s.text(a, "familyname")))
	}
	if own := written.Line(r.s.own(a)); m.Author.Name == "" && len(own) <= 100 {
		m.Author.Name = own
	}
	m.Anonymous = true
	link := ""
	switch {
	case a == nil:
		link = r.s.link(t, "author")
	case a.is("organization", "website"):
		return
	default:
		link = cmp.Or(r.s.link(a, "url"), a.id)
	}
	if !strings.HasPrefix(link, "_:") && telling(link, r.page.String(), "") {
		m.Author.ID, m.Anonymous = desk.RemoteID(text.Cut(link, 300)), false
		m.Author.URL = r.absolute(link)
	}
}

// dates reads when it was said, and when it was changed.
func (r *reader) dates(t *thing, m *desk.Mention) {
	names := []string{"datepublished", "datecreated", "dtreviewed", "publishdate", "uploaddate", "date"}
	said := r.s.text(t, names...)
	at, ok := r.date(said)
	if !ok {
		at, ok = r.date(r.s.hint(t, names...))
	}
	if !ok {
		keep(m.Extra, "date", written.Line(said))
	}
	m.PostedAt = r.past(at)
	if at, ok := r.date(r.s.text(t, "datemodified")); ok {
		if m.PostedAt.IsZero() {
			m.PostedAt = r.past(at)
		} else if at.After(m.PostedAt) {
			m.EditedAt = r.past(at)
		}
	}
}

var (
	slashes    = regexp.MustCompile(`\b(\d{1,2})/(\d{1,2})/(\d{4}|\d\d)\b`)
	monthFirst = regexp.MustCompile(`\b\d{1,2}/(?:1[3-9]|2\d|3[01])/(?:\d{4}|\d\d)\b`)
)

// date reads a moment. 11/12/2026 may be either day: how the page writes its other dates decides, or that it is for Americans.
func (r *reader) date(s string) (time.Time, bool) {
	if r.american {
		s = slashes.ReplaceAllString(s, "$2/$1/$3")
	}
	return written.Date(s, r.c.zone)
}

// wholeDay tells whether a moment is as a date without an hour is read.
func (r *reader) wholeDay(at time.Time) bool {
	return at.In(r.c.zone).Format(time.TimeOnly) == "00:00:00"
}

// past keeps a moment out of our future.
func (r *reader) past(at time.Time) time.Time {
	if at.After(r.now) {
		return r.now.UTC()
	}
	return at
}

// rating reads the stars: of several the one for the whole, not for an aspect.
func (r *reader) rating(t *thing, m *desk.Mention) {
	values := slices.Concat(t.props["reviewrating"], t.props["rating"], t.props["starrating"])
	if v := r.s.text(t, "ratingvalue"); v != "" {
		values = append(values, value{item: t})
	}
	var aspects []value
	for _, v := range values {
		v.item = r.s.whole(v.item)
		if v.item != nil && v.item.is("aggregaterating") && r.s.text(v.item, "reviewcount", "ratingcount") != "" {
			continue
		}
		if v.item != nil && r.s.text(v.item, "reviewaspect") != "" {
			aspects = append(aspects, v)
			continue
		}
		if r.stars(v, m) {
			return
		}
	}
	if len(values) == len(aspects) && len(aspects) == 1 {
		r.stars(aspects[0], m)
	}
}

// stars reads one rating. What cannot be read is kept as it was written.
func (r *reader) stars(v value, m *desk.Mention) bool {
	ways, best, worst := []string{v.text, v.hint}, "", ""
	if v.item != nil {
		best, worst = r.s.text(v.item, "bestrating"), r.s.text(v.item, "worstrating")
		ways = []string{r.s.text(v.item, "ratingvalue", "value", "name", "description"), r.s.hint(v.item, "ratingvalue")}
		if v.item.node != nil && len(v.item.props["ratingvalue"]) == 0 {
			ways = append(ways, r.s.own(v.item), hint(v.item.node, 3))
		}
	}
	for _, said := range ways {
		if got, ok := written.Rating(said, best, worst, r.c.o.RatingBest); ok {
			m.Rating = got
			delete(m.Extra, "rating")
			return true
		}
	}
	if said := written.Line(ways[0]); said != "" {
		keep(m.Extra, "rating", said+" (best "+cmp.Or(best, "?")+", worst "+cmp.Or(worst, "?")+")")
	}
	return false
}
