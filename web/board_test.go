package web_test

import (
	"errors"
	"io"
	"net/url"
	"strings"
	"testing"

	"github.com/earshotdesk/earshot/internal/desk"
)

func TestBoard(t *testing.T) {
	t.Parallel()
	s := newSite(t, sampled())
	doc := s.get("/board", 200)
	has(t, doc, "h1", "Board")
	has(t, doc, `#c-new .col__head .count`, "5")
	has(t, doc, `#c-new .card--critical .card__name`, "Szabó Gergely")
	has(t, doc, `#c-new .card--critical .urg--critical`, "Critical")
	has(t, doc, `#c-new .card__text[lang=el]`, "εφαρμογή")
	has(t, doc, `#c-awaiting .pill--warn`, "Awaiting approval")
	has(t, doc, `#c-taken .pill--danger`, "Not published")
	has(t, doc, `#c-answered .pill--danger`, "Sending not confirmed")
	has(t, doc, `#c-resolved .pill`, "Dismissed")
	has(t, doc, `.rail__count`, "1 critical")
	if label, _ := doc.Find(`#c-new .stars svg`).First().Attr("aria-label"); label != "1 of 5 stars" {
		t.Errorf("stars are labelled %q", label)
	}
}

func TestBoardEmpty(t *testing.T) {
	t.Parallel()
	doc := newSite(t, newMemory()).get("/board", 200)
	has(t, doc, "#c-new .empty", "Nobody is waiting")
	hasNot(t, doc, ".card")
	hasNot(t, doc, ".rail__count")
}

func TestBoardFilters(t *testing.T) {
	t.Parallel()
	s := newSite(t, sampled())
	doc := s.get("/board?owner=me", 200)
	has(t, doc, ".tabs [aria-current]", "Mine")
	hasNot(t, doc, "#c-new .card")
	has(t, doc, "#c-taken .card__name", "quietkettle")
	doc = s.get("/board?q=heating", 200)
	has(t, doc, "#c-new .card__name", "Rowan Mistry")
	if n := doc.Find(".card").Length(); n != 1 {
		t.Errorf("%d cards for one word, want 1", n)
	}
	has(t, s.get("/board?owner=everybody", 422), "main", "can be me or none")
	has(t, s.get("/board?urgency=loud", 422), "main", "low, normal, high or critical")
}

func TestBoardShowsMore(t *testing.T) {
	t.Parallel()
	m := newMemory()
	for i := range 45 {
		m.addCase(m.addMention(int64(i+1), sayings[1]), desk.CaseNew, "")
	}
	s := newSite(t, m)
	seen := map[string]bool{}
	doc := s.get("/board", 200)
	for page := 1; ; page++ {
		for _, id := range doc.Find(`[data-column=new] [data-case]`).EachIter() {
			seen[id.AttrOr("data-case", "")] = true
		}
		next, ok := doc.Find(`[data-column=new] .col__more a`).Attr("href")
		if !ok {
			if page != 3 {
				t.Errorf("the column has %d pages, want 3", page)
			}
			break
		}
		doc = s.get(next, 200)
	}
	if len(seen) != 45 {
		t.Errorf("%d cases were shown, want 45", len(seen))
	}
	resp := s.do("GET", "/board/new?after=20", nil, "X-Piece", "1")
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(b), "<html") || !strings.Contains(string(b), "<li class=\"card") {
		t.Errorf("a piece should be cards alone: %.200s", b)
	}
	has(t, s.get("/board/new?after=nonsense", 422), "main", "The page marker is damaged.")
	s.get("/board/attic", 404)
}

func TestCardsOfOthersStayHidden(t *testing.T) {
	t.Parallel()
	s := newSite(t, sampled())
	s.users["NK"].Brands = []string{"globex"}
	c := s.caseOf("Rowan Mistry")
	hasNot(t, s.get("/board", 200), ".card")
	s.get("/cases/"+string(c.ID), 404)
	s.get("/cases/"+string(c.ID)+"/card", 404)
	s.get("/mentions/"+sampleID(1), 404)
	hasNot(t, s.get("/stream", 200), ".mention")
	if resp := s.do("POST", "/cases/"+string(c.ID)+"/claim", url.Values{}); resp.StatusCode != 404 {
		t.Errorf("claiming what one may not see: %d, want 404", resp.StatusCode)
	}
}

func TestFaultBecomesPage(t *testing.T) {
	t.Parallel()
	s := newSite(t, sampled())
	s.broken = errors.New("disk: secret-path is full")
	doc := s.get("/board", 500)
	has(t, doc, "h1", "This page did not work")
	has(t, doc, ".meta", "Code: ")
	if strings.Contains(doc.Text(), "secret-path") {
		t.Error("the page tells the inner error")
	}
}
