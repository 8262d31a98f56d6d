package web_test

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

func hashOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

func (m *memory) User(_ context.Context, id desk.UserID) (desk.User, error) {
	defer m.lock()()
	if u := m.users[id]; u != nil {
		return *u, nil
	}
	return desk.User{}, desk.ErrNotFound
}

func (m *memory) UserByEmail(_ context.Context, email string) (desk.User, error) {
	defer m.lock()()
	for _, u := range m.users {
		if u.Email == email {
			return *u, nil
		}
	}
	return desk.User{}, desk.ErrNotFound
}

func (m *memory) ListUsers(context.Context) ([]desk.User, error) {
	defer m.lock()()
	var out []desk.User
	for _, u := range m.users {
		out = append(out, *u)
	}
	slices.SortFunc(out, func(a, b desk.User) int { return cmp.Compare(a.Name, b.Name) })
	return out, nil
}

func (m *memory) SavePreferences(_ context.Context, id desk.UserID, locale, theme, density string) error {
	defer m.lock()()
	u := m.users[id]
	u.Locale, u.Theme, u.Density = locale, theme, density
	return nil
}

func (m *memory) SaveSession(_ context.Context, s desk.Session) error {
	defer m.lock()()
	m.sessions[s.Hash] = s
	return nil
}

func (m *memory) Session(_ context.Context, hash string, now time.Time) (desk.Session, desk.User, error) {
	defer m.lock()()
	s, ok := m.sessions[hash]
	if !ok || !s.Expires.After(now) || m.users[s.User] == nil || m.users[s.User].Disabled {
		return s, desk.User{}, desk.ErrNotFound
	}
	return s, *m.users[s.User], nil
}

func (m *memory) DeleteSession(_ context.Context, hash string) error {
	defer m.lock()()
	delete(m.sessions, hash)
	return nil
}

func (m *memory) Token(ctx context.Context, kind desk.TokenKind, hash string, now time.Time) (desk.Token, desk.User, error) {
	t, u, err := m.PeekToken(ctx, kind, hash, now)
	if err == nil {
		defer m.lock()()
		t.UsedAt = now
		m.tokens[hash] = t
	}
	return t, u, err
}

func (m *memory) PeekToken(_ context.Context, kind desk.TokenKind, hash string, now time.Time) (desk.Token, desk.User, error) {
	defer m.lock()()
	t, ok := m.tokens[hash]
	used := kind == desk.TokenInvite && !t.UsedAt.IsZero()
	if !ok || t.Kind != kind || used || !t.Expires.IsZero() && !t.Expires.After(now) || m.users[t.User] == nil || m.users[t.User].Disabled {
		return t, desk.User{}, desk.ErrNotFound
	}
	return t, *m.users[t.User], nil
}

func (m *memory) AcceptInvite(ctx context.Context, tokenHash, passwordHash string, now time.Time) (desk.User, error) {
	_, u, err := m.Token(ctx, desk.TokenInvite, tokenHash, now)
	if err != nil {
		return u, err
	}
	defer m.lock()()
	m.users[u.ID].Hash = passwordHash
	for h, s := range m.sessions {
		if s.User == u.ID {
			delete(m.sessions, h)
		}
	}
	return *m.users[u.ID], nil
}

func (m *memory) AddUser(_ context.Context, actor *desk.User, u desk.User) (desk.User, desk.Secret, error) {
	defer m.lock()()
	for _, other := range m.users {
		if other.Email == u.Email {
			return u, "", desk.Conflictf("Somebody with the address %s is here already.", u.Email)
		}
	}
	u.ID, u.Created = desk.UserID(desk.NewID()), m.now()
	m.users[u.ID] = &u
	m.event(desk.Event{Actor: string(actor.ID), What: desk.EventUserAdded, Subject: string(u.ID)})
	return u, m.invite(u.ID), nil
}

func (m *memory) invite(id desk.UserID) desk.Secret {
	secret := "invitation-" + desk.NewID()
	m.tokens[hashOf(secret)] = desk.Token{Hash: hashOf(secret), Kind: desk.TokenInvite, User: id, Created: m.now(), Expires: m.now().Add(7 * 24 * time.Hour)}
	return desk.Secret(secret)
}

func (m *memory) Invite(_ context.Context, _ *desk.User, id desk.UserID) (desk.Secret, error) {
	defer m.lock()()
	return m.invite(id), nil
}

func (m *memory) ChangeUser(_ context.Context, _ *desk.User, u desk.User) error {
	defer m.lock()()
	m.users[u.ID] = &u
	return nil
}
