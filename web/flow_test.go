package web_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/earshotdesk/earshot/internal/desk"
)

// TestFlowInBrowser walks through a day: a case arrives behind the chip, is taken by key, answered with a draft that saves itself,
// sent, taken back and resolved.
func TestFlowInBrowser(t *testing.T) {
	ctx := chrome(t)
	m := sampled()
	s := newSite(t, m)
	s.signIn(ctx)
	do(t, ctx, chromedp.Navigate(s.URL+"/board"), chromedp.WaitReady("[data-board]"))

	fresh := s.arrive(17, said{"bluesky", "Fresh Customer", "fresh.example", "en", "The box was empty.", 0, 0, "negative", "high", "Delivery", ""})
	until(t, ctx, `document.querySelector('[data-fresh=new] button')?.textContent === "1 new"`)
	if eval[bool](t, ctx, `!!document.querySelector('[data-case="`+string(fresh.ID)+`"]')`) {
		t.Error("the case moved in by itself")
	}
	click(t, ctx, "[data-fresh=new] button")
	until(t, ctx, `document.querySelector('#c-new .card .card__name').textContent === "Fresh Customer"`)
	until(t, ctx, `document.querySelector('[data-count-of=new]').textContent === "6"`)

	do(t, ctx, chromedp.Navigate(s.URL+"/cases/"+string(fresh.ID)), chromedp.WaitReady("#reply"))
	press(t, ctx, "i")
	until(t, ctx, `document.querySelector(".toast")?.textContent.includes("The case is yours")`)
	press(t, ctx, "r")
	until(t, ctx, `document.activeElement.id === "reply"`)
	do(t, ctx, chromedp.SendKeys("#reply", "Sorry, a new one leaves today."))
	until(t, ctx, `document.querySelector("[data-count]").textContent === "30 of 300"`)
	until(t, ctx, `document.querySelector("[data-saved]").textContent === "Saved"`)
	if r := s.reply(fresh.ID); r.Text != "Sorry, a new one leaves today." {
		t.Errorf("the draft holds %q", r.Text)
	}
	shot(t, ctx, "flow-draft")

	// A colleague changes the case while the agent writes: nothing moves, a bar says so.
	s.touch(fresh)
	until(t, ctx, `!document.querySelector("[data-changed]").hidden`)
	click(t, ctx, "[formaction$=send]")
	until(t, ctx, `document.querySelector("#guard-form")`)
	shot(t, ctx, "flow-guard")
	click(t, ctx, "[formaction$=send]")
	until(t, ctx, `document.querySelector("[data-reply=scheduled]")`)
	shot(t, ctx, "flow-scheduled")
	press(t, ctx, "z")
	until(t, ctx, `document.querySelector("#reply")?.value === "Sorry, a new one leaves today."`)
	if r := s.reply(fresh.ID); r.State != desk.ReplyDraft {
		t.Errorf("after undo the reply is %s", r.State)
	}
	press(t, ctx, "e")
	until(t, ctx, `document.querySelector(".toast")?.textContent.includes("Case resolved")`)
	shot(t, ctx, "flow-resolved")
	press(t, ctx, "z")
	until(t, ctx, `document.querySelector(".toast")?.textContent.includes("Case is open again")`)
	press(t, ctx, "u")
	until(t, ctx, `location.pathname === "/board"`)
	press(t, ctx, "j")
	press(t, ctx, "j")
	press(t, ctx, "x")
	until(t, ctx, `document.querySelector("[data-bulk] b")?.textContent === "1 selected"`)
	shot(t, ctx, "flow-bulk")
	press(t, ctx, "?")
	until(t, ctx, `document.querySelector("[data-keys]").open`)
	shot(t, ctx, "flow-keys")
	for _, e := range eval[[]string](t, ctx, `performance.getEntriesByType("resource").map((e) => e.name)`) {
		if !strings.HasPrefix(e, s.URL) {
			t.Errorf("the page asked another host: %s", e)
		}
	}
}

// click presses a button from inside the page: the driver's own click loses its place when the page goes away under it.
func click(t *testing.T, ctx context.Context, selector string) {
	t.Helper()
	eval[bool](t, ctx, `setTimeout(() => document.querySelector("`+selector+`").click()), true`)
}

// press sends a key to the page itself, not to a field.
func press(t *testing.T, ctx context.Context, key string) {
	t.Helper()
	until(t, ctx, `document.readyState === "complete"`)
	eval[bool](t, ctx, `document.activeElement?.blur(), document.body.dispatchEvent(new KeyboardEvent("keydown", {key: "`+key+`", bubbles: true, cancelable: true})), true`)
}

// arrive brings a new case in, as a poll would.
func (s *site) arrive(n int64, what said) *desk.Case {
	defer s.lock()()
	return s.addCase(s.addMention(n, what), desk.CaseNew, "")
}

func (s *site) touch(c *desk.Case) {
	defer s.lock()()
	c.Version++
	s.event(desk.Event{Actor: "DP", What: desk.EventMentionEdited, Case: c.ID, Brand: c.Brand})
}

func (s *site) reply(id desk.CaseID) desk.Reply {
	defer s.lock()()
	if r := s.newest(id); r != nil {
		return *r
	}
	return desk.Reply{}
}

// TestCardMovesLive lets a colleague take a case: the card changes column on a board that is open elsewhere.
func TestCardMovesLive(t *testing.T) {
	ctx := chrome(t)
	s := newSite(t, sampled())
	s.signIn(ctx)
	c := s.caseOf("Rowan Mistry")
	do(t, ctx, chromedp.Navigate(s.URL+"/board"), chromedp.WaitReady("[data-board]"))
	began := time.Now()
	if err := s.Claim(t.Context(), s.users["DP"], c.ID); err != nil {
		t.Fatal(err)
	}
	until(t, ctx, `document.querySelector('[data-column=taken] [data-case="`+string(c.ID)+`"]')`)
	t.Logf("the card moved after %v", time.Since(began))
	until(t, ctx, `document.querySelectorAll('[data-case="`+string(c.ID)+`"]').length === 1`)
}
