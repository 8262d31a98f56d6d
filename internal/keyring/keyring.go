// Package keyring keeps what networks grant to accounts, and hands it to whoever calls them.
//
// It owns the sealed grant of each account: how it is come by (the configured token, a secret that opens it, the consent of a person
// in a browser), that it is renewed in time, and what is said when it cannot be. Networks rotate refresh tokens: the old one is dead
// once the new one was sent, and two who renew at once lose the account. So one renews at a time, over all goroutines and processes, by
// a lease in the store; what it brings back is stored only over the grant that it was made of.
//
// The package promises that a grant in use is not lost by a crash, that what another process renewed is seen within half a minute,
// that a network in trouble harms no access that still works, and that no secret stands in an error or a log: what token endpoints
// answer is never passed on.
package keyring

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Options is everything a [Ring] needs. Box, HTTP and Now must be set; Store may be nil where every account has a fixed token.
type Options struct {
	Store Store
	Box   func() (Box, error) // the key is read, or made, at first need
	HTTP  *http.Client        // calls token endpoints; it must not try a POST again
	Now   func() time.Time
	Log   *slog.Logger // slog.Default when nil
}

// Box seals what must not stand readable in the store. A secret opens only for the name that it was sealed for.
type Box interface {
	Seal(name string, secret desk.Secret) []byte
	Open(name string, sealed []byte) (desk.Secret, error)
}

// Store keeps grants. The comments on its parts stand at the methods of the store itself.
type Store interface {
	GrantStore
	LeaseStore
	ConsentStore
}

// GrantStore keeps the grant of each account and why it needs a person.
type GrantStore interface {
	Grant(ctx context.Context, account string) (desk.GrantRow, error)
	GrantVersion(ctx context.Context, account string) (int64, error)
	PutGrant(ctx context.Context, row desk.GrantRow, keepToken bool) error
	DropGrant(ctx context.Context, account string) error
	MarkAccount(ctx context.Context, account string, version int64, why string) error
}

// LeaseStore lets one at a time renew a grant.
type LeaseStore interface {
	LeaseGrant(ctx context.Context, account, owner string, d time.Duration) (desk.GrantRow, desk.Lease, error)
	EndGrantLease(ctx context.Context, lease desk.Lease) error
	RenewGrant(ctx context.Context, lease desk.Lease, row desk.GrantRow) (int64, error)
}

// ConsentStore keeps consents under way.
type ConsentStore interface {
	PutConsent(ctx context.Context, c desk.ConsentRow) error
	TakeConsent(ctx context.Context, state, by string, now time.Time) (desk.ConsentRow, error)
}

// Account is what the keyring must know of a configured account.
type Account struct {
	Name   string
	Secret desk.Secret // as configured; empty where a token was given by hand, or a person consents
	Client Client      // the app that the operator registered at the network
	Login  *Login      // nil when the secret is what calls carry
}

// Client is an app that is registered at a network.
type Client struct {
	ID     string
	Secret desk.Secret
}

// Login says how an account comes to its grant. Secret is the configured one, or the one that was given by hand.
type Login struct {
	Consent *Consent
	Open    func(ctx context.Context, secret desk.Secret, c Client) (desk.Grant, error)
	Refresh func(ctx context.Context, secret desk.Secret, c Client, old desk.Grant) (desk.Grant, error)
}

// Consent is the authorization code grant at one network.
type Consent struct {
	Authorize, Token string // addresses
	Scopes           []string
	Params           map[string]string
	Basic            bool // client id and secret go to the token endpoint as HTTP Basic
	Register         func(ctx context.Context, redirect string) (Client, error)
	Finish           func(ctx context.Context, c Client, g desk.Grant) (desk.Grant, error)
}

// How the account comes to its grant: [desk.LoginToken] and its like.
func (a *Account) how() string {
	switch {
	case a.Login == nil:
		return desk.LoginToken
	case a.Login.Open != nil && (a.Secret != "" || a.Login.Consent == nil):
		return desk.LoginOpen
	case a.Login.Consent != nil && a.Secret == "":
		return desk.LoginConsent
	}
	return desk.LoginToken
}

// Ring is the keys of all accounts. It is safe for concurrent use.
type Ring struct {
	o     Options
	owner string // of leases: this process
	keys  map[string]*Key
}

// New returns the keys of the given accounts.
func New(o Options, accounts []Account) *Ring {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	r := &Ring{o: o, owner: desk.NewID(), keys: make(map[string]*Key, len(accounts))}
	for _, a := range accounts {
		r.keys[a.Name] = &Key{ring: r, acc: a, busy: make(chan struct{}, 1)}
	}
	return r
}

// Key returns the key of an account; nil when there is none of the name.
func (r *Ring) Key(account string) *Key { return r.keys[account] }

// How tells how an account comes to its grant: [desk.LoginToken], [desk.LoginOpen] or [desk.LoginConsent].
func (r *Ring) How(account string) string {
	if k := r.keys[account]; k != nil {
		return k.acc.how()
	}
	return ""
}

func (r *Ring) key(account string) (*Key, error) {
	if k := r.keys[account]; k != nil {
		return k, nil
	}
	return nil, fmt.Errorf("account %q: %w", account, desk.ErrNotFound)
}
