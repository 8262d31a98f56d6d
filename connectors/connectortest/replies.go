package connectortest

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

// Network is a small network that a connector can reply on, with a witness of what became public.
type Network struct {
	Handler http.Handler
	Parent  desk.Mention               // what is answered
	Writes  func(r *http.Request) bool // tells the request that makes a reply public from all others
	Witness func(text string) int      // how many replies with this text the public sees
	Settle  func(ctx context.Context)  // waits until what was said can be read back; nil when that is at once

	Remove  func()            // removes the parent at the network; nil when that cannot be seen there
	Foreign func(text string) // answers the parent by another's hand, where a parent takes one answer only
}

// fault is what happens to the next write.
type fault int32

const (
	well     fault = iota
	loseIt         // the network does it, the answer is lost
	dropIt         // the connection ends before the network did it
	fail500        // the network does it and then says 500
	throttle       // the network says 429 and does nothing
)

// replies checks what the outbox relies on.
func (s Suite) replies(t *testing.T) {
	if s.Replies == nil {
		t.Fatal("a kind that replies brings a Network to its suite")
	}
	t.Run("once", func(t *testing.T) { s.reply(t, well) })
	t.Run("answer lost", func(t *testing.T) { s.reply(t, loseIt) })
	t.Run("answer is 500", func(t *testing.T) { s.reply(t, fail500) })
	t.Run("request lost", func(t *testing.T) { s.reply(t, dropIt) })
	t.Run("429", func(t *testing.T) { s.reply(t, throttle) })
	t.Run("nobody there", s.unreachable)
	t.Run("private", func(t *testing.T) { s.stopped(t, func(n *Network) { n.Parent.Visibility = desk.Private }) })
	t.Run("parent removed", func(t *testing.T) {
		s.stopped(t, func(n *Network) {
			if n.Remove == nil {
				t.Skip("this network does not tell")
			}
			n.Remove()
		})
	})
	if s.Spec.Caps.Certainty == connectors.CertainUpsert {
		t.Run("answered by another", s.foreign)
	}
	if s.Spec.Caps.Edit || s.Spec.Caps.Delete {
		t.Run("edit and delete", s.change)
	}
}

// reply says one reply under a fault and then does what the outbox would: read back after an unknown outcome, try again only when
// it is certain that nothing became public. In the end the public must see it once, or not at all and somebody was told.
func (s Suite) reply(t *testing.T, f fault) {
	t.Parallel()
	n := s.Replies(t)
	var next atomic.Int32
	server := serve(t, faulty(n, &next))
	var log lockedBuffer
	r, ok := s.connect(t, server.URL, &log).(connectors.Replier)
	if !ok {
		t.Fatal("the capabilities say that it replies, but it is no Replier")
	}
	out := desk.Outgoing{Key: "01SUITE0000000000000000001", CreatedAt: Now(), Account: "test", Parent: n.Parent, Text: "Köszönjük a jelzést! 👍"}
	next.Store(int32(f))
	receipt, err := r.Reply(t.Context(), out)
	out.StartedAt = Now() // as the outbox knows it from then on
	if err != nil {
		noSecret(t, "an error", err.Error())
	}
	noSecret(t, "the log", log.String())
	s.judge(t, f, r, n, out, receipt, err)
}

func (s Suite) judge(t *testing.T, f fault, r connectors.Replier, n Network, out desk.Outgoing, receipt desk.Receipt, err error) {
	t.Helper()
	var unknown *desk.Unknown
	var transient *desk.Transient
	switch f {
	case well:
		if err != nil || receipt.Remote == "" {
			t.Fatalf("a plain reply gave %+v, %v; want a receipt with a remote id", receipt, err)
		}
	case throttle:
		if !errors.As(err, &transient) {
			t.Errorf("after 429: got %v, want *desk.Transient", err)
		}
		if c := n.Witness(out.Text); c != 0 {
			t.Errorf("after 429 the public sees %d replies", c)
		}
		return
	default:
		if err == nil || !errors.As(err, &unknown) {
			t.Errorf("got %v, want *desk.Unknown: the request left and its outcome did not arrive", err)
		}
	}
	s.readBack(t, f, r, n, out, receipt)
}

