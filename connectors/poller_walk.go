package connectors

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// outcome is what polling a source came to. The failure is the source's own and stands in its health already.
type outcome struct {
	result  desk.IngestResult
	more    bool
	failure error
}

// walk takes steps until the source has no more right now. Each step is leased, stored and reported by itself and queues for a
// worker anew, so that a long walk neither starves others nor loses more than one batch in a crash. The error is one of the
// store, [desk.ErrConflict] when the source may not be polled or the lease was lost.
func (p *Poller) walk(ctx context.Context, c Configured, force bool) (outcome, error) {
	var all outcome
	for {
		slot, err := p.slot(ctx)
		if err != nil {
			return all, err
		}
		out, err := p.step(ctx, c, force, slot)
		slot()
		all.result = all.result.Plus(out.result)
		all.failure = out.failure
		if err != nil || !out.more {
			return all, err
		}
	}
}

// slot waits for a free worker. The function it returns frees it again and may be called more than once.
func (p *Poller) slot(ctx context.Context) (func(), error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case p.slots <- struct{}{}:
		return sync.OnceFunc(func() { <-p.slots }), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// step is one poll: lease, fetch, store, report.
func (p *Poller) step(ctx context.Context, c Configured, force bool, slot func()) (outcome, error) {
	began := time.Now()
	state, lease, leased, err := p.store.LeaseSource(ctx, c.Source.Name, p.opt.Owner, p.leaseFor(), began, force)
	if err != nil {
		return outcome{}, fmt.Errorf("leasing: %w", err)
	}
	if !leased {
		return outcome{}, refused(state)
	}
	batch, failure := p.fetch(ctx, c, &state, lease, slot)
	if failure == nil && !state.FirstPollAt.IsZero() {
		p.recheck(ctx, c, lease, &batch)
	}

	// What came is stored and said even when the desk is stopping: it was paid for, and the next start would fetch it again.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*p.opt.Grace)
	defer cancel()
	if errors.Is(failure, errCutOff) {
		return outcome{}, errors.Join(failure, p.store.Pay(ctx, c.Source.Name, batch.Spend.Micros, batch.Spend.Units), p.store.ExtendLease(ctx, lease, time.Now()))
	}
	in := intake(c.Source, state, lease, batch, began)
	in.Forget = c.Forgets
	out, err := p.settle(ctx, in, state, batch, failure)
	if err != nil { // the money is gone, whoever has the lease
		return out, errors.Join(err, p.store.Pay(ctx, c.Source.Name, batch.Spend.Micros, batch.Spend.Units))
	}
	return out, p.report(ctx, state, lease, batch, out, c.Source)
}

// settle stores what came, if anything, and decides how the poll went. The error is a lost lease: nothing may be written then.
func (p *Poller) settle(ctx context.Context, in desk.Intake, state desk.SourceState, b Batch, failure error) (outcome, error) {
	out := outcome{failure: failure}
	var err error
	if worthStoring(state, in, failure) {
		out.result, err = p.sink.Ingest(ctx, in)
	}
	switch {
	case errors.Is(err, desk.ErrConflict):
		return outcome{}, err
	case err != nil:
		out.failure = &desk.Transient{Err: fmt.Errorf("storing what came: %w", err)}
	case failure == nil && b.More && b.Wait <= 0 && in.Cursor == state.Cursor:
		out.failure = errors.New("the connector says that there is more, but its cursor does not move")
	}
	out.more = b.More && b.Wait <= 0 && out.failure == nil
	return out, nil
}

// leaseFor is how long a lease lasts: the poll, its late return, a look at known mentions, storing, and a rest.
func (p *Poller) leaseFor() time.Duration { return p.opt.Timeout + 5*p.opt.Grace }

// refused says why a lease was not given.
func refused(s desk.SourceState) error {
	switch {
	case s.Removed:
		return desk.Conflictf("%s is no longer configured.", s.Name)
	case s.Health == desk.HealthStopped:
		return desk.Conflictf("%s is stopped until its configuration changes: %s", s.Name, s.Error)
	}
	return desk.Conflictf("%s is being polled by another process, or was a moment ago.", s.Name)
}

// errCutOff says that the desk is stopping, which is no failure of the source.
var errCutOff = errors.New("the poll was cut off because the desk is stopping")

// fetch polls under the timeout. A connector that does not come back when its context has ended is reported as failing and
// gives up its worker; its lease is extended until it does come back, so that nobody doubles it, and then its batch counts.
func (p *Poller) fetch(ctx context.Context, c Configured, state *desk.SourceState, lease desk.Lease, slot func()) (Batch, error) {
	pollCtx, cancel := context.WithTimeout(ctx, p.opt.Timeout)
	defer cancel()
	type fetched struct {
		batch Batch
		err   error
	}
	back := make(chan fetched, 1)
	go func() {
		f := fetched{err: errors.New("the connector ended its goroutine instead of returning")}
		defer func() { back <- f }()
		f.batch, f.err = guarded(pollCtx, c.Connector, Cursor(state.Cursor))
	}()
	overdue := time.NewTimer(p.opt.Timeout + p.opt.Grace)
	defer overdue.Stop()
	for {
		select {
		case f := <-back:
			switch {
			case f.err != nil && ctx.Err() != nil:
				return f.batch, errCutOff
			case f.err != nil && pollCtx.Err() != nil:
				return f.batch, &desk.Transient{Err: fmt.Errorf("the poll did not end within %s: %w", p.opt.Timeout, f.err)}
			}
			return f.batch, f.err
		case <-overdue.C:
			slot()
			p.overdue(context.WithoutCancel(ctx), state, lease)
			overdue.Reset(p.opt.Grace)
		}
	}
}

// overdue keeps the lease of a poll that does not come back, and says so the first time. Should the store not answer, the fence
// still keeps a late batch from doing harm.
func (p *Poller) overdue(ctx context.Context, state *desk.SourceState, lease desk.Lease) {
	ctx, cancel := context.WithTimeout(ctx, p.opt.Grace/2)
	defer cancel()
	now := time.Now()
	if err := p.store.ExtendLease(ctx, lease, now.Add(p.leaseFor())); err != nil {
		return
	}
	sentence := fmt.Sprintf("the poll has not come back %s after its time was up; it is not started again before it does", p.opt.Grace)
	if state.Error == sentence {
		return
	}
	r := desk.PollReport{Lease: lease, At: now, Err: sentence, Running: true}
	if p.store.ReportPoll(ctx, r) == nil {
		p.say(*state, errors.New(sentence), false)
		state.Health, state.Error, state.Failures = desk.HealthFailing, sentence, state.Failures+1
		if state.FailingSince.IsZero() {
			state.FailingSince = now
		}
	}
}

// guarded polls and turns a panic into an error.
func guarded(ctx context.Context, c Connector, since Cursor) (b Batch, err error) {
	err = Guard(func() (err error) { b, err = c.Poll(ctx, since); return err })
	return b, err
}
