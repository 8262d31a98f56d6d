package web_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
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

// BenchmarkPages measures a page from request to last byte on a desk in memory, and reports the slowest percentile and the weight.
func BenchmarkPages(b *testing.B) {
	m := crowded()
	s := newSite(b, m)
	for _, page := range []struct{ name, path string }{{"board", "/board"}, {"column", "/board/new"}, {"stream", "/stream"}, {"case", "/cases/" + string(s.caseOf("Szabó Gergely").ID)}} {
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
