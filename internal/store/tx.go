package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/fnv"
	"reflect"
	"slices"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// Tx is one transaction. Its methods are the steps that use cases are made of; none begins or ends a transaction.
type Tx struct {
	q      *sql.Tx
	d      dialect
	now    time.Time // one moment for the whole transaction
	events []desk.Event
	fresh  int // mentions that it added
}

// Now returns the transaction's moment.
func (tx *Tx) Now() time.Time { return tx.now }

// mostTries bounds how often a transaction is tried that the engine ended in favour of another.
const mostTries = 6

// Update runs fn in one transaction. What fn emitted is numbered and stored by the last statements before the commit. An error
// or a panic in fn leaves nothing behind. When two transactions wait for each other PostgreSQL ends one, and it is tried again:
// fn may run more than once and sets what it hands out anew each time.
func (s *Store) Update(ctx context.Context, fn func(*Tx) error) error {
	for try := 1; ; try++ {
		err := s.attempt(ctx, fn)
		if err == nil || try == mostTries || !outvoted(err) {
			return err
		}
	}
}

func (s *Store) attempt(ctx context.Context, fn func(*Tx) error) error {
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
	s.grew(ctx, tx.fresh)
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
		_, err := tx.exec(ctx, `INSERT INTO event (n, at, actor, what, case_id, mention_id, reply_id, subject, brand, from_state, to_state)
			VALUES `+tx.d.rows(len(part), width), args...)
		if err != nil {
			return fmt.Errorf("storing events: %w", err)
		}
	}
	return nil
}

// exec runs a statement and returns how many rows it touched.
func (tx *Tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := tx.q.ExecContext(ctx, query, storable(args)...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// storable makes all text among the arguments such that both engines keep it. It is the net below everything that people, sites and
// their errors say: one zero byte in a sentence must not keep an act from being settled.
func storable(args []any) []any {
	for i, a := range args {
		switch v := a.(type) {
		case nil, int, int64, float64, []byte, bool:
		case string:
			args[i] = text.Storable(v)
		default:
			if r := reflect.ValueOf(a); r.Kind() == reflect.String {
				args[i] = text.Storable(r.String())
			}
		}
	}
	return args
}

// Hold lets no other transaction that holds one of these sites go on until this one ends, so that what is concluded about a site's
// threads and authors is concluded by one at a time. On SQLite there is only one writer anyhow.
func (tx *Tx) Hold(ctx context.Context, sites ...desk.Site) error {
	if tx.d.hold == "" {
		return nil
	}
	const class, most = 0x65617273, 1024 // of the advisory locks; sites may share one
	var keys []int
	for _, site := range sites {
		h := fnv.New32a()
		_, _ = h.Write([]byte(site))
		keys = append(keys, int(h.Sum32()%most))
	}
	slices.Sort(keys) // one order for all
	for _, k := range slices.Compact(keys) {
		if _, err := tx.exec(ctx, tx.d.hold, class, k); err != nil {
			return fmt.Errorf("waiting for others at the same site: %w", err)
		}
	}
	return nil
}

// querier is what reads need: the read pool, or a transaction that must see its own writes.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// collect runs a query and scans every row.
func collect[T any](ctx context.Context, q querier, scan func(scanner) (T, error), query string, args ...any) (out []T, err error) {
	found, err := q.QueryContext(ctx, query, storable(args)...)
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
	if errors.Is(err, sql.ErrNoRows) || unspeakable(err) {
		return fmt.Errorf("%s: %w", what, desk.ErrNotFound)
	}
	return err
}
