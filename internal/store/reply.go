package store

import (
	"context"
	"fmt"

	"github.com/earshotdesk/earshot/internal/desk"
)

// InsertReply stores a new reply and tells the board.
func (tx *Tx) InsertReply(ctx context.Context, r *desk.Reply) error {
	receipt, changing, err := replyJSON(r)
	if err != nil {
		return err
	}
	r.Version = 1
	_, err = tx.exec(ctx, `INSERT INTO reply (id, case_id, parent, account, text, state, visibility, outdated, version, seen_case, seen_target,
		author, approved_by, note, created_at, changed_at, send_at, started_at, published_at, receipt, changing) VALUES `+rows(1, 21),
		r.ID, r.Case, r.Parent, r.Account, r.Text, r.State, r.Visibility, bit(r.Outdated), r.Version, r.SeenCase, r.SeenTarget,
		r.Author, r.ApprovedBy, r.Note, us(r.CreatedAt), us(r.ChangedAt), us(r.SendAt), us(r.StartedAt), us(r.PublishedAt), receipt, changing)
	if err != nil {
		return fmt.Errorf("storing reply %s: %w", r.ID, err)
	}
	return tx.placeCase(ctx, r.Case)
}

// replyJSON writes the columns of a reply that are JSON.
func replyJSON(r *desk.Reply) (receipt, changing string, err error) {
	if receipt, err = toJSON(r.Receipt); err != nil || r.Change.Kind == "" {
		return receipt, "", err
	}
	changing, err = toJSON(r.Change)
	return receipt, changing, err
}

// UpdateReply stores a changed reply if nobody changed it since it was read, and counts its version up. Otherwise ErrConflict.
func (tx *Tx) UpdateReply(ctx context.Context, r *desk.Reply) error {
	receipt, changing, err := replyJSON(r)
	if err != nil {
		return err
	}
	n, err := tx.exec(ctx, `UPDATE reply SET parent = $1, account = $2, text = $3, state = $4, visibility = $5, outdated = $6, version = version + 1,
		seen_case = $7, seen_target = $8, author = $9, approved_by = $10, note = $11, changed_at = $12, send_at = $13, started_at = $14,
		published_at = $15, receipt = $16, changing = $17 WHERE id = $18 AND version = $19`,
		r.Parent, r.Account, r.Text, r.State, r.Visibility, bit(r.Outdated), r.SeenCase, r.SeenTarget, r.Author, r.ApprovedBy, r.Note,
		us(r.ChangedAt), us(r.SendAt), us(r.StartedAt), us(r.PublishedAt), receipt, changing, r.ID, r.Version)
	if err != nil {
		return fmt.Errorf("storing reply %s: %w", r.ID, err)
	}
	if n == 0 {
		return desk.Conflictf("This reply changed meanwhile. Read it again.")
	}
	r.Version++
	return tx.placeCase(ctx, r.Case)
}

// placeCase puts a case where its state and its newest reply say. Its version stays: saving a draft must not trip the send guard.
func (tx *Tx) placeCase(ctx context.Context, id desk.CaseID) error {
	c, err := tx.Case(ctx, desk.Everything, id)
	if err != nil {
		return err
	}
	newest, err := tx.newestReply(ctx, id)
	if err != nil {
		return err
	}
	if _, err := tx.exec(ctx, `UPDATE cases SET reply_state = $1, col = $2, sort = $3 WHERE id = $4`, newest, column(&c, newest), place(&c), id); err != nil {
		return fmt.Errorf("placing case %s: %w", id, err)
	}
	return nil
}

// Reply reads one reply in order to change it. Its case is locked first: whoever changes both does so in one order, and nobody
// waits in a circle.
func (tx *Tx) Reply(ctx context.Context, id desk.ReplyID) (desk.Reply, error) {
	if tx.d.forUpdate != "" {
		_, err := tx.exec(ctx, `SELECT 1 FROM cases WHERE id = (SELECT case_id FROM reply WHERE id = $1)`+tx.d.forUpdate, id)
		if err != nil {
			return desk.Reply{}, fmt.Errorf("locking the case of reply %s: %w", id, err)
		}
	}
	r, err := scanReply(tx.q.QueryRowContext(ctx, `SELECT `+replyColumns+` FROM reply r WHERE r.id = $1`+tx.d.forUpdate, id))
	return r, one(err, "reply "+string(id))
}

// Replies reads all replies of a case, oldest first.
func (tx *Tx) Replies(ctx context.Context, id desk.CaseID) ([]desk.Reply, error) {
	return collect(ctx, tx.q, scanReply, `SELECT `+replyColumns+` FROM reply r WHERE r.case_id = $1 ORDER BY r.id`, id)
}

// RepliesTo reads the replies that answer a mention, oldest first.
func (tx *Tx) RepliesTo(ctx context.Context, parent desk.MentionID) ([]desk.Reply, error) {
	return collect(ctx, tx.q, scanReply, `SELECT `+replyColumns+` FROM reply r WHERE r.parent = $1 ORDER BY r.id`, parent)
}
