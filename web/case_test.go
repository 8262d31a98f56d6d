package web_test

import (
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/web"
)

// writing fills the composer's form of a case page.
func (s *site) writing(c *desk.Case, text string) url.Values {
	s.t.Helper()
	form := url.Values{"text": {text}}
	for _, f := range s.get("/cases/"+string(c.ID), 200).Find("[data-composer] input[type=hidden]").EachIter() {
		form.Set(f.AttrOr("name", ""), f.AttrOr("value", ""))
	}
	return form
}

func TestCase(t *testing.T) {
	t.Parallel()
	s := newSite(t, sampled())
	doc := s.get("/cases/"+string(s.caseOf("Szabó Gergely").ID), 200)
	has(t, doc, "h1", "Szabó Gergely")
	has(t, doc, ".msg--lead .mark--urg", "Füstölni kezdett")
	has(t, doc, ".msg--lead .mark--neg", "nem garanciális")
	has(t, doc, ".msg--lead .legend", "urgency")
	has(t, doc, ".msg__text[lang=hu]", "A gyerekszobában!")
	has(t, doc, ".diff del", "Kicsit lassan tölt")
	has(t, doc, ".diff ins", "Füstölni kezdett")
	has(t, doc, ".context .why", "rule safety-words")
	has(t, doc, ".context .events", "Earshot opened the case")
	has(t, doc, "[data-counter]", "0 of 300")
	has(t, doc, ".list .item--on", "Szabó Gergely")
	if n := doc.Find("h1").Length(); n != 1 {
		t.Errorf("%d h1 on the page", n)
	}
}

func TestCaseStatesOfReply(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, says, next string }{
		{"Γιώργος Παπαδημητρίου", "Not published", "The site refused the text. Nothing was sent."},
		{"Tímea Barna", "Awaiting approval", "A manager approves it or gives it back."},
		{"Horváth Norbert", "Published", "Seen on the site."},
		{"Katarína Dudášová", "Sending not confirmed", "It is never sent again by itself."},
	} {
		s := newSite(t, sampled())
		doc := s.get("/cases/"+string(s.caseOf(tc.name).ID), 200)
		has(t, doc, "[data-reply] .pill", tc.says)
		has(t, doc, "[data-reply] .msg__foot", tc.next)
	}
}

func TestCaseMoves(t *testing.T) {
	t.Parallel()
	s := newSite(t, sampled())
	c := s.caseOf("Rowan Mistry")
	path := "/cases/" + string(c.ID)
	to := s.post(path+"/claim", url.Values{"to": {"board"}})
	if !strings.HasPrefix(to, "/board?did=claimed") || c.Owner != "NK" {
		t.Fatalf("claimed: %s, owner %q", to, c.Owner)
	}
	has(t, s.get(to, 200), ".toast form[action$=release]", "Undo")
	s.post(path+"/snooze", url.Values{"until": {noon.Add(time.Hour).Format(time.RFC3339)}})
	if !c.Snoozed(noon) {
		t.Error("the case is not snoozed")
	}
	for _, bad := range []string{"soon", noon.Add(-time.Hour).Format(time.RFC3339)} {
		if resp := s.do("POST", path+"/snooze", url.Values{"until": {bad}}); resp.StatusCode != 422 {
			t.Errorf("snooze until %q: %d, want 422", bad, resp.StatusCode)
		}
	}
	s.post(path+"/snooze", url.Values{})
	if resp := s.do("POST", path+"/dismiss", url.Values{}); resp.StatusCode != 422 {
		t.Errorf("dismissing without a reason: %d, want 422", resp.StatusCode)
	}
	s.post(path+"/resolve", url.Values{"version": {strconv.FormatInt(c.Version, 10)}, "reason": {"app fixed"}})
	doc := s.get(path, 200)
	has(t, doc, ".notice", "Resolved: app fixed")
	has(t, doc, ".dock", "Reopen it to write")
	s.post(path+"/reopen", url.Values{})
	if c.State != desk.CaseTaken {
		t.Errorf("reopened to %s", c.State)
	}
	other := s.caseOf("Papp-Kovácsné Erzsébet")
	resp := s.do("POST", "/cases/"+string(other.ID)+"/claim", url.Values{})
	has(t, s.page(resp, 409), "main", "Dimitris Papadakis took this case before you.")
	if resp := s.do("POST", "/cases/"+string(other.ID)+"/release", url.Values{}); resp.StatusCode != 403 {
		t.Errorf("an agent gave a colleague's case away: %d", resp.StatusCode)
	}
	s.user("DP").post("/cases/"+string(other.ID)+"/assign", url.Values{"owner": {"NK"}})
	if other.Owner != "NK" {
		t.Errorf("assigned to %q", other.Owner)
	}
}

