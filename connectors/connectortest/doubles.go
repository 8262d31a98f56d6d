package connectortest

import (
	"context"
	"sync"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

// Keys returns keys that hand out one grant for ever. When the network refuses it a person is asked for.
func Keys(g desk.Grant) connectors.Keys { return fixedKeys{g} }

type fixedKeys struct{ grant desk.Grant }

// Grant returns the one grant.
func (k fixedKeys) Grant(context.Context) (desk.Grant, error) { return k.grant, nil }

// Refused has no other.
func (k fixedKeys) Refused(context.Context, desk.Grant) (desk.Grant, error) {
	return desk.Grant{}, desk.Deniedf("the network does not take the token of this account any more; connect it again")
}

// Purse is a purse in memory. Its zero value is one from which nothing was spent.
type Purse struct {
	mu   sync.Mutex
	paid connectors.Spend
}

// Spent returns all that was paid, whenever that was.
func (p *Purse) Spent(context.Context, time.Time) (connectors.Spend, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.paid, nil
}

// Pay adds to what was paid.
func (p *Purse) Pay(_ context.Context, s connectors.Spend) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.paid.Micros += s.Micros
	p.paid.Units += s.Units
	return nil
}
