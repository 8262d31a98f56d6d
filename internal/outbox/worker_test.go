package outbox_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/outbox"
)

// hands carries out acts as the test says and settles them in a book.
type hands struct {
	*book
	act func(ctx context.Context, e desk.Entry) desk.Settlement

	mu   sync.Mutex
	acts []string
}

func (h *hands) Act(ctx context.Context, e desk.Entry) desk.Settlement {
	h.mu.Lock()
	h.acts = append(h.acts, string(e.ID))
	h.mu.Unlock()
	return h.act(ctx, e)
}

func (h *hands) order() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.acts)
}

func done(context.Context, desk.Entry) desk.Settlement {
	return desk.Settlement{State: desk.EntryDone}
}

// inBubble runs a test with a worker on fake time.
func inBubble(t *testing.T, act func(context.Context, desk.Entry) desk.Settlement, test func(t *testing.T, w *outbox.Worker, h *hands, log *bytes.Buffer)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := &hands{book: newBook(t, time.Now), act: act}
		var log bytes.Buffer // written by the one handler, under its lock, and read when all rest
		w := outbox.New(outbox.Options{
			Store: h, Handlers: map[string]outbox.Handler{desk.EntryNotice: h}, Owner: "w", Lease: lease, Every: 10 * time.Second,
			Log: slog.New(slog.NewTextHandler(&log, nil)),
		})
		test(t, w, h, &log)
	})
}

func notice(id, order string) desk.Entry {
	return desk.Entry{ID: desk.EntryID(id), Kind: desk.EntryNotice, Order: order}
}

