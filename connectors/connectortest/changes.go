package connectortest

import (
	"errors"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

// counted counts the requests that make something public.
func counted(n Network, writes *atomic.Int32) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n.Writes(r) {
			writes.Add(1)
		}
		n.Handler.ServeHTTP(w, r)
	})
}

// stopped checks that a reply that must not be said stops before the call, with a sentence.
func (s Suite) stopped(t *testing.T, because func(n *Network)) {
	n := s.Replies(t)
	var writes atomic.Int32
	server := serve(t, counted(n, &writes))
	r, ok := s.connect(t, server.URL, nil).(connectors.Replier)
	if !ok {
		t.Fatal("it is no Replier")
	}
	because(&n)
	_, err := r.Reply(t.Context(), desk.Outgoing{Key: "01SUITE0000000000000000003", CreatedAt: Now(), Account: "test", Parent: n.Parent, Text: "Too late"})
	if !errors.Is(err, desk.ErrDenied) && !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("got %v, want desk.ErrDenied or desk.ErrGone", err)
	}
	if err != nil {
		noSecret(t, "an error", err.Error())
	}
	if writes.Load() != 0 || n.Witness("Too late") != 0 {
		t.Errorf("%d calls left, and the public sees the reply %d times", writes.Load(), n.Witness("Too late"))
	}
}

// foreign checks that an answer that somebody else wrote is never replaced.
func (s Suite) foreign(t *testing.T) {
	n := s.Replies(t)
	if n.Foreign == nil {
		t.Fatal("a kind whose second reply replaces the first brings Foreign to its network")
	}
	n.Foreign("Written by hand")
	server := serve(t, n.Handler)
	r, ok := s.connect(t, server.URL, nil).(connectors.Replier)
	if !ok {
		t.Fatal("it is no Replier")
	}
	out := desk.Outgoing{Key: "01SUITE0000000000000000004", CreatedAt: Now(), Account: "test", Parent: n.Parent, Text: "Ours"}
	if _, err := r.Reply(t.Context(), out); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("got %v, want desk.ErrDenied", err)
	}
	if n.Witness("Written by hand") != 1 || n.Witness("Ours") != 0 {
		t.Error("the answer that a person wrote was replaced")
	}
	out.StartedAt = Now()
	if found, err := r.Find(t.Context(), out); err != nil || found.Finding == desk.FoundIt {
		t.Errorf("reading back took another's answer for ours: %+v, %v", found, err)
	}
}

// change edits a published reply and deletes it.
func (s Suite) change(t *testing.T) {
	n := s.Replies(t)
	server := serve(t, n.Handler)
	c := s.connect(t, server.URL, nil)
	r, ok := c.(connectors.Replier)
	if !ok {
		t.Fatal("it is no Replier")
	}
	out := desk.Outgoing{Key: "01SUITE0000000000000000005", CreatedAt: Now(), Account: "test", Parent: n.Parent, Text: "Erste Fassung"}
	receipt, err := r.Reply(t.Context(), out)
	if err != nil {
		t.Fatal(err)
	}
	if n.Settle != nil {
		n.Settle(t.Context())
	}
	if e, ok := c.(connectors.Editor); ok {
		out.Text = "Zweite Fassung"
		if receipt, err = e.Edit(t.Context(), out, receipt); err != nil || receipt.Remote == "" {
			t.Fatalf("editing: %+v, %v", receipt, err)
		}
		if n.Witness("Erste Fassung") != 0 || n.Witness("Zweite Fassung") != 1 {
			t.Error("after the edit the public does not see the new words, once, instead of the old")
		}
		if _, err := e.Edit(t.Context(), out, receipt); err != nil || n.Witness("Zweite Fassung") != 1 {
			t.Errorf("the same edit again: %v", err)
		}
	}
	if d, ok := c.(connectors.Deleter); ok {
		for range 2 { // that it is gone already is no failure
			if err := d.Delete(t.Context(), out, receipt); err != nil {
				t.Errorf("deleting: %v", err)
			}
		}
		if n.Witness(out.Text) != 0 {
			t.Error("the public still sees the deleted reply")
		}
	}
}
