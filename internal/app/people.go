package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// operator is whoever has a shell on the machine: the actor of what commands change.
func operator() desk.User { return desk.User{ID: "operator", Name: "operator", Role: desk.RoleAdmin} }

// AddUser adds a person, or invites one who is there again, and prints the one-time link that sets a password.
func AddUser(ctx context.Context, opt Options, u desk.User) error {
	a, err := Open(ctx, opt)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	who := operator()
	if u, secret, err := a.work.AddUser(ctx, &who, u); err == nil {
		_, err = fmt.Fprintf(opt.Out, "%s is %s now. This link sets the password; it works once, for 7 days:\n%s\n", u.Email, article(u.Role), a.invitation(secret))
		return err
	} else if !errors.Is(err, desk.ErrConflict) {
		return err
	}
	return a.inviteAgain(ctx, u.Email)
}

func (a *App) inviteAgain(ctx context.Context, email string) error {
	u, err := a.store.UserByEmail(ctx, email)
	if err != nil {
		return err
	}
	who := operator()
	secret, err := a.work.Invite(ctx, &who, u.ID)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.opt.Out, "%s is %s already. This link sets a new password; it works once, for 7 days:\n%s\n", u.Email, article(u.Role), a.invitation(secret))
	return err
}

func (a *App) invitation(secret desk.Secret) string { return a.url() + "/invite/" + secret.Reveal() }

// article puts the right article before a role.
func article(r desk.Role) string {
	if strings.HasPrefix(string(r), "a") {
		return "an " + string(r)
	}
	return "a " + string(r)
}

// AddToken hands out a token of the API for a person and prints it; it is kept nowhere.
func AddToken(ctx context.Context, opt Options, email, name string, life time.Duration) error {
	a, err := Open(ctx, opt)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	u, err := a.store.UserByEmail(ctx, email)
	if errors.Is(err, desk.ErrNotFound) {
		return desk.Invalidf("--email %s: nobody at this desk has that address; `earshot user add` adds somebody", email)
	}
	if err != nil {
		return err
	}
	var expires time.Time
	if life > 0 {
		expires = time.Now().Add(life)
	}
	secret, err := a.work.AddToken(ctx, u.ID, name, expires)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(opt.Out, secret.Reveal())
	return err
}
