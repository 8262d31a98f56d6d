package outbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// ChangeLedger is the record of what becomes of published replies.
type ChangeLedger interface {
	// BeginChange checks right before the call whether the change may still be made, and writes that it is about to be. It returns
	// what to say instead and where the reply stands. Errors as of [Ledger.Begin].
	BeginChange(ctx context.Context, e desk.Entry) (desk.Outgoing, desk.Receipt, error)
	// SettleChange writes the outcome to reply, history and entry in one transaction.
	SettleChange(ctx context.Context, e desk.Entry, s desk.Settlement) error
}

// Mender changes published replies on one account's network. Doing the same twice does no harm; deleting what is gone is no error.
type Mender interface {
	Edit(ctx context.Context, out desk.Outgoing, receipt desk.Receipt) (desk.Receipt, error)
	Delete(ctx context.Context, out desk.Outgoing, receipt desk.Receipt) error
}

// Changer is the handler of desk.EntryEdit and desk.EntryDelete. A lost answer is simply asked for again.
type Changer struct {
	Ledger ChangeLedger
	// Mender finds who changes an account's replies to a mention, and on what terms.
	Mender func(ctx context.Context, account string, parent desk.Mention) (Mender, Terms, error)
	Now    func() time.Time
	Log    *slog.Logger // nil means slog.Default()
}

// changeTries is how often a change is tried before a person is told that it failed: about half an hour.
const changeTries = 10

// Act does one attempt.
func (c *Changer) Act(ctx context.Context, e desk.Entry) desk.Settlement {
	first := e.StartedAt.IsZero()
	out, receipt, err := c.Ledger.BeginChange(ctx, e)
	if err != nil {
		return c.failed(e, Terms{}, err, first)
	}
	mender, terms, err := c.Mender(ctx, e.Account, out.Parent)
	if err != nil {
		return refused(err)
	}
	now := c.Now()
	if e.Reclaimed {
		// A holder that vanished may be in the middle of its call for as long as one lasts; what it says must not come after us.
		return desk.Settlement{State: desk.EntryWaiting, NextAt: now.Add(terms.Timeout), Error: e.Error, Free: true}
	}
	if !now.Before(e.Lease.Until) {
		return desk.Settlement{State: desk.EntryWaiting, NextAt: now, Error: "The desk was too slow to send this in time. It tries again.", NotSent: first}
	}
	// Being told to stop must not cut a call whose answer is about to arrive; the timeout ends it soon enough.
	call, cancel := context.WithTimeout(context.WithoutCancel(ctx), terms.Timeout)
	defer cancel()
	changed := desk.Receipt{}
	err = guarded(c.Log, e, func() (err error) {
		if e.Kind == desk.EntryDelete {
			return mender.Delete(call, out, receipt)
		}
		changed, err = mender.Edit(call, out, receipt)
		return err
	})
	if err != nil {
		return c.failed(e, terms, err, first)
	}
	return desk.Settlement{State: desk.EntryDone, Receipt: changed}
}

// Settle writes the outcome.
func (c *Changer) Settle(ctx context.Context, e desk.Entry, s desk.Settlement) error {
	return c.Ledger.SettleChange(ctx, e, s)
}

// failed decides about an attempt that brought an error: once more later, or never again.
func (c *Changer) failed(e desk.Entry, terms Terms, err error, first bool) desk.Settlement {
	s := desk.Settlement{State: desk.EntryWaiting, NextAt: c.Now().Add(Backoff(e.Attempts)), Error: err.Error()}
	// An Unknown may hold an error of any other class: it is asked for first.
	_, unknown := errors.AsType[*desk.Unknown](err)
	passing, transient := errors.AsType[*desk.Transient](err)
	switch {
	case unknown:
		// The network may still be at it; the same again must come after that, not beside it.
		s.NextAt = c.Now().Add(max(terms.Timeout, Backoff(e.Attempts)))
	case transient && passing.After > 0:
		s.NextAt, s.Free, s.NotSent = c.Now().Add(passing.After), true, first
		return s
	case transient:
		s.NotSent = first
	case refusal(err):
		return refused(err)
	}
	if e.Attempts < changeTries {
		return s
	}
	return desk.Settlement{State: desk.EntryDead, Error: fmt.Sprintf("It did not work in %d tries: %v. Look at the site; trying again does no harm.", e.Attempts, err)}
}
