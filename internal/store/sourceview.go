package store

import (
	"context"
	"fmt"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// sourceColumns are of source s; [scanSource] reads them.
const sourceColumns = `s.name, s.kind, s.site, s.account, s.brand, s.every, s.hash, s.cursor, s.health, s.error, s.failures, s.first_poll_at,
	s.last_poll_at, s.last_ok_at, s.last_new_at, s.next_poll_at, s.failing_since, s.gap_at, s.gap_note, s.mentions, s.poison, s.spend, s.removed`

func scanSource(row scanner) (s desk.SourceState, err error) {
	var every, first, last, ok, news, next, failing, gap, removed int64
	err = row.Scan(&s.Name, &s.Kind, &s.Site, &s.Account, &s.Brand, &every, &s.Hash, &s.Cursor, &s.Health, &s.Error, &s.Failures, &first,
		&last, &ok, &news, &next, &failing, &gap, &s.GapNote, &s.Mentions, &s.PoisonItems, &s.SpendMicros, &removed)
	s.Every = time.Duration(every) * time.Microsecond
	s.FirstPollAt, s.LastPollAt, s.LastOKAt, s.LastNewAt, s.NextPollAt = at(first), at(last), at(ok), at(news), at(next)
	s.FailingSince, s.GapAt, s.Removed = at(failing), at(gap), removed != 0
	return s, err
}

// ListSources returns the sources by name, those that are no longer configured last.
func (s *Store) ListSources(ctx context.Context, scope desk.Scope) ([]desk.SourceState, error) {
	var w where
	w.scope("s.brand", scope.Brands)
	out, err := collect(ctx, s.read, scanSource, "SELECT "+sourceColumns+" FROM source s"+w.String()+" ORDER BY s.removed, s.name", w.args...)
	if err != nil {
		return nil, fmt.Errorf("listing sources: %w", err)
	}
	return out, nil
}

// Source returns what is remembered of one source, its cursor included; ErrNotFound when it was never configured.
func (s *Store) Source(ctx context.Context, name string) (desk.SourceState, error) {
	state, err := scanSource(s.read.QueryRowContext(ctx, "SELECT "+sourceColumns+" FROM source s WHERE s.name = $1", name))
	return state, one(err, "source "+name)
}

// ListPoison returns the items of a source that could not be read, newest first.
func (s *Store) ListPoison(ctx context.Context, scope desk.Scope, source string, limit int) ([]desk.Poison, error) {
	var w where
	w.add("p.source = ?", source)
	if len(scope.Brands) > 0 {
		w.add("EXISTS (SELECT 1 FROM source s WHERE s.name = p.source AND s.brand IN ("+marks(len(scope.Brands))+"))", anys(scope.Brands)...)
	}
	out, err := collect(ctx, s.read, func(row scanner) (p desk.Poison, err error) {
		var when int64
		err = row.Scan(&p.Source, &p.Remote, &when, &p.Err, &p.Raw)
		p.At = at(when)
		return p, err
	}, "SELECT p.source, p.remote_id, p.at, p.error, p.raw FROM poison p"+w.String()+" ORDER BY p.n DESC"+w.number(" LIMIT ?", limit), w.args...)
	if err != nil {
		return nil, fmt.Errorf("listing what could not be read: %w", err)
	}
	return out, nil
}

// ListStops returns the stop switches that are set.
func (s *Store) ListStops(ctx context.Context) ([]desk.Stop, error) {
	out, err := collect(ctx, s.read, func(row scanner) (stop desk.Stop, err error) {
		var when int64
		err = row.Scan(&stop.Kind, &stop.Name, &stop.By, &when)
		stop.At = at(when)
		return stop, err
	}, `SELECT kind, name, user_id, at FROM stop ORDER BY kind, name`)
	if err != nil {
		return nil, fmt.Errorf("listing stop switches: %w", err)
	}
	return out, nil
}
