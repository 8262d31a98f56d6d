package keyring

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

const (
	lookEvery = 30 * time.Second // how long the store is taken at its last word
	enough    = time.Minute      // a grant that is handed out is good for this long
	unknown   = 5 * time.Minute  // how early a grant is renewed whose length of life is not known
)

// Key hands out the present grant of one account.
type Key struct {
	ring *Ring
	acc  Account
	busy chan struct{} // whoever has it looks into the store and renews

	mu   sync.Mutex
	held held
}

// held is what this process knows of the grant.
type held struct {
	looked  time.Time // when the store was asked last; zero when never
	version int64
	secret  desk.Secret // configured, or given by hand
	grant   desk.Grant
	has     bool
	fixed   bool // the grant is the secret itself
	noted   bool // and the store knows that the network refused it
	kept    kept
	row     desk.GrantRow
	asked   bool // this process got it in place of one that was refused

	rest time.Time // the last renewal failed: no other before this
	why  error     // what it said
}

// Grant returns a grant whose access is good for a minute at least. The error wraps [desk.ErrDenied], with a sentence, when only a
// person can help, and is a [*desk.Transient] when the network is in trouble.
func (k *Key) Grant(ctx context.Context) (desk.Grant, error) { return k.get(ctx, "") }

// Refused says that the network did not take a grant, and returns another one or the error of [Key.Grant].
func (k *Key) Refused(ctx context.Context, old desk.Grant) (desk.Grant, error) {
	return k.get(ctx, old.Access)
}

func (k *Key) get(ctx context.Context, refused desk.Secret) (desk.Grant, error) {
	if g, ok := k.ready(refused); ok {
		return g, nil
	}
	select {
	case k.busy <- struct{}{}:
		defer func() { <-k.busy }()
	case <-ctx.Done():
		return desk.Grant{}, fmt.Errorf("waiting for the access of %s: %w", k.acc.Name, ctx.Err())
	}
	if g, ok := k.ready(refused); ok {
		return g, nil // somebody else did it meanwhile
	}
	if err := k.look(ctx, refused != ""); err != nil {
		return k.still(refused, err)
	}
	if g, ok := k.ready(refused); ok {
		return g, nil
	}
	return k.renew(ctx, refused)
}

// ready returns what is held when nothing is to be done about it.
func (k *Key) ready(refused desk.Secret) (desk.Grant, bool) {
	h, now := k.snapshot(), k.ring.o.Now()
	if h.looked.IsZero() || now.Sub(h.looked) > lookEvery || !h.has || h.grant.Access == refused {
		return desk.Grant{}, false
	}
	left := h.grant.Expires.Sub(now)
	resting := left >= enough && now.Before(h.rest)
	return h.grant, h.grant.Expires.IsZero() || left > h.early() || resting
}

// still returns what is held when it is good for a minute, and else the error.
func (k *Key) still(refused desk.Secret, err error) (desk.Grant, error) {
	h := k.snapshot()
	if h.has && h.grant.Access != refused && (h.grant.Expires.IsZero() || h.grant.Expires.Sub(k.ring.o.Now()) >= enough) {
		return h.grant, nil
	}
	return desk.Grant{}, err
}

// early is how long before its end a grant is renewed: a tenth of its life, a fifth of one that lasts for days, so that an outage of
// the network passes in between.
func (h *held) early() time.Duration {
	if h.kept.Made.IsZero() || h.grant.Expires.IsZero() {
		return unknown
	}
	life := h.grant.Expires.Sub(h.kept.Made)
	if life >= 24*time.Hour {
		return life / 5
	}
	return max(life/10, enough)
}

func (k *Key) snapshot() held {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.held
}

func (k *Key) set(h held) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.held = h
}

// look asks the store whether the grant is another by now.
func (k *Key) look(ctx context.Context, force bool) error {
	h, now := k.snapshot(), k.ring.o.Now()
	if !h.looked.IsZero() && !force && now.Sub(h.looked) <= lookEvery {
		return nil
	}
	if k.ring.o.Store == nil {
		return k.take(desk.GrantRow{Account: k.acc.Name})
	}
	if !h.looked.IsZero() {
		version, err := k.ring.o.Store.GrantVersion(ctx, k.acc.Name)
		if err != nil && !errors.Is(err, desk.ErrNotFound) {
			return fmt.Errorf("reading the access of %s: %w", k.acc.Name, err)
		}
		if version == h.version {
			h.looked = now
			k.set(h)
			return nil
		}
	}
	row, err := k.ring.o.Store.Grant(ctx, k.acc.Name)
	if err != nil && !errors.Is(err, desk.ErrNotFound) {
		return fmt.Errorf("reading the access of %s: %w", k.acc.Name, err)
	}
	if err := k.take(row); err != nil {
		return err
	}
	if h := k.snapshot(); h.fixed && !h.noted && row.NeedsHuman != "" {
		return k.ring.o.Store.MarkAccount(ctx, k.acc.Name, row.Version, "") // it was said of a secret that was exchanged since
	}
	return nil
}

// take makes what the store has the grant that is held.
func (k *Key) take(row desk.GrantRow) error {
	h := held{looked: k.ring.o.Now(), version: row.Version, secret: k.acc.Secret, row: row}
	if h.secret == "" && row.Token != nil {
		box, err := k.ring.o.Box()
		if err == nil {
			h.secret, err = box.Open(k.acc.Name, row.Token)
		}
		if err != nil {
			return err
		}
	}
	opens := k.acc.Login != nil && k.acc.Login.Open != nil
	fixed := h.secret != "" && !opens
	if row.Sealed != nil {
		if err := k.ring.unseal(grantName(k.acc.Name), row.Sealed, &h.kept); err != nil && !fixed {
			return err
		}
	}
	switch made := h.kept.From; {
	case h.kept.Access != "" && made == digest(h.secret), h.kept.Access != "" && made == "" && opens:
		h.grant, h.has = h.kept.grant(), true
	case fixed:
		h.noted = h.kept.Access == "" && made == digest(h.secret)
		h.grant, h.has, h.fixed, h.kept = desk.Grant{Access: h.secret}, true, true, kept{}
	default: // another secret was configured since; what the old one opened is nobody's any more
		h.kept = kept{}
	}
	k.set(h)
	return nil
}
