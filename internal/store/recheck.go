package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// recheckEvery is how long a round of looking again takes at least.
const recheckEvery = time.Hour

// TakeRecheck returns the next mentions of a leased source to be looked at again, and notes that their turn has come: one that is
// lost in a crash comes again in the next round. ErrConflict when the lease is lost.
func (s *Store) TakeRecheck(ctx context.Context, lease desk.Lease, span time.Duration, size int) ([]desk.Mention, error) {
	var out []desk.Mention
	err := s.Update(ctx, func(tx *Tx) error {
		out = nil
		var next, began int64
		err := tx.q.QueryRowContext(ctx, `SELECT recheck_n, recheck_at FROM source WHERE name = $1 AND fence = $2`+tx.d.forUpdate, lease.Name, lease.Fence).Scan(&next, &began)
		if err = one(err, "source "+lease.Name); errors.Is(err, desk.ErrNotFound) {
			return lost(lease)
		}
		if err != nil {
			return err
		}
		if next == 0 {
			if tx.now.Before(at(began).Add(recheckEvery)) {
				return nil
			}
			if next, err = tx.firstSince(ctx, tx.now.Add(-span)); err != nil {
				return err
			}
			began = us(tx.now)
		}
		next, out, err = tx.nextKnown(ctx, lease.Name, next, size)
		if err != nil {
			return err
		}
		_, err = tx.exec(ctx, `UPDATE source SET recheck_n = $1, recheck_at = $2 WHERE name = $3`, next, began, lease.Name)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("choosing known mentions to look at again: %w", err)
	}
	return out, nil
}

// firstSince returns the number behind the last mention that was first seen before a moment; arrivals are numbered in their order.
func (tx *Tx) firstSince(ctx context.Context, moment time.Time) (int64, error) {
	var n int64
	err := tx.q.QueryRowContext(ctx, `SELECT COALESCE((SELECT n FROM mention WHERE seen_at < $1 ORDER BY seen_at DESC, n DESC LIMIT 1), 0)`, us(moment)).Scan(&n)
	return n + 1, err
}

// nextKnown returns mentions of a source from a number on, and the number to go on from; 0 when there are no more.
func (tx *Tx) nextKnown(ctx context.Context, source string, from int64, size int) (int64, []desk.Mention, error) {
	numbers, err := collect(ctx, tx.q, func(row scanner) (n int64, err error) { return n, row.Scan(&n) },
		`SELECT s.n FROM sighting s WHERE s.source = $1 AND s.n >= $2 ORDER BY s.n LIMIT $3`, source, from, size)
	if err != nil || len(numbers) == 0 {
		return 0, nil, err
	}
	var w where
	w.add("m.n IN ("+marks(len(numbers))+")", anys(numbers)...)
	w.add("m.gone_at = 0")
	rows, err := collect(ctx, tx.q, scanMention, `SELECT `+mentionColumns+` FROM mention m`+w.String()+` ORDER BY m.n`, w.args...)
	if err != nil {
		return 0, nil, err
	}
	out := make([]desk.Mention, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.Mention)
	}
	if len(numbers) < size {
		return 0, out, nil
	}
	return numbers[len(numbers)-1] + 1, out, nil
}
