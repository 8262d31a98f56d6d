package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
)

// userColumns are of users u; [scanUser] reads them.
const userColumns = `u.id, u.email, u.name, u.role, u.brands, u.locale, u.theme, u.density, u.hash, u.disabled, u.created_at`

func scanUser(row scanner) (desk.User, error) { return scanUserWith(row) }

func scanUserWith(row scanner, more ...any) (u desk.User, err error) {
	var brands string
	var disabled, created int64
	err = row.Scan(append([]any{&u.ID, &u.Email, &u.Name, &u.Role, &brands, &u.Locale, &u.Theme, &u.Density, &u.Hash, &disabled, &created}, more...)...)
	if err != nil {
		return u, err
	}
	u.Disabled, u.Created = disabled != 0, at(created)
	return u, fromJSON(brands, &u.Brands)
}

// User returns a user, disabled ones too; ErrNotFound when there is none.
func (s *Store) User(ctx context.Context, id desk.UserID) (desk.User, error) {
	u, err := scanUser(s.read.QueryRowContext(ctx, "SELECT "+userColumns+" FROM users u WHERE u.id = $1", id))
	return u, one(err, "user "+string(id))
}

// UserByEmail returns a user by address, compared in lower case.
func (s *Store) UserByEmail(ctx context.Context, email string) (desk.User, error) {
	u, err := scanUser(s.read.QueryRowContext(ctx, "SELECT "+userColumns+" FROM users u WHERE u.email = $1", address(email)))
	return u, one(err, "user "+email)
}

// ListUsers returns everybody by name.
func (s *Store) ListUsers(ctx context.Context) ([]desk.User, error) {
	out, err := collect(ctx, s.read, scanUser, "SELECT "+userColumns+" FROM users u ORDER BY lower(u.name), u.email")
	if err != nil {
		return nil, fmt.Errorf("listing users: %w", err)
	}
	return out, nil
}

// SavePreferences keeps locale, theme and density of a user and nothing else.
func (s *Store) SavePreferences(ctx context.Context, id desk.UserID, locale, theme, density string) error {
	return s.Update(ctx, func(tx *Tx) error {
		n, err := tx.exec(ctx, `UPDATE users SET locale = $1, theme = $2, density = $3 WHERE id = $4`, locale, theme, density, id)
		return changed(n, err, "user "+string(id))
	})
}

// UserFor reads one user as the transaction sees it; ErrNotFound when there is none. It locks nothing: CountAdmins locks in one
// order, and two who hold a row each would wait for each other there.
func (tx *Tx) UserFor(ctx context.Context, id desk.UserID) (desk.User, error) {
	u, err := scanUser(tx.q.QueryRowContext(ctx, "SELECT "+userColumns+" FROM users u WHERE u.id = $1", id))
	return u, one(err, "user "+string(id))
}

// InsertUser adds a person; ErrConflict when the address is taken.
func (tx *Tx) InsertUser(ctx context.Context, u desk.User) error {
	brands, err := brandsJSON(u.Brands)
	if err != nil {
		return err
	}
	n, err := tx.exec(ctx, `INSERT INTO users (id, email, name, role, brands, locale, theme, density, hash, disabled, created_at) VALUES `+rows(1, 11)+
		` ON CONFLICT (email) DO NOTHING`,
		u.ID, address(u.Email), u.Name, u.Role, brands, u.Locale, u.Theme, u.Density, u.Hash, bit(u.Disabled), us(u.Created))
	if err != nil {
		return fmt.Errorf("adding user %s: %w", u.Email, err)
	}
	if n == 0 {
		return desk.Conflictf("Somebody with the address %s is there already.", address(u.Email))
	}
	return nil
}

// UpdateUser changes address, name, role, brands, password hash and whether the person is disabled; preferences stay as they are.
// ErrNotFound when there is none, ErrConflict when the address is taken.
func (tx *Tx) UpdateUser(ctx context.Context, u desk.User) error {
	brands, err := brandsJSON(u.Brands)
	if err != nil {
		return err
	}
	n, err := tx.exec(ctx, `UPDATE users SET email = $1, name = $2, role = $3, brands = $4, hash = $5, disabled = $6 WHERE id = $7`,
		address(u.Email), u.Name, u.Role, brands, u.Hash, bit(u.Disabled), u.ID)
	if unique(err) {
		return desk.Conflictf("Somebody with the address %s is there already.", address(u.Email))
	}
	return changed(n, err, "user "+string(u.ID))
}

// CountAdmins counts the administrators who are not disabled. On PostgreSQL their rows are locked until the transaction ends, so
// that two of them cannot disable each other at once and leave nobody.
func (tx *Tx) CountAdmins(ctx context.Context) (int, error) {
	ids, err := collect(ctx, tx.q, func(row scanner) (id string, err error) { return id, row.Scan(&id) },
		`SELECT id FROM users WHERE role = 'admin' AND disabled = 0 ORDER BY id`+tx.d.forUpdate)
	if err != nil {
		return 0, fmt.Errorf("counting administrators: %w", err)
	}
	return len(ids), nil
}

// address writes an e-mail address as the store compares it.
func address(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

func brandsJSON(brands []string) (string, error) {
	if len(brands) == 0 {
		return "", nil
	}
	return toJSON(brands)
}

// changed turns "no row was touched" into desk.ErrNotFound.
func changed(n int64, err error, what string) error {
	if err != nil {
		return fmt.Errorf("changing %s: %w", what, err)
	}
	if n == 0 {
		return fmt.Errorf("%s: %w", what, desk.ErrNotFound)
	}
	return nil
}
