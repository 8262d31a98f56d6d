package youtube

import (
	"context"
	"errors"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

const (
	writeUnits = 50 // that an answer, an edit or a deletion costs; a read costs 1
	lookUnits  = 2  // for the looks before an answer, at most
)

// midnight returns the beginning of the day in California some days after that of now: the quota begins anew there and then.
func midnight(now time.Time, days int) time.Time {
	zone, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		zone = time.FixedZone("PST", -8*60*60)
	}
	y, m, d := now.In(zone).Date()
	return time.Date(y, m, d+days, 0, 0, 0, 0, zone)
}

// left returns how many units may be spent today while the reserve stays; less than nothing when it is used.
func (c *Connector) left(ctx context.Context, reserve int64) (int64, error) {
	if c.purse == nil {
		return c.opt.Quota - reserve, nil
	}
	spent, err := c.purse.Spent(ctx, midnight(c.now(), 0))
	if err != nil {
		return 0, &desk.Transient{Err: err}
	}
	return c.opt.Quota - reserve - spent.Units, nil
}

// pay notes what was spent outside of a poll. That it could not be noted must not undo what was done.
func (c *Connector) pay(ctx context.Context, units int64) {
	if c.purse == nil || units == 0 {
		return
	}
	if err := c.purse.Pay(context.WithoutCancel(ctx), connectors.Spend{Units: units}); err != nil {
		c.log.Warn("what YouTube's quota was spent on could not be noted", "units", units, "error", err)
	}
}

// writable refuses a write for which the quota does not suffice. Nothing has left.
func (c *Connector) writable(ctx context.Context, units int64) error {
	left, err := c.left(ctx, 0)
	if err != nil {
		return err
	}
	if left < units {
		return c.tomorrow("today's quota of the source is spent")
	}
	return nil
}

// tomorrow is the error that waits for the quota to begin anew.
func (c *Connector) tomorrow(why string) error {
	return &desk.Transient{After: midnight(c.now(), 1).Sub(c.now()), Err: errors.New(why + "; it begins anew at midnight in California")}
}

// meter counts the units of one poll and stops it before the reserve.
type meter struct {
	c          *Connector
	left, used int64
}

// take counts a call, or says that it must not be made.
func (m *meter) take() error {
	if m.used >= m.left {
		return m.c.tomorrow("the part of today's quota that reading may use is spent")
	}
	m.used++
	return nil
}
