package web_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/web"
)

// judged gives the sample of Rowan Mistry other reasons and returns the page of the case.
func judged(t *testing.T, reasons ...desk.Reason) (*site, string) {
	t.Helper()
	s := newSite(t, sampled())
	c := s.caseOf("Rowan Mistry")
	m := s.mentions[c.Head]
	m.Verdict.Reasons, m.Rating, m.Author.Followers = reasons, desk.Rating{Value: 2, Best: 5}, 12400
	return s, "/cases/" + string(c.ID)
}

// TestWhyOnce lists words that moved three tags once, where they weigh most, with the others named beside them.
func TestWhyOnce(t *testing.T) {
	t.Parallel()
	s, path := judged(t,
		desk.Reason{Tag: "sentiment", By: "word", Text: "Third day", From: 0, To: 9, Weight: -1.7},
		desk.Reason{Tag: "intent", By: "word", Text: "Third day", From: 0, To: 9, Weight: 1.2},
		desk.Reason{Tag: "urgency", By: "deadline", Text: "Third day", From: 0, To: 9, Weight: 2},
		desk.Reason{Tag: "sentiment", By: "word", Text: "runs", From: 73, To: 77, Weight: -0.5},
		desk.Reason{Tag: "sentiment", By: "word", Text: "Runs", From: 80, To: 84, Weight: -0.5},
	)
	doc := s.get(path, 200)
	has(t, doc, ".why", "Third day also Sentiment, Intent +2")
	has(t, doc, ".why", "runs × 2 −0.5 Negative")
	if n := strings.Count(doc.Find(".why").Text(), "Third day"); n != 1 {
		t.Errorf("the words are listed %d times", n)
	}
	if n := doc.Find(".why li").Length(); n != 2 {
		t.Errorf("%d causes, want 2", n)
	}
}

// TestWhyWithoutWords gives every circumstance a phrase: no reason may stand there with an empty label.
func TestWhyWithoutWords(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		reason desk.Reason
		want   string
	}{
		{desk.Reason{Tag: "sentiment", By: "stars", Weight: -1.7}, "2 ★ of 5"},
		{desk.Reason{Tag: "urgency", By: "reach", Weight: 1.2}, "12,400 followers"},
		{desk.Reason{Tag: "urgency", By: "history", Weight: 1.5}, "wrote before and still waits"},
		{desk.Reason{Tag: "urgency", By: "rule", Text: "outage", Weight: 1}, "rule outage sets"},
		{desk.Reason{Tag: "spam", By: "shape", Weight: 0.8}, "many links, tags or capitals"},
		{desk.Reason{Tag: "urgency", By: "tides", Weight: 0.8}, "a circumstance without words"},
	} {
		s, path := judged(t, tc.reason)
		has(t, s.get(path, 200), ".why li", tc.want)
	}
}

// TestWhyCountsTheAuthor says how often somebody wrote, as far as the desk has read.
func TestWhyCountsTheAuthor(t *testing.T) {
	t.Parallel()
	s, path := judged(t, desk.Reason{Tag: "urgency", By: "history", Weight: 1.5})
	for n := range 3 {
		r := s.addMention(int64(100+n), said{"bluesky", "Rowan Mistry", "rowan.example", "en", "Still nothing.", time.Duration(1+20*n) * 24 * time.Hour, 0, "negative", "low", "", ""})
		r.Verdict.Reasons = nil
	}
	has(t, s.get(path, 200), ".why li", "wrote 3 times in 30 days") // the oldest of the four lies 41 days back
}

// TestWhyFolds shows the strongest under their tags, and the rest behind a fold.
func TestWhyFolds(t *testing.T) {
	t.Parallel()
	var reasons []desk.Reason
	for n := range 12 {
		tag := []string{"sentiment", "urgency", "intent", "product"}[n%4]
		reasons = append(reasons, desk.Reason{Tag: tag, By: "word", Text: fmt.Sprint("word", n), Weight: float64(n + 1)})
	}
	s, path := judged(t, reasons...)
	doc := s.get(path, 200)
	if shown, all := doc.Find(".sect__body > .why__group li").Length(), doc.Find(".why li").Length(); shown != 8 || all != 12 {
		t.Errorf("%d shown of %d, want 8 of 12", shown, all)
	}
	has(t, doc, ".fold > summary", "Show all 12")
	has(t, doc, ".why__group:nth-of-type(1) h4", "Product or topic")
	has(t, doc, ".why__poles", "← Negative · Positive →")
}

func TestUndoHint(t *testing.T) {
	t.Parallel()
	for undo, want := range map[time.Duration]string{
		0: "It leaves at once and cannot be undone.", time.Second: "It waits one second", 30 * time.Second: "It waits 30 seconds",
		2 * time.Minute: "It waits 2 minutes", 1500 * time.Millisecond: "It waits 2 seconds",
	} {
		s := newSite(t, sampled(), func(o *web.Options) { o.Workflow.Undo = desk.Duration(undo) })
		has(t, s.get("/cases/"+string(s.caseOf("Rowan Mistry").ID), 200), ".dock__hint", want)
	}
}

// TestBoardOrder stands open columns by urgency before age, and closed ones by the last change.
func TestBoardOrder(t *testing.T) {
	t.Parallel()
	s := newSite(t, sampled())
	late := s.caseOf("Jo Lindqvist")
	late.RemarkAt, late.Urgency = noon, desk.UrgencyLow
	first := s.get("/board/new", 200).Find(".card__name").First().Text()
	if first != "Szabó Gergely" {
		t.Errorf("%s stands first, want the critical case", first)
	}
}
