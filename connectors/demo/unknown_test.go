package demo

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/demonet"
	"github.com/earshotdesk/earshot/internal/desk"
)

func TestNothingListens(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "http://" + ln.Addr().String()
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	c := connect(t, address, Options{})
	out := desk.Outgoing{Key: "k", Text: "Hello", Parent: desk.Mention{Remote: "1"}}
	if _, err := c.Reply(t.Context(), out); class(err) != "transient 0s" {
		t.Errorf("Reply: %s (%v)", class(err), err)
	}
	out.StartedAt = time.Now() // straight to the publishing call
	if _, err := c.Reply(t.Context(), out); class(err) != "transient 0s" {
		t.Errorf("Reply again: %s (%v)", class(err), err)
	}
	if found, err := c.Find(t.Context(), out); found.Finding != desk.FoundNot || err == nil {
		t.Errorf("Find: %+v, %v; want unknown", found, err)
	}
}

// TestFurtherAttempts publishes, loses the answer, and then tries again under various difficulties.
func TestFurtherAttempts(t *testing.T) {
	t.Parallel()
	s := newStage(t, Options{})
	root := s.say("mira", "@acme hello", "")
	out := s.outgoing(root, "We look into it.")
	s.moods(demonet.Moods{Lose: demonet.Fault{Next: 1}})
	if _, err := s.Reply(t.Context(), out); class(err) != "unknown" {
		t.Fatal(err)
	}
	out.StartedAt = time.Now()
	for want, m := range map[string]demonet.Moods{
		"transient 9s": {Limit: demonet.Fault{Next: 1}, RetryAfter: 9},
		"transient 0s": {Busy: demonet.Fault{Next: 1}},
		"unknown":      {FailBefore: demonet.Fault{Next: 1}},
	} {
		s.moods(m)
		if _, err := s.Reply(t.Context(), out); class(err) != want {
			t.Errorf("%s (%v), want %s", class(err), err, want)
		}
	}
	revoked := *s.Connector
	api := *s.api
	api.token = "revoked-secret"
	revoked.api = &api
	if _, err := revoked.Reply(t.Context(), out); class(err) != "denied" || strings.Contains(err.Error(), "secret") {
		t.Errorf("with a revoked token: %s (%v)", class(err), err)
	}
	// The network has forgotten the key: what is there is found, and what is not there is not sent.
	out.StartedAt = time.Now().Add(-2 * time.Hour)
	if receipt, err := s.Reply(t.Context(), out); err != nil || receipt.Remote == "" {
		t.Errorf("long after: %v", err)
	}
	other := s.say("mira", "@acme hello again", "")
	unsaid := s.outgoing(other, "We look into it.")
	unsaid.StartedAt = out.StartedAt
	if _, err := s.Reply(t.Context(), unsaid); class(err) != "unknown" || s.repliesTo(other) != 0 {
		t.Errorf("long after an attempt that failed: %s (%v), %d public", class(err), err, s.repliesTo(other))
	}
	if got := s.repliesTo(root); got != 1 {
		t.Errorf("%d public replies, want 1", got)
	}
}

func TestOddAnswersAreUnknown(t *testing.T) {
	t.Parallel()
	const parent = `{"id":"1","text":"@acme hi","created_at":"2026-11-20T11:59:59Z","state":"public"}`
	for name, answer := range map[string]func(http.ResponseWriter){
		"no id":        func(w http.ResponseWriter) { fmt.Fprint(w, `{}`) },
		"a page":       func(w http.ResponseWriter) { fmt.Fprint(w, `<html>welcome</html>`) },
		"nothing":      func(w http.ResponseWriter) { w.WriteHeader(http.StatusNoContent) },
		"another post": func(w http.ResponseWriter) { fmt.Fprint(w, parent) },
		"cut body": func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", "500")
			fmt.Fprint(w, `{"id":"2",`)
		},
		"503 without a word": func(w http.ResponseWriter) { w.WriteHeader(http.StatusServiceUnavailable) },
		"502":                func(w http.ResponseWriter) { w.WriteHeader(http.StatusBadGateway) },
		"408":                func(w http.ResponseWriter) { w.WriteHeader(http.StatusRequestTimeout) },
	} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet {
				fmt.Fprint(w, parent)
				return
			}
			answer(w)
		}))
		t.Cleanup(srv.Close)
		c := connect(t, srv.URL, Options{})
		if _, err := c.Reply(t.Context(), desk.Outgoing{Key: "k", Text: "Hello", Parent: desk.Mention{Remote: "1"}}); class(err) != "unknown" {
			t.Errorf("%s: %s (%v), want unknown", name, class(err), err)
		}
	}
}

func TestSlowAnswerIsUnknown(t *testing.T) {
	t.Parallel()
	s := newStage(t, Options{})
	root := s.say("mira", "@acme hello", "")
	out := s.outgoing(root, "We look into it.")
	out.StartedAt = time.Now()
	s.moods(demonet.Moods{Slow: desk.Duration(300 * time.Millisecond)})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := s.Reply(ctx, out); class(err) != "unknown" {
		t.Errorf("%s (%v), want unknown", class(err), err)
	}
	s.moods(demonet.Moods{})
	if receipt, err := s.Reply(t.Context(), out); err != nil || receipt.Remote == "" {
		t.Errorf("again: %v", err)
	}
}
