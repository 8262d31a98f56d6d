package store

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/earshotdesk/earshot/internal/desk"
)

// drawnTogether is how many numbers one query looks up.
const drawnTogether = 500

// DrawMentions returns mentions of others drawn at random, each with the same chance. What its site removed, or what was forgotten,
// is not among them. Numbers of arrival are drawn and looked up, so the work grows with what is asked for and not with the history.
func (s *Store) DrawMentions(ctx context.Context, scope desk.Scope, d desk.Draw) (desk.Drawn, error) {
	span, err := s.drawable(ctx, d)
	if err != nil || span.none {
		return desk.Drawn{}, err
	}
	var out desk.Drawn
	size, tried := span.last-span.first+1, 0
	draw := newLots(size, d.Seed)
	// Of a history a little larger than the draw all is read: then it is exact. Gaps are rare, so ten tries a mention are plenty.
	all := size <= int64(2*d.Most)
	for tries := 10 * d.Most; (all || tried < tries && len(out.Rows) < d.Most) && int64(tried) < size; {
		numbers := draw.next(drawnTogether)
		tried += len(numbers)
		for i := range numbers {
			numbers[i] += span.first
		}
		found, err := s.drawn(ctx, scope, d, numbers)
		if err != nil {
			return desk.Drawn{}, fmt.Errorf("drawing mentions: %w", err)
		}
		out.Rows = append(out.Rows, found...)
	}
	out.Of = int(float64(len(out.Rows)) * float64(size) / float64(max(tried, 1)))
	if len(out.Rows) > d.Most {
		r := rand.New(rand.NewPCG(d.Seed, 2))
		r.Shuffle(len(out.Rows), func(i, j int) { out.Rows[i], out.Rows[j] = out.Rows[j], out.Rows[i] })
		out.Rows = out.Rows[:max(d.Most, 0)]
	}
	slices.SortFunc(out.Rows, func(a, b desk.MentionRow) int { return int(a.N - b.N) })
	return out, nil
}

// drawn reads those of the numbers that may be drawn, in order.
func (s *Store) drawn(ctx context.Context, scope desk.Scope, d desk.Draw, numbers []int64) ([]desk.MentionRow, error) {
	query, args := s.drawnQuery(scope, d, numbers)
	return collect(ctx, s.read, scanJudged, query, args...)
}

func (s *Store) drawnQuery(scope desk.Scope, d desk.Draw, numbers []int64) (string, []any) {
	slices.Sort(numbers)
	var w where
	plain := s.d.unindexed
	w.among("m.n", numbers)
	w.add(plain+"m.ours = ?", 0)
	w.add(plain+"m.gone_at = ?", 0)
	w.add("m.text <> ?", forgotten)
	if !d.Since.IsZero() {
		w.add(plain+"m.seen_at >= ?", us(d.Since))
	}
	w.scope(plain+"m.brand", scope.Brands)
	return "SELECT " + judgedColumns + " FROM " + judgedFrom + w.String() + " ORDER BY m.n", w.args
}

// numbers is a span of numbers of arrival.
type numbers struct {
	first, last int64
	none        bool
}

// drawable finds the numbers among which to draw.
func (s *Store) drawable(ctx context.Context, d desk.Draw) (numbers, error) {
	edge := func(query string, args ...any) (n int64, err error) {
		if err = s.read.QueryRowContext(ctx, query, args...).Scan(&n); err != nil {
			return 0, fmt.Errorf("finding the mentions to draw from: %w", err)
		}
		return n, nil
	}
	span := numbers{}
	var err error
	if d.Since.IsZero() {
		span.first, err = edge(`SELECT COALESCE(min(n), -1) FROM mention`)
	} else {
		span.first, err = edge(`SELECT COALESCE((SELECT m.n FROM mention m WHERE m.seen_at >= $1 ORDER BY m.seen_at, m.n LIMIT 1), -1)`, us(d.Since.Add(-skew)))
	}
	if err != nil {
		return span, err
	}
	span.last, err = edge(`SELECT COALESCE(max(n), -1) FROM mention`)
	span.none = span.first < 0 || span.last < span.first || d.Most <= 0
	return span, err
}

// lots draws numbers below a size, none twice, in an order that the seed decides (Fisher and Yates, with the moved ones alone kept).
type lots struct {
	r     *rand.Rand
	size  int64
	drawn int64
	moved map[int64]int64
}

func newLots(size int64, seed uint64) *lots {
	return &lots{r: rand.New(rand.NewPCG(seed, 1)), size: size, moved: map[int64]int64{}}
}

// next draws so many more, fewer when there are no more.
func (l *lots) next(n int) []int64 {
	var out []int64
	at := func(i int64) int64 {
		if v, ok := l.moved[i]; ok {
			return v
		}
		return i
	}
	for ; n > 0 && l.drawn < l.size; n-- {
		i := l.drawn + l.r.Int64N(l.size-l.drawn)
		out = append(out, at(i))
		l.moved[i] = at(l.drawn)
		delete(l.moved, l.drawn)
		l.drawn++
	}
	return out
}
