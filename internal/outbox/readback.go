package outbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// absences is how often a reply must be looked for in vain before a person is asked. One look proves nothing.
const absences = 3

// resends is how often a reply is sent again where that is harmless, before a person is asked.
const resends = 10

// again decides about a reply whose first call left, or may have.
func (p *Publisher) again(ctx context.Context, e desk.Entry) desk.Settlement {
	out, err := p.Ledger.Recall(ctx, e)
	if err != nil {
		return p.undecided(ctx, e, fmt.Errorf("what was to be said could not be read: %w", err))
	}
	out.StartedAt = e.StartedAt
	speaker, terms, err := p.Speaker(ctx, e.Account, out.Parent)
	if err != nil {
		return p.undecided(ctx, e, err)
	}
	// A holder that vanished may have been in the middle of its call until its lease ran out.
	if sure := p.sure(e, terms); e.Reclaimed && p.Now().Before(sure) {
		return desk.Settlement{State: desk.EntryWaiting, NextAt: sure, Error: e.Error, Free: true}
	}
	look, cancel := context.WithTimeout(ctx, terms.Timeout)
	defer cancel()
	var found desk.Found
	err = guarded(p.Log, e, func() (err error) { found, err = speaker.Find(look, out); return err })
	switch {
	case err == nil && found.Finding == desk.FoundIt:
		return desk.Settlement{State: desk.EntryDone, Receipt: found.Receipt}
	case err == nil && found.Finding == desk.FoundAbsent:
		return p.absent(ctx, e, speaker, terms, out)
	}
	return p.undecided(ctx, e, cmp.Or(err, errors.New("the network did not say")))
}

// sure is when whatever the first holder did must be visible.
func (p *Publisher) sure(e desk.Entry, terms Terms) time.Time {
	return e.StartedAt.Add(p.Lease + terms.Timeout + terms.Delay)
}

// late is when enough was tried to find out.
func (p *Publisher) late(e desk.Entry) bool {
	return p.Now().After(e.StartedAt.Add(p.Lease + cmp.Or(p.GiveUp, 15*time.Minute)))
}

// absent decides about a reply that was looked for and not seen.
func (p *Publisher) absent(ctx context.Context, e desk.Entry, speaker Speaker, terms Terms, out desk.Outgoing) desk.Settlement {
	// A call that leaves just inside the network's window may arrive outside of it.
	harmless := terms.Resend < 0 || p.Now().Add(terms.Timeout).Before(e.StartedAt.Add(terms.Resend))
	if harmless && (e.Attempts <= resends || !p.late(e)) {
		return p.say(ctx, e, speaker, terms, out)
	}
	return p.unseen(e, terms, "The reply was sent, but it is not seen on the site.")
}

// unseen looks again later, or asks a person when it was looked often and late enough.
func (p *Publisher) unseen(e desk.Entry, terms Terms, sentence string) desk.Settlement {
	// Attempts before the call that left count too, so their number alone does not say how often it was looked.
	if e.Attempts > absences && !p.Now().Before(p.sure(e, terms)) {
		return desk.Settlement{State: desk.EntryUnconfirmed, Error: sentence + " Look there and say whether it is public."}
	}
	pause := terms.Delay + Backoff(min(e.Attempts, absences))
	return desk.Settlement{State: desk.EntryWaiting, NextAt: p.Now().Add(pause), Error: sentence + " We look again."}
}

// undecided tries for a while to find out, then asks a person.
func (p *Publisher) undecided(ctx context.Context, e desk.Entry, err error) desk.Settlement {
	if ctx.Err() != nil { // told to stop: this says nothing about the reply
		return desk.Settlement{State: desk.EntryWaiting, NextAt: p.Now(), Error: e.Error, Free: true}
	}
	sentence := fmt.Sprintf("It could not be looked up whether the reply is public: %v.", err)
	if e.Attempts > absences && p.late(e) {
		return desk.Settlement{State: desk.EntryUnconfirmed, Error: sentence + " Look there and say whether it is."}
	}
	pause := Backoff(e.Attempts)
	if t, ok := errors.AsType[*desk.Transient](err); ok {
		pause = max(pause, t.After)
	}
	return desk.Settlement{State: desk.EntryWaiting, NextAt: p.Now().Add(pause), Error: sentence}
}
