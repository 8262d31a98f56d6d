package store

import (
	"context"
	"fmt"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

const grantColumns = `a.name, a.grant_version, a.sealed, a.grant_sealed, a.connected_at, a.who, a.scopes, a.renews, a.expires_at, a.ends_since, a.needs_human`

func scanGrant(row scanner) (g desk.GrantRow, err error) {
	var scopes string
	var connected, renews, ends, since int64
	err = row.Scan(&g.Account, &g.Version, &g.Token, &g.Sealed, &connected, &g.Who, &scopes, &renews, &ends, &since, &g.NeedsHuman)
	if err != nil {
		return g, err
	}
	g.Connected, g.Renews, g.Ends, g.EndsSince = at(connected), renews != 0, at(ends), at(since)
	return g, scopesFrom(scopes, &g.Scopes)
}

// Grant returns what is kept of an account's grant; ErrNotFound for an account that was never configured.
func (s *Store) Grant(ctx context.Context, account string) (desk.GrantRow, error) {
	g, err := scanGrant(s.read.QueryRowContext(ctx, `SELECT `+grantColumns+` FROM account a WHERE a.name = $1`, account))
	return g, one(err, "account "+account)
}

// GrantVersion returns the version of [Store.Grant] alone.
func (s *Store) GrantVersion(ctx context.Context, account string) (int64, error) {
	var version int64
	err := s.read.QueryRowContext(ctx, `SELECT grant_version FROM account WHERE name = $1`, account).Scan(&version)
	return version, one(err, "account "+account)
}

// LeaseGrant takes the right to renew the grant of an account for d. The fence of the lease is 0 when somebody else has it.
func (s *Store) LeaseGrant(ctx context.Context, account, owner string, d time.Duration) (desk.GrantRow, desk.Lease, error) {
	var row desk.GrantRow
	var lease desk.Lease
	err := s.Update(ctx, func(tx *Tx) error {
		lease = desk.Lease{}
		// A command may need a grant before the desk first took the account over from the configuration.
		_, err := tx.exec(ctx, `INSERT INTO account (name, site, kind, removed) VALUES ($1, '', '', 1) ON CONFLICT (name) DO NOTHING`, account)
		if err != nil {
			return err
		}
		until := tx.now.Add(d)
		fences, err := collect(ctx, tx.q, func(row scanner) (n int64, err error) { return n, row.Scan(&n) },
			`UPDATE account SET lease_owner = $1, lease_until = $2, fence = fence + 1 WHERE name = $3 AND lease_until <= $4 RETURNING fence`,
			owner, us(until), account, us(tx.now))
		if err != nil {
			return err
		}
		if len(fences) == 1 {
			lease = desk.Lease{Name: account, Owner: owner, Fence: fences[0], Until: until}
		}
		row, err = scanGrant(tx.q.QueryRowContext(ctx, `SELECT `+grantColumns+` FROM account a WHERE a.name = $1`, account))
		return err
	})
	if err != nil {
		return desk.GrantRow{}, desk.Lease{}, fmt.Errorf("leasing the grant of %s: %w", account, err)
	}
	return row, lease, nil
}

// EndGrantLease gives a lease back; one that is lost is no error.
func (s *Store) EndGrantLease(ctx context.Context, lease desk.Lease) error {
	return s.Update(ctx, func(tx *Tx) error {
		_, err := tx.exec(ctx, `UPDATE account SET lease_owner = '', lease_until = 0 WHERE name = $1 AND fence = $2`, lease.Name, lease.Fence)
		if err != nil {
			return fmt.Errorf("giving back the lease of %s: %w", lease.Name, err)
		}
		return nil
	})
}

// RenewGrant stores a renewed grant, gives the lease back and returns the new version. ErrConflict when the lease is lost or the grant
// is another than row.Version: then nothing is written.
func (s *Store) RenewGrant(ctx context.Context, lease desk.Lease, row desk.GrantRow) (int64, error) {
	err := s.Update(ctx, func(tx *Tx) error {
		n, err := tx.putGrant(ctx, row, `fence = $11 AND grant_version = $12`, lease.Fence, row.Version)
		if err != nil {
			return fmt.Errorf("keeping the grant of %s: %w", row.Account, err)
		}
		if n == 0 {
			return fmt.Errorf("grant of %s: %w", row.Account, desk.ErrConflict)
		}
		return tx.tellStages(ctx, row.Account)
	})
	return row.Version + 1, err
}

// PutGrant stores the grant that a person gave, in place of whatever there was. A token that was given by hand goes, unless the grant
// was made of it: keepToken.
func (s *Store) PutGrant(ctx context.Context, row desk.GrantRow, keepToken bool) error {
	return s.Update(ctx, func(tx *Tx) error {
		n, err := tx.putGrant(ctx, row, `removed = 0`)
		if err == nil && n == 0 {
			return fmt.Errorf("account %s: %w", row.Account, desk.ErrNotFound)
		}
		if err == nil && !keepToken {
			_, err = tx.exec(ctx, `UPDATE account SET sealed = NULL WHERE name = $1`, row.Account)
		}
		if err != nil {
			return fmt.Errorf("keeping the grant of %s: %w", row.Account, err)
		}
		return tx.tellStages(ctx, row.Account)
	})
}

func (tx *Tx) putGrant(ctx context.Context, row desk.GrantRow, where string, args ...any) (int64, error) {
	if row.Scopes == nil {
		row.Scopes = []string{}
	}
	scopes, err := toJSON(row.Scopes)
	if err != nil {
		return 0, err
	}
	return tx.exec(ctx, `UPDATE account SET grant_sealed = $1, connected_at = $2, who = $3, scopes = $4, renews = $5, expires_at = $6, ends_since = $7,
		changed_at = $8, needs_human = $9, grant_version = grant_version + 1, fence = fence + 1, lease_owner = '', lease_until = 0
		WHERE name = $10 AND `+where, append([]any{row.Sealed, us(row.Connected), row.Who, scopes, bit(row.Renews), us(row.Ends), us(row.EndsSince), us(tx.now),
		row.NeedsHuman, row.Account}, args...)...)
}

// DropGrant forgets the grant of an account and the token that was given by hand; ErrNotFound when it is not configured.
func (s *Store) DropGrant(ctx context.Context, account string) error {
	return s.Update(ctx, func(tx *Tx) error {
		n, err := tx.exec(ctx, forget+`, sealed = NULL WHERE name = $2 AND removed = 0`, us(tx.now), account)
		if err := changed(n, err, "account "+account); err != nil {
			return err
		}
		return tx.tellStages(ctx, account)
	})
}

// MarkAccount notes why an account needs a person, or with an empty sentence that it does not. It says nothing of a grant that is
// another than the version by now.
func (s *Store) MarkAccount(ctx context.Context, account string, version int64, why string) error {
	return s.Update(ctx, func(tx *Tx) error {
		n, err := tx.exec(ctx, `UPDATE account SET needs_human = $1, changed_at = $2 WHERE name = $3 AND grant_version = $4 AND needs_human <> $5`,
			why, us(tx.now), account, version, why)
		if err != nil {
			return fmt.Errorf("marking the account %s: %w", account, err)
		}
		if n == 0 {
			return nil
		}
		return tx.tellStages(ctx, account)
	})
}

// PutConsent keeps a consent that was begun.
func (s *Store) PutConsent(ctx context.Context, c desk.ConsentRow) error {
	return s.Update(ctx, func(tx *Tx) error {
		_, err := tx.exec(ctx, `INSERT INTO consent (state, account, begun_by, redirect, sealed, expires_at) VALUES `+rows(1, 6),
			c.State, c.Account, c.By, c.Redirect, c.Sealed, us(c.Expires))
		if err != nil {
			return fmt.Errorf("keeping a consent under way: %w", err)
		}
		return nil
	})
}

// TakeConsent removes a consent and returns it; of two who take it at once the second finds none. ErrNotFound when there is none, it
// has expired at now, or somebody else began it.
func (s *Store) TakeConsent(ctx context.Context, state, by string, now time.Time) (desk.ConsentRow, error) {
	var c desk.ConsentRow
	err := s.Update(ctx, func(tx *Tx) error {
		var expires int64
		err := tx.q.QueryRowContext(ctx, `DELETE FROM consent WHERE state = $1 AND begun_by = $2 AND expires_at > $3
			RETURNING state, account, begun_by, redirect, sealed, expires_at`, state, by, us(now)).
			Scan(&c.State, &c.Account, &c.By, &c.Redirect, &c.Sealed, &expires)
		c.Expires = at(expires)
		return one(err, "consent")
	})
	return c, err
}
