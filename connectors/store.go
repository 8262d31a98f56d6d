package connectors

import (
	"context"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Store is what the [Poller] needs to be remembered between polls and shared between processes. When a source is due is a row of
// the store and not a timer, so that any number of processes may poll for one desk. All moments are given by the caller; when
// the clocks of two processes disagree a poll may come early or late, but the fence still keeps the loser from writing.
type Store interface {
	// DueSources returns the names of all sources that should be polled at now, longest waiting first: those with
	// NextPollAt at or before now (a source that was never polled is due at once) that are neither removed from the
	// configuration, nor of [desk.HealthStopped], nor under a lease that lasts beyond now.
	DueSources(ctx context.Context, now time.Time) ([]string, error)

	// LeaseSource takes the lease of a source until now+d, in one atomic step, and returns what is remembered of it.
	//
	// It answers false, without an error, when the source may not be polled: it is removed or stopped; its lease is held
	// beyond now, whoever the holder is, this owner included; or it is not due at now and force is false. Force ignores only
	// NextPollAt. The state is returned in either case, so that the caller can say why; the lease is zero when not taken.
	// Every lease that is taken has a greater fence than all earlier ones of the source. An unknown name is [desk.ErrNotFound].
	LeaseSource(ctx context.Context, name, owner string, d time.Duration, now time.Time, force bool) (desk.SourceState, desk.Lease, bool, error)

	// ExtendLease moves the end of a lease that is held; the fence stays. A moment that is not after the present gives the
	// lease back and changes nothing else, so a source that was due is due still. A lease with an older fence than the
	// source's is [desk.ErrConflict].
	ExtendLease(ctx context.Context, lease desk.Lease, until time.Time) error

	// ReportPoll writes what a poll came to. A lease with an older fence than the source's is [desk.ErrConflict] and writes
	// nothing. It sets LastPollAt to At, adds Spend, and keeps GapNote, when there is one, with At as GapAt.
	//
	// Without Err the health is ok, Error empty, Failures 0, FailingSince zero and LastOKAt is At. With Err the health is
	// failing (stopped when Stop is set), Failures grows by one, and FailingSince is At unless it was failing before.
	//
	// With Running the poll goes on: the lease and NextPollAt stay. Otherwise NextPollAt is Next and the lease is given back.
	// FirstPollAt is never touched here: see [Sink].
	ReportPoll(ctx context.Context, r desk.PollReport) error

	// TakeRecheck returns up to size mentions of the leased source that were first seen within the span and are not gone, the next
	// ones of a round: each is taken once a round, oldest first, and a round does not begin within an hour of the last. A lease
	// with an older fence than the source's is [desk.ErrConflict].
	TakeRecheck(ctx context.Context, lease desk.Lease, span time.Duration, size int) ([]desk.Mention, error)

	// Pay notes what a poll spent that could not be reported: money in millionths of the account's currency, and the network's own units.
	Pay(ctx context.Context, source string, micros, units int64) error
}

// Sink takes what a poll found into the store: mentions, verdicts, cases and the cursor in one transaction.
type Sink interface {
	// Ingest stores an intake whole or not at all. An intake whose lease has an older fence than the source's is
	// [desk.ErrConflict] and stores nothing.
	//
	// The same transaction moves the source's cursor and, when the intake says More false and FirstPollAt is zero, sets
	// FirstPollAt to the intake's At. That is the one place where first contact ends: a first walk of many batches that a
	// crash interrupts is therefore still quiet when it goes on, and the first poll after a finished one is not.
	Ingest(ctx context.Context, in desk.Intake) (desk.IngestResult, error)
}
