package app

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// A large delivery is stored in the time in which its sender waits; those that nobody signed neither fill the log nor
// the database; and what cannot be read is kept once, however often it comes.
func TestFloodOfDeliveries(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const secret = "a-secret-of-more-than-sixteen"
	file := filepath.Join(dir, "desk.yaml")
	check(t, os.WriteFile(file, fmt.Appendf(nil, `
desk: {listen: "127.0.0.1:0"}
database: "sqlite:%s/desk.db"
brands: [{name: acme, title: Acme}]
sources:
  - {name: surveys, kind: webhook, brand: acme, secret: %s, every: 10s}
`, dir, secret), 0o600))
	out := &syncBuffer{}
	a, err := Open(t.Context(), Options{Config: file, Out: out, Err: out})
	check(t, err)
	defer func() { check(t, a.Close()) }()
	r, err := a.Start(context.Background(), allRoles())
	check(t, err)
	defer func() { check(t, r.Stop()) }()
	for end := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if s, err := a.store.Source(t.Context(), "surveys"); err != nil || !s.FirstPollAt.IsZero() || time.Now().After(end) {
			check(t, err)
			break
		}
	}
	deliver := func(body, secret string) int {
		t.Helper()
		mac := hmac.New(sha256.New, []byte(secret))
		_, _ = mac.Write([]byte(body))
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+r.Addr+"/hooks/surveys", strings.NewReader(body))
		check(t, err)
		req.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
		resp, err := http.DefaultClient.Do(req)
		check(t, err)
		check(t, resp.Body.Close())
		return resp.StatusCode
	}
	for range 300 {
		if got := deliver("[]", "somebody-else's-secret"); got != http.StatusForbidden {
			t.Fatalf("a stranger is answered %d", got)
		}
	}
	if n := strings.Count(out.String(), "a delivery was not taken"); n != 1 {
		t.Errorf("the log tells of it %d times", n)
	}
	deep := strings.Repeat(`{"a":`, 5000) + "1" + strings.Repeat("}", 5000)
	if got := deliver(deep, secret); got != http.StatusNoContent && got != http.StatusBadRequest {
		t.Errorf("JSON of 5,000 levels is answered %d", got)
	}
	if got := deliver(strings.Repeat("[", 2<<20), secret); got != http.StatusBadRequest {
		t.Errorf("JSON of two million levels is answered %d", got)
	}
	var odd, most strings.Builder
	for i := range 2_000 { // of the 10,000 that are taken: the race detector makes it ten times as slow
		fmt.Fprintf(&odd, `,"odd %d"`, i)
		fmt.Fprintf(&most, `,{"id":"%d","text":"The charger of item %d caught fire, this is dangerous and terrible, never again! %s","author_id":"u%d"}`, i, i, strings.Repeat("so it is. ", 20), i)
	}
	for range 3 {
		if got := deliver("["+odd.String()[1:]+"]", secret); got != http.StatusNoContent {
			t.Errorf("2,000 odd items are answered %d", got)
		}
	}
	began := time.Now()
	if got := deliver("["+most.String()[1:]+"]", secret); got != http.StatusNoContent {
		t.Errorf("2,000 items are answered %d after %v:\n%s", got, time.Since(began), out.String())
	}
	t.Logf("2,000 mentions that each open a case: %v", time.Since(began))
	state, err := a.store.Source(t.Context(), "surveys")
	check(t, err)
	if state.Mentions != 2_000 || state.PoisonItems > 2_001 {
		t.Errorf("%d mentions, %d odd items", state.Mentions, state.PoisonItems)
	}
	poison, err := a.store.ListPoison(t.Context(), desk.Everything, "surveys", 10)
	check(t, err)
	if len(poison) != 10 {
		t.Errorf("%d odd items listed", len(poison))
	}
}
