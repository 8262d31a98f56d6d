package store

import (
	"context"
	"fmt"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// accountColumns are of account a and stop s; [scanAccount] reads them.
const accountColumns = `a.name, a.site, a.kind, a.handle, a.login, a.publish, CASE WHEN s.name IS NULL THEN 0 ELSE 1 END, a.needs_human,
	CASE WHEN a.sealed IS NULL THEN 0 ELSE 1 END, a.connected_at, a.who, a.scopes, a.renews, a.expires_at, a.ends_since`

const accountFrom = ` FROM account a LEFT JOIN stop s ON s.kind = 'account' AND s.name = a.name `

func scanAccount(row scanner) (a desk.AccountState, err error) {
	var scopes string
	var publish, stopped, given, renews, connected, expires, since int64
	err = row.Scan(&a.Name, &a.Site, &a.Kind, &a.Handle, &a.Login, &publish, &stopped, &a.NeedsHuman, &given, &connected, &a.Who,
		&scopes, &renews, &expires, &since)
	if err != nil {
		return a, err
	}
	a.Publish, a.Stopped, a.HasToken, a.Renews = publish != 0, stopped != 0, given != 0, renews != 0
	a.Connected, a.ExpiresAt, a.EndsSince = at(connected), at(expires), at(since)
	return a, scopesFrom(scopes, &a.Scopes)
}

// scopesFrom reads a list that is nil when there is nothing in it.
func scopesFrom(text string, into *[]string) error {
	if text == "[]" {
		return nil
	}
	return fromJSON(text, into)
}

// ListAccounts returns the accounts by name. Stopped says that the account's own stop switch is set.
func (s *Store) ListAccounts(ctx context.Context) ([]desk.AccountState, error) {
	out, err := collect(ctx, s.read, scanAccount, `SELECT `+accountColumns+accountFrom+`WHERE a.removed = 0 ORDER BY a.name`)
	if err != nil {
		return nil, fmt.Errorf("listing accounts: %w", err)
	}
	return out, nil
}

// PutToken keeps the sealed token of a configured account, in place of the grant it had; ErrNotFound when there is none of the name.
func (s *Store) PutToken(ctx context.Context, account string, sealed []byte) error {
	return s.Update(ctx, func(tx *Tx) error {
		n, err := tx.exec(ctx, forget+`, sealed = $2 WHERE name = $3 AND removed = 0`, us(tx.now), sealed, account)
		if err != nil {
			return fmt.Errorf("keeping the token of %s: %w", account, err)
		}
		if n == 0 {
			return fmt.Errorf("account %s: %w", account, desk.ErrNotFound)
		}
		return tx.tellStages(ctx, account)
	})
}

// forget clears the grant of an account; whoever renews it at this moment writes nothing any more.
const forget = `UPDATE account SET grant_sealed = NULL, grant_version = grant_version + 1, fence = fence + 1, lease_owner = '', lease_until = 0,
	connected_at = 0, who = '', scopes = '[]', renews = 0, expires_at = 0, ends_since = 0, needs_human = '', changed_at = $1`

// SealedToken returns the sealed token of an account; ErrNotFound when none was given.
func (s *Store) SealedToken(ctx context.Context, account string) ([]byte, error) {
	var sealed []byte
	err := s.read.QueryRowContext(ctx, `SELECT sealed FROM account WHERE name = $1 AND sealed IS NOT NULL`, account).Scan(&sealed)
	return sealed, one(err, "token of "+account)
}

// TellStages emits an event for each account whose stage is another than the one that was told last: however often it is called, by
// however many processes, each thing is said once.
func (s *Store) TellStages(ctx context.Context) error {
	return s.Update(ctx, func(tx *Tx) error {
		names, err := collect(ctx, tx.q, func(row scanner) (name string, err error) { return name, row.Scan(&name) },
			`SELECT name FROM account WHERE removed = 0 AND (needs_human <> '' OR expires_at > 0 OR told <> '') ORDER BY name`)
		if err != nil {
			return fmt.Errorf("listing accounts: %w", err)
		}
		for _, name := range names {
			if err := tx.tellStages(ctx, name); err != nil {
				return err
			}
		}
		return nil
	})
}

// tellStages emits an event when the stage of an account is another than the one that was told.
func (tx *Tx) tellStages(ctx context.Context, account string) error {
	a, err := scanAccount(tx.q.QueryRowContext(ctx, `SELECT `+accountColumns+accountFrom+`WHERE a.name = $1`, account))
	if err != nil {
		return one(err, "account "+account)
	}
	stage := a.Stage(tx.now)
	now := string(stage)
	if stage != desk.StageWell && stage != desk.StageRefused {
		now += " " + a.ExpiresAt.Format(time.DateOnly)
	}
	var told string
	if err := tx.q.QueryRowContext(ctx, `SELECT told FROM account WHERE name = $1`+tx.d.forUpdate, account).Scan(&told); err != nil {
		return fmt.Errorf("asking what was told of %s: %w", account, err)
	}
	if told == now {
		return nil
	}
	what := desk.EventAccountCare
	if stage == desk.StageWell {
		what = desk.EventAccountWell
	}
	tx.Emit(desk.Event{What: what, Subject: account, From: told, To: now})
	if _, err := tx.exec(ctx, `UPDATE account SET told = $1 WHERE name = $2`, now, account); err != nil {
		return fmt.Errorf("noting what was told of %s: %w", account, err)
	}
	return nil
}
