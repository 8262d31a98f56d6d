package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// saidAt is when a mention was written, as the index mention_said has it.
const saidAt = "COALESCE(NULLIF(m.posted_at, 0), m.seen_at)"

// dayLong is a day in microseconds.
const dayLong = int64(24 * time.Hour / time.Microsecond)

// DaysToCount returns the days from first to last, newest first, whose words have not been counted since mentions came or were forgotten.
func (s *Store) DaysToCount(ctx context.Context, first, last int64) ([]desk.TermDay, error) {
	counted, err := collect(ctx, s.read, func(row scanner) (d desk.TermDay, err error) { return d, row.Scan(&d.Day, &d.Seen) },
		`SELECT day, seen FROM term_day WHERE day >= $1 AND day <= $2`, first, last)
	if err != nil {
		return nil, fmt.Errorf("reading which days are counted: %w", err)
	}
	var forgets int64
	if err := s.read.QueryRowContext(ctx, `SELECT n FROM counter WHERE name = 'terms'`).Scan(&forgets); err != nil {
		return nil, fmt.Errorf("reading how often words were forgotten: %w", err)
	}
	seen := map[int64]int{}
	for _, d := range counted {
		seen[d.Day] = d.Seen
	}
	var out []desk.TermDay
	for day := last; day >= first; day-- {
		d := desk.TermDay{Day: day, Forgets: forgets}
		query := "SELECT count(*) FROM mention m WHERE " + saidAt + " >= $1 AND " + saidAt + " < $2"
		if err := s.read.QueryRowContext(ctx, query, day*dayLong, (day+1)*dayLong).Scan(&d.Seen); err != nil {
			return nil, fmt.Errorf("counting the mentions of a day: %w", err)
		}
		if was, ok := seen[day]; d.Seen > 0 && !ok || ok && was != d.Seen {
			out = append(out, d)
		}
	}
	return out, nil
}

// textsOfDay selects what is counted: every stride-th mention by number.
const textsOfDay = `SELECT m.n, m.brand, m.language, m.title, m.text, m.site, m.author_key, m.author_name, m.handle FROM mention m
	WHERE ` + saidAt + ` >= $1 AND ` + saidAt + ` < $2 AND m.n % $3 = 0 AND m.ours = 0 AND m.spam <> 'yes' AND m.gone_at = 0
	AND m.visibility <> 'private' AND m.search <> '' ORDER BY ` + saidAt + `, m.n`

// TermTexts returns the mentions of a day whose words may be counted: public ones that still stand, neither ours nor spam. Of a day
// that has more than limit it returns an even sample.
func (s *Store) TermTexts(ctx context.Context, day desk.TermDay, limit int) ([]desk.TermText, error) {
	from, to, stride := day.Day*dayLong, (day.Day+1)*dayLong, max(1, (day.Seen+limit-1)/limit)
	at := map[int64]int{}
	list, err := collect(ctx, s.read, func(row scanner) (m desk.TermText, err error) {
		var title, words, site, key, name, handle string
		err = row.Scan(&m.N, &m.Brand, &m.Language, &title, &words, &site, &key, &name, &handle)
		m.Text, m.Names = strings.TrimSpace(title+"\n"+words), name+" "+handle
		if key == "" {
			key = text.Fold(name)
		}
		if key != "" {
			m.Author = site + " " + key
		}
		return m, err
	}, textsOfDay, from, to, stride)
	if err != nil {
		return nil, fmt.Errorf("reading the words of a day: %w", err)
	}
	for i := range list {
		at[list[i].N] = i
	}
	type tag struct {
		n    int64
		name string
	}
	tags, err := collect(ctx, s.read, func(row scanner) (t tag, err error) { return t, row.Scan(&t.n, &t.name) },
		`SELECT t.n, t.name FROM mention m CROSS JOIN mention_tag t WHERE `+saidAt+` >= $1 AND `+saidAt+` < $2 AND m.n % $3 = 0 AND t.n = m.n AND t.kind = 'product'`, from, to, stride)
	if err != nil {
		return nil, fmt.Errorf("reading the products of a day: %w", err)
	}
	for _, t := range tags {
		if i, ok := at[t.n]; ok {
			list[i].Products = append(list[i].Products, t.name)
		}
	}
	return list, nil
}

// mostAuthors bounds how many different authors are handed out.
const mostAuthors = 200_000

