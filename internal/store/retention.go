package store

import (
	"context"
	"fmt"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Raw returns what the site sent of a mention's newest version that was kept; ErrNotFound outside the scope, and once retention
// has deleted it.
func (s *Store) Raw(ctx context.Context, scope desk.Scope, id desk.MentionID) ([]byte, error) {
	var w where
	w.add("m.id = ?", id)
	w.scope("m.brand", scope.Brands)
	var packed []byte
	err := s.read.QueryRowContext(ctx, "SELECT r.body FROM mention m JOIN raw r ON r.n = m.n"+w.String()+" ORDER BY r.version DESC LIMIT 1", w.args...).Scan(&packed)
	if err != nil {
		return nil, one(err, "what the site sent of "+string(id))
	}
	raw, err := unpack(packed)
	if err != nil {
		return nil, fmt.Errorf("unpacking what the site sent of %s: %w", id, err)
	}
	return raw, nil
}

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

// PurgeExpired deletes sessions, tokens and consents that expired before a moment and returns how many that were.
func (s *Store) PurgeExpired(ctx context.Context, before time.Time) (int64, error) {
	var total int64
	for _, query := range []string{
		`DELETE FROM session WHERE hash IN (SELECT hash FROM session WHERE expires_at <= $1 LIMIT $2)`,
		`DELETE FROM token WHERE hash IN (SELECT hash FROM token WHERE expires_at > 0 AND expires_at <= $1 LIMIT $2)`,
		`DELETE FROM consent WHERE state IN (SELECT state FROM consent WHERE expires_at <= $1 LIMIT $2)`,
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

// Tidy lets the engine renew what it knows about its own tables, by which it chooses indexes, and takes forgotten words out of the
// index of words. It is quick; once an hour is enough. PostgreSQL does so by itself.
func (s *Store) Tidy(ctx context.Context) error {
	if s.d.name != sqlite.name {
		return nil
	}
	if _, err := s.write.ExecContext(ctx, `PRAGMA optimize = 0x10002`); err != nil {
		return fmt.Errorf("tidying the database: %w", err)
	}
	if err := s.sweepIndex(ctx); err != nil {
		return fmt.Errorf("taking forgotten words out of the index: %w", err)
	}
	return nil
}
