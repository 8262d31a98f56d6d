package store

import (
	"context"
	"fmt"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// DueSources returns the names of all sources that should be polled at now, longest waiting first.
func (s *Store) DueSources(ctx context.Context, now time.Time) ([]string, error) {
	names, err := collect(ctx, s.read, func(row scanner) (name string, err error) { return name, row.Scan(&name) },
		`SELECT name FROM source WHERE removed = 0 AND health <> 'stopped' AND next_poll_at <= $1 AND lease_until <= $2 ORDER BY next_poll_at, name`,
		us(now), us(now))
	if err != nil {
		return nil, fmt.Errorf("looking for due sources: %w", err)
	}
	return names, nil
}

// LeaseSource takes the lease of a source until now+d and returns what is remembered of it. False, without an error, says that it
// may not be polled: removed, stopped, held beyond now, or not due and force is false. ErrNotFound for an unknown name.
func (s *Store) LeaseSource(ctx context.Context, name, owner string, d time.Duration, now time.Time, force bool) (desk.SourceState, desk.Lease, bool, error) {
	var state desk.SourceState
	var lease desk.Lease
	err := s.Update(ctx, func(tx *Tx) error {
		lease = desk.Lease{}
		until := now.Add(d).Truncate(time.Microsecond)
		fences, err := collect(ctx, tx.q, func(row scanner) (n int64, err error) { return n, row.Scan(&n) },
			`UPDATE source SET lease_owner = $1, lease_until = $2, fence = fence + 1 WHERE name = $3 AND removed = 0 AND health <> 'stopped'
				AND lease_until <= $4 AND next_poll_at <= $5 RETURNING fence`, owner, us(until), name, us(now), dueBy(now, force))
		if err != nil {
			return err
		}
		if len(fences) == 1 {
			lease = desk.Lease{Name: name, Owner: owner, Fence: fences[0], Until: until.UTC()}
		}
		state, err = scanSource(tx.q.QueryRowContext(ctx, "SELECT "+sourceColumns+" FROM source s WHERE s.name = $1", name))
		return one(err, "source "+name)
	})
	if err != nil {
		return desk.SourceState{}, desk.Lease{}, false, fmt.Errorf("leasing a source: %w", err)
	}
	return state, lease, lease.Fence > 0, nil
}

// dueBy is the latest NextPollAt that counts as due.
func dueBy(now time.Time, force bool) int64 {
	if force {
		return 1<<63 - 1
	}
	return us(now)
}

// ExtendLease moves the end of a lease that is held; a moment that is past gives it back. ErrConflict when the lease is lost.
func (s *Store) ExtendLease(ctx context.Context, lease desk.Lease, until time.Time) error {
	err := s.Update(ctx, func(tx *Tx) error {
		owner, end := lease.Owner, us(until)
		if !until.After(tx.now) {
			owner, end = "", 0
		}
		// Once given back, a lease is not taken again by extending it.
		n, err := tx.exec(ctx, `UPDATE source SET lease_owner = $1, lease_until = $2 WHERE name = $3 AND fence = $4 AND lease_owner IN ($5, $6)`,
			owner, end, lease.Name, lease.Fence, lease.Owner, owner)
		if err == nil && n == 0 {
			return lost(lease)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("extending a lease: %w", err)
	}
	return nil
}

// ReportPoll writes what a poll came to, and an event when the source begins to fail or recovers. A lease with an older fence than
// the source's is ErrConflict and writes nothing.
func (s *Store) ReportPoll(ctx context.Context, r desk.PollReport) error {
	err := s.Update(ctx, func(tx *Tx) error {
		var w where
		w.add("s.name = ?", r.Lease.Name)
		w.add("s.fence = ?", r.Lease.Fence)
		found, err := collect(ctx, tx.q, scanSource, "SELECT "+sourceColumns+" FROM source s"+w.String()+tx.d.forUpdate, w.args...)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return lost(r.Lease)
		}
		before, state := found[0], found[0]
		apply(&state, r)
		if err := tx.putReport(ctx, &state, r); err != nil {
			return err
		}
		bad := state.Health == desk.HealthFailing || state.Health == desk.HealthStopped
		event := desk.Event{Subject: state.Name, Brand: state.Brand, From: string(before.Health), To: string(state.Health)}
		switch {
		case bad && state.Health != before.Health:
			event.What = desk.EventSourceFailing
			tx.Emit(event)
		case !bad && !before.FailingSince.IsZero():
			event.What = desk.EventSourceOK
			tx.Emit(event)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("writing what a poll came to: %w", err)
	}
	return nil
}

// apply changes the state as a report says.
func apply(s *desk.SourceState, r desk.PollReport) {
	if y, m, _ := s.LastPollAt.Date(); y != r.At.UTC().Year() || m != r.At.UTC().Month() {
		s.SpendMicros = 0 // it is counted by the month
	}
	s.SpendMicros += r.Spend
	s.LastPollAt = r.At
	if r.GapNote != "" {
		s.GapAt, s.GapNote = r.At, r.GapNote
	}
	if !r.Running {
		s.NextPollAt = r.Next
	}
	if r.Err == "" {
		s.Health, s.Error, s.Failures, s.FailingSince, s.LastOKAt = desk.HealthOK, "", 0, time.Time{}, r.At
		return
	}
	if s.FailingSince.IsZero() {
		s.FailingSince = r.At
	}
	s.Health, s.Error, s.Failures = desk.HealthFailing, r.Err, s.Failures+1
	if r.Stop {
		s.Health = desk.HealthStopped
	}
}

func (tx *Tx) putReport(ctx context.Context, s *desk.SourceState, r desk.PollReport) error {
	_, err := tx.exec(ctx, `UPDATE source SET health = $1, error = $2, failures = $3, last_poll_at = $4, last_ok_at = $5, next_poll_at = $6,
		failing_since = $7, gap_at = $8, gap_note = $9, spend = $10 WHERE name = $11`,
		s.Health, s.Error, s.Failures, us(s.LastPollAt), us(s.LastOKAt), us(s.NextPollAt), us(s.FailingSince), us(s.GapAt), s.GapNote, s.SpendMicros, s.Name)
	if err == nil {
		err = tx.pay(ctx, s.Name, r.At, r.Spend, r.Units)
	}
	if err == nil && !r.Running {
		_, err = tx.exec(ctx, `UPDATE source SET lease_owner = '', lease_until = 0 WHERE name = $1`, s.Name)
	}
	return err
}
