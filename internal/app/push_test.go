package app

import (
	"bytes"
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

// hookSecret is what sender and desk share in these tests.
const hookSecret = "a-secret-of-more-than-sixteen"

// hooked is a desk that takes deliveries.
type hooked struct {
	t    *testing.T
	app  *App
	addr string
	out  *syncBuffer
}

// newHooked starts a desk with one source of kind webhook and waits until its first contact is over.
func newHooked(t *testing.T) *hooked {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "desk.yaml")
	check(t, os.WriteFile(file, fmt.Appendf(nil, `
desk: {listen: "127.0.0.1:0"}
database: "sqlite:%s/desk.db"
brands: [{name: acme, title: Acme}]
sources:
  - {name: surveys, kind: webhook, brand: acme, secret: %s, every: 10s}
`, dir, hookSecret), 0o600))
	h := &hooked{t: t, out: &syncBuffer{}}
	a, err := Open(context.Background(), Options{Config: file, Out: h.out, Err: h.out})
	check(t, err)
	t.Cleanup(func() { check(t, a.Close()) })
	r, err := a.Start(context.Background(), allRoles())
	check(t, err)
	t.Cleanup(func() { check(t, r.Stop()) })
	h.app, h.addr = a, r.Addr
	for end := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		state, err := a.store.Source(t.Context(), "surveys")
		check(t, err)
		if !state.FirstPollAt.IsZero() {
			return h
		}
		if time.Now().After(end) {
			t.Fatal("the first poll never ended")
		}
	}
}

// signature signs a body as a sender does.
func signature(body, secret string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = mac.Write([]byte(body))
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// deliver sends a body and returns the status. Nobody is told anything else.
func (h *hooked) deliver(source, sign, body string) int {
	h.t.Helper()
	req, err := http.NewRequestWithContext(h.t.Context(), http.MethodPost, "http://"+h.addr+"/hooks/"+source, strings.NewReader(body))
	check(h.t, err)
	req.Header.Set("X-Hub-Signature-256", sign)
	resp, err := http.DefaultClient.Do(req)
	check(h.t, err)
	var said bytes.Buffer
	_, err = said.ReadFrom(resp.Body)
	check(h.t, err)
	check(h.t, resp.Body.Close())
	if said.Len() != 0 {
		h.t.Errorf("a sender is told %q", said.String())
	}
	return resp.StatusCode
}

// A signed delivery over HTTP is stored before it is answered, opens a case like anything polled, and is known when it comes again.
// Strangers learn nothing.
func TestDeliveries(t *testing.T) {
	t.Parallel()
	h := newHooked(t)
	body := `[{"id":"77","text":"The charger caught fire, this is dangerous and terrible!","rating":1,"author_id":"eve"},"odd"]`
	sign := signature(body, hookSecret)
	for _, c := range []struct {
		source, sign, body string
		want               int
	}{
		{"surveys", sign, body, http.StatusNoContent},
		{"surveys", sign, body, http.StatusNoContent},
		{"surveys", "sha256=00", body, http.StatusForbidden},
		{"surveys", sign, body + " ", http.StatusForbidden},
		{"nobody", sign, body, http.StatusNotFound},
		{"surveys", sign, strings.Repeat("x", 5<<20), http.StatusRequestEntityTooLarge},
	} {
		if got := h.deliver(c.source, c.sign, c.body); got != c.want {
			t.Errorf("%s with %s: %d, want %d", c.source, c.sign, got, c.want)
		}
	}
	rows, err := h.app.store.ListMentions(t.Context(), desk.Everything, desk.MentionFilter{}, desk.Page{Limit: 10})
	check(t, err)
	if len(rows) != 1 || rows[0].Remote != "77" || rows[0].Case == "" || rows[0].Verdict.Sentiment.Label != desk.Negative {
		t.Errorf("stored: %+v", rows)
	}
	poison, err := h.app.store.ListPoison(t.Context(), desk.Everything, "surveys", 10)
	check(t, err)
	if len(poison) != 1 || !strings.Contains(poison[0].Err, "item 2") {
		t.Errorf("poison: %+v", poison)
	}
	if strings.Contains(h.out.String(), hookSecret) {
		t.Error("the secret stands in the log")
	}
}
