package x

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

// Prices in millionths of a US dollar, as https://docs.x.com/x-api/getting-started/pricing had them on 2026-08-22. Reads cost by what is
// returned, posts and authors alike; what is returned twice on one day (UTC) costs once, which is not counted on here.
const (
	pricePost    = 5_000   // a post, however it was found
	priceOwned   = 1_000   // a post among the mentions or posts of the account that owns the app
	priceUser    = 10_000  // an author
	priceCreate  = 15_000  // a reply that X does not take from programs
	priceLink    = 200_000 // such a reply with a link
	priceSummons = 10_000  // a reply to who mentioned or quoted the account, with a link or without
	priceDelete  = 10_000
)

// micros is the whole budget of a month.
func (c *Connector) micros() int64 { return int64(c.opt.Budget * 1e6) }

// forReads is what of it may be read for.
func (c *Connector) forReads() int64 { return c.micros() / 100 * int64(100-c.opt.Reserve) }

// left returns what of a limit was not spent in this month.
func (c *Connector) left(ctx context.Context, limit int64) (int64, error) {
	if c.purse == nil {
		return 0, desk.Deniedf("nobody counts what this source spends at X, so it spends nothing")
	}
	spent, err := c.purse.Spent(ctx, c.month())
	if err != nil {
		return 0, &desk.Transient{Err: fmt.Errorf("looking what was spent this month: %w", err)}
	}
	return limit - spent.Micros, nil
}

// month is when this month began.
func (c *Connector) month() time.Time {
	now := c.now().UTC()
	return time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
}

// forLooks is what may have been spent by now if known posts are to be looked at again: half of the money for reads, spread evenly over
// the month, so that polls come first.
func (c *Connector) forLooks() int64 {
	gone := c.now().Sub(c.month()).Hours() / c.next().Sub(c.month()).Hours()
	return int64(float64(c.forReads()) / 2 * gone)
}

// next is when the next month begins.
func (c *Connector) next() time.Time {
	return c.month().AddDate(0, 1, 0)
}

// usedUp says that reading rests until the next month.
func (c *Connector) usedUp() error {
	return &desk.Transient{After: c.next().Sub(c.now()), Err: fmt.Errorf(
		"the budget of %s US$ a month is used up, less the %d %% kept for replies; X is read again on %s, or when budget is raised, and its search finds nothing then that is older than %d days",
		dollars(c.micros()), c.opt.Reserve, c.next().Format("2 January"), int(window.Hours()/24))}
}

// pay notes what calls outside of polls cost. The money is gone either way, so a failure to note it does not undo what was done.
func (c *Connector) pay(ctx context.Context, micros int64) {
	if micros == 0 || c.purse == nil {
		return
	}
	if err := c.purse.Pay(context.WithoutCancel(ctx), connectors.Spend{Micros: micros}); err != nil {
		c.log.Warn("what a call to X cost could not be noted", "micros", micros, "error", err)
	}
}

// each is what one post of a list costs at most: itself and its author.
func (c *Connector) each(owned, authors bool) int64 {
	cost := c.post(owned)
	if authors {
		cost += priceUser
	}
	return cost
}

// post is what a post costs.
func (c *Connector) post(owned bool) int64 {
	if owned && c.opt.Owner {
		return priceOwned
	}
	return pricePost
}

// cost is what a page did cost.
func (c *Connector) cost(p *page, owned bool) int64 {
	return int64(len(p.Data))*c.post(owned) + int64(len(p.Includes.Users))*priceUser
}

// dollars writes micros as people write US dollars.
func dollars(micros int64) string { return strconv.FormatFloat(float64(micros)/1e6, 'f', -1, 64) }
