package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// trendsPage is what people write about more than before.
type trendsPage struct {
	base
	Span     string // day or week
	Spans    []spanView
	Selects  []selectView
	Mentions int
	Before   int
	Enough   bool
	Narrowed bool
	Rows     []trendView
}

// spanView is one choice of the span.
type spanView struct {
	Name, Href string
	On         bool
}

// trendView is one rising word.
type trendView struct {
	Word, Lang, Language string
	Href                 string
	Rise, Before         string
	N                    int
	Spark                string // path of the line
}

// trendsShown is how many words the page lists.
const trendsShown = 30

// trendFilter reads what the address asks for.
func (s *Server) trendFilter(q url.Values) (desk.TrendFilter, error) {
	f := desk.TrendFilter{Brand: q.Get("brand"), Product: q.Get("product"), Language: q.Get("language"), Span: q.Get("span"), Limit: trendsShown}
	if f.Span == "" {
		f.Span = desk.SpanWeek
	}
	if f.Span != desk.SpanDay && f.Span != desk.SpanWeek {
		return f, desk.Invalidf("The parameter span is %q; it can be day or week.", f.Span)
	}
	return f, nil
}

// rising asks for the words that rise; without anybody to ask there are none.
func (s *Server) rising(ctx context.Context, scope desk.Scope, f desk.TrendFilter) (desk.Trends, error) {
	if s.opt.Trends == nil {
		return desk.Trends{}, nil
	}
	found, err := s.opt.Trends(ctx, scope, f)
	if err != nil {
		return found, fmt.Errorf("reading trends: %w", err)
	}
	return found, nil
}

func (s *Server) trends(w http.ResponseWriter, r *http.Request, v *visitor) error {
	q := r.URL.Query()
	f, err := s.trendFilter(q)
	if err != nil {
		return err
	}
	found, err := s.rising(r.Context(), v.user.Scope(), f)
	if err != nil {
		return err
	}
	b, err := s.base(r, v, "trends", v.lang.T("trends.title"))
	if err != nil {
		return err
	}
	p := trendsPage{base: b, Span: f.Span, Mentions: found.Mentions, Before: found.Before, Enough: found.Enough}
	for _, span := range []string{desk.SpanDay, desk.SpanWeek} {
		next := url.Values{}
		for _, name := range []string{"brand", "product", "language"} {
			if q.Get(name) != "" {
				next.Set(name, q.Get(name))
			}
		}
		next.Set("span", span)
		p.Spans = append(p.Spans, spanView{Name: v.lang.T("trends.span." + span), Href: "/trends?" + next.Encode(), On: span == f.Span})
	}
	p.Selects = []selectView{
		choice(v.lang, q, "brand", false, s.brandOptions(v)), choice(v.lang, q, "product", false, plain(s.products())),
		choice(v.lang, q, "language", false, worded(v.lang, "language.", languages()...)),
	}
	p.Selects = slices.DeleteFunc(p.Selects, func(c selectView) bool { return len(c.Options) == 0 })
	p.Narrowed = f.Brand != "" || f.Product != "" || f.Language != ""
	for i := range found.List {
		p.Rows = append(p.Rows, s.trendView(v.lang, f, found.From, &found.List[i]))
	}
	return s.page(w, r, v, "trends", &p)
}

func (s *Server) trendView(l *Lang, f desk.TrendFilter, from time.Time, t *desk.Trend) trendView {
	q := url.Values{"q": {t.Word}, "since": {from.In(s.opt.Zone).Format("2006-01-02")}}
	for name, value := range map[string]string{"brand": f.Brand, "product": f.Product, "language": t.Language} {
		if value != "" {
			q.Set(name, value)
		}
	}
	view := trendView{Word: t.Word, Lang: t.Language, Language: t.Language, Href: "/stream?" + q.Encode(), Rise: l.T("trends.times", "n", l.tenth(t.Rise)), Before: l.tenth(t.Before), N: t.N, Spark: spark(t.Days)}
	if slices.Contains(languages(), t.Language) {
		view.Language = l.T("language." + t.Language)
	}
	return view
}

// tenth writes a number with one decimal where it is small, and none where it is large.
func (l *Lang) tenth(x float64) string {
	if x >= 99.5 {
		return l.Num(int64(x + 0.5))
	}
	n := int64(x*10 + 0.5)
	point := ","
	if l.Code == "en" {
		point = "."
	}
	if n%10 == 0 {
		return l.Num(n / 10)
	}
	return l.Num(n/10) + point + fmt.Sprint(n%10)
}

// spark draws daily counts as the path of a line in a box of 72 by 20.
func spark(days []int) string {
	if len(days) < 2 {
		return ""
	}
	top := max(slices.Max(days), 1)
	var b strings.Builder
	for i, n := range days {
		step := "L"
		if i == 0 {
			step = "M"
		}
		fmt.Fprintf(&b, "%s%.1f %.1f", step, 1+70*float64(i)/float64(len(days)-1), 18-16*float64(n)/float64(top))
	}
	return b.String()
}
