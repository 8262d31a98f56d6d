package store

import (
	"context"
	"fmt"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Replay returns how far a replay came that has not ended; a fresh one when there is none.
func (s *Store) Replay(ctx context.Context, name string) (desk.ReplayState, error) {
	found, err := collect(ctx, s.read, func(row scanner) (r desk.ReplayState, err error) {
		var body string
		r.Name = name
		if err = row.Scan(&r.Step, &body); err != nil {
			return r, err
		}
		return r, fromJSON(body, &r.Replayed)
	}, `SELECT step, body FROM replay WHERE name = $1`, name)
	if err != nil {
		return desk.ReplayState{}, fmt.Errorf("reading how far a replay came: %w", err)
	}
	if len(found) == 0 {
		return desk.ReplayState{Name: name}, nil
	}
	return found[0], nil
}

// SaveReplay notes how far a replay came, if nobody else did since the step was: ErrConflict otherwise.
func (tx *Tx) SaveReplay(ctx context.Context, r desk.ReplayState, was int64) error {
	body, err := toJSON(r.Replayed)
	if err != nil {
		return err
	}
	var n int64
	if was == 0 {
		n, err = tx.exec(ctx, `INSERT INTO replay (name, step, body, at) VALUES ($1, $2, $3, $4) ON CONFLICT (name) DO NOTHING`, r.Name, r.Step, body, us(tx.now))
	} else {
		n, err = tx.exec(ctx, `UPDATE replay SET step = $1, body = $2, at = $3 WHERE name = $4 AND step = $5`, r.Step, body, us(tx.now), r.Name, was)
	}
	if err != nil {
		return fmt.Errorf("noting how far the replay came: %w", err)
	}
	if n == 0 {
		return desk.Conflictf("Another replay with the same model and rules is running.")
	}
	return nil
}

// EndReplay notes that a replay is through.
func (tx *Tx) EndReplay(ctx context.Context, name string) error {
	_, err := tx.exec(ctx, `DELETE FROM replay WHERE name = $1`, name)
	if err != nil {
		return fmt.Errorf("ending the replay: %w", err)
	}
	return nil
}
