package keyring

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

const (
	leaseFor   = 2 * time.Minute        // longer than everything that happens under the lease
	renewFor   = 40 * time.Second       // what the calls of one renewal may take together
	waitFor    = 300 * time.Millisecond // between looks whether another process has renewed
	restAfter  = 30 * time.Second       // after trouble that may pass
	restDenied = 30 * time.Minute       // after a refusal: a person is called, and who is asked now and then may change their mind
	youth      = time.Minute            // of two grants that are refused within this time, age was not the cause
	saveTries  = 4
)

// renew brings a grant that can be handed out, by itself or from the process that is at it. The caller has k.busy.
func (k *Key) renew(ctx context.Context, refused desk.Secret) (desk.Grant, error) {
	if k.ring.o.Store == nil {
		return k.stuck(ctx, refused, desk.Lease{})
	}
	for {
		row, lease, err := k.ring.o.Store.LeaseGrant(ctx, k.acc.Name, k.ring.owner, leaseFor)
		if err != nil {
			return k.still(refused, err)
		}
		if lease.Fence != 0 {
			return k.leased(ctx, refused, row, lease)
		}
		if err := k.taken(row); err != nil {
			return desk.Grant{}, err
		}
		if g, ok := k.ready(refused); ok {
			return g, nil
		}
		if g, err := k.still(refused, desk.ErrConflict); err == nil {
			return g, nil // somebody else is at it, and this one is good until then
		}
		select {
		case <-time.After(waitFor):
		case <-ctx.Done():
			return desk.Grant{}, fmt.Errorf("waiting for the access of %s: %w", k.acc.Name, ctx.Err())
		}
	}
}

// taken takes a row that is another than the one that is held.
func (k *Key) taken(row desk.GrantRow) error {
	if h := k.snapshot(); row.Version == h.version && !h.looked.IsZero() {
		return nil
	}
	return k.take(row)
}

// leased renews under the lease, unless that turns out to be needless or useless.
func (k *Key) leased(ctx context.Context, refused desk.Secret, row desk.GrantRow, lease desk.Lease) (desk.Grant, error) {
	giveBack := func() {
		if err := k.ring.o.Store.EndGrantLease(context.WithoutCancel(ctx), lease); err != nil {
			k.ring.o.Log.Warn("a lease stays until it ends", "account", k.acc.Name, "error", err)
		}
	}
	if err := k.taken(row); err != nil {
		giveBack()
		return desk.Grant{}, err
	}
	if g, ok := k.ready(refused); ok {
		giveBack()
		return g, nil
	}
	h := k.snapshot()
	if !k.opens(&h) && !k.refreshes(&h) {
		defer giveBack()
		return k.stuck(ctx, refused, lease)
	}
	if now := k.ring.o.Now(); now.Before(h.rest) {
		giveBack()
		return k.still(refused, h.why)
	}
	if h.asked && h.grant.Access == refused && k.ring.o.Now().Sub(h.kept.Made) < youth {
		giveBack()
		return desk.Grant{}, desk.Deniedf("the network refuses the access of %s that it gave a moment ago", k.acc.Name)
	}
	next, err := k.fresh(ctx, &h)
	if err != nil {
		defer giveBack()
		return k.failed(ctx, refused, &h, err)
	}
	return k.save(ctx, refused, lease, &h, next)
}

// opens and refreshes tell what can be done without a person.
func (k *Key) opens(h *held) bool {
	l := k.acc.Login
	return l != nil && l.Open != nil && (h.secret != "" || l.Consent == nil)
}

func (k *Key) refreshes(h *held) bool {
	l := k.acc.Login
	return l != nil && h.has && !h.fixed && (l.Refresh != nil || l.Consent != nil && h.grant.Refresh != "")
}

// client is the app that the account calls as: the operator's, or the one that the network registered for us.
func (k *Key) client(h *held) Client {
	if k.acc.Client.ID != "" {
		return k.acc.Client
	}
	return h.kept.client()
}

// fresh asks the network. It is not cancelled with the caller: the answer to a refresh that was sent must not get lost.
func (k *Key) fresh(ctx context.Context, h *held) (kept, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), renewFor)
	defer cancel()
	if k.refreshes(h) {
		g, err := k.refresh(ctx, h)
		if err == nil {
			return keep(inherit(g, h.grant), k.ring.o.Now(), h.kept.From, h.kept.client()), nil
		}
		if !errors.Is(err, desk.ErrDenied) || !k.opens(h) {
			return kept{}, passing(err)
		}
	}
	g, err := k.acc.Login.Open(ctx, h.secret, k.acc.Client)
	if err != nil {
		return kept{}, passing(err)
	}
	return keep(inherit(g, h.grant), k.ring.o.Now(), digest(h.secret), Client{}), nil
}

// passing reads an answer that got lost as trouble that passes: nothing of it was public, and the next try shows what became of it.
func passing(err error) error {
	if lost, ok := errors.AsType[*desk.Unknown](err); ok {
		return &desk.Transient{Err: lost.Err}
	}
	return err
}

func (k *Key) refresh(ctx context.Context, h *held) (desk.Grant, error) {
	if k.acc.Login.Refresh != nil {
		return k.acc.Login.Refresh(ctx, h.secret, k.client(h), h.grant)
	}
	return k.ring.refreshToken(ctx, k.acc.Login.Consent, k.client(h), h.grant)
}

// inherit fills in what a renewed grant leaves out because it has not changed.
func inherit(g, old desk.Grant) desk.Grant {
	g.Who = cmp.Or(g.Who, old.Who)
	if g.Scopes == nil {
		g.Scopes = old.Scopes
	}
	if g.Extra == nil {
		g.Extra = old.Extra
	}
	return g
}

// save stores a renewed grant and hands it out. When the store is away the grant counts in this process: the network may have
// declared the old one dead.
func (k *Key) save(ctx context.Context, refused desk.Secret, lease desk.Lease, h *held, next kept) (desk.Grant, error) {
	row, err := k.row(h, next)
	if err != nil {
		return desk.Grant{}, err
	}
	version := h.version
	for try := range saveTries {
		if version, err = k.ring.o.Store.RenewGrant(context.WithoutCancel(ctx), lease, row); err == nil || errors.Is(err, desk.ErrConflict) || try == saveTries-1 {
			break
		}
		time.Sleep(waitFor)
	}
	if errors.Is(err, desk.ErrConflict) {
		return k.overtaken(ctx, refused)
	}
	if err != nil {
		k.ring.o.Log.Error("a renewed access could not be stored and counts in this process only", slog.String("account", k.acc.Name), slog.Any("error", err))
		version = h.version
	}
	row.Version = version
	now := held{looked: k.ring.o.Now(), version: version, secret: h.secret, grant: next.grant(), has: true, kept: next, row: row, asked: refused != ""}
	k.set(now)
	return now.grant, nil
}

// overtaken hands out what a person gave meanwhile.
func (k *Key) overtaken(ctx context.Context, refused desk.Secret) (desk.Grant, error) {
	if err := k.look(ctx, true); err != nil {
		return desk.Grant{}, err
	}
	return k.still(refused, &desk.Transient{Err: fmt.Errorf("the access of %s changed meanwhile", k.acc.Name)})
}
