package store

import (
	"context"
	"fmt"

	"github.com/earshotdesk/earshot/internal/desk"
)

// forgotten stands where the words of a mention stood.
const forgotten = "[removed]"

// Forget deletes the words, the author and what the site sent of mentions that it removed: its terms want that. What is left is that
// there was something, when, and how it was judged, without the words that moved the verdict.
func (tx *Tx) Forget(ctx context.Context, rows []desk.MentionRow) error {
	for _, r := range rows {
		if err := tx.forgetVerdicts(ctx, r.N); err != nil {
			return fmt.Errorf("forgetting why %s was judged so: %w", r.ID, err)
		}
		empty := desk.Mention{Text: forgotten}
		_, err := tx.exec(ctx, `UPDATE mention SET title = '', text = $1, url = '', author_key = '', author_id = '', handle = '', author_name = '',
			author_url = '', followers = 0, extra = '{}', search = '', digest = $2 WHERE n = $3`, forgotten, empty.Digest(), r.N)
		if err != nil {
			return fmt.Errorf("forgetting the words of %s: %w", r.ID, err)
		}
		for _, query := range []string{`DELETE FROM mention_version WHERE n = $1`, `DELETE FROM raw WHERE n = $1`} {
			if _, err := tx.exec(ctx, query, r.N); err != nil {
				return fmt.Errorf("forgetting earlier words of %s: %w", r.ID, err)
			}
		}
		if err := tx.forgetCorrections(ctx, r.N); err != nil {
			return fmt.Errorf("forgetting what was said about %s: %w", r.ID, err)
		}
		if err := tx.forgetTerms(ctx, r.N); err != nil {
			return fmt.Errorf("forgetting the day's words of %s: %w", r.ID, err)
		}
		if err := tx.forgetElsewhere(ctx, &r); err != nil {
			return err
		}
	}
	if tx.d.name != sqlite.name || len(rows) == 0 {
		return nil
	}
	_, err := tx.exec(ctx, `INSERT INTO counter (name, n) VALUES ('forgotten', 1) ON CONFLICT (name) DO UPDATE SET n = counter.n + 1`)
	return err
}

// sweepIndex takes forgotten words out of SQLite's index: it only notes that their mention has them no more, and keeps the words
// until its parts are merged. That takes about a second for a million mentions, so it is done when words were forgotten since.
func (s *Store) sweepIndex(ctx context.Context) error {
	return s.Update(ctx, func(tx *Tx) error {
		n, err := tx.exec(ctx, `UPDATE counter SET n = 0 WHERE name = 'forgotten' AND n > 0`)
		if err != nil || n == 0 {
			return err
		}
		_, err = tx.exec(ctx, `INSERT INTO mention_fts (mention_fts) VALUES ('optimize')`)
		return err
	})
}

// forgetElsewhere removes what other tables keep of a mention: its author as that of a case, unless they are known to the case by
// something else, and versions of it that could not be read.
func (tx *Tx) forgetElsewhere(ctx context.Context, r *desk.MentionRow) error {
	if who := r.AuthorKey(); who != "" && r.Case != "" {
		for _, table := range []string{"cases SET author = '' WHERE id", "case_fact SET author = '' WHERE case_id"} {
			_, err := tx.exec(ctx, `UPDATE `+table+` = $1 AND author = $2 AND NOT EXISTS (SELECT 1 FROM mention m WHERE m.case_id = $1 AND m.author_key = $2)`, r.Case, who)
			if err != nil {
				return fmt.Errorf("forgetting the author of %s: %w", r.ID, err)
			}
		}
	}
	_, err := tx.exec(ctx, `DELETE FROM poison WHERE remote_id = $1 AND source IN (SELECT source FROM sighting WHERE n = $2)`, r.Remote, r.N)
	if err != nil {
		return fmt.Errorf("forgetting what could not be read of %s: %w", r.ID, err)
	}
	return nil
}

// forgetVerdicts takes the reasons out of all verdicts of a mention, for they quote its words.
func (tx *Tx) forgetVerdicts(ctx context.Context, n int64) error {
	type row struct {
		at   int64
		body string
	}
	rows, err := collect(ctx, tx.q, func(s scanner) (r row, err error) { return r, s.Scan(&r.at, &r.body) }, `SELECT at, body FROM verdict WHERE n = $1`, n)
	if err != nil {
		return err
	}
	for _, r := range rows {
		var v desk.Verdict
		if err := fromJSON(r.body, &v); err != nil {
			return err
		}
		v.Reasons = []desk.Reason{}
		body, err := toJSON(v)
		if err != nil {
			return err
		}
		if _, err := tx.exec(ctx, `UPDATE verdict SET body = $1 WHERE n = $2 AND at = $3`, body, n, r.at); err != nil {
			return err
		}
	}
	return nil
}
