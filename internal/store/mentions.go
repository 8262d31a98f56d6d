package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// ListMentions returns the mentions that match, newest first by arrival, at most p.Limit of them. With p.After it returns those
// nearest above it, still newest first.
func (s *Store) ListMentions(ctx context.Context, scope desk.Scope, f desk.MentionFilter, p desk.Page) ([]desk.MentionRow, error) {
	found, err := s.stream(ctx, scope, f)
	if err != nil || found.none {
		return nil, err
	}
	order := " DESC"
	if p.After > 0 {
		order = ""
	}
	// The verdicts are joined to the page, not to the walk that finds it.
	query := "SELECT " + judgedColumns + " FROM (" + found.page(p, order) + ") p CROSS JOIN " + judgedFrom + " WHERE m.n = p.pick ORDER BY p.pick" + order
	rows, err := collect(ctx, s.read, scanJudged, query, found.args...)
	if err != nil {
		return nil, fmt.Errorf("listing mentions: %w", err)
	}
	if p.After > 0 {
		slices.Reverse(rows)
	}
	return rows, nil
}

// CountMentions counts the mentions that match and stops at limit.
func (s *Store) CountMentions(ctx context.Context, scope desk.Scope, f desk.MentionFilter, limit int) (desk.Count, error) {
	found, err := s.stream(ctx, scope, f)
	if err != nil || found.none {
		return desk.Count{}, err
	}
	var n int
	query := "SELECT count(*) FROM (SELECT 1 FROM " + found.from + found.String() + found.number(" LIMIT ?", limit+1) + ") t"
	if err := s.read.QueryRowContext(ctx, query, found.args...).Scan(&n); err != nil {
		return desk.Count{}, fmt.Errorf("counting mentions: %w", err)
	}
	return desk.Count{N: min(n, limit), More: n > limit}, nil
}

// Mention returns one mention; ErrNotFound when there is none in the scope.
func (s *Store) Mention(ctx context.Context, scope desk.Scope, id desk.MentionID) (desk.MentionRow, error) {
	var w where
	w.add("m.id = ?", id)
	w.scope("m.brand", scope.Brands)
	r, err := scanJudged(s.read.QueryRowContext(ctx, "SELECT "+judgedColumns+" FROM "+judgedFrom+w.String(), w.args...))
	return r, one(err, "mention "+string(id))
}

// stream is a question about mentions: the tables, the conditions, and the column that orders.
type stream struct {
	where
	from string
	n    string // of the table that leads, so that its index gives the order
	none bool   // nothing can match
}

// page selects the numbers of a stretch.
func (q *stream) page(p desk.Page, order string) string {
	if p.Before > 0 {
		q.add(q.n+" < ?", p.Before)
	}
	if p.After > 0 {
		q.add(q.n+" > ?", p.After)
	}
	return "SELECT " + q.n + " AS pick FROM " + q.from + q.String() + " ORDER BY " + q.n + order + q.number(" LIMIT ?", max(p.Limit, 0))
}

// lead puts a table that has few rows a mention in front, unless another leads already. CROSS JOIN keeps SQLite from turning
// the order round; PostgreSQL decides for itself.
func (q *stream) lead(table, alias, n, cond string, args ...any) {
	if q.from != "mention m" {
		q.add("EXISTS (SELECT 1 FROM "+table+" "+alias+" WHERE "+alias+"."+n+" = m.n AND "+cond+")", args...)
		return
	}
	q.from, q.n = table+" "+alias+" CROSS JOIN mention m", alias+"."+n
	q.add("m.n = " + alias + "." + n)
	q.add(cond, args...)
}

