package web_test

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/earshotdesk/earshot/internal/desk"
)

// TestPlainForms walks from a new case to a resolved one in a browser that runs no scripts.
func TestPlainForms(t *testing.T) {
	ctx := chrome(t)
	s := newSite(t, sampled())
	s.signIn(ctx)
	do(t, ctx, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}))
	c := s.caseOf("Rowan Mistry")
	do(t, ctx, chromedp.Navigate(s.URL+"/board"), chromedp.WaitReady("[data-board]"))
	until(t, ctx, `document.readyState === "complete" && document.querySelector("[data-show-keys]").hidden`) // our modules would show it

	plainClick(t, ctx, `[data-case="`+string(c.ID)+`"] form[action$=claim] button`)
	until(t, ctx, `document.querySelector(".toast")?.textContent.includes("The case is yours")`)
	do(t, ctx, chromedp.Navigate(s.URL+"/cases/"+string(c.ID)), chromedp.WaitReady("#reply"), chromedp.SendKeys("#reply", "Sorry. A fix leaves today."))
	plainClick(t, ctx, "[data-composer] .composer__foot button:not([formaction])")
	until(t, ctx, `document.querySelector("#reply")?.value === "Sorry. A fix leaves today." && document.querySelector("[data-saved]").textContent === "Saved"`)
	if r := s.reply(c.ID); r.State != desk.ReplyDraft {
		t.Fatalf("the reply is %q, want a draft", r.State)
	}
	plainClick(t, ctx, "[formaction$=send]")
	until(t, ctx, `document.querySelector("[data-reply=scheduled]")`)

	s.deliver(c.ID)
	do(t, ctx, chromedp.Navigate(s.URL+"/cases/"+string(c.ID)))
	until(t, ctx, `document.querySelector("[data-reply=published]")`)
	shot(t, ctx, "plain-published")
	plainClick(t, ctx, "form[action$=resolve][data-key] button")
	until(t, ctx, `document.querySelector(".toast")?.textContent.includes("Case resolved")`)
	if got := s.caseOf("Rowan Mistry"); got.State != desk.CaseResolved {
		t.Errorf("the case is %s", got.State)
	}
}

// plainClick presses a button with the mouse's own effect: the form goes as forms go.
func plainClick(t *testing.T, ctx context.Context, selector string) {
	t.Helper()
	until(t, ctx, `document.querySelector('`+selector+`')`)
	eval[bool](t, ctx, `document.querySelector('`+selector+`').click(), true`)
}

// deliver lets the newest answer of a case arrive on its site.
func (s *site) deliver(id desk.CaseID) {
	defer s.lock()()
	r := s.newest(id)
	for _, next := range []desk.ReplyState{desk.ReplyQueued, desk.ReplyPublishing, desk.ReplyPublished} {
		if err := r.Move(next, noon); err != nil {
			s.t.Fatal(err)
		}
	}
	r.PublishedAt, r.Visibility, r.Receipt = noon, desk.VisiblePublic, desk.Receipt{Remote: "ours", URL: "https://site.example/ours"}
	if err := s.cases[id].Move(desk.CaseAnswered, noon); err != nil {
		s.t.Fatal(err)
	}
}