// Authors hands out the names and handles of those who wrote from first to last day, each once.
func (s *Store) Authors(ctx context.Context, first, last int64, each func(names string)) error {
	_, err := collect(ctx, s.read, func(row scanner) (none struct{}, err error) {
		var name, handle string
		if err = row.Scan(&name, &handle); err == nil {
			each(name + " " + handle)
		}
		return none, err
	}, `SELECT DISTINCT m.author_name, m.handle FROM mention m WHERE `+saidAt+` >= $1 AND `+saidAt+` < $2 AND m.ours = 0 LIMIT $3`, first*dayLong, (last+1)*dayLong, mostAuthors)
	if err != nil {
		return fmt.Errorf("reading who wrote: %w", err)
	}
	return nil
}

// SaveTerms replaces the counts of a day, unless words were forgotten since they were read: then the day stays to be counted.
func (s *Store) SaveTerms(ctx context.Context, day desk.TermDay, counts []desk.TermCount) error {
	err := s.Update(ctx, func(tx *Tx) error {
		// Forgetting takes the same row first, so that of the two one waits for the other.
		n, err := tx.exec(ctx, `UPDATE counter SET n = n WHERE name = 'terms' AND n = $1`, day.Forgets)
		if err != nil || n == 0 {
			return err
		}
		if _, err := tx.exec(ctx, `DELETE FROM term WHERE day = $1`, day.Day); err != nil {
			return err
		}
		for _, c := range counts {
			_, err := tx.exec(ctx, `INSERT INTO term (day, brand, product, language, term, word, n, small, who) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
				day.Day, c.Brand, c.Product, c.Language, c.Term, c.Word, c.N, c.Small, c.Who)
			if err != nil {
				return err
			}
		}
		_, err = tx.exec(ctx, `INSERT INTO term_day (day, seen, at) VALUES ($1, $2, $3) ON CONFLICT (day) DO UPDATE SET seen = excluded.seen, at = excluded.at`,
			day.Day, day.Seen, us(tx.now))
		return err
	})
	if err != nil {
		return fmt.Errorf("keeping the words of a day: %w", err)
	}
	return nil
}

// termsQuery reads along the primary key.
const termsQuery = `SELECT day, brand, product, language, term, word, n, small, who FROM term WHERE brand = $1 AND product = $2 AND day >= $3 AND day <= $4`

// Terms hands out the counts of a brand, or one product of it, from first to last day; none outside the scope.
func (s *Store) Terms(ctx context.Context, scope desk.Scope, brand, product string, first, last int64, each func(day int64, c desk.TermCount)) error {
	if !scope.Sees(brand) {
		return nil
	}
	_, err := collect(ctx, s.read, func(row scanner) (none struct{}, err error) {
		var c desk.TermCount
		var day int64
		if err = row.Scan(&day, &c.Brand, &c.Product, &c.Language, &c.Term, &c.Word, &c.N, &c.Small, &c.Who); err == nil {
			each(day, c)
		}
		return none, err
	}, termsQuery, brand, product, first, last)
	if err != nil {
		return fmt.Errorf("reading rising words: %w", err)
	}
	return nil
}

// PurgeTerms deletes counts of words of days before one and returns how many that were.
func (s *Store) PurgeTerms(ctx context.Context, before int64) (int64, error) {
	var total int64
	for _, query := range []string{
		`DELETE FROM term WHERE (brand, product, day, language, term) IN (SELECT brand, product, day, language, term FROM term WHERE day < $1 ORDER BY day LIMIT $2)`,
		`DELETE FROM term_day WHERE day IN (SELECT day FROM term_day WHERE day < $1 LIMIT $2)`,
	} {
		n, err := s.purge(ctx, query, before, purgeChunk)
		total += n
		if err != nil {
			return total, fmt.Errorf("deleting old counts of words: %w", err)
		}
	}
	return total, nil
}

// forgetTerms drops the counts of the day on which a mention was written, for its words are in them; the day is counted again.
func (tx *Tx) forgetTerms(ctx context.Context, n int64) error {
	if _, err := tx.exec(ctx, `UPDATE counter SET n = n + 1 WHERE name = 'terms'`); err != nil {
		return err
	}
	for _, table := range []string{"term", "term_day"} {
		query := "DELETE FROM " + table + " WHERE day = (SELECT " + saidAt + " / $1 FROM mention m WHERE m.n = $2)"
		if _, err := tx.exec(ctx, query, dayLong, n); err != nil {
			return err
		}
	}
	return nil
}
