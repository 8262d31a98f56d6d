package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Enqueue writes an outward act before it happens. An act whose key is there already is not written again: the answer is false.
func (tx *Tx) Enqueue(ctx context.Context, e desk.Entry, brand string) (bool, error) {
	if e.ID == "" {
		e.ID = desk.EntryID(desk.NewID())
	}
	if e.NextAt.IsZero() {
		e.NextAt = tx.now
	}
	n, err := tx.exec(ctx, `INSERT INTO outbox (id, kind, key, order_key, subject, account, brand, body, state, attempts, next_at, created_at,
		changed_at, started_at, error, receipt, lease_owner, lease_until, fence) VALUES `+rows(1, 19)+` ON CONFLICT (key) DO NOTHING`,
		e.ID, e.Kind, e.Key, e.Order, e.Subject, e.Account, brand, e.Body, desk.EntryWaiting, 0, us(e.NextAt), us(tx.now),
		us(tx.now), 0, "", "{}", "", 0, 0)
	if err != nil {
		return false, fmt.Errorf("writing to the outbox: %w", err)
	}
	return n == 1, nil
}

// CancelEntries cancels what waits for a subject and certainly has not left; it returns how many that were.
func (tx *Tx) CancelEntries(ctx context.Context, kind, subject string) (int64, error) {
	n, err := tx.exec(ctx, `UPDATE outbox SET state = $1, changed_at = $2 WHERE kind = $3 AND subject = $4 AND state = 'waiting' AND started_at = 0`,
		desk.EntryCancelled, us(tx.now), kind, subject)
	if err != nil {
		return 0, fmt.Errorf("cancelling in the outbox: %w", err)
	}
	return n, nil
}

// Hasten makes what waits for a subject due now.
func (tx *Tx) Hasten(ctx context.Context, kind, subject string) error {
	_, err := tx.exec(ctx, `UPDATE outbox SET next_at = $1, changed_at = $2 WHERE kind = $3 AND subject = $4 AND state = 'waiting' AND next_at > $5`,
		us(tx.now), us(tx.now), kind, subject, us(tx.now))
	if err != nil {
		return fmt.Errorf("hastening in the outbox: %w", err)
	}
	return nil
}

// Started writes, before a call leaves, that it is about to. ErrConflict when the lease is lost.
func (tx *Tx) Started(ctx context.Context, e *desk.Entry) error {
	if e.StartedAt.IsZero() {
		e.StartedAt = tx.now
	}
	n, err := tx.exec(ctx, `UPDATE outbox SET started_at = $1, changed_at = $2 WHERE id = $3 AND fence = $4 AND state = 'leased'`,
		us(e.StartedAt), us(tx.now), e.ID, e.Lease.Fence)
	return held(n, err, e)
}

// Settle writes how an attempt ended. ErrConflict when the lease is lost: then somebody else settles it.
func (tx *Tx) Settle(ctx context.Context, e desk.Entry, s desk.Settlement) error {
	receipt, err := json.Marshal(s.Receipt)
	if err != nil {
		return err
	}
	attempts := e.Attempts
	if s.Free && attempts > 0 {
		attempts--
	}
	n, err := tx.exec(ctx, `UPDATE outbox SET state = $1, next_at = $2, error = $3, receipt = $4, started_at = started_at * $5, attempts = $6,
		changed_at = $7, lease_owner = '', lease_until = 0 WHERE id = $8 AND fence = $9 AND state = 'leased'`,
		s.State, us(s.NextAt), s.Error, string(receipt), bit(!s.NotSent), attempts, us(tx.now), e.ID, e.Lease.Fence)
	if err := held(n, err, &e); err != nil {
		return err
	}
	if s.State == desk.EntryDead {
		tx.Emit(desk.Event{What: desk.EventEntryDead, Subject: string(e.ID)})
	}
	return nil
}

// SettleEntry is [Tx.Settle] in a transaction of its own, for acts that change nothing else.
func (s *Store) SettleEntry(ctx context.Context, e desk.Entry, how desk.Settlement) error {
	return s.Update(ctx, func(tx *Tx) error { return tx.Settle(ctx, e, how) })
}

// SettleBySubject ends an unconfirmed act after a person looked.
func (tx *Tx) SettleBySubject(ctx context.Context, kind, subject string, from, to desk.EntryState) error {
	_, err := tx.exec(ctx, `UPDATE outbox SET state = $1, changed_at = $2 WHERE kind = $3 AND subject = $4 AND state = $5`, to, us(tx.now), kind, subject, from)
	if err != nil {
		return fmt.Errorf("settling in the outbox: %w", err)
	}
	return nil
}

func held(n int64, err error, e *desk.Entry) error {
	if err != nil {
		return fmt.Errorf("writing entry %s of the outbox: %w", e.ID, err)
	}
	if n == 0 {
		return fmt.Errorf("entry %s of the outbox: lease lost: %w", e.ID, desk.ErrConflict)
	}
	return nil
}

// ClaimEntries leases at most n due acts of a kind to an owner. First come those whose holder let the lease run out. Of acts with
// the same order key only the first unfinished one can be claimed.
func (s *Store) ClaimEntries(ctx context.Context, kind, owner string, lease time.Duration, n int) ([]desk.Entry, error) {
	var out []desk.Entry
	err := s.Update(ctx, func(tx *Tx) error {
		out = nil
		for round, due := range []string{
			`i.state = 'leased' AND i.lease_until <= $5 ORDER BY i.lease_until`,
			`i.state = 'waiting' AND i.next_at <= $5 AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.order_key = i.order_key AND e.n < i.n
				AND e.state IN ('waiting', 'leased')) ORDER BY i.next_at, i.n`,
		} {
			if len(out) >= n {
				break
			}
			got, err := collect(ctx, tx.q, scanEntry, `UPDATE outbox AS o SET state = 'leased', lease_owner = $1, lease_until = $2, fence = fence + 1,
				attempts = attempts + 1, changed_at = $3
				WHERE o.n IN (SELECT i.n FROM outbox i WHERE i.kind = $4 AND `+due+` LIMIT $6`+tx.d.skipLocked+`) RETURNING `+bare(entryColumns),
				owner, us(tx.now.Add(lease)), us(tx.now), kind, us(tx.now), n-len(out))
			if err != nil {
				return fmt.Errorf("claiming from the outbox: %w", err)
			}
			for i := range got {
				got[i].Reclaimed = round == 0
			}
			out = append(out, got...)
		}
		return nil
	})
	return out, err
}
