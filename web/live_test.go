package web_test

import (
	"bufio"
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// hear reads a stream until it had n ids, and returns them.
func (s *site) hear(after string, n int, meanwhile func()) []string {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "GET", s.URL+"/live?after=0", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Last-Event-ID", after)
	req.AddCookie(&http.Cookie{Name: "earshot", Value: "session-" + string(s.as)})
	resp, err := s.client.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if meanwhile != nil {
		meanwhile()
	}
	var ids []string
	for lines := bufio.NewScanner(resp.Body); len(ids) < n && lines.Scan(); {
		if id, ok := strings.CutPrefix(lines.Text(), "id: "); ok {
			ids = append(ids, id)
		}
	}
	return ids
}

func TestLiveIsExact(t *testing.T) {
	t.Parallel()
	m := newMemory()
	for range 5 {
		m.event(desk.Event{What: desk.EventCaseOpened, Case: "C", Brand: "acme"})
	}
	s := newSite(t, m)
	got := s.hear("3", 4, func() {
		defer m.lock()()
		m.event(desk.Event{What: desk.EventCaseMoved, Case: "C", Brand: "acme"})
		m.event(desk.Event{What: desk.EventCaseMoved, Case: "C", Brand: "acme"})
	})
	if want := []string{"4", "5", "6", "7"}; !slices.Equal(got, want) {
		t.Errorf("heard %v, want %v", got, want)
	}
}

func TestLiveHidesOtherBrands(t *testing.T) {
	t.Parallel()
	m := newMemory()
	m.users["NK"].Brands = []string{"acme"}
	m.event(desk.Event{What: desk.EventCaseOpened, Case: "C1", Brand: "globex"})
	m.event(desk.Event{What: desk.EventCaseOpened, Case: "C2", Brand: "acme"})
	m.event(desk.Event{What: desk.EventCaseOpened, Case: "C3", Brand: "globex"})
	s := newSite(t, m)
	if got, want := s.hear("0", 2, nil), []string{"2", "3"}; !slices.Equal(got, want) {
		t.Errorf("heard %v, want %v: the visible event, then the number to continue from", got, want)
	}
	resp := s.user("").do("GET", "/live", nil, "Accept", "text/event-stream")
	if resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("a stranger got %d, want 401", resp.StatusCode)
	}
}
