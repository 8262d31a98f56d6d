package web_test

import (
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/chromedp/chromedp"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/web"
)

// afterwards lets sites differ in what they let be done: reviews take one answer that is checked first, feeds none at all.
func afterwards(o *web.Options) {
	o.Answer = func(m *desk.Mention) web.Answer {
		switch kind, _, _ := strings.Cut(string(m.Site), ":"); kind {
		case "feed", "trustpilot":
			return web.Answer{ByHand: true, Max: 500}
		case "googleplay":
			return web.Answer{Possible: true, As: "Acme", Max: 350, Counts: "utf16", One: true, Edit: true, Moderates: true, Delay: 90 * time.Minute}
		}
		return web.Answer{Possible: true, As: "Acme", Max: 300, Edit: true, Delete: true, Cost: "About 0.01 USD for each answer."}
	}
}

// public publishes an answer in a case of the samples and changes it.
func (s *site) public(name string, change func(r *desk.Reply)) *desk.Reply {
	s.t.Helper()
	c := s.caseOf(name)
	defer s.lock()()
	c.State = desk.CaseAnswered
	r := s.newest(c.ID)
	if r == nil || r.State != desk.ReplyPublished {
		r = s.addReply(c, desk.ReplyPublished, "Sorry, a new one leaves today. Your order number is 4711.")
	}
	if change != nil {
		change(r)
	}
	return r
}

// afterState is one thing that may become of an answer, and what the page says then.
type afterState struct {
	name, who string
	set       func(r *desk.Reply)
	want      map[string]string // text by selector
	not       string            // what is not offered
}

func afterStates(m *memory) []afterState {
	edit := desk.ReplyChange{Kind: desk.EntryEdit, Text: "Sorry, a new one leaves today. We refund the old one.", By: "NK", At: noon}
	return []afterState{
		{"published", "Rowan Mistry", nil, map[string]string{
			"form[action$='/edit'] textarea": "4711.", "form[action$='/delete']": "Its words stay in this case.", ".composer__facts": "About 0.01 USD"}, "form[action$='/drop']"},
		{"editing", "Rowan Mistry", func(r *desk.Reply) { r.Change = edit; r.Change.Note = "The network is busy." }, map[string]string{
			"[data-reply] .pill--accent": "Edit on its way", ".diff__head": "The network is busy.", ".diff ins": "refund", "form[action$='/drop']": "Take back"}, "form[action$='/edit']"},
		{"edit-failed", "Rowan Mistry", func(r *desk.Reply) {
			r.Change = edit
			r.Change.Failed, r.Change.Note = true, "Editing is over after a day."
		}, map[string]string{
			"[data-reply] .pill--danger": "Edit failed", ".diff--failed": "Editing is over after a day.", "form[action$='/drop']": "Leave it as it is",
			"form[action$='/edit'].inline": "Try again"}, ""},
		{"edited", "Rowan Mistry", func(r *desk.Reply) {
			m.past[r.ID] = []desk.ReplyVersion{{Number: 1, Kind: desk.VersionPublished, Text: r.Text, By: "NK", At: noon.Add(-time.Hour)},
				{Number: 2, Kind: desk.VersionEdited, Text: "Sorry, a new one leaves tomorrow.", By: "NK", At: noon.Add(-30 * time.Minute)},
				{Number: 3, Kind: desk.VersionEdited, Text: "Sorry, a new one leaves today.", At: noon.Add(-time.Minute)}}
			r.Text = "Sorry, a new one leaves today."
		}, map[string]string{".diff:nth-of-type(1) .diff__head": "Edited on the site", ".diff del": "tomorrow", ".diff:nth-of-type(2) .diff__head": "Edited by Nóra"}, ""},
		{"deleting", "Rowan Mistry", func(r *desk.Reply) { r.Change = desk.ReplyChange{Kind: desk.EntryDelete, By: "NK", At: noon} }, map[string]string{
			"[data-reply] .pill--accent": "Deletion on its way", "form[action$='/drop']": "Take back"}, "form[action$='/delete']"},
		{"tombstone", "Rowan Mistry", func(r *desk.Reply) {
			r.Visibility = desk.VisibleDeleted
			m.past[r.ID] = []desk.ReplyVersion{{Number: 1, Kind: desk.VersionPublished, Text: r.Text, By: "NK", At: noon.Add(-time.Hour)}, {Number: 2, Kind: desk.VersionDeleted, By: "NK", At: noon}}
		}, map[string]string{".msg--gone .pill": "No longer on the site", ".msg--gone .msg__text": "4711", ".diff__head": "Deleted by Nóra", ".msg__foot": "its last words"}, "[data-reply] form"},
		{"moderation", "Szabó Gergely", func(r *desk.Reply) { r.Visibility = desk.VisibleModerate }, map[string]string{
			"[data-reply] .pill--warn": "Checked by the site", ".msg__foot": "before anybody sees it", ".dock .notice": "takes one answer here, and there is one.Edit it"}, "form[action$='/delete']"},
		{"rejected", "Szabó Gergely", func(r *desk.Reply) {
			r.Visibility, r.Receipt.Note = desk.VisibleRejected, "Rejected: it names a telephone number."
		}, map[string]string{"[data-reply] .pill--danger": "Rejected by the site", ".msg__foot b": "it names a telephone number", ".dock a": "Edit it"}, ".composer"},
		{"by-hand", "Miroslav Benko", func(r *desk.Reply) {
			r.State, r.SendAt, r.Receipt = desk.ReplyByHand, noon.Add(-time.Hour), desk.Receipt{}
		}, map[string]string{
			"[data-reply=by_hand] .pill": "Being posted by hand", "[data-copy-open]": "Copy and open", "form[action$='/posted']": "It is there", ".dock .notice": "posted by hand",
			"form[action$='/withdraw']": "Take back"}, "form[action$='/edit']"},
		{"by-hand-unseen", "Miroslav Benko", func(r *desk.Reply) {
			r.State, r.SendAt, r.Receipt = desk.ReplyByHand, noon.Add(-4*24*time.Hour), desk.Receipt{}
			r.Note = "Another answer of ours was seen on the site; its words differ from these."
		}, map[string]string{"[data-reply]": "Not seen on the site yet", ".msg__foot b": "its words differ"}, ""},
	}
}

