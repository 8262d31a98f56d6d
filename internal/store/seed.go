package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// SeedOptions say how much to invent.
type SeedOptions struct {
	Mentions int
	Cases    int
	Seed     uint64    // the same seed gives the same rows
	Now      time.Time // the newest mention; time of the store when zero
	Progress func(done, total int)
}

// Seed fills an empty database with invented mentions and cases of one year, for measurements. It is deterministic and happens in
// one transaction; a database that has mentions is refused with ErrConflict.
func (s *Store) Seed(ctx context.Context, o SeedOptions) error {
	if o.Now.IsZero() {
		o.Now = s.now()
	}
	if o.Progress == nil {
		o.Progress = func(int, int) {}
	}
	if o.Mentions < 1 || o.Cases < 0 || o.Cases > o.Mentions/3 {
		return desk.Invalidf("%d cases of %d mentions: there must be a mention at least, and three for each case", o.Cases, o.Mentions)
	}
	var any int
	if err := s.read.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT 1 FROM mention LIMIT 1) m`).Scan(&any); err != nil {
		return fmt.Errorf("looking whether the database is empty: %w", err)
	}
	if any > 0 {
		return desk.Conflictf("The database has mentions already; invented ones go into an empty database only.")
	}
	if err := s.bulkLoad(ctx, false, func(load loader) error { return seed(ctx, load, o) }); err != nil {
		return fmt.Errorf("inventing mentions: %w", err)
	}
	return nil
}

// batch is rows on their way into tables, by the table's place in seedTables.
type batch [][][]any

// seed makes rows while the loader stores the batch before.
func seed(ctx context.Context, load loader, o SeedOptions) error {
	ctx, stop := context.WithCancel(ctx)
	g := &inventor{o: o, r: rand.New(rand.NewPCG(o.Seed, 1)), rollup: map[rollupKey]int64{}}
	batches, done := make(chan batch, 4), make(chan error, 1)
	go func() {
		defer close(batches)
		done <- g.invent(func(b batch) error {
			select {
			case batches <- b:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}()
	var failed error
	for b := range batches {
		for table, rows := range b {
			if failed == nil && len(rows) > 0 {
				if failed = load(ctx, seedTables[table], rows); failed != nil {
					stop()
				}
			}
		}
		o.Progress(min(g.progress(b), o.Mentions), o.Mentions)
	}
	stop()
	return errors.Join(failed, <-done)
}
