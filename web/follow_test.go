package web_test

import (
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/earshotdesk/earshot/internal/desk"
)

// TestSourcesAndOutboxFollow lets sources and the outbox change under open pages: what nobody holds changes at once, what has the
// focus waits until it is left.
func TestSourcesAndOutboxFollow(t *testing.T) {
	ctx := chrome(t)
	s := newSite(t, sampled()).user("TA")
	s.signIn(ctx)
	do(t, ctx, chromedp.Navigate(s.URL+"/sources"), chromedp.WaitReady("[data-follow]"))
	s.happens(desk.EventSourceFailing, func() { s.sources[0].Health, s.sources[0].Error = desk.HealthFailing, "The feed is gone." })
	until(t, ctx, `document.querySelector("[data-follow]").textContent.includes("The feed is gone.")`)

	eval[bool](t, ctx, `document.querySelector('a[href="/sources/hirek"]').focus(), true`)
	s.happens(desk.EventSourceOK, func() { s.sources[0].Health, s.sources[0].Error = desk.HealthOK, "" })
	until(t, ctx, `!document.querySelector("[data-follow-now]").hidden`)
	if !eval[bool](t, ctx, `document.activeElement.matches('a[href="/sources/hirek"]') && document.body.textContent.includes("The feed is gone.")`) {
		t.Error("the page changed under the hand")
	}
	eval[bool](t, ctx, `document.activeElement.blur(), true`)
	until(t, ctx, `!document.body.textContent.includes("The feed is gone.") && document.querySelector("[data-follow-now]").hidden`)

	do(t, ctx, chromedp.Navigate(s.URL+"/outbox"), chromedp.WaitReady("[data-follow]"))
	eval[bool](t, ctx, `document.querySelector("[data-follow] form button").focus(), true`)
	s.happens(desk.EventStopSet, func() { s.stops = append(s.stops, desk.Stop{Kind: "brand", Name: "acme"}); s.outbox = s.outbox[:1] })
	until(t, ctx, `!document.querySelector("[data-follow-now]").hidden`)
	click(t, ctx, "[data-follow-now]")
	until(t, ctx, `document.querySelector("#main > .notice--bar:not([data-offline])") && !document.body.textContent.includes("#acme-alerts")`)
}

// happens changes the desk and notes an event of it that has no brand.
func (s *site) happens(what string, change func()) {
	defer s.lock()()
	change()
	s.event(desk.Event{Actor: desk.Automatic, What: what})
}