func (s *Store) stream(ctx context.Context, scope desk.Scope, f desk.MentionFilter) (*stream, error) {
	q := &stream{from: "mention m", n: "m.n"}
	if f.Query != "" {
		if err := s.matching(ctx, q, f.Query); err != nil || q.none {
			return q, err
		}
	}
	if f.Product != "" {
		q.lead("mention_tag", "tp", "n", "tp.kind = 'product' AND tp.name = ?", f.Product)
	}
	if f.Topic != "" {
		q.lead("mention_tag", "tt", "n", "tt.kind = 'topic' AND tt.name = ?", f.Topic)
	}
	if f.Source != "" {
		q.lead("sighting", "sg", "n", "sg.source = ?", f.Source)
	}
	// SQLite without statistics takes any index whose column is given. The author's is the only one with few rows; where it is
	// asked for, the others must not lead.
	plain := ""
	if f.Author != "" {
		q.add("m.handle = ?", f.Author)
		plain = s.d.unindexed
	}
	for _, c := range []struct{ column, value string }{
		{"m.brand", f.Brand}, {"m.site", string(f.Site)}, {"m.kind", string(f.Kind)}, {"m.language", f.Language},
		{"m.sentiment", f.Sentiment}, {"m.intent", f.Intent}, {"m.spam", f.Spam},
	} {
		if c.value != "" {
			q.add(plain+c.column+" = ?", c.value)
		}
	}
	if f.Urgency != "" {
		q.add(plain+"m.urgency = ?", desk.UrgencyRank(f.Urgency))
	}
	q.add("m.ours = ?", bit(f.Ours))
	s.inScope(&q.where, plain, "m.brand", scope)
	return q, s.between(ctx, q, f.Since, f.Until)
}

// inScope narrows a list to the brands that may be seen. An index on several brands would have to be sorted; it must not lead.
func (s *Store) inScope(w *where, plain, column string, scope desk.Scope) {
	if len(scope.Brands) > 1 {
		plain = s.d.unindexed
	}
	w.scope(plain+column, scope.Brands)
}

// skew is how far the clocks of two processes that store mentions may be apart before a filter by time loses a row.
const skew = time.Hour

// between narrows to a span of arrival. Numbers of arrival rise with time but for the skew of clocks, so the span becomes a
// range of numbers, which every index carries.
func (s *Store) between(ctx context.Context, q *stream, since, until time.Time) error {
	edge := func(cond, order string, t time.Time) (n int64, err error) {
		query := "SELECT COALESCE((SELECT m.n FROM mention m WHERE m.seen_at " + cond + " $1 ORDER BY m.seen_at" + order + ", m.n" + order + " LIMIT 1), -1)"
		if err = s.read.QueryRowContext(ctx, query, us(t)).Scan(&n); err != nil {
			return 0, fmt.Errorf("finding where a span begins: %w", err)
		}
		return n, nil
	}
	if !since.IsZero() {
		n, err := edge(">=", "", since.Add(-skew))
		if err != nil {
			return err
		}
		q.none = q.none || n < 0
		q.add(q.n+" >= ?", n)
		q.add("m.seen_at >= ?", us(since))
	}
	if !until.IsZero() {
		n, err := edge("<=", " DESC", until.Add(skew))
		if err != nil {
			return err
		}
		q.none = q.none || n < 0
		q.add(q.n+" <= ?", n)
		q.add("m.seen_at < ?", us(until))
	}
	return nil
}

// rare is how many matches may be fetched to be sorted; beyond that it is quicker to walk from the newest and look.
const rare = 2000

// matching narrows to the mentions in which all words occur.
func (s *Store) matching(ctx context.Context, q *stream, query string) error {
	tokens := text.QueryTokens(query)
	if len(tokens) == 0 {
		q.none = true // nothing that could be searched for, as in "!!!"
		return nil
	}
	if s.d.name == sqlite.name { // its lists of matches are in order of arrival already
		q.lead("mention_fts", "ft", "docid", "ft.search MATCH ?", s.d.matchArg(tokens))
		return nil
	}
	found, few, err := s.few(ctx, tokens)
	if err != nil {
		return err
	}
	if few {
		q.among("m.n", found)
		return nil
	}
	cond, args := s.d.containing("m.search", tokens)
	q.add(cond, args...)
	return nil
}

// few returns the mentions in which the words occur, and false when they are too many to be listed.
func (s *Store) few(ctx context.Context, tokens []string) ([]int64, bool, error) {
	var w where
	query := w.number(s.d.matches+" LIMIT ?", s.d.matchArg(tokens), rare+1)
	found, err := collect(ctx, s.read, func(row scanner) (n int64, err error) { return n, row.Scan(&n) }, query, w.args...)
	if err != nil {
		return nil, false, fmt.Errorf("asking the index: %w", err)
	}
	return found, len(found) <= rare, nil
}
