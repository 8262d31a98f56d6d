package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Tx is one transaction. Its methods are the steps that use cases are made of; none begins or ends a transaction.
type Tx struct {
	q      *sql.Tx
	d      dialect
	now    time.Time // one moment for the whole transaction
	events []desk.Event
}

// Now returns the transaction's moment.
func (tx *Tx) Now() time.Time { return tx.now }

// Update runs fn in one transaction. What fn emitted is numbered and stored by the last statements before the commit. An error
// or a panic in fn leaves nothing behind.
func (s *Store) Update(ctx context.Context, fn func(*Tx) error) error {
	q, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("beginning: %w", err)
	}
	defer func() { _ = q.Rollback() }() // does nothing after a commit
	tx := &Tx{q: q, d: s.d, now: s.now().UTC().Truncate(time.Microsecond)}
	if err := fn(tx); err != nil {
		return err
	}
	if err := tx.flush(ctx); err != nil {
		return err
	}
	if err := q.Commit(); err != nil {
		return fmt.Errorf("committing: %w", err)
	}
	return nil
}

// Emit adds an event to the transaction. Its number and moment are given at the commit.
func (tx *Tx) Emit(e desk.Event) {
	if e.Actor == "" {
		e.Actor = desk.Automatic
	}
	tx.events = append(tx.events, e)
}

// flush stores the emitted events. The counter row stays locked from here to the commit, so numbers follow commits.
func (tx *Tx) flush(ctx context.Context) error {
	if len(tx.events) == 0 {
		return nil
	}
	const width, most = 11, 100
	var last int64
	err := tx.q.QueryRowContext(ctx, `UPDATE counter SET n = n + $1 WHERE name = 'event' RETURNING n`, len(tx.events)).Scan(&last)
	if err != nil {
		return fmt.Errorf("numbering events: %w", err)
	}
	n := last - int64(len(tx.events))
	for events := tx.events; len(events) > 0; {
		part := events[:min(most, len(events))]
		events = events[len(part):]
		args := make([]any, 0, len(part)*width)
		for _, e := range part {
			n++
			args = append(args, n, us(tx.now), e.Actor, e.What, e.Case, e.Mention, e.Reply, e.Subject, e.Brand, e.From, e.To)
		}
		_, err := tx.q.ExecContext(ctx, `INSERT INTO event (n, at, actor, what, case_id, mention_id, reply_id, subject, brand, from_state, to_state)
			VALUES `+tx.d.rows(len(part), width), args...)
		if err != nil {
			return fmt.Errorf("storing events: %w", err)
		}
	}
	return nil
}

// exec runs a statement and returns how many rows it touched.
func (tx *Tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := tx.q.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// querier is what reads need: the read pool, or a transaction that must see its own writes.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// collect runs a query and scans every row.
func collect[T any](ctx context.Context, q querier, scan func(scanner) (T, error), query string, args ...any) (out []T, err error) {
	found, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, found.Close()) }()
	for found.Next() {
		v, err := scan(found)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, found.Err()
}

// scanner is a row of either kind.
type scanner interface{ Scan(dest ...any) error }

// one turns "no rows" into desk.ErrNotFound with the name of what was looked for.
func one(err error, what string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("%s: %w", what, desk.ErrNotFound)
	}
	return err
}
