package store

import (
	"context"
	"fmt"

	"github.com/earshotdesk/earshot/internal/desk"
)

// ListEvents returns the events after a number that the scope may see, oldest first. Events without a brand are for everybody.
func (s *Store) ListEvents(ctx context.Context, scope desk.Scope, after int64, limit int) ([]desk.Event, error) {
	var w where
	w.add("e.n > ?", after)
	if len(scope.Brands) > 0 {
		w.in("e.brand", append([]string{""}, scope.Brands...))
	}
	query := "SELECT " + eventColumns + " FROM event e" + w.String() + " ORDER BY e.n" + w.number(" LIMIT ?", limit)
	out, err := collect(ctx, s.read, scanEvent, query, w.args...)
	if err != nil {
		return nil, fmt.Errorf("listing events: %w", err)
	}
	return out, nil
}

// LastEvent returns the number of the newest event, 0 when nothing ever happened.
func (s *Store) LastEvent(ctx context.Context) (n int64, err error) {
	if err := s.read.QueryRowContext(ctx, `SELECT n FROM counter WHERE name = 'event'`).Scan(&n); err != nil {
		return 0, fmt.Errorf("reading the last event's number: %w", err)
	}
	return n, nil
}
