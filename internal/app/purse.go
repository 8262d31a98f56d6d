package app

import (
	"context"
	"time"

	"github.com/earshotdesk/earshot/connectors"
)

// purse is what one source spends, kept in the store. A command that opens no database spends from an empty one.
type purse struct {
	app    *App
	source string
}

// Spent returns what the source spent since a moment.
func (p purse) Spent(ctx context.Context, since time.Time) (connectors.Spend, error) {
	if p.app.store == nil {
		return connectors.Spend{}, nil
	}
	micros, units, err := p.app.store.Spent(ctx, p.source, since)
	return connectors.Spend{Micros: micros, Units: units}, err
}

// Pay notes what the source spent outside of its polls.
func (p purse) Pay(ctx context.Context, s connectors.Spend) error {
	if p.app.store == nil {
		return nil
	}
	return p.app.store.Pay(ctx, p.source, s.Micros, s.Units)
}
