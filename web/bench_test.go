package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/web"
)

// crowded returns a desk with 200 cards on the first page of its board and a thread of 200 mentions.
func crowded() *memory {
	m := newMemory()
	states := []desk.CaseState{desk.CaseNew, desk.CaseTaken, desk.CaseTaken, desk.CaseAnswered, desk.CaseResolved}
	n := int64(0)
	for i, state := range states {
		for j := range 40 {
			n++
			owner := desk.UserID("")
			if state != desk.CaseNew {
				owner = "NK"
			}
			c := m.addCase(m.addMention(n, sayings[(i+j)%len(sayings)]), state, owner)
			if i == 2 {
				m.addReply(c, desk.ReplyAwaiting, "A draft that waits.")
			}
		}
	}
	return m
}

// canned answers the lists from memory at once, so that the benchmark measures the web and not the desk of the tests.
type canned struct {
	*memory
	pages  map[desk.Column]desk.CardPage
	counts map[desk.Column]desk.Count
	rows   []desk.MentionRow
}

func (c *canned) ListCards(_ context.Context, _ desk.Scope, _ desk.CaseFilter, col desk.Column, _ string, _ int) (desk.CardPage, error) {
	return c.pages[col], nil
}

func (c *canned) CountCards(context.Context, desk.Scope, desk.CaseFilter, int) (map[desk.Column]desk.Count, error) {
	return c.counts, nil
}

func (c *canned) ListMentions(_ context.Context, _ desk.Scope, _ desk.MentionFilter, p desk.Page) ([]desk.MentionRow, error) {
	return c.rows[:min(p.Limit, len(c.rows))], nil
}

func (c *canned) CountMentions(context.Context, desk.Scope, desk.MentionFilter, int) (desk.Count, error) {
	return desk.Count{N: 1000, More: true}, nil
}

func can(b *testing.B, m *memory) *canned {
	b.Helper()
	c := &canned{memory: m, pages: map[desk.Column]desk.CardPage{}}
	var err error
	for _, col := range desk.Columns() {
		if c.pages[col], err = m.ListCards(b.Context(), desk.Everything, desk.CaseFilter{}, col, "", 40); err != nil {
			b.Fatal(err)
		}
	}
	if c.counts, err = m.CountCards(b.Context(), desk.Everything, desk.CaseFilter{}, 100); err != nil {
		b.Fatal(err)
	}
	if c.rows, err = m.ListMentions(b.Context(), desk.Everything, desk.MentionFilter{}, desk.Page{Limit: 100}); err != nil {
		b.Fatal(err)
	}
	return c
}

// BenchmarkPages measures a page from request to last byte on a desk in memory, and reports the slowest percentile and the weight.
func BenchmarkPages(b *testing.B) {
	m := crowded()
	s := newSite(b, m, func(o *web.Options) { o.Store = can(b, m) })
	for _, page := range []struct{ name, path string }{{"board", "/board"}, {"stream", "/stream"}, {"case", "/cases/" + string(s.caseOf("Szabó Gergely").ID)}} {
		b.Run(page.name, func(b *testing.B) {
			var took []time.Duration
			size := 0
			for b.Loop() {
				req := httptest.NewRequestWithContext(b.Context(), http.MethodGet, page.path, nil)
				req.AddCookie(&http.Cookie{Name: "earshot", Value: "session-NK"})
				rec := httptest.NewRecorder()
				began := time.Now()
				s.Config.Handler.ServeHTTP(rec, req)
				took = append(took, time.Since(began))
				size = rec.Body.Len()
				if rec.Code != http.StatusOK {
					b.Fatalf("status %d", rec.Code)
				}
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
			b.ReportMetric(float64(size), "bytes")
		})
	}
}
