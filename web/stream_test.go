package web_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

func TestStream(t *testing.T) {
	t.Parallel()
	s := newSite(t, sampled())
	doc := s.get("/stream", 200)
	has(t, doc, ".bar .count", "16")
	has(t, doc, ".mention .card__name", "Anonymous")
	has(t, doc, `.mention__text[lang=sk]`, "Objednávka mešká")
	has(t, doc, `.senti--neg`, "Negative")
	has(t, doc, `.pill`, "Edited")
	doc = s.get("/stream?q=acme+vac&language=sk", 200)
	if n := doc.Find(".mention").Length(); n != 1 {
		t.Errorf("%d mentions, want 1", n)
	}
	has(t, doc, `select[name=language] option[selected]`, "Slovak")
	has(t, doc, "form[data-filter]", "Clear filters")
}

func TestStreamEmpty(t *testing.T) {
	t.Parallel()
	has(t, newSite(t, newMemory()).get("/stream", 200), ".empty", "Nothing was heard yet")
	has(t, newSite(t, sampled()).get("/stream?q=unheard", 200), ".empty", "Nothing was said about “unheard”")
}

func TestStreamPages(t *testing.T) {
	t.Parallel()
	m := newMemory()
	for i := range 120 {
		m.addMention(int64(i+1), sayings[i%len(sayings)])
	}
	s := newSite(t, m)
	var order []string
	walk := func(path, rel string) string {
		doc := s.get(path, 200)
		order = nil
		for _, el := range doc.Find("[data-mention]").EachIter() {
			order = append(order, el.AttrOr("data-mention", ""))
		}
		return doc.Find("a[rel="+rel+"]").AttrOr("href", "")
	}
	second := walk("/stream", "next")
	first := order
	third := walk(second, "next")
	middle := order
	if end := walk(third, "next"); end != "" || len(order) != 20 {
		t.Errorf("the third page has %d mentions and continues at %q", len(order), end)
	}
	back := walk(third, "prev")
	walk(back, "prev")
	if len(middle) != 50 || order[0] != middle[0] || order[49] != middle[49] {
		t.Errorf("going back shows %v … instead of the second page", order[:1])
	}
	again := walk(back, "prev")
	walk(again, "next")
	if order[0] != first[0] || len(order) != 50 {
		t.Error("going back twice does not show the first page")
	}
}

func TestStreamSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	s := newSite(t, sampled())
	for query, says := range map[string]string{
		"sentiment=angry": "The parameter sentiment is", "since=yesterday": "The parameter since", "before=-1": "The parameter before", "kind=tweet": "post, comment, review, article",
		"spam=perhaps": "yes, no", "until=2026-13-01": "The parameter until", "ours=maybe": "The parameter ours",
	} {
		has(t, s.get("/stream?"+query, 422), "main", says[:min(len(says), 22)])
	}
}

func TestMentionOpensCase(t *testing.T) {
	t.Parallel()
	s := newSite(t, sampled())
	id := sampleID(1) // Odile's, in no case
	doc := s.get("/mentions/"+id, 200)
	has(t, doc, ".msg", "I was going to recommend Acme")
	to := s.post("/mentions/"+id+"/open", url.Values{})
	has(t, s.get(to, 200), "h1", "Odile Carver")
	hasNot(t, s.user("ZH").get("/mentions/"+id, 200), "form[action$=open]")
}

func TestSources(t *testing.T) {
	t.Parallel()
	s := newSite(t, sampled()).user("DP")
	doc := s.get("/sources", 200)
	has(t, doc, ".notice--danger", "trustpilot-acme has been failing since 06:48.")
	has(t, doc, "table", "The site answered 401: the token has expired.")
	has(t, doc, "table", "those of 9 and 10 Nov could not be read")
	has(t, doc, ".tile__fig", "2 of 4")
	s.post("/sources/social/poll", url.Values{})
	doc = s.get("/sources/play-home", 200)
	has(t, doc, ".raw", `{"reviewId":"gp:9001"`)
	has(t, doc, "main", "The review has no text and no stars.")
	s.get("/sources/unknown", 404)
	hasNot(t, s.user("NK").get("/sources", 200), "form[action$=poll]")
	has(t, newSite(t, newMemory()).get("/sources", 200), ".empty", "Nothing is listened to yet")
}

func TestOutboxAndStops(t *testing.T) {
	t.Parallel()
	s := newSite(t, sampled())
	doc := s.get("/outbox", 200)
	has(t, doc, "table", "Reply to Katarína Dudášová on Mastodon")
	has(t, doc, "table", "Slack: the channel does not exist.")
	hasNot(t, doc, "form[action^='/stops']")
	boss := s.user("DP")
	boss.post("/stops/set", url.Values{"kind": {"brand"}, "name": {"acme"}})
	has(t, s.get("/board", 200), ".notice--danger", "Replies for acme are stopped.")
	if resp := boss.do("POST", "/stops/set", url.Values{"kind": {"desk"}, "name": {"acme"}}); resp.StatusCode != 422 {
		t.Errorf("a stop switch that makes no sense: %d", resp.StatusCode)
	}
	boss.post("/stops/lift", url.Values{"kind": {"brand"}, "name": {"acme"}})
	hasNot(t, s.get("/board", 200), ".notice--danger")
	has(t, newSite(t, newMemory()).get("/outbox", 200), ".empty", "Nothing is stuck")
}

func TestOwnAnswerShownOnce(t *testing.T) {
	t.Parallel()
	m := sampled()
	s := newSite(t, m)
	c := s.caseOf("Horváth Norbert")
	echo := m.addMention(90, said{site: "googleplay:com.acme.home", name: "Acme", lang: "hu", text: "Örülünk, hogy sikerült!", ago: time.Minute})
	echo.Ours, echo.Remote, echo.Case = true, "ours-1", c.ID
	doc := s.get("/cases/"+string(c.ID), 200)
	if n := doc.Find(".msg--ours").Length(); n != 1 {
		t.Errorf("our answer is shown %d times", n)
	}
	echo.Remote = desk.RemoteID("by a colleague in the network's own app")
	if n := s.get("/cases/"+string(c.ID), 200).Find(".msg--ours").Length(); n != 2 {
		t.Errorf("%d answers of ours, want 2", n)
	}
}
