package web_test

import (
	"strings"
	"testing"

	"github.com/earshotdesk/earshot/internal/desk"
)

// abused makes the mention of a sample case abusive and returns the path of the case.
func (m *memory) abused(s *site, name string) string {
	c := s.caseOf(name)
	r := m.mentions[c.Head]
	r.Verdict.Offensive = desk.Tag{Label: desk.Yes, Score: 0.97}
	r.Verdict.Reasons = []desk.Reason{
		{Tag: "offensive", By: "word", Text: r.Text[:9], From: 0, To: 9, Weight: 2.5},
		{Tag: "offensive", By: "prior", Weight: -3},
		{Tag: "offensive", By: "rest", Weight: 0.4},
	}
	return "/cases/" + string(c.ID)
}

// TestVeil keeps abusive words out of lists, and behind one click where they are worked on; the click needs no script.
func TestVeil(t *testing.T) {
	t.Parallel()
	m := sampled()
	s := newSite(t, m)
	const open = ".msg--lead details.veil"
	if n := s.get("/cases/"+string(s.caseOf("Rowan Mistry").ID), 200).Find(open).Length(); n != 0 {
		t.Fatal("decent words stand behind a veil")
	}
	path := m.abused(s, "Rowan Mistry")
	words := m.mentions[s.caseOf("Rowan Mistry").Head].Text
	doc := s.get(path, 200)
	has(t, doc, open+" summary", "These words were judged abusive.Show the words")
	has(t, doc, open+" .msg__text mark.mark--off", words[:9])
	if _, shown := doc.Find(open).Attr("open"); shown {
		t.Error("the veil is lifted before anybody asked")
	}
	if title, _ := doc.Find(open + " mark").Attr("title"); title != "Abuse +2.5" {
		t.Errorf("the mark says %q", title)
	}
	has(t, doc, ".facts", "AbuseAbusive97%")
	if n := doc.Find("details.fold .why rect.urg").Length(); n == 0 {
		t.Error("the bar of the abusive words has no colour")
	}
	has(t, doc, "details.fold .why", "all the weaker words together +0.4")
	has(t, doc, "details.fold .why", "what is likely before a word is read −3")
	for _, list := range []string{"/board", "/stream"} {
		said := s.get(list, 200).Find("main").Text()
		if strings.Contains(said, words) || !strings.Contains(said, "Judged abusive") {
			t.Errorf("%s shows the abusive words", list)
		}
	}
}

// TestLearnedWords tells of a word that the desk learned, and adds what it learned of one that triage knows.
func TestLearnedWords(t *testing.T) {
	t.Parallel()
	s, path := judged(t,
		desk.Reason{Tag: "sentiment", By: "word", Text: "Third", From: 0, To: 5, Weight: -2},
		desk.Reason{Tag: "sentiment", By: "layer", Text: "Third", From: 0, To: 5, Weight: 0.5},
		desk.Reason{Tag: "sentiment", By: "layer", Text: "day", From: 6, To: 9, Weight: -1},
	)
	doc := s.get(path, 200)
	if got := strings.Join(strings.Fields(doc.Find(".why li").First().Text()), " "); !strings.Contains(got, "Third") || !strings.Contains(got, "1.5") {
		t.Errorf("first comes %q", got)
	}
	has(t, doc, ".why li:last-child", "day, learned from corrections")
}

// TestDecrees tells of what a person or a rule set without a figure, before everything that it overrules.
func TestDecrees(t *testing.T) {
	t.Parallel()
	s, path := judged(t,
		desk.Reason{Tag: "sentiment", By: "word", Text: "Third day", From: 0, To: 9, Weight: -9},
		desk.Reason{Tag: "sentiment", By: "layer", Weight: -20},
		desk.Reason{Tag: "sentiment", By: "person", Text: "Nora Kovac", Weight: 1},
	)
	doc := s.get(path, 200)
	if got := strings.Join(strings.Fields(doc.Find(".why li").First().Text()), " "); !strings.HasPrefix(got, "corrected by Nora Kovac sets") {
		t.Errorf("first comes %q", got)
	}
	has(t, doc, ".why li:last-child", "what this desk learned from corrections")
}
