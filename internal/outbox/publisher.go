package outbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Ledger is the record of what was said in public.
type Ledger interface {
	// Begin checks right before the call whether the reply may still go out, and writes that it is about to: reply and entry
	// together. It returns what to say. Errors: *desk.Transient to wait (a stop switch), ErrConflict when the lease is lost,
	// ErrInvalid, ErrDenied, ErrGone or ErrNotFound with a sentence when it must not go out any more.
	Begin(ctx context.Context, e desk.Entry) (desk.Outgoing, error)
	// Recall returns what was to be said, for reading back.
	Recall(ctx context.Context, e desk.Entry) (desk.Outgoing, error)
	// Settle writes the outcome to reply, case and entry in one transaction.
	Settle(ctx context.Context, e desk.Entry, s desk.Settlement) error
}

// Speaker says replies on one account's network.
type Speaker interface {
	Reply(ctx context.Context, out desk.Outgoing) (desk.Receipt, error)
	Find(ctx context.Context, out desk.Outgoing) (desk.Found, error)
}

// Terms is what a network promises about replies.
type Terms struct {
	Resend  time.Duration // for how long after the first call the same reply may be sent again without becoming public twice; 0 never, negative always
	Delay   time.Duration // until a reply that was accepted can be read back
	Timeout time.Duration // of one call
}

// Publisher is the handler of desk.EntryPublish.
type Publisher struct {
	Ledger Ledger
	// Speaker finds who speaks for an account about a mention, and on what terms.
	Speaker func(ctx context.Context, account string, parent desk.Mention) (Speaker, Terms, error)
	Lease   time.Duration // of the worker: no earlier holder can still be calling once it and the timeout have passed
	GiveUp  time.Duration // how long it is tried to find out before a person must decide; 15 min when 0
	Now     func() time.Time
	Log     *slog.Logger // nil means slog.Default()
}

// Act does one attempt: the first call, or, once a call may have left, reading back.
func (p *Publisher) Act(ctx context.Context, e desk.Entry) desk.Settlement {
	if e.StartedAt.IsZero() {
		return p.first(ctx, e)
	}
	return p.again(ctx, e)
}

// Settle writes the outcome.
func (p *Publisher) Settle(ctx context.Context, e desk.Entry, s desk.Settlement) error {
	return p.Ledger.Settle(ctx, e, s)
}

func (p *Publisher) first(ctx context.Context, e desk.Entry) desk.Settlement {
	out, err := p.Ledger.Begin(ctx, e)
	if err != nil {
		return p.notBegun(e, err)
	}
	speaker, terms, err := p.Speaker(ctx, e.Account, out.Parent)
	if err != nil {
		return refused(err)
	}
	return p.say(ctx, e, speaker, terms, out)
}

// notBegun settles an attempt that was stopped before any call.
func (p *Publisher) notBegun(e desk.Entry, err error) desk.Settlement {
	if refusal(err) {
		return refused(err)
	}
	s := desk.Settlement{State: desk.EntryWaiting, NextAt: p.Now().Add(Backoff(e.Attempts)), Error: err.Error(), NotSent: true}
	if t, ok := errors.AsType[*desk.Transient](err); ok && t.After > 0 {
		s.NextAt, s.Free = p.Now().Add(t.After), true
	}
	return s
}

// say makes the call and reads its outcome.
func (p *Publisher) say(ctx context.Context, e desk.Entry, speaker Speaker, terms Terms, out desk.Outgoing) desk.Settlement {
	if !p.Now().Before(e.Lease.Until) {
		// Whoever took over counts on it that we call no more.
		return desk.Settlement{State: desk.EntryWaiting, NextAt: p.Now(), Error: "The desk was too slow to send this in time. It tries again.", NotSent: out.StartedAt.IsZero()}
	}
	// Being told to stop must not cut a call whose answer is about to arrive; the timeout ends it soon enough.
	call, cancel := context.WithTimeout(context.WithoutCancel(ctx), terms.Timeout)
	defer cancel()
	var receipt desk.Receipt
	err := guarded(p.Log, e, func() (err error) { receipt, err = speaker.Reply(call, out); return err })
	if err == nil {
		return desk.Settlement{State: desk.EntryDone, Receipt: receipt}
	}
	// An Unknown may hold an error of any other class: it is asked for first.
	if _, ok := errors.AsType[*desk.Unknown](err); ok {
		return p.wait(e, terms, err)
	}
	if t, ok := errors.AsType[*desk.Transient](err); ok {
		return p.passing(e, out, t)
	}
	if refusal(err) && out.StartedAt.IsZero() {
		return refused(err)
	}
	if refusal(err) {
		return p.unseen(e, terms, fmt.Sprintf("The network refuses the reply now (%v), but may have taken it before.", err))
	}
	return p.wait(e, terms, err) // an error of no known class proves nothing
}

// passing settles a call that certainly said nothing. When an earlier call may have, that certainty does not reach back to it,
// and the attempt counts, so that a person is asked in the end.
func (p *Publisher) passing(e desk.Entry, out desk.Outgoing, t *desk.Transient) desk.Settlement {
	only := out.StartedAt.IsZero()
	return desk.Settlement{
		State:   desk.EntryWaiting,
		NextAt:  p.Now().Add(max(t.After, Backoff(e.Attempts))),
		Error:   t.Error(),
		NotSent: only,
		Free:    only && t.After > 0,
	}
}

// wait lets time pass until reading back can mean something: the network may still be at it for as long as a call may take. A
// person waits for the outcome, so the pause grows to about a minute and no further.
func (p *Publisher) wait(e desk.Entry, terms Terms, err error) desk.Settlement {
	return desk.Settlement{State: desk.EntryWaiting, NextAt: p.Now().Add(max(terms.Timeout+terms.Delay, Backoff(min(e.Attempts, 6)))), Error: err.Error()}
}

// guarded turns a panic of a connector into an error of no known class: it may have broken in the middle of its call.
func guarded(log *slog.Logger, e desk.Entry, call func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			cmp.Or(log, slog.Default()).Error("outbox: a connector panicked", "entry", e.ID, "account", e.Account, "panic", r, "stack", string(debug.Stack()))
			err = errors.New("an internal error interrupted the call to the network")
		}
	}()
	return call()
}

// refusal tells whether an error says that nothing became public and nothing will.
func refusal(err error) bool {
	return errors.Is(err, desk.ErrDenied) || errors.Is(err, desk.ErrInvalid) || errors.Is(err, desk.ErrNotFound)
}

func refused(err error) desk.Settlement {
	return desk.Settlement{State: desk.EntryDead, Error: err.Error(), NotSent: true}
}
