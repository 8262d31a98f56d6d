package store

import (
	"context"
	"fmt"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Rollup returns the hourly counts of mentions posted in [from, to), oldest first. Ours are not counted. A span that begins within an
// hour counts the whole hour.
func (s *Store) Rollup(ctx context.Context, scope desk.Scope, from, to time.Time) ([]desk.HourCount, error) {
	var w where
	w.add("hour >= ?", from.Unix()/3600)
	w.add("hour < ?", (to.Unix()+3599)/3600)
	w.add("n > 0") // verdicts that changed leave empty counts behind
	w.scope("brand", scope.Brands)
	out, err := collect(ctx, s.read, func(row scanner) (c desk.HourCount, err error) {
		var hour int64
		err = row.Scan(&hour, &c.Brand, &c.Source, &c.Language, &c.Sentiment, &c.N)
		c.Hour = time.Unix(hour*3600, 0).UTC()
		return c, err
	}, "SELECT hour, brand, source, language, sentiment, n FROM rollup"+w.String()+" ORDER BY hour, brand, source, language, sentiment", w.args...)
	if err != nil {
		return nil, fmt.Errorf("reading hourly counts: %w", err)
	}
	return out, nil
}
