package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/earshotdesk/earshot/internal/desk"
)

// SyncSources takes over what is configured. New sources are due at once, sources that are gone from the configuration are marked
// removed and keep all they have. When the hash of a source differs its health starts anew and it is due at once: whoever changed
// it wants to see whether it works now. The cursor never moves here.
func (s *Store) SyncSources(ctx context.Context, configured []desk.Source) error {
	sorted := slices.Clone(configured) // in one order, so that processes that start together do not wait for each other in a circle
	slices.SortFunc(sorted, func(a, b desk.Source) int { return cmp.Compare(a.Name, b.Name) })
	err := s.Update(ctx, func(tx *Tx) error {
		names := make([]string, 0, len(sorted))
		for _, src := range sorted {
			names = append(names, src.Name)
			if err := tx.putSource(ctx, src); err != nil {
				return fmt.Errorf("source %s: %w", src.Name, err)
			}
		}
		var w where
		w.add("removed = 0")
		if len(names) > 0 {
			w.add("name NOT IN ("+marks(len(names))+")", anys(names)...)
		}
		_, err := tx.exec(ctx, "UPDATE source SET removed = 1"+w.String(), w.args...)
		return err
	})
	if err != nil {
		return fmt.Errorf("taking over the sources: %w", err)
	}
	return nil
}

func (tx *Tx) putSource(ctx context.Context, src desk.Source) error {
	_, err := tx.exec(ctx, `INSERT INTO source (name, kind, site, account, brand, every, hash) VALUES `+rows(1, 7)+`
		ON CONFLICT (name) DO UPDATE SET
			health        = CASE WHEN source.hash = excluded.hash THEN source.health ELSE 'new' END,
			error         = CASE WHEN source.hash = excluded.hash THEN source.error ELSE '' END,
			failures      = CASE WHEN source.hash = excluded.hash THEN source.failures ELSE 0 END,
			failing_since = CASE WHEN source.hash = excluded.hash THEN source.failing_since ELSE 0 END,
			next_poll_at  = CASE WHEN source.hash = excluded.hash THEN source.next_poll_at ELSE 0 END,
			kind = excluded.kind, site = excluded.site, account = excluded.account, brand = excluded.brand, every = excluded.every,
			hash = excluded.hash, removed = 0`,
		src.Name, src.Kind, src.Site, src.Account, src.Brand, src.Every.Microseconds(), src.Hash)
	return err
}

// SyncAccounts takes over which accounts are configured and which may publish. Tokens stay as they are; an account that is gone
// from the configuration is not listed until it comes back.
func (s *Store) SyncAccounts(ctx context.Context, configured []desk.AccountState) error {
	sorted := slices.Clone(configured)
	slices.SortFunc(sorted, func(a, b desk.AccountState) int { return cmp.Compare(a.Name, b.Name) })
	err := s.Update(ctx, func(tx *Tx) error {
		if _, err := tx.exec(ctx, `UPDATE account SET removed = 1`); err != nil {
			return err
		}
		for _, a := range sorted {
			_, err := tx.exec(ctx, `INSERT INTO account (name, site, kind, handle, login, publish, changed_at) VALUES `+rows(1, 7)+` ON CONFLICT (name)
				DO UPDATE SET site = excluded.site, kind = excluded.kind, handle = excluded.handle, login = excluded.login, publish = excluded.publish,
				removed = 0`, a.Name, a.Site, a.Kind, a.Handle, a.Login, bit(a.Publish), us(tx.now))
			if err != nil {
				return fmt.Errorf("account %s: %w", a.Name, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("taking over the accounts: %w", err)
	}
	return nil
}

// mostPoison is how many items that could not be read are kept of one source: whoever writes at a site may write as many as they like.
const mostPoison = 10_000

// PutPoison keeps items that could not be read and returns how many of them are new: the same item of a source is kept once, and of a
// source the newest [mostPoison]. All of them count.
func (tx *Tx) PutPoison(ctx context.Context, items []desk.Poison) (int, error) {
	total := 0
	for _, p := range items {
		sum := sha256.Sum256(append([]byte(string(p.Remote)+"\x00"), p.Raw...))
		raw := p.Raw
		if raw == nil {
			raw = []byte{}
		}
		when := p.At
		if when.IsZero() {
			when = tx.now
		}
		n, err := tx.exec(ctx, `INSERT INTO poison (source, remote_id, at, error, raw, digest) VALUES `+rows(1, 6)+` ON CONFLICT DO NOTHING`,
			p.Source, p.Remote, us(when), p.Err, raw, hex.EncodeToString(sum[:12]))
		if err != nil {
			return 0, fmt.Errorf("keeping what could not be read: %w", err)
		}
		if n == 0 {
			continue
		}
		total++
		if _, err := tx.exec(ctx, `UPDATE source SET poison = poison + 1 WHERE name = $1`, p.Source); err != nil {
			return 0, fmt.Errorf("counting what could not be read: %w", err)
		}
	}
	if total == 0 {
		return 0, nil
	}
	_, err := tx.exec(ctx, `DELETE FROM poison WHERE source = $1 AND n <= (SELECT n FROM poison WHERE source = $1 ORDER BY n DESC LIMIT 1 OFFSET $2)`,
		items[0].Source, mostPoison)
	if err != nil {
		return 0, fmt.Errorf("forgetting the oldest of what could not be read: %w", err)
	}
	return total, nil
}

func lost(lease desk.Lease) error {
	return fmt.Errorf("source %s: lease lost: %w", lease.Name, desk.ErrConflict)
}
