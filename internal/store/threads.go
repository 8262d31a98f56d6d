package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// threadMost bounds how much of a thread is looked at: what is faster than this in an hour is fast enough.
const threadMost = 500

// Threads counts the mentions by others in threads of a site that came since a moment; threads without any are left out. It looks
// at no more than the newest 500 of each, whatever the length of a thread.
func (s *Store) Threads(ctx context.Context, site desk.Site, threads []desk.RemoteID, since time.Time) (map[desk.RemoteID]int, error) {
	out := make(map[desk.RemoteID]int, len(threads))
	for part := range slices.Chunk(threads, 500) {
		var w where
		recent := w.number(`SELECT COUNT(*) FROM (`+threadNewest+`) AS h WHERE h.seen_at >= ? AND h.ours = 0`, site, threadMost, us(since))
		values := w.number(strings.TrimSuffix(strings.Repeat("(?), ", len(part)), ", "), anys(part)...)
		_, err := collect(ctx, s.read, func(row scanner) (struct{}, error) {
			var thread desk.RemoteID
			var n int
			err := row.Scan(&thread, &n)
			if n > 0 {
				out[thread] = n
			}
			return struct{}{}, err
		}, `SELECT a.column1, (`+recent+`) FROM (VALUES `+values+`) AS a`, w.args...)
		if err != nil {
			return nil, fmt.Errorf("reading the pace of threads: %w", err)
		}
	}
	return out, nil
}

// threadNewest walks a thread from its newest mention on.
const threadNewest = `SELECT m.seen_at, m.ours FROM mention m WHERE m.site = ? AND m.thread = a.column1 ORDER BY m.n DESC LIMIT ?`
