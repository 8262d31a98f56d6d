package web_test

import (
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/earshotdesk/earshot/internal/desk"
)

// TestCopyAndOpen writes an answer for a site that takes none from outside: one click copies it, opens the site, and leaves the
// answer to the hand of whoever clicked; another click copies it again.
func TestCopyAndOpen(t *testing.T) {
	axe := axeScript(t)
	ctx := chrome(t)
	s := newSite(t, sampled(), afterwards)
	s.signIn(ctx)
	c := s.caseOf("Miroslav Benko")
	const watch = `window.open = (url) => { sessionStorage.opened = url };
		document.addEventListener("copy", (e) => { sessionStorage.copied = e.target.value }); true`
	do(t, ctx, chromedp.EmulateViewport(1440, 900), chromedp.Navigate(s.URL+"/cases/"+string(c.ID)), chromedp.WaitReady("#reply"))
	eval[bool](t, ctx, watch)
	do(t, ctx, chromedp.SendKeys("#reply", "Peniaze vraciame."))
	until(t, ctx, `document.querySelector("[data-saved]").textContent === "Saved"`)
	eval[bool](t, ctx, axe+"; true")
	inspect(t, ctx, allRules, "by-hand-composer")
	do(t, ctx, chromedp.Click("[data-composer] [data-copy-open]")) // by the mouse: the clipboard is for people
	until(t, ctx, `document.querySelector("[data-reply=by_hand]")`)
	if got := eval[string](t, ctx, `sessionStorage.copied + " | " + sessionStorage.opened`); got != "Peniaze vraciame. | "+s.mentions[c.Head].URL {
		t.Errorf("copied and opened: %s", got)
	}
	if r := s.reply(c.ID); r.State != desk.ReplyByHand {
		t.Errorf("the reply is %s", r.State)
	}
	eval[bool](t, ctx, `sessionStorage.clear(), true`)
	eval[bool](t, ctx, watch)
	do(t, ctx, chromedp.Click("article [data-copy-open]"))
	until(t, ctx, `document.querySelector(".toast")?.textContent.includes("Paste it on the site")`)
	if got := eval[string](t, ctx, `sessionStorage.copied + " | " + sessionStorage.opened`); got != "Peniaze vraciame. | "+s.mentions[c.Head].URL {
		t.Errorf("copied and opened again: %s", got)
	}
	do(t, ctx, chromedp.Navigate(s.URL+"/board"), chromedp.WaitReady("[data-board]"))
	eval[bool](t, ctx, axe+"; true")
	inspect(t, ctx, allRules, "by-hand-board")
}

// TestEditFromTheComposer follows the composer's word that there is one answer already to where it can be edited.
func TestEditFromTheComposer(t *testing.T) {
	ctx := chrome(t)
	s := newSite(t, sampled(), afterwards)
	s.signIn(ctx)
	r := s.public("Szabó Gergely", nil)
	do(t, ctx, chromedp.Navigate(s.URL+"/cases/"+string(r.Case)), chromedp.WaitReady(".dock"))
	click(t, ctx, ".dock [data-open-edit]")
	until(t, ctx, `document.activeElement.id === "edit-`+string(r.ID)+`"`)
	do(t, ctx, chromedp.SendKeys("[data-edit] textarea", " Thank you."))
	click(t, ctx, "[action$='/edit'] button")
	until(t, ctx, `document.querySelector("[data-reply] .pill--accent")?.textContent.includes("Edit on its way")`)
	if got := s.reply(r.Case).Change; got.Text != r.Text+" Thank you." {
		t.Errorf("asked for %+v", got)
	}
}

// TestByHandColumnComesAndGoes: the column shows only while somebody posts something by hand, also under an open board.
func TestByHandColumnComesAndGoes(t *testing.T) {
	ctx := chrome(t)
	s := newSite(t, sampled(), afterwards)
	s.signIn(ctx)
	do(t, ctx, chromedp.Navigate(s.URL+"/board"), chromedp.WaitReady("[data-board]"))
	if !eval[bool](t, ctx, `document.querySelector("#c-by_hand").hidden`) {
		t.Error("an empty column is shown")
	}
	c := s.caseOf("Miroslav Benko")
	s.happens(desk.EventReplyMoved, func() {
		c.State = desk.CaseTaken
		r := s.addReply(c, desk.ReplyByHand, "Peniaze vraciame.")
		s.event(desk.Event{Actor: "DP", What: desk.EventReplyMoved, Case: c.ID, Reply: r.ID, Brand: c.Brand, To: string(r.State)})
	})
	until(t, ctx, `!document.querySelector("#c-by_hand").hidden && document.querySelector("#c-by_hand .card__name").textContent === "Miroslav Benko"`)
}