// run starts the worker; the function it returns stops it and waits.
func run(t *testing.T, w *outbox.Worker) func() {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	synctest.Wait()
	return func() {
		t.Helper()
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

func TestDrain(t *testing.T) {
	inBubble(t, done, func(t *testing.T, w *outbox.Worker, h *hands, _ *bytes.Buffer) {
		for _, id := range []string{"a1", "a2", "a3"} {
			h.put(notice(id, "a"))
		}
		for range 7 {
			h.put(notice("other", ""))
		}
		n, err := w.Drain(t.Context())
		if err != nil || n != 10 {
			t.Errorf("%d attempts, %v; want 10", n, err)
		}
		ofA := slices.DeleteFunc(h.order(), func(s string) bool { return s == "other" })
		if diff := cmp.Diff([]string{"a1", "a2", "a3"}, ofA); diff != "" {
			t.Errorf("acts of one order key (-want +got):\n%s", diff)
		}
	})
}

// An act that must wait holds up those after it with the same key, and no others.
func TestOrderHolds(t *testing.T) {
	first := true
	act := func(_ context.Context, e desk.Entry) desk.Settlement {
		if e.ID == "a1" && first {
			first = false
			return desk.Settlement{State: desk.EntryWaiting, NextAt: time.Now().Add(time.Hour)}
		}
		return desk.Settlement{State: desk.EntryDone}
	}
	inBubble(t, act, func(t *testing.T, w *outbox.Worker, h *hands, _ *bytes.Buffer) {
		h.put(notice("a1", "a"))
		h.put(notice("a2", "a"))
		h.put(notice("b1", "b"))
		defer run(t, w)()
		synctest.Wait()
		if got := h.order(); slices.Contains(got, "a2") || !slices.Contains(got, "b1") {
			t.Errorf("while a1 waits: %v", got)
		}
		time.Sleep(2 * time.Hour)
		if got := h.order(); !slices.Equal(got[len(got)-2:], []string{"a1", "a2"}) {
			t.Errorf("at the end: %v", got)
		}
	})
}

func TestWake(t *testing.T) {
	inBubble(t, done, func(t *testing.T, w *outbox.Worker, h *hands, _ *bytes.Buffer) {
		defer run(t, w)()
		time.Sleep(time.Second)
		h.put(notice("a", ""))
		synctest.Wait()
		if len(h.order()) > 0 {
			t.Error("it looked before it was its time")
		}
		w.Wake()
		w.Wake() // never blocks
		synctest.Wait()
		if got := h.entry("a").State; got != desk.EntryDone {
			t.Errorf("after waking: %s", got)
		}
		h.put(notice("b", ""))
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if got := h.entry("b").State; got != desk.EntryDone {
			t.Errorf("after its time, without waking: %s", got)
		}
	})
}

// Stopping waits for the act under way, which may write its outcome.
func TestStopWaits(t *testing.T) {
	act := func(_ context.Context, _ desk.Entry) desk.Settlement {
		time.Sleep(5 * time.Second)
		return desk.Settlement{State: desk.EntryDone}
	}
	inBubble(t, act, func(t *testing.T, w *outbox.Worker, h *hands, _ *bytes.Buffer) {
		h.put(notice("a", ""))
		began := time.Now()
		run(t, w)()
		if took := time.Since(began); took != 5*time.Second {
			t.Errorf("stopping took %v, want the 5 s of the act", took)
		}
		if got := h.entry("a").State; got != desk.EntryDone {
			t.Errorf("the act under way ended as %s", got)
		}
	})
}

// When the outcome cannot be written, the lease runs out and the entry comes again as reclaimed.
func TestSettleFails(t *testing.T) {
	var again []bool
	act := func(_ context.Context, e desk.Entry) desk.Settlement {
		again = append(again, e.Reclaimed)
		return desk.Settlement{State: desk.EntryDone}
	}
	inBubble(t, act, func(t *testing.T, w *outbox.Worker, h *hands, log *bytes.Buffer) {
		h.put(notice("a", ""))
		h.failing("settle", errors.New("disk full"))
		defer run(t, w)()
		h.failing("settle", nil)
		time.Sleep(2 * lease)
		synctest.Wait()
		if diff := cmp.Diff([]bool{false, true}, again); diff != "" || h.entry("a").State != desk.EntryDone {
			t.Errorf("it ended as %s; reclaimed (-want +got):\n%s", h.entry("a").State, diff)
		}
		if !strings.Contains(log.String(), "disk full") {
			t.Errorf("the log does not say why: %s", log)
		}
	})
}

// A holder that takes longer than its lease loses it: somebody else's outcome stands.
func TestLeaseLost(t *testing.T) {
	var h *hands
	act := func(_ context.Context, e desk.Entry) desk.Settlement {
		time.Sleep(lease + time.Second)
		other, err := h.ClaimEntries(context.Background(), e.Kind, "other", lease, 1)
		if err != nil || len(other) != 1 || !other[0].Reclaimed {
			t.Errorf("the other worker claimed %+v, %v", other, err)
			return desk.Settlement{State: desk.EntryDead}
		}
		if err := h.Settle(context.Background(), other[0], desk.Settlement{State: desk.EntryDone}); err != nil {
			t.Error(err)
		}
		return desk.Settlement{State: desk.EntryDead}
	}
	inBubble(t, act, func(t *testing.T, w *outbox.Worker, own *hands, log *bytes.Buffer) {
		h = own
		h.put(notice("a", ""))
		if _, err := w.Drain(t.Context()); err != nil {
			t.Error(err)
		}
		if got := h.entry("a").State; got != desk.EntryDone {
			t.Errorf("the outcome is %s, want that of the other worker", got)
		}
		if !strings.Contains(log.String(), "somebody else took over") {
			t.Errorf("the log says nothing of it: %s", log)
		}
	})
}

func TestPanic(t *testing.T) {
	act := func(_ context.Context, e desk.Entry) desk.Settlement {
		if e.Attempts == 1 {
			panic("boom")
		}
		return desk.Settlement{State: desk.EntryDone}
	}
	inBubble(t, act, func(t *testing.T, w *outbox.Worker, h *hands, log *bytes.Buffer) {
		h.put(notice("a", ""))
		h.put(notice("b", ""))
		defer run(t, w)()
		if got := h.entry("a"); got.State != desk.EntryWaiting || !got.NextAt.Equal(time.Now().Add(2*time.Second)) || got.Error == "" {
			t.Errorf("after the panic: %+v", got)
		}
		time.Sleep(20 * time.Second)
		synctest.Wait()
		if got := h.entry("a").State; got != desk.EntryDone || !strings.Contains(log.String(), "boom") {
			t.Errorf("it ended as %s; log: %s", got, log)
		}
	})
}

// A store that cannot be asked is said once, and once that it can again.
func TestBlind(t *testing.T) {
	inBubble(t, done, func(t *testing.T, w *outbox.Worker, h *hands, log *bytes.Buffer) {
		h.failing("claim", errors.New("no database"))
		h.put(notice("a", ""))
		if _, err := w.Drain(t.Context()); err == nil {
			t.Error("draining without a store is no error")
		}
		stop := run(t, w)
		time.Sleep(time.Minute)
		h.failing("claim", nil)
		time.Sleep(time.Minute)
		stop()
		if failed, well := strings.Count(log.String(), "no database"), strings.Count(log.String(), "again"); failed != 1 || well != 1 {
			t.Errorf("said %d times that it fails and %d times that it is well:\n%s", failed, well, log)
		}
		if got := h.entry("a").State; got != desk.EntryDone {
			t.Errorf("in the end the entry is %s", got)
		}
	})
}

// A kind that hangs does not hold up another.
func TestKindsDoNotWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBook(t, time.Now)
		slow := &hands{book: b, act: func(context.Context, desk.Entry) desk.Settlement {
			time.Sleep(30 * time.Second)
			return desk.Settlement{State: desk.EntryDone}
		}}
		quick := &hands{book: b, act: done}
		w := outbox.New(outbox.Options{Store: b, Handlers: map[string]outbox.Handler{desk.EntryNotice: slow, desk.EntryPublish: quick}, Owner: "w"})
		b.put(notice("chat", ""))
		defer run(t, w)()
		b.put(desk.Entry{ID: "public", Kind: desk.EntryPublish})
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if got := b.entry("public").State; got != desk.EntryDone {
			t.Errorf("while the chat hangs, the public entry is %s", got)
		}
	})
}
