package connectortest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

// traps are what every network does to its readers some day.
func (s Suite) traps(t *testing.T) {
	t.Run("second poll is quiet", s.quiet)
	t.Run("cursor survives a restart", s.restart)
	t.Run("our clock is behind", func(t *testing.T) { s.skewed(t, -6*time.Hour) })
	t.Run("our clock is ahead", func(t *testing.T) { s.skewed(t, 6*time.Hour) })
	if s.Empty != nil {
		t.Run("empty", s.empty)
	}
	for status, class := range map[int]error{401: desk.ErrDenied, 403: desk.ErrDenied, 404: desk.ErrNotFound} {
		t.Run(strconv.Itoa(status), func(t *testing.T) { s.refused(t, status, class) })
	}
	for _, status := range []int{429, 500, 502, 503} {
		t.Run(strconv.Itoa(status), func(t *testing.T) { s.throttled(t, status, "", 0) })
	}
	t.Run("429 with seconds", func(t *testing.T) { s.throttled(t, 429, "3600", time.Hour) })
	t.Run("429 with a date", func(t *testing.T) { s.throttled(t, 429, Now().Add(2*time.Hour).Format(http.TimeFormat), 2*time.Hour) })
	t.Run("503 with seconds", func(t *testing.T) { s.throttled(t, 503, "120", 2*time.Minute) })
	t.Run("garbage", s.garbage)
	t.Run("cut", s.cut)
	t.Run("cancel", s.cancel)
}

// poll polls once under a watchdog and looks for the secret in what comes out.
func (s Suite) poll(t *testing.T, ctx context.Context, c connectors.Connector, since connectors.Cursor) (connectors.Batch, error) {
	t.Helper()
	ctx, stop := context.WithTimeout(ctx, time.Minute)
	defer stop()
	b, err := c.Poll(ctx, since)
	if err != nil {
		noSecret(t, "an error", err.Error())
		if strings.Contains(err.Error(), "\n") {
			t.Errorf("an error is one sentence, not several lines: %v", err)
		}
	}
	if b.Gap != nil {
		noSecret(t, "a gap", b.Gap.Note)
	}
	for _, p := range b.Poison {
		noSecret(t, "a poison item's error", p.Err)
	}
	for i := range b.Mentions {
		s.sound(t, &b.Mentions[i])
	}
	return b, err
}

// sound checks what the desk relies on in every mention.
func (s Suite) sound(t *testing.T, m *desk.Mention) {
	t.Helper()
	soundly(t, m)
	if m.PostedAt.After(Now()) {
		t.Errorf("mention %s was posted in the future, %v", m.Remote, m.PostedAt)
	}
	noSecret(t, "a site", string(m.Site))
}

// soundly is what holds whatever the network says.
func soundly(t *testing.T, m *desk.Mention) {
	t.Helper()
	words := m.Title + m.Text + string(m.Remote) + string(m.Thread) + string(m.Parent) + m.Author.Name + m.Author.Handle + m.URL
	switch {
	case m.Site == "" || m.Remote == "":
		t.Errorf("a mention without identity: site %q, remote %q", m.Site, m.Remote)
	case m.Words() == "":
		t.Errorf("mention %s says nothing", m.Remote)
	case strings.ContainsRune(words, 0) || !utf8.ValidString(words):
		t.Errorf("mention %s holds a NUL or broken UTF-8, which no database takes", m.Remote)
	case m.Rating.Known() && (m.Rating.Value < 0 || m.Rating.Value > m.Rating.Best || math.IsNaN(m.Rating.Value)):
		t.Errorf("mention %s has %v of %v stars", m.Remote, m.Rating.Value, m.Rating.Best)
	}
}

// walk polls until there is no more and returns all mentions and the cursor.
func (s Suite) walk(t *testing.T, c connectors.Connector, since connectors.Cursor) ([]desk.Mention, connectors.Cursor) {
	t.Helper()
	var all []desk.Mention
	for range 1000 {
		b, err := s.poll(t, t.Context(), c, since)
		if err != nil {
			t.Fatalf("polling: %v", err)
		}
		all = append(all, b.Mentions...)
		if b.More && b.Next == since {
			t.Fatal("there is more, but the cursor does not move")
		}
		since = b.Next
		if !b.More {
			return all, since
		}
	}
	t.Fatal("there is always more")
	return nil, ""
}

func (s Suite) quiet(t *testing.T) {
	t.Parallel()
	var log lockedBuffer
	c := s.connect(t, serve(t, s.Happy).URL, &log)
	first, cursor := s.walk(t, c, "")
	if len(first) == 0 {
		t.Fatal("the first poll found nothing; Happy should give a mention")
	}
	seen := map[desk.Key]bool{}
	for i := range first {
		if seen[first[i].Key()] {
			t.Errorf("%v came twice in one walk", first[i].Key())
		}
		seen[first[i].Key()] = true
	}
	again, after := s.walk(t, c, cursor)
	if len(again) != 0 {
		t.Errorf("the second poll found %d mentions again, first %s", len(again), again[0].Remote)
	}
	if third, _ := s.walk(t, c, after); len(third) != 0 {
		t.Errorf("the third poll found %d mentions again", len(third))
	}
	noSecret(t, "the log", log.String())
}

// restart checks that all a connector remembers is in its cursor.
func (s Suite) restart(t *testing.T) {
	t.Parallel()
	server := serve(t, s.Happy)
	first, cursor := s.walk(t, s.connect(t, server.URL, nil), "")
	if again, _ := s.walk(t, s.connect(t, server.URL, nil), cursor); len(again) != 0 {
		t.Errorf("after a restart %d of %d mentions came again: something is remembered outside the cursor", len(again), len(first))
	}
	other, _ := s.walk(t, s.connect(t, server.URL, nil), "")
	if len(other) != len(first) {
		t.Errorf("from the start again there are %d mentions, not %d", len(other), len(first))
	}
}

