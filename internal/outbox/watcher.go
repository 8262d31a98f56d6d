package outbox

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// WatchLedger knows which replies the site still checks.
type WatchLedger interface {
	// Watched returns what to look for; ErrDenied or ErrNotFound when there is nothing to look for any more.
	Watched(ctx context.Context, e desk.Entry) (desk.Outgoing, error)
	// SettleWatch writes what was seen to reply, case and entry in one transaction.
	SettleWatch(ctx context.Context, e desk.Entry, s desk.Settlement) error
}

// Watcher is the handler of desk.EntryWatch: it looks whether a reply in moderation is public, or rejected. It says nothing to
// anybody, so no stop switch concerns it.
type Watcher struct {
	Ledger  WatchLedger
	Speaker func(ctx context.Context, account string, parent desk.Mention) (Speaker, Terms, error)
	Now     func() time.Time
	Log     *slog.Logger // nil means slog.Default()
}

// watchFor is how long the desk keeps looking.
const watchFor = 30 * 24 * time.Hour

// nextLook is the first moment after now at which to look at a reply again: 1, 5, 15 and 60 minutes after it went into moderation,
// then every six hours. Zero when it was watched long enough.
func nextLook(since, now time.Time) time.Time {
	for _, d := range []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour} {
		if at := since.Add(d); at.After(now) {
			return at
		}
	}
	const later = 6 * time.Hour
	next := since.Add((now.Sub(since)/later + 1) * later)
	if next.After(since.Add(watchFor)) {
		return time.Time{}
	}
	return next
}

// Act looks once.
func (w *Watcher) Act(ctx context.Context, e desk.Entry) desk.Settlement {
	out, err := w.Ledger.Watched(ctx, e)
	if refusal(err) {
		return desk.Settlement{State: desk.EntryDone}
	}
	if err != nil {
		return desk.Settlement{State: desk.EntryWaiting, NextAt: w.Now().Add(Backoff(e.Attempts)), Error: err.Error()}
	}
	speaker, terms, err := w.Speaker(ctx, e.Account, out.Parent)
	if err != nil {
		return w.again(e, err)
	}
	look, cancel := context.WithTimeout(ctx, terms.Timeout)
	defer cancel()
	var found desk.Found
	err = guarded(w.Log, e, func() (err error) { found, err = speaker.Find(look, out); return err })
	if ctx.Err() != nil { // told to stop: this says nothing about the reply
		return desk.Settlement{State: desk.EntryWaiting, NextAt: w.Now(), Error: e.Error, Free: true}
	}
	if v := found.Receipt.Visibility; err != nil || found.Finding != desk.FoundIt || v == desk.VisibleModerate || v == desk.VisibleUnknown {
		return w.again(e, err)
	}
	found.Receipt.Visibility = cmp.Or(found.Receipt.Visibility, desk.VisiblePublic)
	return desk.Settlement{State: desk.EntryDone, Receipt: found.Receipt}
}

// again looks later, unless it was looked for long enough.
func (w *Watcher) again(e desk.Entry, err error) desk.Settlement {
	next := nextLook(e.CreatedAt, w.Now())
	if next.IsZero() {
		return desk.Settlement{State: desk.EntryDone, Error: "The site has not said in 30 days whether it shows the reply."}
	}
	s := desk.Settlement{State: desk.EntryWaiting, NextAt: next}
	if err != nil {
		s.Error = err.Error()
	}
	if t, ok := errors.AsType[*desk.Transient](err); ok && w.Now().Add(t.After).After(s.NextAt) {
		s.NextAt = w.Now().Add(t.After)
	}
	return s
}

// Settle writes what was seen.
func (w *Watcher) Settle(ctx context.Context, e desk.Entry, s desk.Settlement) error {
	return w.Ledger.SettleWatch(ctx, e, s)
}
