package store

import (
	"context"
	"fmt"

	"github.com/earshotdesk/earshot/internal/desk"
)

// PutToken keeps the sealed token of a configured account; ErrNotFound when there is none of the name.
func (s *Store) PutToken(ctx context.Context, account string, sealed []byte) error {
	return s.Update(ctx, func(tx *Tx) error {
		n, err := tx.exec(ctx, `UPDATE account SET sealed = $1, needs_human = '', changed_at = $2 WHERE name = $3 AND removed = 0`, sealed, us(tx.now), account)
		if err != nil {
			return fmt.Errorf("keeping the token of %s: %w", account, err)
		}
		if n == 0 {
			return fmt.Errorf("account %s: %w", account, desk.ErrNotFound)
		}
		return nil
	})
}

// SealedToken returns the sealed token of an account; ErrNotFound when none was given.
func (s *Store) SealedToken(ctx context.Context, account string) ([]byte, error) {
	var sealed []byte
	err := s.read.QueryRowContext(ctx, `SELECT sealed FROM account WHERE name = $1 AND sealed IS NOT NULL`, account).Scan(&sealed)
	return sealed, one(err, "token of "+account)
}