func TestAfterPublishing(t *testing.T) {
	t.Parallel()
	for _, tc := range afterStates(&memory{past: map[desk.ReplyID][]desk.ReplyVersion{}}) {
		m := sampled()
		m.past = map[desk.ReplyID][]desk.ReplyVersion{}
		s := newSite(t, m, afterwards)
		r := s.public(tc.who, nil)
		for _, own := range afterStates(m) { // with the maps of this desk
			if own.name == tc.name && own.set != nil {
				own.set(r)
			}
		}
		if r.State == desk.ReplyByHand {
			s.caseOf(tc.who).State = desk.CaseTaken
		}
		doc := s.get("/cases/"+string(s.caseOf(tc.who).ID), 200)
		for selector, text := range tc.want {
			t.Run(tc.name, func(t *testing.T) { has(t, doc, selector, text) })
		}
		if tc.not != "" {
			hasNot(t, doc, tc.not)
		}
		if tc.name == "by-hand-unseen" {
			has(t, s.get("/board/by_hand", 200), ".card", "Not seen on the site yet")
		}
	}
}

func TestEditAndDelete(t *testing.T) {
	t.Parallel()
	s := newSite(t, sampled(), afterwards)
	r := s.public("Rowan Mistry", nil)
	path := "/cases/" + string(r.Case)
	form := func(act string) url.Values { return s.form(s.get(path, 200), "/"+act) }
	edit := form("edit")
	edit.Set("text", "Other\r\nwords")
	if to := s.post(path+"/replies/"+string(r.ID)+"/edit", edit); !strings.Contains(to, "did=edited") || r.Change.Text != "Other\nwords" {
		t.Errorf("to %s with %+v", to, r.Change)
	}
	doc := s.page(s.do("POST", path+"/replies/"+string(r.ID)+"/edit", edit), 409)
	has(t, doc, "textarea[readonly]", "Other words")
	s.post(path+"/replies/"+string(r.ID)+"/drop", form("drop"))
	s.post(path+"/replies/"+string(r.ID)+"/delete", form("delete"))
	if r.Change.Kind != desk.EntryDelete {
		t.Errorf("deleting: %+v", r.Change)
	}
	boss := newSite(t, sampled(), afterwards, func(o *web.Options) { o.Workflow.Approval = "always" })
	boss.public("Rowan Mistry", nil)
	hasNot(t, boss.get(path, 200), "form[action$='/edit'], form[action$='/delete']")
	has(t, boss.user("DP").get(path, 200), "form[action$='/edit'] button", "Publish the edit")
}

// form reads the fields of the form that posts to an address with this end.
func (s *site) form(doc *goquery.Document, end string) url.Values {
	s.t.Helper()
	out := url.Values{}
	for _, f := range doc.Find("form[action$='" + end + "'] input").EachIter() {
		out.Set(f.AttrOr("name", ""), f.AttrOr("value", ""))
	}
	return out
}