// readBack looks for the reply as the outbox does and compares with what the public sees.
func (s Suite) readBack(t *testing.T, f fault, r connectors.Replier, n Network, out desk.Outgoing, receipt desk.Receipt) {
	t.Helper()
	if n.Settle != nil {
		n.Settle(t.Context())
	}
	seen := n.Witness(out.Text)
	if f != dropIt && seen != 1 || f == dropIt && seen != 0 {
		t.Fatalf("the public sees the reply %d times", seen)
	}
	found, err := r.Find(t.Context(), out)
	if err != nil {
		t.Fatalf("reading back: %v", err)
	}
	want := desk.FoundIt
	if f == dropIt {
		want = desk.FoundAbsent
	}
	if s.Spec.Caps.Certainty == connectors.CertainBlind {
		want = desk.FoundNot // who cannot look does not say that nothing is there
	}
	if found.Finding != want || want == desk.FoundIt && found.Receipt.Remote == "" {
		t.Errorf("reading back found %+v, want %s", found, want)
	}
	if f == well && want == desk.FoundIt && found.Receipt.Remote != receipt.Remote {
		t.Errorf("reading back found %s, the receipt says %s", found.Receipt.Remote, receipt.Remote)
	}
	s.another(t, r, n, out, found)
}

// another checks that reading back does not take an earlier reply of ours for this one, and what the network's certainty is worth.
func (s Suite) another(t *testing.T, r connectors.Replier, n Network, out desk.Outgoing, found desk.Found) {
	t.Helper()
	if s.Spec.Caps.Certainty == connectors.CertainBlind {
		if _, err := r.Reply(t.Context(), out); err == nil || n.Witness(out.Text) > 1 {
			t.Errorf("a reply whose outcome nobody can look up was sent again: %v", err)
		}
	}
	if s.Spec.Caps.Certainty == connectors.CertainReal && found.Finding == desk.FoundIt {
		if _, err := r.Reply(t.Context(), out); err != nil {
			noSecret(t, "an error", err.Error())
		}
		if seen := n.Witness(out.Text); seen != 1 {
			t.Errorf("certainty is said to be real, but after the same reply again the public sees it %d times", seen)
		}
	}
	if s.Spec.Caps.Many && found.Finding == desk.FoundIt {
		other := out
		other.Key, other.Known = "01SUITE0000000000000000002", []desk.Receipt{found.Receipt}
		other.StartedAt = other.StartedAt.Add(time.Second)
		if f, err := r.Find(t.Context(), other); err == nil && f.Finding == desk.FoundIt {
			t.Error("reading back took an earlier reply of ours for one that was never sent")
		}
	}
}

// unreachable checks that a reply for which no connection came about is certain not to be public.
func (s Suite) unreachable(t *testing.T) {
	t.Parallel()
	n := s.Replies(t)
	server := serve(t, n.Handler)
	server.Close()
	r, ok := s.connect(t, server.URL, nil).(connectors.Replier)
	if !ok {
		t.Fatal("it is no Replier")
	}
	_, err := r.Reply(t.Context(), desk.Outgoing{Key: "k", CreatedAt: Now(), Account: "test", Parent: n.Parent, Text: "x"})
	var transient *desk.Transient
	if !errors.As(err, &transient) {
		t.Errorf("got %v, want *desk.Transient: nothing left", err)
	}
	if err != nil && strings.Contains(err.Error(), Secret) {
		t.Error("the secret stands in the error")
	}
}

// faulty puts one fault before a network.
func faulty(n Network, next *atomic.Int32) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !n.Writes(r) {
			n.Handler.ServeHTTP(w, r)
			return
		}
		switch fault(next.Swap(int32(well))) {
		case dropIt:
			panic(http.ErrAbortHandler)
		case loseIt:
			n.Handler.ServeHTTP(&discard{header: http.Header{}}, r)
			panic(http.ErrAbortHandler)
		case fail500:
			n.Handler.ServeHTTP(&discard{header: http.Header{}}, r)
			http.Error(w, Secret, http.StatusInternalServerError)
		case throttle:
			http.Error(w, Secret, http.StatusTooManyRequests)
		default:
			n.Handler.ServeHTTP(w, r)
		}
	})
}

// discard is an answer that nobody gets.
type discard struct{ header http.Header }

// Header returns headers that are not sent.
func (d *discard) Header() http.Header { return d.header }

// Write takes a body that is not sent.
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }

// WriteHeader takes a status that is not sent.
func (d *discard) WriteHeader(int) {}
