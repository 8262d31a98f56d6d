package store

import (
	"context"
	"fmt"

	"github.com/earshotdesk/earshot/internal/desk"
)

// TakeIntake moves the cursor of a source to where an intake leaves it, if its lease still holds: ErrConflict otherwise. First
// contact ends here, when an intake says that there is no more; a walk that a crash interrupts is still first contact.
func (tx *Tx) TakeIntake(ctx context.Context, in desk.Intake) error {
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
