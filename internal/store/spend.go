package store

import (
	"context"
	"fmt"
	"time"
)

// Pay notes what a source spent at its network: money in millionths of the account's currency, and the network's own quota units.
func (s *Store) Pay(ctx context.Context, source string, micros, units int64) error {
	if micros == 0 && units == 0 {
		return nil
	}
	err := s.Update(ctx, func(tx *Tx) error {
		if err := tx.pay(ctx, source, tx.now, micros, units); err != nil {
			return err
		}
		_, err := tx.exec(ctx, `UPDATE source SET spend = spend + $1 WHERE name = $2`, micros, source)
		return err
	})
	if err != nil {
		return fmt.Errorf("noting what %s spent: %w", source, err)
	}
	return nil
}

func (tx *Tx) pay(ctx context.Context, source string, when time.Time, micros, units int64) error {
	if micros == 0 && units == 0 {
		return nil
	}
	_, err := tx.exec(ctx, `INSERT INTO spend (source, hour, micros, units) VALUES `+rows(1, 4)+`
		ON CONFLICT (source, hour) DO UPDATE SET micros = spend.micros + excluded.micros, units = spend.units + excluded.units`,
		source, us(when.Truncate(time.Hour)), micros, units)
	return err
}

// Spent returns what a source spent since a moment; the hour that the moment is in counts whole.
func (s *Store) Spent(ctx context.Context, source string, since time.Time) (micros, units int64, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT CAST(COALESCE(SUM(micros), 0) AS BIGINT), CAST(COALESCE(SUM(units), 0) AS BIGINT) FROM spend WHERE source = $1 AND hour >= $2`,
		source, us(since.Truncate(time.Hour))).Scan(&micros, &units)
	if err != nil {
		return 0, 0, fmt.Errorf("adding up what %s spent: %w", source, err)
	}
	return micros, units, nil
}
