package keyring

import (
	"context"
	"errors"

	"github.com/earshotdesk/earshot/internal/desk"
)

// failed notes a renewal that came to nothing. Access that still works is handed out all the same; a person is called when the
// network said that it will give no more.
func (k *Key) failed(ctx context.Context, refused desk.Secret, h *held, err error) (desk.Grant, error) {
	err = k.clean(h, err)
	pause := restAfter
	var pass *desk.Transient
	switch {
	case errors.Is(err, desk.ErrDenied):
		pause = restDenied
		k.mark(ctx, h.version, err)
	case errors.As(err, &pass):
		pause = max(pause, pass.After)
	}
	now := *h
	now.rest, now.why = k.ring.o.Now().Add(pause), err
	k.set(now)
	g, err := k.still(refused, err)
	if err == nil {
		k.ring.o.Log.Warn("the access of an account was not renewed; what there is works still", "account", k.acc.Name, "until", g.Expires, "error", now.why)
	}
	return g, err
}

// stuck says that only a person can help, and for what the network refused or let run out, calls one.
func (k *Key) stuck(ctx context.Context, refused desk.Secret, lease desk.Lease) (desk.Grant, error) {
	h := k.snapshot()
	switch {
	case !h.has && k.acc.Login != nil && k.acc.Login.Consent != nil:
		return desk.Grant{}, desk.Deniedf("the account %s is not connected yet; an admin connects it on the page Accounts or with `earshot account connect %s`", k.acc.Name, k.acc.Name)
	case !h.has:
		return desk.Grant{}, desk.Deniedf("the account %s has no token; set token in the configuration or give it with `earshot account token %s`", k.acc.Name, k.acc.Name)
	}
	var err error
	switch {
	case h.fixed:
		err = desk.Deniedf("the network does not take the token of the account %s; it needs a new one", k.acc.Name)
	case refused != "":
		err = desk.Deniedf("the network does not take the access of the account %s any more; connect it again", k.acc.Name)
	default:
		if g, err := k.still(refused, desk.ErrDenied); err == nil {
			return g, nil // it ends soon and nothing renews it
		}
		err = desk.Deniedf("the access of the account %s has ended; connect it again", k.acc.Name)
	}
	switch {
	case lease.Fence == 0 || h.noted:
	case h.fixed:
		k.note(ctx, lease, &h, err)
	default:
		k.mark(ctx, h.version, err)
	}
	return desk.Grant{}, err
}

// note keeps that the network refused this very secret, so that another one begins without the mark.
func (k *Key) note(ctx context.Context, lease desk.Lease, h *held, why error) {
	sealed, err := k.ring.seal(grantName(k.acc.Name), kept{From: digest(h.secret), Made: k.ring.o.Now()})
	if err == nil {
		row := desk.GrantRow{Account: k.acc.Name, Version: h.version, Sealed: sealed, NeedsHuman: sentence(why)}
		_, err = k.ring.o.Store.RenewGrant(context.WithoutCancel(ctx), lease, row)
	}
	if err != nil {
		k.ring.o.Log.Warn("an account that needs a person could not be marked", "account", k.acc.Name, "error", err)
	}
}

func (k *Key) mark(ctx context.Context, version int64, why error) {
	if err := k.ring.o.Store.MarkAccount(context.WithoutCancel(ctx), k.acc.Name, version, sentence(why)); err != nil {
		k.ring.o.Log.Warn("an account that needs a person could not be marked", "account", k.acc.Name, "error", err)
	}
}
