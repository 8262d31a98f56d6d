package store

import (
	"context"
	"fmt"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// SaveSession stores a session, or moves the expiry of one that is there.
func (s *Store) SaveSession(ctx context.Context, session desk.Session) error {
	return s.Update(ctx, func(tx *Tx) error {
		_, err := tx.exec(ctx, `INSERT INTO session (hash, user_id, created_at, seen_at, expires_at) VALUES `+rows(1, 5)+`
			ON CONFLICT (hash) DO UPDATE SET seen_at = excluded.seen_at, expires_at = excluded.expires_at`,
			session.Hash, session.User, us(session.Created), us(tx.now), us(session.Expires))
		if err != nil {
			return fmt.Errorf("storing a session: %w", err)
		}
		return nil
	})
}

// Session returns a session with its user. ErrNotFound when there is none, it has expired at now, or the user is disabled.
func (s *Store) Session(ctx context.Context, hash string, now time.Time) (desk.Session, desk.User, error) {
	var session desk.Session
	var created, expires int64
	u, err := scanUserWith(s.read.QueryRowContext(ctx, "SELECT "+userColumns+`, s.hash, s.user_id, s.created_at, s.expires_at
		FROM session s JOIN users u ON u.id = s.user_id WHERE s.hash = $1 AND s.expires_at > $2 AND u.disabled = 0`, hash, us(now)),
		&session.Hash, &session.User, &created, &expires)
	if err != nil {
		return desk.Session{}, desk.User{}, one(err, "session")
	}
	session.Created, session.Expires = at(created), at(expires)
	return session, u, nil
}

// DeleteSession ends a session; ending one that is not there is no error.
func (s *Store) DeleteSession(ctx context.Context, hash string) error {
	return s.Update(ctx, func(tx *Tx) error {
		if _, err := tx.exec(ctx, `DELETE FROM session WHERE hash = $1`, hash); err != nil {
			return fmt.Errorf("ending a session: %w", err)
		}
		return nil
	})
}

// EndSessions ends every session of a user.
func (tx *Tx) EndSessions(ctx context.Context, user desk.UserID) error {
	if _, err := tx.exec(ctx, `DELETE FROM session WHERE user_id = $1`, user); err != nil {
		return fmt.Errorf("ending the sessions of %s: %w", user, err)
	}
	return nil
}

// InsertToken stores a token that was handed out.
func (tx *Tx) InsertToken(ctx context.Context, t desk.Token) error {
	_, err := tx.exec(ctx, `INSERT INTO token (hash, kind, name, user_id, created_at, expires_at, used_at) VALUES `+rows(1, 7),
		t.Hash, t.Kind, t.Name, t.User, us(t.Created), us(t.Expires), us(t.UsedAt))
	if unique(err) {
		return desk.Conflictf("This token is there already.")
	}
	if err != nil {
		return fmt.Errorf("storing a token: %w", err)
	}
	return nil
}

// EndTokens deletes every token of a kind that a user has.
func (tx *Tx) EndTokens(ctx context.Context, kind desk.TokenKind, user desk.UserID) error {
	if _, err := tx.exec(ctx, `DELETE FROM token WHERE kind = $1 AND user_id = $2`, kind, user); err != nil {
		return fmt.Errorf("ending the tokens of %s: %w", user, err)
	}
	return nil
}

// usedEvery is how precisely the use of an API token is remembered: a program may call many times a second, and every note of it
// would be a transaction.
const usedEvery = time.Minute

// Token returns a token of a kind with its user and notes that it was used; the note of an API token is up to a minute behind.
// ErrNotFound when there is none, it has expired at now, the user is disabled, or an invitation was used already.
func (s *Store) Token(ctx context.Context, kind desk.TokenKind, hash string, now time.Time) (desk.Token, desk.User, error) {
	t, u, err := s.PeekToken(ctx, kind, hash, now)
	if err != nil || kind != desk.TokenInvite && now.Sub(t.UsedAt) < usedEvery {
		return t, u, err
	}
	err = s.Update(ctx, func(tx *Tx) (err error) {
		t, u, err = tx.useToken(ctx, kind, hash, now)
		return err
	})
	return t, u, err
}

// PeekToken does the same as Token without noting anything.
func (s *Store) PeekToken(ctx context.Context, kind desk.TokenKind, hash string, now time.Time) (desk.Token, desk.User, error) {
	return peek(ctx, s.read, kind, hash, now)
}

func peek(ctx context.Context, q querier, kind desk.TokenKind, hash string, now time.Time) (desk.Token, desk.User, error) {
	var t desk.Token
	var created, expires, used int64
	u, err := scanUserWith(q.QueryRowContext(ctx, "SELECT "+userColumns+`, t.hash, t.kind, t.name, t.user_id, t.created_at, t.expires_at, t.used_at
		FROM token t JOIN users u ON u.id = t.user_id WHERE t.hash = $1 AND t.kind = $2 AND (t.expires_at = 0 OR t.expires_at > $3)
			AND u.disabled = 0 AND (t.kind <> 'invite' OR t.used_at = 0)`, hash, kind, us(now)),
		&t.Hash, &t.Kind, &t.Name, &t.User, &created, &expires, &used)
	if err != nil {
		return desk.Token{}, desk.User{}, one(err, "token")
	}
	t.Created, t.Expires, t.UsedAt = at(created), at(expires), at(used)
	return t, u, nil
}

// useToken notes the use of a token; of two who use an invitation at once the second finds none.
func (tx *Tx) useToken(ctx context.Context, kind desk.TokenKind, hash string, now time.Time) (desk.Token, desk.User, error) {
	t, u, err := peek(ctx, tx.q, kind, hash, now)
	if err != nil {
		return t, u, err
	}
	n, err := tx.exec(ctx, `UPDATE token SET used_at = $1 WHERE hash = $2 AND (kind <> 'invite' OR used_at = 0)`, us(now), hash)
	if err := changed(n, err, "token"); err != nil {
		return desk.Token{}, desk.User{}, err
	}
	t.UsedAt = at(us(now))
	return t, u, nil
}

// AcceptInvite uses an invitation up, sets the password's hash and ends every session of the user, in one transaction.
func (s *Store) AcceptInvite(ctx context.Context, tokenHash, passwordHash string, now time.Time) (desk.User, error) {
	var u desk.User
	err := s.Update(ctx, func(tx *Tx) (err error) {
		if _, u, err = tx.useToken(ctx, desk.TokenInvite, tokenHash, now); err != nil {
			return err
		}
		u.Hash = passwordHash
		if _, err := tx.exec(ctx, `UPDATE users SET hash = $1 WHERE id = $2`, passwordHash, u.ID); err != nil {
			return fmt.Errorf("setting a password: %w", err)
		}
		return tx.EndSessions(ctx, u.ID)
	})
	if err != nil {
		return desk.User{}, err
	}
	return u, nil
}
