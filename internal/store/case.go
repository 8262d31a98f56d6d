package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// column tells in which column of the board a case stands: awaiting when it is open and its newest reply awaits approval, by hand
// when a person posts it, otherwise by its state.
func column(c *desk.Case, newest desk.ReplyState) desk.Column {
	switch {
	case c.State.Open() && newest == desk.ReplyAwaiting:
		return desk.ColumnAwaiting
	case c.State.Open() && newest == desk.ReplyByHand:
		return desk.ColumnByHand
	case c.State == desk.CaseNew:
		return desk.ColumnNew
	case c.State == desk.CaseTaken:
		return desk.ColumnTaken
	case c.State == desk.CaseAnswered:
		return desk.ColumnAnswered
	}
	return desk.ColumnResolved
}

// place is where a case stands in its column, smallest first: open ones by urgency, then the newest word of the customer;
// others by their last change. One number, so that every column pages on one index.
func place(c *desk.Case) int64 {
	const later = 4_000_000_000_000_000 // microseconds; the year 2096
	if c.State.Open() {
		return int64(3-desk.UrgencyRank(c.Urgency))*later + later - us(c.RemarkAt)
	}
	return later - us(c.ChangedAt)
}

// InsertCase stores a case that has just been opened.
func (tx *Tx) InsertCase(ctx context.Context, c *desk.Case) error {
	c.Version = 1
	_, err := tx.exec(ctx, `INSERT INTO cases (id, brand, site, thread, author, head, state, owner, snoozed_until, version, urgency, sentiment,
		mentions, opened_at, changed_at, remark_at, taken_at, answered_at, resolved_at, reopened, reason, reply_state, col, sort)
		VALUES `+rows(1, 24),
		c.ID, c.Brand, c.Site, c.Thread, c.Author, c.Head, c.State, c.Owner, us(c.SnoozedUntil), c.Version, desk.UrgencyRank(c.Urgency), c.Sentiment,
		c.Mentions, us(c.OpenedAt), us(c.ChangedAt), us(c.RemarkAt), us(c.TakenAt), us(c.AnsweredAt), us(c.ResolvedAt), c.Reopened, c.Reason,
		"", column(c, ""), place(c))
	if err != nil {
		return fmt.Errorf("storing case %s: %w", c.ID, err)
	}
	return tx.putFact(ctx, c)
}

// UpdateCase stores a changed case if nobody changed it since it was read, and counts its version up. Otherwise ErrConflict.
func (tx *Tx) UpdateCase(ctx context.Context, c *desk.Case) error { return tx.putCase(ctx, c, 1) }

// TakeCase does the same for a case that became somebody's by writing its first draft, and leaves the version: what the writer
// saw is still what is there, and the send guard must not stumble over the writer's own act.
func (tx *Tx) TakeCase(ctx context.Context, c *desk.Case) error { return tx.putCase(ctx, c, 0) }

func (tx *Tx) putCase(ctx context.Context, c *desk.Case, step int64) error {
	newest, err := tx.newestReply(ctx, c.ID)
	if err != nil {
		return err
	}
	n, err := tx.exec(ctx, `UPDATE cases SET head = $1, state = $2, owner = $3, snoozed_until = $4, version = version + $5, urgency = $6,
		sentiment = $7, mentions = $8, changed_at = $9, remark_at = $10, taken_at = $11, answered_at = $12, resolved_at = $13, reopened = $14,
		reason = $15, reply_state = $16, col = $17, sort = $18, thread = $19 WHERE id = $20 AND version = $21`,
		c.Head, c.State, c.Owner, us(c.SnoozedUntil), step, desk.UrgencyRank(c.Urgency), c.Sentiment, c.Mentions, us(c.ChangedAt), us(c.RemarkAt),
		us(c.TakenAt), us(c.AnsweredAt), us(c.ResolvedAt), c.Reopened, c.Reason, newest, column(c, newest), place(c), c.Thread, c.ID, c.Version)
	if err != nil {
		return fmt.Errorf("storing case %s: %w", c.ID, err)
	}
	if n == 0 {
		return desk.Conflictf("This case changed meanwhile. Read it again.")
	}
	c.Version += step
	return tx.putFact(ctx, c)
}

