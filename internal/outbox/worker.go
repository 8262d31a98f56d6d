// Package outbox carries outward acts out: every one is a row before it happens.
//
// The [Worker] leases due entries, hands each to the handler of its kind and writes how it ended: lease with fencing token,
// attempts, backoff, order per key, receipts. The [Publisher] is the handler of replies to the public, and the reason why they
// become public exactly once: it writes "publishing" before the call, and after a crash or a lost answer it waits, reads back, and
// leaves to a person what cannot be decided. The [Changer] edits and deletes what is public, which may be repeated and so needs no
// reading back; the [Watcher] looks whether a reply that the site checks first is shown.
//
// The package promises that an act is never started twice at the same time, that nothing is lost by a crash at any moment, and
// that a reply whose fate is unknown is never sent again unless the network itself makes the second sending harmless.
package outbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Store leases entries.
type Store interface {
	// ClaimEntries leases at most n due entries of a kind; those whose holder let the lease run out come first.
	ClaimEntries(ctx context.Context, kind, owner string, lease time.Duration, n int) ([]desk.Entry, error)
}

// Handler carries out entries of one kind.
type Handler interface {
	// Act does one attempt and says how it ended. It never writes the entry itself.
	Act(ctx context.Context, e desk.Entry) desk.Settlement
	// Settle writes how the attempt ended, together with what belongs to it, in one transaction. ErrConflict: the lease is lost.
	Settle(ctx context.Context, e desk.Entry, s desk.Settlement) error
}

// Options of a worker.
type Options struct {
	Store    Store
	Handlers map[string]Handler // by kind
	Owner    string             // names this process in leases
	Workers  int                // acts of a kind at the same time; 4 when 0
	Lease    time.Duration      // longer than any act may take; a minute when 0
	Every    time.Duration      // how often it looks for due entries when nobody wakes it; half a second when 0
	Log      *slog.Logger
}

// Worker carries out what is due. The zero value is not usable; see [New].
type Worker struct {
	o    Options
	wake map[string]chan struct{} // by kind
}

// New returns a worker. It does nothing until [Worker.Run].
func New(o Options) *Worker {
	if o.Workers == 0 {
		o.Workers = 4
	}
	if o.Lease == 0 {
		o.Lease = time.Minute
	}
	if o.Every == 0 {
		o.Every = 500 * time.Millisecond
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	w := &Worker{o: o, wake: map[string]chan struct{}{}}
	for kind := range o.Handlers {
		w.wake[kind] = make(chan struct{}, 1)
	}
	return w
}

// Wake makes the worker look at once. It never blocks.
func (w *Worker) Wake() {
	for _, wake := range w.wake {
		select {
		case wake <- struct{}{}:
		default:
		}
	}
}

// Run works until the context ends, then waits for the acts that are under way. Kinds do not wait for each other: a chat that
// hangs must not hold up the public.
func (w *Worker) Run(ctx context.Context) error {
	var group sync.WaitGroup
	for kind := range w.o.Handlers {
		group.Go(func() { w.work(ctx, kind) })
	}
	group.Wait()
	return nil
}

func (w *Worker) work(ctx context.Context, kind string) {
	tick := time.NewTicker(w.o.Every)
	defer tick.Stop()
	blind := false
	for {
		_, err := w.drain(ctx, kind)
		if ctx.Err() != nil {
			return
		}
		if err != nil && !blind {
			w.o.Log.Error("outbox: cannot ask for what is due", "error", err)
		} else if err == nil && blind {
			w.o.Log.Info("outbox: can ask for what is due again", "kind", kind)
		}
		blind = err != nil
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-w.wake[kind]:
		}
	}
}

// Drain carries out what is due now, round after round until nothing is, and returns how many attempts that took.
func (w *Worker) Drain(ctx context.Context) (int, error) {
	var errs []error
	done := 0
	for kind := range w.o.Handlers {
		n, err := w.drain(ctx, kind)
		done += n
		errs = append(errs, err)
	}
	return done, errors.Join(errs...)
}

func (w *Worker) drain(ctx context.Context, kind string) (int, error) {
	done := 0
	for {
		n, err := w.round(ctx, kind)
		done += n
		if err != nil || n == 0 {
			return done, err
		}
	}
}

// round claims a handful of a kind, carries them out side by side and waits for all.
func (w *Worker) round(ctx context.Context, kind string) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	entries, err := w.o.Store.ClaimEntries(ctx, kind, w.o.Owner, w.o.Lease, w.o.Workers)
	if err != nil {
		return 0, fmt.Errorf("claiming %s: %w", kind, err)
	}
	var group sync.WaitGroup
	for _, e := range entries {
		group.Go(func() { w.carryOut(ctx, w.o.Handlers[kind], e) })
	}
	group.Wait()
	return len(entries), nil
}

// carryOut does one attempt. What it learned is written even when the worker is told to stop meanwhile: an answer that arrived is
// worth more than a quick end.
func (w *Worker) carryOut(ctx context.Context, h Handler, e desk.Entry) {
	s := w.act(ctx, h, e)
	err := h.Settle(context.WithoutCancel(ctx), e, s)
	switch {
	case errors.Is(err, desk.ErrConflict):
		w.o.Log.Warn("outbox: somebody else took over", "entry", e.ID, "kind", e.Kind)
	case err != nil:
		// The lease runs out and the entry comes again, with its start on record.
		w.o.Log.Error("outbox: writing the outcome", "entry", e.ID, "kind", e.Kind, "error", err)
	}
}

// act guards against a panic: what broke in the middle may have happened, so it counts as unknown.
func (w *Worker) act(ctx context.Context, h Handler, e desk.Entry) (s desk.Settlement) {
	defer func() {
		if p := recover(); p != nil {
			w.o.Log.Error("outbox: panic", "entry", e.ID, "kind", e.Kind, "panic", p, "stack", string(debug.Stack()))
			s = desk.Settlement{State: desk.EntryWaiting, NextAt: time.Now().Add(Backoff(e.Attempts)), Error: "An internal error interrupted this. It is looked at again."}
		}
	}()
	return h.Act(ctx, e)
}

// Backoff is how long to wait after an attempt that failed for a passing reason: 2 s, 4 s, 8 s … up to 15 min.
func Backoff(attempts int) time.Duration {
	const most = 15 * time.Minute
	if attempts < 1 {
		attempts = 1
	}
	if attempts > 9 {
		return most
	}
	return min(time.Second<<attempts, most)
}