func TestSendAndUndo(t *testing.T) {
	t.Parallel()
	s := newSite(t, sampled())
	c := s.caseOf("Rowan Mistry")
	path := "/cases/" + string(c.ID)
	form := s.writing(c, "We are on it, Rowan.")
	s.post(path+"/send", form)
	doc := s.get(path, 200)
	has(t, doc, "[data-reply=scheduled]", "We are on it, Rowan.")
	has(t, doc, "[data-reply=scheduled] .msg__foot", "It leaves at 12:00. Until then it can be undone.")
	has(t, doc, ".dock .notice", "An answer is on its way.")
	undo, _ := doc.Find("[data-reply=scheduled] form[data-undo]").Attr("action")
	s.post(undo, url.Values{})
	has(t, s.get(path, 200), "#reply", "We are on it, Rowan.")
}

func TestSendTooLong(t *testing.T) {
	t.Parallel()
	s := newSite(t, sampled())
	c := s.caseOf("Rowan Mistry")
	doc := s.page(s.do("POST", "/cases/"+string(c.ID)+"/send", s.writing(c, strings.Repeat("ő", 307))), 422)
	has(t, doc, "main", "The text is 7 characters too long. It is saved as a draft. Nothing was sent.")
	has(t, s.get("/cases/"+string(c.ID), 200), "[data-counter].counter--over", "7 over")
	if r := s.newest(c.ID); r.State != desk.ReplyDraft {
		t.Errorf("the reply is %s", r.State)
	}
}

func TestSendGuard(t *testing.T) {
	t.Parallel()
	s := newSite(t, sampled())
	c := s.caseOf("Rowan Mistry")
	path := "/cases/" + string(c.ID)
	form := s.writing(c, "We are on it.")
	head := s.mentions[c.Head]
	s.versions[head.ID] = []desk.Version{{Number: 1, Text: head.Text}, {Number: 2, At: noon, Text: head.Text + " Update: solved, thanks."}}
	head.Text += " Update: solved, thanks."
	head.Version = 2
	c.Version++
	s.event(desk.Event{Actor: desk.Automatic, What: desk.EventMentionEdited, Case: c.ID, Mention: head.ID, Brand: "acme"})
	doc := s.page(s.do("POST", path+"/send", form), 409)
	has(t, doc, "h1", "The case changed while you wrote")
	has(t, doc, ".events", "saw that the customer edited the words")
	has(t, doc, ".diff ins", "Update: solved, thanks.")
	has(t, doc, "textarea", "We are on it.")
	if r := s.newest(c.ID); r.State != desk.ReplyDraft || r.Text != "We are on it." {
		t.Fatalf("the draft is %+v", r)
	}
	again := url.Values{"text": {"We are glad."}}
	for _, f := range doc.Find("#guard-form input[type=hidden]").EachIter() {
		again.Set(f.AttrOr("name", ""), f.AttrOr("value", ""))
	}
	s.post(path+"/send", again)
	if r := s.newest(c.ID); r.State != desk.ReplyScheduled || r.Text != "We are glad." {
		t.Errorf("after confirming, the reply is %+v", r)
	}
}

func TestApproval(t *testing.T) {
	t.Parallel()
	s := newSite(t, sampled(), func(o *web.Options) { o.Workflow.Approval = "always" })
	c := s.caseOf("Tímea Barna")
	path := "/cases/" + string(c.ID)
	hasNot(t, s.get(path, 200), "form[action$=approve]")
	boss := s.user("DP")
	doc := boss.get(path, 200)
	action, _ := doc.Find("form[action$=approve]").Attr("action")
	resp := boss.do("POST", strings.Replace(action, "approve", "return", 1), url.Values{"note": {""}})
	has(t, boss.page(resp, 422), "main", "Write what should change")
	boss.post(strings.Replace(action, "approve", "return", 1), url.Values{"note": {"No promises, please."}})
	doc = s.get(path, 200)
	has(t, doc, ".dock .notice", "No promises, please.")
	has(t, doc, "[data-composer] button.btn--primary", "Submit for approval")
	s.post(path+"/submit", s.writing(c, "Kedves Tímea! Utánanézünk."))
	form := url.Values{}
	for _, f := range boss.get(path, 200).Find("form[action$=approve] input").EachIter() {
		form.Set(f.AttrOr("name", ""), f.AttrOr("value", ""))
	}
	boss.post(action, form)
	if r := s.newest(c.ID); r.State != desk.ReplyScheduled || r.ApprovedBy != "DP" {
		t.Errorf("after approval: %s by %q", r.State, r.ApprovedBy)
	}
}

func TestConfirmByHand(t *testing.T) {
	t.Parallel()
	s := newSite(t, sampled())
	c := s.caseOf("Katarína Dudášová")
	doc := s.get("/cases/"+string(c.ID), 200)
	hasNot(t, doc, "[data-composer]")
	action, _ := doc.Find("form[action$=confirm]").Attr("action")
	if resp := s.do("POST", action, url.Values{"outcome": {"queued"}}); resp.StatusCode != 422 {
		t.Errorf("an outcome that would send again: %d, want 422", resp.StatusCode)
	}
	s.post(action, url.Values{"outcome": {"published"}})
	if r := s.newest(c.ID); r.State != desk.ReplyPublished {
		t.Errorf("the reply is %s", r.State)
	}
}
