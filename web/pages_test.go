package web_test

import "testing"

func TestBoardRenders(t *testing.T) {
	t.Parallel()
	s := newSite(t, sampled())
	doc := s.get("/board", 200)
	has(t, doc, "#c-new .card__name", "Szabó Gergely")
}
