package store

import (
	"context"
	"fmt"
	"time"
)

// purgeChunk is how many rows go in one transaction, so that nobody waits long behind a purge.
const purgeChunk = 5000

// PurgeRaw deletes what sites sent before a moment and returns how many items that were. The mentions stay.
func (s *Store) PurgeRaw(ctx context.Context, before time.Time) (int64, error) {
	n, err := s.purge(ctx, `DELETE FROM raw WHERE (n, version) IN (SELECT n, version FROM raw WHERE at < $1 ORDER BY at LIMIT $2)`, us(before), purgeChunk)
	if err != nil {
		return n, fmt.Errorf("deleting what sites sent: %w", err)
	}
	return n, nil
}

// PurgeExpired deletes sessions and tokens that expired before a moment and returns how many that were.
func (s *Store) PurgeExpired(ctx context.Context, before time.Time) (int64, error) {
	var total int64
	for _, query := range []string{
		`DELETE FROM session WHERE hash IN (SELECT hash FROM session WHERE expires_at <= $1 LIMIT $2)`,
		`DELETE FROM token WHERE hash IN (SELECT hash FROM token WHERE expires_at > 0 AND expires_at <= $1 LIMIT $2)`,
	} {
		n, err := s.purge(ctx, query, us(before), purgeChunk)
		total += n
		if err != nil {
			return total, fmt.Errorf("deleting what has expired: %w", err)
		}
	}
	return total, nil
}

// purge repeats a deletion until it finds nothing.
func (s *Store) purge(ctx context.Context, query string, args ...any) (total int64, err error) {
	for {
		var n int64
		err := s.Update(ctx, func(tx *Tx) (err error) {
			n, err = tx.exec(ctx, query, args...)
			return err
		})
		total += n
		if err != nil || n < purgeChunk {
			return total, err
		}
	}
}

// Tidy lets the engine renew what it knows about its own tables, by which it chooses indexes. It is quick; once an hour is enough.
// PostgreSQL does so by itself.
func (s *Store) Tidy(ctx context.Context) error {
	if s.d.name != sqlite.name {
		return nil
	}
	if _, err := s.write.ExecContext(ctx, `PRAGMA optimize = 0x10002`); err != nil {
		return fmt.Errorf("tidying the database: %w", err)
	}
	return nil
}
