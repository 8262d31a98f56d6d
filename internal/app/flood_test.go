package app

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// A large delivery is stored in the time in which its sender waits; those that nobody signed neither fill the log nor
// the database; and what cannot be read is kept once, however often it comes.
func TestFloodOfDeliveries(t *testing.T) {
	t.Parallel()
	h := newHooked(t)
	deliver := func(body, secret string) int {
		t.Helper()
		return h.deliver("surveys", signature(body, secret), body)
	}
	for range 300 {
		if got := deliver("[]", "somebody-else's-secret"); got != http.StatusForbidden {
			t.Fatalf("a stranger is answered %d", got)
		}
	}
	if n := strings.Count(h.out.String(), "a delivery was not taken"); n != 1 {
		t.Errorf("the log tells of it %d times", n)
	}
	deep := strings.Repeat(`{"a":`, 5000) + "1" + strings.Repeat("}", 5000)
	if got := deliver(deep, hookSecret); got != http.StatusNoContent && got != http.StatusBadRequest {
		t.Errorf("JSON of 5,000 levels is answered %d", got)
	}
	if got := deliver(strings.Repeat("[", 2<<20), hookSecret); got != http.StatusBadRequest {
		t.Errorf("JSON of two million levels is answered %d", got)
	}
	var odd, most strings.Builder
	for i := range 2_000 { // of the 10,000 that are taken: the race detector makes it ten times as slow
		fmt.Fprintf(&odd, `,"odd %d"`, i)
		fmt.Fprintf(&most, `,{"id":"%d","text":"The charger of item %d caught fire, this is dangerous and terrible, never again! %s","author_id":"u%d"}`, i, i, strings.Repeat("so it is. ", 20), i)
	}
	for range 3 {
		if got := deliver("["+odd.String()[1:]+"]", hookSecret); got != http.StatusNoContent {
			t.Errorf("2,000 odd items are answered %d", got)
		}
	}
	began := time.Now()
	if got := deliver("["+most.String()[1:]+"]", hookSecret); got != http.StatusNoContent {
		t.Errorf("2,000 items are answered %d after %v:\n%s", got, time.Since(began), h.out.String())
	}
	t.Logf("2,000 mentions that each open a case: %v", time.Since(began))
	state, err := h.app.store.Source(t.Context(), "surveys")
	check(t, err)
	if state.Mentions != 2_000 || state.PoisonItems > 2_001 {
		t.Errorf("%d mentions, %d odd items", state.Mentions, state.PoisonItems)
	}
	poison, err := h.app.store.ListPoison(t.Context(), desk.Everything, "surveys", 10)
	check(t, err)
	if len(poison) != 10 {
		t.Errorf("%d odd items listed", len(poison))
	}
}
