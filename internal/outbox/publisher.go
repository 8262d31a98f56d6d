package outbox

import (
	"context"
	"errors"
	"fmt"
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
	GiveUp  time.Duration // how long reading back goes on before a person must decide; 15 min when 0
	Now     func() time.Time
}

// absences is how often a reply must be looked for in vain before a person is asked. One look proves nothing.
const absences = 3

// resends is how often a reply is sent again where that is harmless, before a person is asked.
const resends = 10

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
	if t, ok := errors.AsType[*desk.Transient](err); ok {
		return desk.Settlement{State: desk.EntryWaiting, NextAt: p.Now().Add(t.After), Error: t.Error(), NotSent: true, Free: true}
	}
	if refusal(err) {
		return refused(err)
	}
	return desk.Settlement{State: desk.EntryWaiting, NextAt: p.Now().Add(Backoff(e.Attempts)), Error: err.Error(), NotSent: true}
}

// say makes the call and reads its outcome.
func (p *Publisher) say(ctx context.Context, e desk.Entry, speaker Speaker, terms Terms, out desk.Outgoing) desk.Settlement {
	// Being told to stop must not cut a call whose answer is about to arrive; the timeout ends it soon enough.
	call, cancel := context.WithTimeout(context.WithoutCancel(ctx), terms.Timeout)
	defer cancel()
	receipt, err := speaker.Reply(call, out)
	if err == nil {
		return desk.Settlement{State: desk.EntryDone, Receipt: receipt}
	}
	if _, ok := errors.AsType[*desk.Unknown](err); ok {
		return p.wait(terms, err)
	}
	if t, ok := errors.AsType[*desk.Transient](err); ok {
		return p.passing(e, out, t)
	}
	if refusal(err) && out.StartedAt.IsZero() {
		return refused(err)
	}
	return p.wait(terms, err) // an error of no known class proves nothing
}

// passing settles a call that certainly said nothing. When an earlier call may have, that certainty does not reach back to it.
func (p *Publisher) passing(e desk.Entry, out desk.Outgoing, t *desk.Transient) desk.Settlement {
	return desk.Settlement{
		State:   desk.EntryWaiting,
		NextAt:  p.Now().Add(max(t.After, Backoff(e.Attempts))),
		Error:   t.Error(),
		NotSent: out.StartedAt.IsZero(),
		Free:    t.After > 0,
	}
}

// wait lets time pass until reading back can mean something: the network may still be at it for as long as a call may take.
func (p *Publisher) wait(terms Terms, err error) desk.Settlement {
	return desk.Settlement{State: desk.EntryWaiting, NextAt: p.Now().Add(terms.Timeout + terms.Delay), Error: err.Error()}
}

// again decides about a reply whose first call left, or may have.
func (p *Publisher) again(ctx context.Context, e desk.Entry) desk.Settlement {
	out, err := p.Ledger.Recall(ctx, e)
	if err != nil {
		return desk.Settlement{State: desk.EntryWaiting, NextAt: p.Now().Add(Backoff(e.Attempts)), Error: err.Error()}
	}
	out.StartedAt = e.StartedAt
	speaker, terms, err := p.Speaker(ctx, e.Account, out.Parent)
	if err != nil {
		return p.undecided(e, fmt.Sprintf("It cannot be looked up whether the reply is public: %v", err))
	}
	// A holder that vanished may have been in the middle of its call until its lease ran out.
	if sure := e.StartedAt.Add(p.Lease + terms.Timeout + terms.Delay); e.Reclaimed && p.Now().Before(sure) {
		return desk.Settlement{State: desk.EntryWaiting, NextAt: sure, Error: e.Error, Free: true}
	}
	call, cancel := context.WithTimeout(ctx, terms.Timeout)
	defer cancel()
	found, err := speaker.Find(call, out)
	switch {
	case err == nil && found.Finding == desk.FoundIt:
		return desk.Settlement{State: desk.EntryDone, Receipt: found.Receipt}
	case err == nil && found.Finding == desk.FoundAbsent:
		return p.absent(ctx, e, speaker, terms, out)
	}
	return p.undecided(e, "The network could not be asked whether the reply is public.")
}

// absent decides about a reply that was looked for and not seen.
func (p *Publisher) absent(ctx context.Context, e desk.Entry, speaker Speaker, terms Terms, out desk.Outgoing) desk.Settlement {
	harmless := terms.Resend < 0 || p.Now().Before(e.StartedAt.Add(terms.Resend))
	if harmless && e.Attempts <= resends {
		return p.say(ctx, e, speaker, terms, out)
	}
	if e.Attempts > absences {
		return desk.Settlement{State: desk.EntryUnconfirmed, Error: "The reply may have been sent, but it was not seen on the site. Look there and say whether it is public."}
	}
	return desk.Settlement{State: desk.EntryWaiting, NextAt: p.Now().Add(terms.Delay + Backoff(e.Attempts)), Error: "Sent, but not seen on the site yet. We look again."}
}

// undecided tries for a while, then asks a person.
func (p *Publisher) undecided(e desk.Entry, sentence string) desk.Settlement {
	giveUp := p.GiveUp
	if giveUp == 0 {
		giveUp = 15 * time.Minute
	}
	if p.Now().After(e.StartedAt.Add(p.Lease + giveUp)) {
		return desk.Settlement{State: desk.EntryUnconfirmed, Error: sentence + " Look there and say whether it is."}
	}
	return desk.Settlement{State: desk.EntryWaiting, NextAt: p.Now().Add(Backoff(e.Attempts)), Error: sentence}
}

// refusal tells whether an error says that nothing became public and nothing will.
func refusal(err error) bool {
	return errors.Is(err, desk.ErrDenied) || errors.Is(err, desk.ErrInvalid) || errors.Is(err, desk.ErrNotFound)
}

func refused(err error) desk.Settlement {
	return desk.Settlement{State: desk.EntryDead, Error: err.Error(), NotSent: true}
}