func (tx *Tx) putFact(ctx context.Context, c *desk.Case) error {
	_, err := tx.exec(ctx, `INSERT INTO case_fact (case_id, brand, site, author, urgency, opened_at, taken_at, answered_at, resolved_at, reopened)
		VALUES `+rows(1, 10)+` ON CONFLICT (case_id) DO UPDATE SET urgency = excluded.urgency, taken_at = excluded.taken_at,
		answered_at = excluded.answered_at, resolved_at = excluded.resolved_at, reopened = excluded.reopened`,
		c.ID, c.Brand, c.Site, c.Author, desk.UrgencyRank(c.Urgency), us(c.OpenedAt), us(c.TakenAt), us(c.AnsweredAt), us(c.ResolvedAt), c.Reopened)
	if err != nil {
		return fmt.Errorf("storing facts of case %s: %w", c.ID, err)
	}
	return nil
}

// newestReply is the state that places a case on the board: of its newest reply, but one that awaits approval, or a hand, is never
// hidden behind a newer draft.
func (tx *Tx) newestReply(ctx context.Context, id desk.CaseID) (desk.ReplyState, error) {
	found, err := collect(ctx, tx.q, func(s scanner) (st desk.ReplyState, err error) { return st, s.Scan(&st) },
		`SELECT state FROM reply WHERE case_id = $1 AND state <> 'withdrawn'
			ORDER BY CASE state WHEN 'awaiting_approval' THEN 0 WHEN 'by_hand' THEN 1 ELSE 2 END, id DESC LIMIT 1`, id)
	if err != nil || len(found) == 0 {
		return "", err
	}
	return found[0], nil
}

// Case reads one case in order to change it: on PostgreSQL its row is locked until the transaction ends.
func (tx *Tx) Case(ctx context.Context, scope desk.Scope, id desk.CaseID) (desk.Case, error) {
	var w where
	w.add("c.id = ?", id)
	w.scope("c.brand", scope.Brands)
	c, err := scanCase(tx.q.QueryRowContext(ctx, "SELECT "+caseColumns+" FROM cases c"+w.String()+tx.d.forUpdate, w.args...))
	return c, one(err, "case "+string(id))
}

// CaseForThread returns the case that a mention of a conversation belongs to, or ErrNotFound: the one that holds what it answers or
// the conversation's beginning (a case may have been joined from several conversations), or else the newest that was opened in
// the conversation. An empty brand means any.
func (tx *Tx) CaseForThread(ctx context.Context, site desk.Site, brand string, thread, parent desk.RemoteID) (desk.Case, error) {
	for _, from := range []string{
		`c.id IN (SELECT case_id FROM mention WHERE site = ? AND remote_id IN (?, ?) AND case_id <> '')`,
		`c.site = ? AND c.thread IN (?, ?)`,
	} {
		var w where
		w.add(from, site, thread, cmp.Or(parent, thread))
		if brand != "" {
			w.add("c.brand = ?", brand)
		}
		c, err := scanCase(tx.q.QueryRowContext(ctx, `SELECT `+caseColumns+` FROM cases c`+w.String()+` ORDER BY c.id DESC LIMIT 1`+tx.d.forUpdate, w.args...))
		if !errors.Is(err, sql.ErrNoRows) {
			return c, err
		}
	}
	return desk.Case{}, fmt.Errorf("case of the thread: %w", desk.ErrNotFound)
}

// WithCase returns those of the identifiers that are in a case, or in whose conversation one was opened.
func (tx *Tx) WithCase(ctx context.Context, site desk.Site, ids []desk.RemoteID) ([]desk.RemoteID, error) {
	var out []desk.RemoteID
	for part := range slices.Chunk(ids, 500) {
		for _, from := range []struct{ column, rest string }{{"remote_id", " FROM mention"}, {"thread", " FROM cases"}} {
			var w where
			w.add("site = ?", site)
			w.add(from.column+" IN ("+marks(len(part))+")", anys(part)...)
			if from.column == "remote_id" {
				w.add("case_id <> ''")
			}
			found, err := collect(ctx, tx.q, func(row scanner) (id desk.RemoteID, err error) { return id, row.Scan(&id) },
				"SELECT "+from.column+from.rest+w.String(), w.args...)
			if err != nil {
				return nil, fmt.Errorf("looking for conversations with a case: %w", err)
			}
			out = append(out, found...)
		}
	}
	return out, nil
}

