package web_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/earshotdesk/earshot/internal/realsrv"
)

// finding is one complaint of axe.
type finding struct {
	ID    string `json:"id"`
	Help  string `json:"help"`
	Nodes []struct {
		HTML string `json:"html"`
		Why  string `json:"failureSummary"`
	} `json:"nodes"`
}

func axeScript(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("node_modules/axe-core/axe.min.js")
	if errors.Is(err, os.ErrNotExist) {
		realsrv.Need(t, "axe", "npm ci in web/")
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// look is one page to judge, and what to do on it first.
type look struct {
	name, path string
	prepare    string // a script; empty for nothing
}

func (s *site) looks() []look {
	of := func(name string) string { return "/cases/" + string(s.caseOf(name).ID) }
	const openMenus = `document.querySelectorAll("details.drop, details.fold").forEach((d) => { d.open = true })`
	return []look{
		{"board", "/board", ""}, {"column", "/board/new", ""}, {"case", of("Szabó Gergely"), ""}, {"case-draft", of("quietkettle"), ""},
		{"case-unconfirmed", of("Katarína Dudášová"), ""}, {"case-awaiting", of("Tímea Barna"), ""}, {"case-failed", of("Γιώργος Παπαδημητρίου"), ""},
		{"case-closed", of("Gadget Ledger"), ""}, {"case-menu", of("Jo Lindqvist"), openMenus}, {"stream", "/stream", ""},
		{"stream-none", "/stream?q=nothing-like-this&sentiment=negative", ""}, {"mention", "/mentions/" + sampleID(1), ""}, {"sources", "/sources", ""},
		{"source", "/sources/play-home", ""}, {"connectors", "/connectors", ""}, {"connector", "/connectors/mastodon", ""}, {"outbox", "/outbox", ""}, {"accounts", "/accounts", ""}, {"account", "/accounts/acme-video", ""}, {"users", "/users", ""},
		{"settings", "/settings", ""}, {"missing", "/nowhere", ""}, {"case-veiled", of("Rowan Mistry"), ""},
		{"case-unveiled", of("Rowan Mistry"), `document.querySelectorAll("details.veil, details.fold:has(.why)").forEach((d) => { d.open = true })`},
	}
}

// The rules that a page is judged by: all of them, or those that its colours decide.
const (
	allRules   = `{runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}`
	paintRules = `{runOnly: {type: "rule", values: ["color-contrast", "link-in-text-block"]}}`
)

// TestAccessible runs axe over every page, in both themes, on a wide screen and on a phone, and looks whether anything reaches
// over the edge. All rules run light and wide and again dark on a phone; then the theme flips under the page, and what colours
// decide is judged once more.
func TestAccessible(t *testing.T) {
	axe := axeScript(t)
	ctx := chrome(t)
	m := sampled()
	s := newSite(t, m).user("TA")
	m.abused(s, "Rowan Mistry")
	s.signIn(ctx)
	for _, v := range []struct {
		theme, other, screen string
		width                int64
	}{{"light", "dark", "wide", 1440}, {"dark", "light", "phone", 390}} {
		unlock := m.lock() // the page before may still ask
		m.users["TA"].Theme = v.theme
		unlock()
		do(t, ctx, chromedp.EmulateViewport(v.width, 900))
		for _, p := range s.looks() {
			do(t, ctx, chromedp.Navigate(s.URL+p.path), chromedp.WaitReady("main"))
			if p.prepare != "" {
				eval[bool](t, ctx, p.prepare+"; true")
			}
			eval[bool](t, ctx, axe+"; true")
			inspect(t, ctx, allRules, p.name+"-"+v.theme+"-"+v.screen)
			eval[bool](t, ctx, `document.documentElement.dataset.theme = "`+v.other+`", true`)
			inspect(t, ctx, paintRules, p.name+"-"+v.other+"-"+v.screen)
		}
	}
	for _, p := range []struct{ name, path string }{{"login", "/login?next=%2Fstream"}, {"invite", "/invite/" + string(m.invite("ZH"))}} {
		stranger := s.user("nobody")
		stranger.signIn(ctx)
		do(t, ctx, chromedp.Navigate(s.URL+p.path), chromedp.WaitReady("main"))
		eval[bool](t, ctx, axe+"; true")
		inspect(t, ctx, allRules, p.name)
	}
}

// TestGuardAccessible judges the page that stands between a changed case and an answer, wide and on a phone.
func TestGuardAccessible(t *testing.T) {
	axe := axeScript(t)
	ctx := chrome(t)
	s := newSite(t, sampled())
	s.signIn(ctx)
	c := s.caseOf("quietkettle")
	for _, v := range []struct {
		name  string
		width int64
	}{{"guard-wide", 1440}, {"guard-phone", 390}} {
		do(t, ctx, chromedp.EmulateViewport(v.width, 900), chromedp.Navigate(s.URL+"/cases/"+string(c.ID)), chromedp.WaitReady("#reply"))
		s.touch(c)
		click(t, ctx, "[formaction$=send]")
		until(t, ctx, `document.readyState === "complete" && document.querySelector("#guard-form")`)
		eval[bool](t, ctx, axe+"; true")
		inspect(t, ctx, allRules, v.name)
	}
}

// inspect judges the page that stands there, which has axe already.
func inspect(t *testing.T, ctx context.Context, rules, name string) {
	t.Helper()
	shot(t, ctx, name)
	raw := eval[string](t, ctx, `axe.run(document, Object.assign({resultTypes: ["violations"]}, `+rules+`)).then((r) => JSON.stringify(r.violations))`)
	var found []finding
	if err := json.Unmarshal([]byte(raw), &found); err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		for _, n := range f.Nodes {
			t.Errorf("%s: %s: %s\n%s\n%s", name, f.ID, f.Help, n.HTML, n.Why)
		}
	}
	if over := eval[float64](t, ctx, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
		t.Errorf("%s: reaches %v px over the edge", name, over)
	}
}
