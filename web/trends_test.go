package web_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/web"
)

// risen is what the tests' desk finds, and remembers what it was asked.
type risen struct {
	found desk.Trends
	err   error
	scope desk.Scope
	asked desk.TrendFilter
}

func (r *risen) ask(_ context.Context, scope desk.Scope, f desk.TrendFilter) (desk.Trends, error) {
	r.scope, r.asked = scope, f
	return r.found, r.err
}

func loops() *risen {
	days := func(last ...int) []int { return append(make([]int, 28), last...) }
	return &risen{found: desk.Trends{
		From: time.Date(2026, 11, 15, 0, 0, 0, 0, time.UTC), Until: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC), Mentions: 1200, Before: 4100, Enough: true,
		List: []desk.Trend{
			{Word: "sign-in loop", Language: "en", N: 286, Before: 30.4, Rise: 9.42, Score: 14.1, Days: days(2, 9, 40, 80, 90, 50, 15)},
			{Word: "bejelentkezés", Language: "hu", N: 121, Before: 17, Rise: 7.1, Score: 9.8, Days: days(0, 4, 20, 41, 30, 16, 10)},
			{Word: "ενημέρωση εφαρμογής", Language: "el", N: 34, Before: 0, Rise: 131.2, Score: 6.5, Days: days(0, 0, 0, 4, 20, 7, 3)},
			{Word: "najneobhospodarovávateľnejšieho", Language: "sk", N: 3, Before: 0.5, Rise: 5.8, Score: 2.1, Days: days(0, 0, 0, 0, 0, 1, 2)},
		},
	}}
}

func TestTrends(t *testing.T) {
	t.Parallel()
	r := loops()
	s := newSite(t, sampled(), func(o *web.Options) { o.Trends = r.ask })
	doc := s.get("/trends?brand=acme&language=hu&span=day", 200)
	if r.asked.Brand != "acme" || r.asked.Language != "hu" || r.asked.Span != desk.SpanDay || r.asked.Limit == 0 {
		t.Errorf("asked for %+v", r.asked)
	}
	has(t, doc, ".rail [aria-current]", "Trends")
	has(t, doc, ".seg [aria-current]", "Today")
	has(t, doc, "tbody tr:first-child", "sign-in loop")
	has(t, doc, "tbody tr:first-child", "×9.4")
	has(t, doc, "tbody tr:nth-child(2)", "Hungarian")
	has(t, doc, "tbody tr:nth-child(3)", "×131")
	if href := doc.Find("tbody a").First().AttrOr("href", ""); href != "/stream?brand=acme&language=en&q=sign-in+loop&since=2026-11-15" {
		t.Errorf("the word leads to %s", href)
	}
	if path := doc.Find("tbody path").First().AttrOr("d", ""); strings.Count(path, "L") != 34 || !strings.HasPrefix(path, "M1.0 18.0") {
		t.Errorf("the line is %s", path)
	}
	s.get("/trends?span=year", 422)
	r.found = desk.Trends{Before: 12}
	has(t, s.get("/trends", 200), ".empty", "Too few mentions to compare with")
	r.found = desk.Trends{Before: 400, Mentions: 80, Enough: true}
	has(t, s.get("/trends", 200), ".empty", "No word stands out")
	r.err = errors.New("the database is away")
	s.get("/trends", 500)
	has(t, newSite(t, sampled()).get("/trends", 200), ".empty", "Too few")
}

func TestTrendsOverTheAPI(t *testing.T) {
	t.Parallel()
	r := loops()
	m := sampled()
	m.tokens[hashOf("key")] = desk.Token{Hash: hashOf("key"), Kind: desk.TokenAPI, Name: "reports", User: "ZH"}
	s := newSite(t, m, func(o *web.Options) { o.Trends = r.ask })
	got := s.ask("/api/v1/trends?product=Vac+S5&limit=5", "Bearer key", 200)
	words := got["words"].([]any)
	first := words[0].(map[string]any)
	if len(words) != 4 || first["word"] != "sign-in loop" || first["mentions"] != 286.0 || len(first["days"].([]any)) != 35 || got["enough"] != true {
		t.Errorf("%v", got)
	}
	if r.asked.Product != "Vac S5" || r.asked.Limit != 5 || r.asked.Span != desk.SpanWeek {
		t.Errorf("asked for %+v", r.asked)
	}
	s.ask("/api/v1/trends?span=year", "Bearer key", 422)
	s.ask("/api/v1/trends", "", 401)
	if paths := s.ask("/api/openapi.json", "", 200)["paths"].(map[string]any); paths["/api/v1/trends"] == nil {
		t.Error("the API's description does not name trends")
	}
}

// TestTrendsAccessible judges the page with words and without, in both themes, wide and on a phone.
func TestTrendsAccessible(t *testing.T) {
	axe := axeScript(t)
	ctx := chrome(t)
	m := sampled()
	r := loops()
	s := newSite(t, m, func(o *web.Options) { o.Trends = r.ask }).user("TA")
	s.signIn(ctx)
	for _, v := range []struct {
		theme, screen string
		width         int64
	}{{"light", "wide", 1440}, {"dark", "phone", 390}, {"dark", "wide", 1440}, {"light", "phone", 390}} {
		unlock := m.lock()
		m.users["TA"].Theme = v.theme
		unlock()
		for name, found := range map[string]desk.Trends{"trends": loops().found, "trends-few": {Before: 7}} {
			r.found = found
			do(t, ctx, chromedp.EmulateViewport(v.width, 900), chromedp.Navigate(s.URL+"/trends"), chromedp.WaitReady("main"))
			eval[bool](t, ctx, axe+"; true")
			inspect(t, ctx, allRules, name+"-"+v.theme+"-"+v.screen)
		}
	}
}