func TestPostByHand(t *testing.T) {
	t.Parallel()
	s := newSite(t, sampled(), afterwards)
	c := s.caseOf("Miroslav Benko")
	path := "/cases/" + string(c.ID)
	doc := s.get(path, 200)
	has(t, doc, "[data-composer] .btn--primary[formaction$='/by-hand']", "Post by hand")
	has(t, doc, ".composer__facts", "The desk cannot answer here")
	hasNot(t, doc, "[formaction$='/send']")
	s.post(path+"/by-hand", s.writing(c, "Prepáčte, peniaze vraciame."))
	r := s.newest(c.ID)
	if r.State != desk.ReplyByHand {
		t.Fatalf("the reply is %s", r.State)
	}
	has(t, s.get(path, 200), "[data-reply=by_hand] a[data-nojs]", "Open on Trustpilot")
	s.post(path+"/replies/"+string(r.ID)+"/posted", url.Values{"address": {"https://site.example/answer"}})
	has(t, s.get(path, 200), "[data-reply=published] .msg__foot", "A colleague says that it is on the site.")
}

func TestAPIChangesReplies(t *testing.T) {
	t.Parallel()
	s := withToken(t)
	r := s.public("Rowan Mistry", nil)
	path := "/api/v1/replies/" + string(r.ID)
	call := func(method, path, body string, status int) map[string]any {
		t.Helper()
		return s.call(method, path, body, status)
	}
	if got := jsonOf(t, call("PATCH", path, `{"text":"Better","version":2}`, 403)); !strings.Contains(got, "may read") {
		t.Errorf("as somebody who may only read: %s", got)
	}
	s.users["ZH"].Role = desk.RoleAgent
	got := call("PATCH", path, `{"text":"Better","version":2}`, 202)
	if ch, ok := got["change"].(map[string]any); !ok || ch["kind"] != "edit" || ch["text"] != "Better" || got["state"] != "published" {
		t.Errorf("asked for an edit: %v", got)
	}
	call("DELETE", path+"?version=3", "", 409)
	r.Change = desk.ReplyChange{}
	call("DELETE", path+"?version=2", "", 409)
	call("DELETE", path, "", 422)
	call("PATCH", path, `{"text":"","version":3}`, 422)
	call("PATCH", "/api/v1/replies/none", `{"text":"x","version":3}`, 404)
	call("DELETE", path+"?version=3", "", 202)
	if r.Change.Kind != desk.EntryDelete {
		t.Errorf("deleting: %+v", r.Change)
	}
}

// TestAfterPublishingInBrowser judges every state with axe, in both themes, wide and on a phone, and copies by the button.
func TestAfterPublishingInBrowser(t *testing.T) {
	axe := axeScript(t)
	ctx := chrome(t)
	for _, v := range []struct {
		theme, screen string
		width, height int64
	}{{"light", "wide", 1440, 900}, {"dark", "wide", 1440, 900}, {"light", "phone", 390, 844}, {"dark", "phone", 390, 844}} {
		if (v.theme == "light") != (v.screen == "wide") && os.Getenv("EARSHOT_SHOTS") == "" {
			continue // only for those who want to look
		}
		do(t, ctx, chromedp.EmulateViewport(v.width, v.height))
		for i := range afterStates(&memory{}) {
			m := sampled()
			m.users["NK"].Theme, m.past = v.theme, map[desk.ReplyID][]desk.ReplyVersion{}
			s := newSite(t, m, afterwards)
			tc := afterStates(m)[i]
			s.signIn(ctx)
			if s.public(tc.who, tc.set).State == desk.ReplyByHand {
				s.caseOf(tc.who).State = desk.CaseTaken
			}
			do(t, ctx, chromedp.Navigate(s.URL+"/cases/"+string(s.caseOf(tc.who).ID)), chromedp.WaitReady("main"))
			eval[bool](t, ctx, axe+`; document.querySelector("[data-reply]").scrollIntoView(), true`)
			inspect(t, ctx, allRules, "after-"+tc.name+"-"+v.theme+"-"+v.screen)
			if tc.name == "published" || tc.name == "by-hand" {
				eval[bool](t, ctx, `document.querySelectorAll(".msg details").forEach((d) => { d.open = true }); document.querySelector("[data-reply]").scrollIntoView(), true`)
				inspect(t, ctx, allRules, "after-"+tc.name+"-open-"+v.theme+"-"+v.screen)
			}
		}
	}
}

// What was said in private cannot be answered in public, nor by hand on a page that everybody reads.
func TestPrivateGetsNoPublicAnswer(t *testing.T) {
	t.Parallel()
	for _, who := range []string{"Rowan Mistry", "Miroslav Benko"} {
		s := newSite(t, sampled(), afterwards)
		c := s.caseOf(who)
		s.mentions[c.Head].Visibility = desk.Private
		doc := s.get("/cases/"+string(c.ID), 200)
		has(t, doc, ".dock .notice", "said in private")
		hasNot(t, doc, ".composer")
	}
}