// skewed polls with a clock that disagrees with the network's: everything comes all the same, and once.
func (s Suite) skewed(t *testing.T, by time.Duration) {
	t.Parallel()
	server := serve(t, s.Happy)
	right, _ := s.walk(t, s.connect(t, server.URL, nil), "")
	env := Env(t, s.Spec.Kind, nil)
	env.Now = func() time.Time { return Now().Add(by) }
	c := s.make(t, env, server.URL, s.Config(server.URL))
	first, cursor := s.walk(t, c, "")
	if len(first) != len(right) {
		t.Errorf("with our clock %v off, %d of %d mentions came", by, len(first), len(right))
	}
	if again, _ := s.walk(t, c, cursor); len(again) != 0 {
		t.Errorf("with our clock %v off, %d mentions came again", by, len(again))
	}
}

func (s Suite) empty(t *testing.T) {
	t.Parallel()
	c := s.connect(t, serve(t, s.Empty).URL, nil)
	found, cursor := s.walk(t, c, "")
	if len(found) != 0 {
		t.Errorf("an empty network gave %d mentions", len(found))
	}
	if again, _ := s.walk(t, c, cursor); len(again) != 0 {
		t.Errorf("an empty network gave %d mentions the second time", len(again))
	}
}

// answering always answers the same. The body repeats what it was sent, as some do when they complain.
func answering(status int, header map[string]string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range header {
			w.Header().Set(name, value)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "bad request: "+r.URL.String()+" "+r.Header.Get("Authorization")+" "+Secret)
	})
}

// after polls a server that fails from the start, and one that fails after a good poll, whose cursor must not be lost.
func (s Suite) after(t *testing.T, bad http.Handler) error {
	t.Helper()
	var failing sync.Map
	server := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, ok := failing.Load("now"); ok {
			bad.ServeHTTP(w, r)
			return
		}
		s.Happy.ServeHTTP(w, r)
	}))
	var log lockedBuffer
	c := s.connect(t, server.URL, &log)
	first, cursor := s.walk(t, c, "")
	failing.Store("now", true)
	b, err := s.poll(t, t.Context(), c, cursor)
	if len(b.Gone) > 0 {
		t.Errorf("a failure made %d mentions disappear", len(b.Gone))
	}
	if err == nil {
		t.Error("no error came of a failure")
	}
	failing.Delete("now")
	next := b.Next
	if next == "" {
		next = cursor
	}
	if again, _ := s.walk(t, c, next); len(again) != 0 {
		t.Errorf("after the failure %d of %d mentions came again: the cursor was lost", len(again), len(first))
	}
	noSecret(t, "the log", log.String())
	return err
}

func (s Suite) refused(t *testing.T, status int, class error) {
	t.Parallel()
	err := s.after(t, answering(status, nil))
	want, special := s.Wants[status]
	switch {
	case err == nil:
	case special && !strings.Contains(err.Error(), want):
		t.Errorf("got %v, want %q in it", err, want)
	case !special && !errors.Is(err, class):
		t.Errorf("got %v, want an error of the class %q", err, class)
	}
}

func (s Suite) throttled(t *testing.T, status int, retryAfter string, want time.Duration) {
	t.Parallel()
	header := map[string]string{}
	if retryAfter != "" {
		header["Retry-After"] = retryAfter
	}
	err := s.after(t, answering(status, header))
	var transient *desk.Transient
	if !errors.As(err, &transient) || transient.After != want {
		t.Errorf("got %#v, want *desk.Transient after %v", err, want)
	}
}

func (s Suite) garbage(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"page": "<!doctype html><html><title>Sign in</title><body>" + Secret, "plain": Secret + " is not welcome", "nothing": "",
		"half JSON": `{"items":[{"id":"1","text":"` + Secret, "other JSON": `{"error":{"message":"` + Secret + `"}}`, "list": "[1,2,3]",
		"bytes": string(bytes.Repeat([]byte{0xff, 0x00, 0x3c}, 1000)), "deep": strings.Repeat("[", 100_000), "deep XML": strings.Repeat("<a>", 100_000),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := s.after(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, body) }))
			if err != nil && len(err.Error()) > 500 {
				t.Errorf("the error is no sentence, it has %d bytes", len(err.Error()))
			}
		})
	}
}

// cut breaks the good answer off in the middle of its body.
func (s Suite) cut(t *testing.T) {
	t.Parallel()
	_ = s.after(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, name := range []string{"If-None-Match", "If-Modified-Since"} {
			r.Header.Del(name)
		}
		whole := httptest.NewRecorder()
		s.Happy.ServeHTTP(whole, r)
		body := whole.Body.Bytes()
		for name, values := range whole.Header() {
			w.Header()[name] = values
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(body)+1))
		w.WriteHeader(whole.Code)
		_, _ = w.Write(body[:len(body)/2])
	}))
}

// cancel ends the context while the server is thinking.
func (s Suite) cancel(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	server := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { stop(); <-r.Context().Done() }))
	began := time.Now()
	_, err := s.poll(t, ctx, s.connect(t, server.URL, nil), "")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the end of the context", err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("a cancelled poll took %v", took)
	}
}

// lockedBuffer is a log that many may write to.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write appends to the buffer.
func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// String returns what was written.
func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
