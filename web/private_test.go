package web_test

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/web"
)

// TestPrivateIsSaid: who works at the desk sees at a glance that something was not said in public.
func TestPrivateIsSaid(t *testing.T) {
	t.Parallel()
	s := newSite(t, sampled())
	c := s.caseOf("Rowan Mistry")
	places := []struct{ page, pill string }{
		{"/cases/" + string(c.ID), ".msg__head .pill"},
		{"/board", "[data-case='" + string(c.ID) + "'] .pill"},
		{"/stream", "[data-mention='" + string(c.Head) + "'] .pill"},
	}
	for _, seen := range []desk.Visibility{"", desk.Public, desk.Unlisted, desk.Private} {
		s.mentions[c.Head].Visibility = seen
		for _, p := range places {
			want := 0
			if seen == desk.Private {
				want = 1
			}
			if n := s.get(p.page, 200).Find(p.pill + ":contains('Private') use[href='#i-lock']").Length(); n != want {
				t.Errorf("%s says %d times at %s that what is %q is private, want %d", p.page, n, p.pill, seen, want)
			}
		}
	}
}

// TestPrivateLooksRight lets axe look at the mark.
func TestPrivateLooksRight(t *testing.T) {
	ctx := chrome(t)
	s := newSite(t, sampled())
	c := s.caseOf("Rowan Mistry")
	s.mentions[c.Head].Visibility = desk.Private
	axe := axeScript(t)
	s = s.user("TA")
	s.signIn(ctx)
	for _, page := range []string{"/cases/" + string(c.ID), "/board", "/stream"} {
		do(t, ctx, chromedp.Navigate(s.URL+page), chromedp.WaitReady("main"))
		eval[bool](t, ctx, axe+"; true")
		inspect(t, ctx, allRules, "private-"+page[1:4])
	}
}

// TestNamesOfNetworks: a site is called as its kind of connector is, and as it is written where no kind is known.
func TestNamesOfNetworks(t *testing.T) {
	t.Parallel()
	s := newSite(t, sampled())
	c := s.caseOf("Rowan Mistry")
	m := s.mentions[c.Head]
	m.Author.Handle = ""
	for site, want := range map[desk.Site]string{
		"googlebusiness": "Google Business Profile", "feed:https://hirek.example/rss": "Feed · hirek.example", "arukereso:acme": "Arukereso · acme",
		"youtube": "YouTube", "mastodon:social.example": "Mastodon · social.example",
	} {
		m.Site = site
		if got := s.get("/stream", 200).Find("[data-mention='" + string(c.Head) + "'] .card__src").Text(); got != want {
			t.Errorf("%s is called %q, want %q", site, got, want)
		}
	}
}

// TestHowFarBack: where a network forgets, the page does not promise that nothing is lost.
func TestHowFarBack(t *testing.T) {
	t.Parallel()
	has(t, newSite(t, sampled()).get("/sources", 200), "[role=alert]", "as far as the site still has it")
	s := newSite(t, sampled(), func(o *web.Options) {
		o.Kinds = func() []web.Kind { return []web.Kind{{Kind: "trustpilot", Window: 7 * 24 * time.Hour}} }
	})
	has(t, s.get("/sources", 200), "[role=alert]", "what is older than 7 days by then may be out of reach")
}