// CaseForAuthor returns the case with the newest word of an author about a brand on a site since a moment, or ErrNotFound.
func (tx *Tx) CaseForAuthor(ctx context.Context, site desk.Site, brand, author string, since time.Time) (desk.Case, error) {
	c, err := scanCase(tx.q.QueryRowContext(ctx, `SELECT `+caseColumns+` FROM cases c
		WHERE c.site = $1 AND c.author = $2 AND c.brand = $3 AND c.remark_at >= $4 ORDER BY c.remark_at DESC LIMIT 1`+tx.d.forUpdate,
		site, author, brand, us(since)))
	return c, one(err, "case of the author")
}

// Join puts a mention into a case. A mention is in at most one: ErrConflict when it is in another.
func (tx *Tx) Join(ctx context.Context, id desk.MentionID, c desk.CaseID) error {
	n, err := tx.exec(ctx, `UPDATE mention SET case_id = $1 WHERE id = $2 AND (case_id = '' OR case_id = $3)`, c, id, c)
	if err != nil {
		return fmt.Errorf("joining mention %s to a case: %w", id, err)
	}
	if n == 0 {
		return desk.Conflictf("This mention is in another case.")
	}
	return nil
}

// Mention reads one mention with the verdict in force, as the transaction sees it.
func (tx *Tx) Mention(ctx context.Context, id desk.MentionID) (desk.MentionRow, error) {
	m, err := scanJudged(tx.q.QueryRowContext(ctx, `SELECT `+judgedColumns+` FROM `+judgedFrom+` WHERE m.id = $1`, id))
	return m, one(err, "mention "+string(id))
}

// MarkGone notes that a site removed mentions and returns those that were there until now, as they are stored.
func (tx *Tx) MarkGone(ctx context.Context, site desk.Site, remotes []desk.RemoteID) ([]desk.MentionRow, error) {
	var out []desk.MentionRow
	for _, remote := range remotes {
		gone, err := collect(ctx, tx.q, scanMention, `UPDATE mention AS m SET gone_at = $1 WHERE m.site = $2 AND m.remote_id = $3 AND m.gone_at = 0
			RETURNING `+bare(mentionColumns), us(tx.now), site, remote)
		if err != nil {
			return nil, fmt.Errorf("noting that %s is gone: %w", remote, err)
		}
		out = append(out, gone...)
	}
	return out, nil
}

// historyMost bounds how much of an author's past is looked at: a newspaper has a hundred thousand articles, and every poll asks.
const historyMost = 200

// History tells what is known of authors on a site since a moment: how often they wrote about us, and how much of it waits. It
// looks at no more than the newest 200 mentions of each.
func (s *Store) History(ctx context.Context, site desk.Site, authors []string, since time.Time) (map[string]desk.Context, error) {
	out := make(map[string]desk.Context, len(authors))
	for part := range slices.Chunk(authors, 500) {
		var w where
		// Both counts in one number, so that the newest mentions of each author are read once.
		past := w.number(`SELECT COALESCE(SUM(1000 + h.waits), 0) FROM (
			SELECT m.seen_at, CASE WHEN c.state IN ('new', 'taken') THEN 1 ELSE 0 END AS waits FROM mention m LEFT JOIN cases c ON c.id = m.case_id
			WHERE m.site = ? AND m.author_key = a.column1 ORDER BY m.n DESC LIMIT ?) AS h WHERE h.seen_at >= ?`, site, historyMost, us(since))
		values := w.number(strings.TrimSuffix(strings.Repeat("(?), ", len(part)), ", "), anys(part)...)
		_, err := collect(ctx, s.read, func(row scanner) (struct{}, error) {
			var author string
			var both int
			err := row.Scan(&author, &both)
			if both > 0 {
				out[author] = desk.Context{AuthorPosts: both / 1000, AuthorUnhandled: both % 1000}
			}
			return struct{}{}, err
		}, `SELECT a.column1, (`+past+`) FROM (VALUES `+values+`) AS a`, w.args...)
		if err != nil {
			return nil, fmt.Errorf("reading authors' history: %w", err)
		}
	}
	return out, nil
}
