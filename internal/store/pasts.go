package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// threadHour is the stretch of time in which the posts of a thread show how fast it runs.
const threadHour = time.Hour

// Pasts returns what was known of mentions when their words came in, in their order: how often their authors had written in a span
// before and how much of that waited, how fast their threads ran, how they had been received. It looks at no more than 200
// mentions of each author and 500 of each thread.
//
// History that first contact or an import brought was judged without all that. It had no cases, so it counts as written, not as
// waiting; and it was old when it came, so its threads run at no pace here either.
func (s *Store) Pasts(ctx context.Context, list []desk.Judged, span time.Duration) ([]desk.Past, error) {
	out := make([]desk.Past, len(list))
	index := make(map[int64]int, len(list))
	ns := make([]int64, len(list))
	for i := range list {
		index[list[i].N], ns[i] = i, list[i].N
	}
	slices.Sort(ns)
	for part := range slices.Chunk(ns, 200) {
		var w where
		query := w.number(`SELECT q.n, q.came, COALESCE(t.likes, 0), COALESCE(t.shares, 0), COALESCE(t.replies, 0), COALESCE(t.views, 0), q.author, q.thread FROM (
			SELECT m.n, COALESCE((SELECT w.at FROM mention_version w WHERE w.n = m.n AND w.version = m.version), m.seen_at) AS came,
			CASE WHEN m.author_key = '' THEN 0 ELSE (`+authorPast+`) END AS author,
			CASE WHEN m.thread = '' OR m.posted_at = 0 OR m.seen_at - m.posted_at > ? THEN 0 ELSE (`+threadPast+`) END AS thread FROM mention m`,
			historyMost, span.Microseconds(), threadHour.Microseconds(), threadMost, threadHour.Microseconds())
		w.among("m.n", part)
		_, err := collect(ctx, s.read, func(row scanner) (struct{}, error) {
			var n, came int64
			var author int
			var p desk.Past
			err := row.Scan(&n, &came, &p.Counts.Likes, &p.Counts.Shares, &p.Counts.Replies, &p.Counts.Views, &author, &p.ThreadHour)
			p.At, p.AuthorPosts, p.AuthorUnhandled = at(came), author/1000, author%1000
			out[index[n]] = p
			return struct{}{}, err
		}, query+w.String()+`) q LEFT JOIN sample t ON t.n = q.n AND t.at = (SELECT MAX(e.at) FROM sample e WHERE e.n = q.n AND e.at <= q.came)`, w.args...)
		if err != nil {
			return nil, fmt.Errorf("reading what was known of mentions: %w", err)
		}
	}
	return out, nil
}

// authorPast counts what the author of mention m had written before it came, and a thousandth of that is what waited in a case then.
const authorPast = `SELECT COALESCE(SUM(1000 + h.waits), 0) FROM (
	SELECT p.seen_at, CASE WHEN f.opened_at IS NULL OR f.opened_at > m.seen_at OR (f.answered_at > 0 AND f.answered_at <= m.seen_at)
		OR (f.resolved_at > 0 AND f.resolved_at <= m.seen_at) THEN 0 ELSE 1 END AS waits
	FROM mention p LEFT JOIN case_fact f ON f.case_id = p.case_id
	WHERE p.site = m.site AND p.author_key = m.author_key AND p.n < m.n ORDER BY p.n DESC LIMIT ?) AS h
	WHERE h.seen_at < m.seen_at AND h.seen_at >= m.seen_at - ?`

// threadPast counts what others wrote in the thread of mention m within the hour before it came.
const threadPast = `SELECT COUNT(*) FROM (SELECT p.seen_at, p.ours FROM mention p WHERE p.site = m.site AND p.thread = m.thread AND p.n < m.n
	ORDER BY p.n DESC LIMIT ?) AS h WHERE h.seen_at >= m.seen_at - ? AND h.ours = 0`
