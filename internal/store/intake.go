package store

import (
	"context"
	"fmt"

	"github.com/earshotdesk/earshot/internal/desk"
)

// TakeIntake moves the cursor of a source to where an intake leaves it, if its lease still holds: ErrConflict otherwise. First
// contact ends here, when an intake says that there is no more; a walk that a crash interrupts is still first contact.
func (tx *Tx) TakeIntake(ctx context.Context, in desk.Intake) error {
	if in.Import != "" {
		return tx.saveImport(ctx, in)
	}
	if in.Lease.Name == "" {
		return nil
	}
	n, err := tx.exec(ctx, `UPDATE source SET cursor = $1, first_poll_at = CASE WHEN first_poll_at = 0 AND $2 = 0 THEN $3 ELSE first_poll_at END
		WHERE name = $4 AND fence = $5`, in.Cursor, bit(in.More), us(in.At), in.Source.Name, in.Lease.Fence)
	if err != nil {
		return fmt.Errorf("moving the cursor of %s: %w", in.Source.Name, err)
	}
	if n == 0 {
		return fmt.Errorf("source %s: lease lost: %w", in.Source.Name, desk.ErrConflict)
	}
	return nil
}

// saveImport notes how far an import came; at its end the note goes, so that the same file can be imported again.
func (tx *Tx) saveImport(ctx context.Context, in desk.Intake) error {
	if !in.More {
		_, err := tx.exec(ctx, `DELETE FROM import WHERE name = $1`, in.Import)
		return err
	}
	_, err := tx.exec(ctx, `INSERT INTO import (name, cursor, at) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE SET cursor = excluded.cursor, at = excluded.at`,
		in.Import, in.Cursor, us(tx.now))
	if err != nil {
		return fmt.Errorf("noting how far the import came: %w", err)
	}
	return nil
}

// ImportCursor returns where an import that was interrupted goes on; empty when there is none.
func (s *Store) ImportCursor(ctx context.Context, name string) (string, error) {
	found, err := collect(ctx, s.read, func(row scanner) (c string, err error) { return c, row.Scan(&c) }, `SELECT cursor FROM import WHERE name = $1`, name)
	if err != nil || len(found) == 0 {
		return "", err
	}
	return found[0], nil
}

// DueNow makes a source due at once, whichever process polls it. ErrNotFound when there is none of the name.
func (s *Store) DueNow(ctx context.Context, name string) error {
	return s.Update(ctx, func(tx *Tx) error {
		n, err := tx.exec(ctx, `UPDATE source SET next_poll_at = 0 WHERE name = $1 AND removed = 0`, name)
		if err != nil {
			return fmt.Errorf("making %s due: %w", name, err)
		}
		if n == 0 {
			return fmt.Errorf("source %s: %w", name, desk.ErrNotFound)
		}
		return nil
	})
}
