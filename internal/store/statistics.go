package store

import (
	"context"
	"sync"
)

// growth counts the mentions that this process stored.
type growth struct {
	mu   sync.Mutex
	rows int
	next int // how many there will be when statistics are gathered next
}

// firstStatistics is after how many new mentions statistics are gathered first; then each time their number has doubled.
const firstStatistics = 1000

// due adds new rows and tells whether there are statistics to gather.
func (g *growth) due(fresh int) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.rows += fresh
	if g.rows < max(g.next, firstStatistics) {
		return false
	}
	g.next = 2 * g.rows
	return true
}

// grew gathers PostgreSQL's statistics while tables grow fast. It would do so by itself a minute later, and until then it takes
// a new table for small and every site in it for rare: looking mentions up walks through all of their site. SQLite does not guess.
func (s *Store) grew(ctx context.Context, fresh int) {
	if s.d.name != postgres.name || !s.growth.due(fresh) {
		return
	}
	if _, err := s.write.ExecContext(ctx, "ANALYZE (SKIP_LOCKED) mention, cases, verdict"); err != nil && ctx.Err() == nil {
		s.log.Warn("gathering statistics", "error", redact(err, s.dsn))
	}
}
