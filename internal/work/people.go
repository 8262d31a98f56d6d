package work

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// inviteLife is how long a one-time link works.
const inviteLife = 7 * 24 * time.Hour

// SetStop holds back outgoing words of the desk, a brand or an account. Setting it twice is no error.
func (d *Desk) SetStop(ctx context.Context, actor *desk.User, kind, name string) error {
	if err := stopKind(kind, name); err != nil {
		return err
	}
	return d.o.Store.Update(ctx, func(tx Tx) error {
		set, err := tx.SetStop(ctx, desk.Stop{Kind: kind, Name: name, By: actor.ID, At: tx.Now()})
		if err == nil && set {
			tx.Emit(desk.Event{What: desk.EventStopSet, Actor: string(actor.ID), Subject: stopName(kind, name)})
		}
		return err
	})
}

// LiftStop lets words go out again.
func (d *Desk) LiftStop(ctx context.Context, actor *desk.User, kind, name string) error {
	defer d.o.Kick()
	return d.o.Store.Update(ctx, func(tx Tx) error {
		was, err := tx.LiftStop(ctx, kind, name)
		if err == nil && was {
			tx.Emit(desk.Event{What: desk.EventStopLifted, Actor: string(actor.ID), Subject: stopName(kind, name)})
		}
		return err
	})
}

func stopKind(kind, name string) error {
	if kind == "desk" && name == "" {
		return nil
	}
	if (kind == "brand" || kind == "account") && name != "" {
		return nil
	}
	return desk.Invalidf("A stop is of the desk, or of a brand or an account by its name.")
}

func stopName(kind, name string) string { return strings.TrimSuffix(kind+"/"+name, "/") }

// PollNow makes a source due at once.
func (d *Desk) PollNow(ctx context.Context, _ *desk.User, source string) error {
	if d.o.PollNow == nil {
		return desk.Deniedf("This process does not poll.")
	}
	return d.o.PollNow(ctx, source)
}

// AddUser adds a person and returns the secret of a one-time invitation.
func (d *Desk) AddUser(ctx context.Context, actor *desk.User, u desk.User) (desk.User, desk.Secret, error) {
	addr, err := mail.ParseAddress(u.Email)
	if err != nil || addr.Address != strings.TrimSpace(u.Email) {
		return u, "", desk.Invalidf("%q is not an e-mail address.", u.Email)
	}
	if !slices.Contains(desk.Roles(), u.Role) {
		return u, "", desk.Invalidf("%q is not a role; the roles are marketing, agent, manager and admin.", u.Role)
	}
	var secret desk.Secret
	err = d.o.Store.Update(ctx, func(tx Tx) error {
		u.ID, u.Email, u.Created = desk.UserID(desk.NewID()), strings.ToLower(addr.Address), tx.Now()
		if err := tx.InsertUser(ctx, u); err != nil {
			return err
		}
		tx.Emit(desk.Event{What: desk.EventUserAdded, Actor: string(actor.ID), Subject: string(u.ID), To: string(u.Role)})
		secret, err = d.handOut(ctx, tx, desk.TokenInvite, "", u.ID, tx.Now().Add(inviteLife))
		return err
	})
	return u, secret, err
}

// Invite returns a new invitation for somebody who is there; earlier ones end.
func (d *Desk) Invite(ctx context.Context, _ *desk.User, id desk.UserID) (secret desk.Secret, err error) {
	err = d.o.Store.Update(ctx, func(tx Tx) error {
		u, err := tx.UserFor(ctx, id)
		if err != nil {
			return err
		}
		if u.Disabled {
			return desk.Conflictf("%s is disabled.", u.Email)
		}
		if err := tx.EndTokens(ctx, desk.TokenInvite, id); err != nil {
			return err
		}
		secret, err = d.handOut(ctx, tx, desk.TokenInvite, "", id, tx.Now().Add(inviteLife))
		return err
	})
	return secret, err
}

// AddToken hands out a token for the API. A zero moment means that it never expires.
func (d *Desk) AddToken(ctx context.Context, user desk.UserID, name string, expires time.Time) (secret desk.Secret, err error) {
	err = d.o.Store.Update(ctx, func(tx Tx) error {
		if _, err := tx.UserFor(ctx, user); err != nil {
			return err
		}
		secret, err = d.handOut(ctx, tx, desk.TokenAPI, name, user, expires)
		return err
	})
	return secret, err
}

// handOut stores the hash of a new secret and returns the secret, which is kept nowhere.
func (d *Desk) handOut(ctx context.Context, tx Tx, kind desk.TokenKind, name string, user desk.UserID, expires time.Time) (desk.Secret, error) {
	secret := rand.Text()
	return desk.Secret(secret), tx.InsertToken(ctx, desk.Token{Hash: HashSecret(secret), Kind: kind, Name: name, User: user, Created: tx.Now(), Expires: expires})
}

// HashSecret is how the store keeps a secret that has enough randomness of its own: SHA-256 in lower-case hexadecimal.
func HashSecret(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// ChangeUser stores name, role, brands and disabled of a person. The last admin stays.
func (d *Desk) ChangeUser(ctx context.Context, _ *desk.User, u desk.User) error {
	if !slices.Contains(desk.Roles(), u.Role) {
		return desk.Invalidf("%q is not a role; the roles are marketing, agent, manager and admin.", u.Role)
	}
	return d.o.Store.Update(ctx, func(tx Tx) error {
		was, err := tx.UserFor(ctx, u.ID)
		if err != nil {
			return err
		}
		if was.Role == desk.RoleAdmin && !was.Disabled && (u.Role != desk.RoleAdmin || u.Disabled) {
			n, err := tx.CountAdmins(ctx)
			if err != nil {
				return err
			}
			if n <= 1 {
				return desk.Conflictf("This is the last admin. Make somebody else admin first.")
			}
		}
		was.Name, was.Role, was.Brands, was.Disabled = u.Name, u.Role, u.Brands, u.Disabled
		if was.Disabled {
			if err := tx.EndSessions(ctx, was.ID); err != nil {
				return err
			}
		}
		return tx.UpdateUser(ctx, was)
	})
}
