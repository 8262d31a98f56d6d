package store

import (
	"context"
	"fmt"

	"github.com/earshotdesk/earshot/internal/desk"
)

// SetStop sets a stop switch and tells whether it was free until now.
func (tx *Tx) SetStop(ctx context.Context, stop desk.Stop) (bool, error) {
	when := stop.At
	if when.IsZero() {
		when = tx.now
	}
	n, err := tx.exec(ctx, `INSERT INTO stop (kind, name, user_id, at) VALUES `+rows(1, 4)+` ON CONFLICT (kind, name) DO NOTHING`,
		stop.Kind, stop.Name, stop.By, us(when))
	if err != nil {
		return false, fmt.Errorf("setting the stop switch of %s %s: %w", stop.Kind, stop.Name, err)
	}
	return n == 1, nil
}

// LiftStop lifts a stop switch and tells whether it was set.
func (tx *Tx) LiftStop(ctx context.Context, kind, name string) (bool, error) {
	n, err := tx.exec(ctx, `DELETE FROM stop WHERE kind = $1 AND name = $2`, kind, name)
	if err != nil {
		return false, fmt.Errorf("lifting the stop switch of %s %s: %w", kind, name, err)
	}
	return n == 1, nil
}

const stopped = `SELECT count(*) FROM stop WHERE kind = 'desk' OR (kind = 'brand' AND name = $1) OR (kind = 'account' AND name = $2)`

// Stopped tells whether outgoing words of a brand by an account are held back, by whichever switch.
func (tx *Tx) Stopped(ctx context.Context, brand, account string) (bool, error) {
	return isStopped(ctx, tx.q, brand, account)
}

// Stopped tells whether outgoing words of a brand by an account are held back, by whichever switch.
func (s *Store) Stopped(ctx context.Context, brand, account string) (bool, error) {
	return isStopped(ctx, s.read, brand, account)
}

func isStopped(ctx context.Context, q querier, brand, account string) (bool, error) {
	var n int
	if err := q.QueryRowContext(ctx, stopped, brand, account).Scan(&n); err != nil {
		return false, fmt.Errorf("asking the stop switches: %w", err)
	}
	return n > 0, nil
}
