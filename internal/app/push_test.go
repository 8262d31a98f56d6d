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

// A signed delivery over HTTP is stored before it is answered, opens a case like anything polled, and is known when it comes again.
// Strangers learn nothing.
func TestDeliveries(t *testing.T) {
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
	deadline := time.Now().Add(time.Minute)
	for state, err := a.store.Source(t.Context(), "surveys"); ; state, err = a.store.Source(t.Context(), "surveys") {
		check(t, err)
		if !state.FirstPollAt.IsZero() {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the first poll never ended")
		}
		time.Sleep(10 * time.Millisecond)
	}
	body := `[{"id":"77","text":"The charger caught fire, this is dangerous and terrible!","rating":1,"author_id":"eve"},"odd"]`
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = mac.Write([]byte(body))
	sign := "sha256=" + hex.EncodeToString(mac.Sum(nil))
	deliver := func(source, sign, body string) int {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+r.Addr+"/hooks/"+source, strings.NewReader(body))
		check(t, err)
		req.Header.Set("X-Hub-Signature-256", sign)
		resp, err := http.DefaultClient.Do(req)
		check(t, err)
		var said bytes.Buffer
		_, err = said.ReadFrom(resp.Body)
		check(t, err)
		check(t, resp.Body.Close())
		if said.Len() != 0 {
			t.Errorf("a stranger is told %q", said.String())
		}
		return resp.StatusCode
	}
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
		if got := deliver(c.source, c.sign, c.body); got != c.want {
			t.Errorf("%s with %s: %d, want %d", c.source, c.sign, got, c.want)
		}
	}
	rows, err := a.store.ListMentions(t.Context(), desk.Everything, desk.MentionFilter{}, desk.Page{Limit: 10})
	check(t, err)
	if len(rows) != 1 || rows[0].Remote != "77" || rows[0].Case == "" || rows[0].Verdict.Sentiment.Label != desk.Negative {
		t.Errorf("stored: %+v", rows)
	}
	poison, err := a.store.ListPoison(t.Context(), desk.Everything, "surveys", 10)
	check(t, err)
	if len(poison) != 1 || !strings.Contains(poison[0].Err, "item 2") {
		t.Errorf("poison: %+v", poison)
	}
	if strings.Contains(out.String(), secret) {
		t.Error("the secret stands in the log")
	}
}
