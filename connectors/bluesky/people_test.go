package bluesky

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/realsrv"
)

// ring keeps a grant as the desk does, by nothing but the kind's login.
type ring struct {
	env connectors.LoginEnv

	mu        sync.Mutex
	grant     desk.Grant
	refreshed int
}

// Grant opens a session at first need.
func (r *ring) Grant(ctx context.Context) (g desk.Grant, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.grant.Access == "" {
		r.grant, err = login().Open(ctx, r.env)
	}
	return r.grant, err
}

// Refused refreshes the session.
func (r *ring) Refused(ctx context.Context, old desk.Grant) (g desk.Grant, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.refreshed++
	r.grant, err = login().Refresh(ctx, r.env, old)
	return r.grant, err
}

// as makes the connector of a person's account, and the keys that it calls with.
func as(t *testing.T, p *realsrv.Person, opt Options) (*Connector, *ring) {
	t.Helper()
	env := connectortest.Env(t, "bluesky", nil)
	env.Now = time.Now
	account := connectors.Account{Name: p.Handle, Kind: "bluesky", Server: p.Server, Handle: "@" + p.Handle, Secret: desk.Secret(p.AppPassword())}
	keys := &ring{env: connectors.LoginEnv{Account: account, HTTP: env.Publish, Now: time.Now}}
	account.Keys = keys
	env.Account = &account
	c, err := New(env, func(into any) error {
		o := into.(*Options)
		opt.Overlap, opt.History = o.Overlap, o.History
		*o = opt
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return c.(*Connector), keys
}

// until waits for what the network does by itself: what is said is shown a moment later.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !done(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}
