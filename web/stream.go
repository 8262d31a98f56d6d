package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// mentionsPerPage is how many mentions the stream shows at once.
const mentionsPerPage = 50

// capMentions is where counting the stream stops.
const capMentions = 1000

// streamPage is everything that was said, newest first.
type streamPage struct {
	base
	Count    desk.Count
	Rows     []rowView
	Query    string
	Selects  []selectView
	Since    string
	Until    string
	Author   string
	Ours     bool
	Narrowed bool
	More     int // filters in the fold that are set
	Older    string
	Newer    string
	All      string // the same search without filters
}

// selectView is one filter.
type selectView struct {
	Name, Label, Value string
	Options            []option
	Folded             bool
}

type option struct{ Value, Text string }

// rowView is a mention as a line of the stream.
type rowView struct {
	ID        desk.MentionID
	Href      string
	Who       who
	At        time.Time
	Text      string
	Lang      string
	Stars     *starView
	Sentiment string
	Urgency   string
	About     string
	Case      desk.CaseID
	Gone      bool
	Private   bool
	Edited    bool
	Ours      bool
	Spam      bool
}

// streamFilter reads the filter from the address. Each value that makes no sense gets a sentence of its own.
func (s *Server) streamFilter(q url.Values) (desk.MentionFilter, desk.Page, error) {
	f := desk.MentionFilter{
		Query: strings.TrimSpace(q.Get("q")), Brand: q.Get("brand"), Source: q.Get("source"), Site: desk.Site(q.Get("site")), Kind: desk.MentionKind(q.Get("kind")),
		Language: q.Get("language"), Sentiment: q.Get("sentiment"), Urgency: q.Get("urgency"), Intent: q.Get("intent"), Spam: q.Get("spam"),
		Product: q.Get("product"), Topic: q.Get("topic"), Author: desk.CleanHandle(q.Get("author")), Ours: q.Get("ours") == "yes",
	}
	p := desk.Page{Limit: mentionsPerPage}
	for _, c := range []struct {
		name, value string
		allowed     []string
	}{
		{"kind", string(f.Kind), []string{"post", "comment", "review", "article"}},
		{"sentiment", f.Sentiment, []string{desk.Negative, desk.Neutral, desk.Positive}},
		{"urgency", f.Urgency, []string{desk.UrgencyLow, desk.UrgencyNormal, desk.UrgencyHigh, desk.UrgencyCritical}},
		{"intent", f.Intent, intents()},
		{"spam", f.Spam, []string{desk.Yes, desk.No}},
		{"ours", q.Get("ours"), []string{"yes", "no"}},
	} {
		if c.value != "" && !slices.Contains(c.allowed, c.value) {
			return f, p, desk.Invalidf("The parameter %s is %q; it can be %s.", c.name, c.value, strings.Join(c.allowed, ", "))
		}
	}
	var err error
	if f.Since, err = s.readDay("since", q.Get("since"), 0); err != nil {
		return f, p, err
	}
	if f.Until, err = s.readDay("until", q.Get("until"), 1); err != nil {
		return f, p, err
	}
	if p.Before, err = readNumber("before", q.Get("before")); err != nil {
		return f, p, err
	}
	p.After, err = readNumber("after", q.Get("after"))
	return f, p, err
}

func intents() []string {
	return []string{desk.IntentComplaint, desk.IntentQuestion, desk.IntentPraise, desk.IntentRequest, desk.IntentFault, desk.IntentOther}
}

// readDay reads a date, or a moment as the API writes it; a date as an end includes the day.
func (s *Server) readDay(name, value string, plusDays int) (time.Time, error) {
	if value == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.RFC3339, value); err == nil {
		return t, nil
	}
	t, err := time.ParseInLocation("2006-01-02", value, s.opt.Zone)
	if err != nil {
		return t, desk.Invalidf("The parameter %s is %q; write a date such as 2026-11-21 or a moment such as 2026-11-21T14:00:00Z.", name, value)
	}
	return t.AddDate(0, 0, plusDays), nil
}

func readNumber(name, value string) (int64, error) {
	if value == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || n < 0 {
		return 0, desk.Invalidf("The parameter %s is %q; it must be a whole number.", name, value)
	}
	return n, nil
}

func (s *Server) stream(w http.ResponseWriter, r *http.Request, v *visitor) error {
	q := r.URL.Query()
	f, page, err := s.streamFilter(q)
	if err != nil {
		return err
	}
	b, err := s.base(r, v, "stream", v.lang.T("stream.title"))
	if err != nil {
		return err
	}
	p := streamPage{base: b, Query: f.Query, Since: q.Get("since"), Until: q.Get("until"), Author: f.Author, Ours: f.Ours}
	page.Limit++ // one more tells whether there are more
	rows, err := s.opt.Store.ListMentions(r.Context(), v.user.Scope(), f, page)
	if err != nil {
		return fmt.Errorf("reading the stream: %w", err)
	}
	if p.Count, err = s.opt.Store.CountMentions(r.Context(), v.user.Scope(), f, capMentions); err != nil {
		return fmt.Errorf("counting the stream: %w", err)
	}
	rows = p.paging(q, page, rows)
	for i := range rows {
		p.Rows = append(p.Rows, s.row(v.lang, &rows[i]))
	}
	if err := s.filters(r, v, q, &p); err != nil {
		return err
	}
	return s.page(w, r, v, "stream", &p)
}

// paging cuts the row too many and makes the addresses of the neighbours.
func (p *streamPage) paging(q url.Values, page desk.Page, rows []desk.MentionRow) []desk.MentionRow {
	more := len(rows) == page.Limit
	if more && page.After > 0 {
		rows = rows[1:] // newest first: the row too many is the farthest, at the front
	} else if more {
		rows = rows[:len(rows)-1]
	}
	if len(rows) == 0 {
		return rows
	}
	link := func(name string, n int64) string {
		next := url.Values{}
		for k, val := range q {
			if k != "before" && k != "after" && k != "did" && k != "case" && val[0] != "" {
				next[k] = val
			}
		}
		next.Set(name, strconv.FormatInt(n, 10))
		return "/stream?" + next.Encode()
	}
	if more || page.After > 0 {
		p.Older = link("before", rows[len(rows)-1].N)
	}
	if page.Before > 0 || page.After > 0 && more {
		p.Newer = link("after", rows[0].N)
	}
	return rows
}

// rowWords is how many characters of a text a line carries.
const rowWords = 260

func (s *Server) row(l *Lang, m *desk.MentionRow) rowView {
	words, lang := listed(l, m, oneLine(m.Words()), rowWords)
	return rowView{
		ID: m.ID, Href: mentionHref(&m.Mention), Who: s.whoOf(l, &m.Mention), At: when(&m.Mention), Text: words,
		Lang: lang, Stars: stars(l, m.Rating), Sentiment: sentimentOf(m.Verdict.Sentiment.Label), Urgency: urgencyOf(m.Verdict.Urgency.Label),
		About: about(&m.Verdict), Case: m.Case, Gone: !m.GoneAt.IsZero(), Edited: m.Version > 1, Ours: m.Ours, Private: m.Visibility == desk.Private, Spam: m.Verdict.Spam.Label == desk.Yes,
	}
}
