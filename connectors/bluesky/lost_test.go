package bluesky

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/outbox"
	"github.com/earshotdesk/earshot/internal/realsrv"
)

// TestRealLostAnswers loses the answer of every call that publishes, 50 times of 50, on the way from a real server. The outbox has no
// other word about them than what it reads back; in the end each reply is public once.
func TestRealLostAnswers(t *testing.T) {
	t.Parallel()
	acme, mira := realsrv.Citizens(t, "acme", "mira")
	proxy := realsrv.Toxiproxy(t, acme.Server)
	proxy.LoseAnswers(t, time.Second)
	c, _ := as(t, acme, Options{Notifications: true})
	m, _ := polled(t, c, "", mira.Say(acme, "fifty questions"))
	lossy := *c
	lossy.env.Publish = &http.Client{Transport: detour{proxy.Addr, &http.Transport{DisableKeepAlives: true}}}

	const replies, atOnce = 50, 10
	var calls, done atomic.Int64
	queue := make(chan desk.Outgoing)
	var workers sync.WaitGroup
	for range atOnce {
		workers.Go(func() {
			for out := range queue {
				n, receipt := carryOut(t, &lossy, out)
				calls.Add(n)
				if receipt.Remote != "" {
					done.Add(1)
				}
			}
		})
	}
	began := time.Now()
	for i := range replies {
		queue <- outgoing(m, fmt.Sprintf("Answer number %d", i))
	}
	close(queue)
	workers.Wait()
	t.Logf("%d replies in %v, %d attempts", replies, time.Since(began).Round(time.Millisecond), calls.Load())
	said := acme.Said()
	for words, n := range said {
		if n != 1 {
			t.Errorf("%q is public %d times", words, n)
		}
	}
	if len(said) != replies || done.Load() != replies {
		t.Errorf("%d replies are public, of %d the desk knows", len(said), done.Load())
	}
}

// detour sends requests to another address than they name.
type detour struct {
	addr string
	over http.RoundTripper
}

// RoundTrip sends one request.
func (d detour) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Host = d.addr
	return d.over.RoundTrip(r)
}

// carryOut does for one reply what the outbox does, and returns after how many attempts it was known to be public.
func carryOut(t *testing.T, c *Connector, out desk.Outgoing) (attempts int64, receipt desk.Receipt) {
	p := &outbox.Publisher{
		Ledger: said{out}, Lease: time.Minute, Now: time.Now,
		Speaker: func(context.Context, string, desk.Mention) (outbox.Speaker, outbox.Terms, error) {
			return c, outbox.Terms{Resend: -1, Timeout: 20 * time.Second}, nil
		},
	}
	e := desk.Entry{ID: "1", Kind: desk.EntryPublish, Account: "acme", CreatedAt: time.Now()}
	for e.Attempts < 10 {
		e.Attempts++
		e.Lease.Until = time.Now().Add(time.Minute)
		began := time.Now()
		s := p.Act(t.Context(), e)
		if e.Attempts == 1 && (s.State != desk.EntryWaiting || s.NotSent) {
			t.Errorf("the answer was lost, but the outcome is %+v", s)
		}
		if s.State == desk.EntryDone {
			return int64(e.Attempts), s.Receipt
		}
		e.StartedAt = began
	}
	t.Errorf("%q: nobody knows what became of it", out.Text)
	return int64(e.Attempts), desk.Receipt{}
}

// said is the record of one reply.
type said struct{ out desk.Outgoing }

// Begin lets the reply out.
func (s said) Begin(context.Context, desk.Entry) (desk.Outgoing, error) { return s.out, nil }

// Recall returns it.
func (s said) Recall(context.Context, desk.Entry) (desk.Outgoing, error) { return s.out, nil }

// Settle has nowhere to write.
func (s said) Settle(context.Context, desk.Entry, desk.Settlement) error { return nil }
