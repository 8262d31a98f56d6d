package store

import (
	"context"
	"fmt"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// correctionColumns are of correction c; [scanCorrectionWith] reads them. Whether one stands is settled among all of its mention.
const (
	correctionColumns = `c.n, c.changed, c.id, m.id, c.version, m.brand, c.tag, c.from_label, c.to_label, c.note, c.user_id,
	COALESCE(NULLIF(u.name, ''), u.email, c.user_id), c.at, c.model, c.rules, c.learnable, c.withdrawn_at, c.withdrawn_by`
	correctionFrom = `correction c JOIN mention m ON m.n = c.mention_n LEFT JOIN users u ON u.id = c.user_id`
)

func scanCorrectionWith(row scanner, more ...any) (c desk.Correction, err error) {
	var when, withdrawn, learnable int64
	err = row.Scan(append([]any{&c.N, &c.Changed, &c.ID, &c.Mention, &c.Version, &c.Brand, &c.Tag, &c.From, &c.To, &c.Note, &c.By,
		&c.ByName, &when, &c.Model, &c.Rules, &learnable, &withdrawn, &c.WithdrawnBy}, more...)...)
	c.At, c.WithdrawnAt, c.Learnable = at(when), at(withdrawn), learnable != 0
	return c, err
}

// corrections returns all corrections of some mentions, oldest first, and says which stand.
func corrections(ctx context.Context, q querier, ns []int64) (map[int64][]desk.Correction, error) {
	if len(ns) == 0 {
		return nil, nil
	}
	var w where
	w.among("c.mention_n", ns)
	out := map[int64][]desk.Correction{}
	_, err := collect(ctx, q, func(row scanner) (struct{}, error) {
		var n int64
		c, err := scanCorrectionWith(row, &n)
		out[n] = append(out[n], c)
		return struct{}{}, err
	}, "SELECT "+correctionColumns+", c.mention_n FROM "+correctionFrom+w.String()+" ORDER BY c.n", w.args...)
	if err != nil {
		return nil, fmt.Errorf("reading corrections: %w", err)
	}
	for _, list := range out {
		desk.Settle(list)
	}
	return out, nil
}

// Corrections returns the corrections of a mention, oldest first, as the transaction sees them; withdrawn ones too.
func (tx *Tx) Corrections(ctx context.Context, id desk.MentionID) ([]desk.Correction, error) {
	return correctionsOf(ctx, tx.q, desk.Everything, id)
}

// Corrections returns the corrections of a mention, oldest first, withdrawn ones too; ErrNotFound when there is no such mention in
// the scope.
func (s *Store) Corrections(ctx context.Context, scope desk.Scope, id desk.MentionID) ([]desk.Correction, error) {
	return correctionsOf(ctx, s.read, scope, id)
}

func correctionsOf(ctx context.Context, q querier, scope desk.Scope, id desk.MentionID) ([]desk.Correction, error) {
	var w where
	w.add("m.id = ?", id)
	w.scope("m.brand", scope.Brands)
	var n int64
	if err := q.QueryRowContext(ctx, "SELECT m.n FROM mention m"+w.String(), storable(w.args)...).Scan(&n); err != nil {
		return nil, one(err, "mention "+string(id))
	}
	all, err := corrections(ctx, q, []int64{n})
	return all[n], err
}

// Correction returns one correction; ErrNotFound when there is none in the scope.
func (s *Store) Correction(ctx context.Context, scope desk.Scope, id string) (desk.Correction, error) {
	var w where
	w.add("c.id = ?", id)
	w.scope("m.brand", scope.Brands)
	var n int64
	c, err := scanCorrectionWith(s.read.QueryRowContext(ctx, "SELECT "+correctionColumns+", c.mention_n FROM "+correctionFrom+w.String(), storable(w.args)...), &n)
	if err != nil {
		return c, one(err, "correction "+id)
	}
	stands, err := s.standing(ctx, []int64{n})
	c.Stands = stands[c.N]
	return c, err
}

// ListCorrections returns the corrections that were made since a moment, newest first, at most limit of them.
func (s *Store) ListCorrections(ctx context.Context, scope desk.Scope, since time.Time, limit int) ([]desk.Correction, error) {
	var w where
	w.add("c.at >= ?", us(since))
	w.scope("m.brand", scope.Brands)
	type numbered struct {
		desk.Correction
		n int64
	}
	found, err := collect(ctx, s.read, func(row scanner) (c numbered, err error) {
		c.Correction, err = scanCorrectionWith(row, &c.n)
		return c, err
	}, "SELECT "+correctionColumns+", c.mention_n FROM "+correctionFrom+w.String()+" ORDER BY c.n DESC"+w.number(" LIMIT ?", limit), w.args...)
	if err != nil {
		return nil, fmt.Errorf("listing corrections: %w", err)
	}
	ns := make([]int64, len(found))
	for i := range found {
		ns[i] = found[i].n
	}
	stands, err := s.standing(ctx, ns)
	if err != nil {
		return nil, err
	}
	out := make([]desk.Correction, len(found))
	for i := range found {
		out[i] = found[i].Correction
		out[i].Stands = stands[out[i].N]
	}
	return out, nil
}

// standing tells which corrections of some mentions stand, by their numbers.
func (s *Store) standing(ctx context.Context, ns []int64) (map[int64]bool, error) {
	out := map[int64]bool{}
	for len(ns) > 0 {
		part := ns[:min(len(ns), 500)]
		ns = ns[len(part):]
		all, err := corrections(ctx, s.read, part)
		if err != nil {
			return nil, err
		}
		for _, list := range all {
			for _, c := range list {
				out[c.N] = c.Stands
			}
		}
	}
	return out, nil
}

// InsertCorrection stores a correction of a mention and gives it its number. machine is the label that triage itself had given.
func (tx *Tx) InsertCorrection(ctx context.Context, c *desk.Correction, machine string) error {
	n, err := tx.correctionNumber(ctx)
	if err != nil {
		return err
	}
	c.N, c.Changed = n, n
	if err := tx.touchCorrections(ctx, c.Mention, c.Tag, n); err != nil {
		return err
	}
	_, err = tx.exec(ctx, `INSERT INTO correction (n, changed, id, mention_n, version, tag, from_label, to_label, machine, model, rules, user_id, at, note, learnable)
		SELECT $1, $1, $2, m.n, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13 FROM mention m WHERE m.id = $14`,
		n, c.ID, c.Version, c.Tag, c.From, c.To, machine, c.Model, c.Rules, c.By, us(c.At), c.Note, bit(c.Learnable), c.Mention)
	if err != nil {
		return fmt.Errorf("storing a correction: %w", err)
	}
	return nil
}

// WithdrawCorrection notes that somebody took a correction back.
func (tx *Tx) WithdrawCorrection(ctx context.Context, c *desk.Correction) error {
	n, err := tx.correctionNumber(ctx)
	if err != nil {
		return err
	}
	if err := tx.touchCorrections(ctx, c.Mention, c.Tag, n); err != nil {
		return err
	}
	_, err = tx.exec(ctx, `UPDATE correction SET withdrawn_at = $1, withdrawn_by = $2 WHERE n = $3`, us(c.WithdrawnAt), c.WithdrawnBy, c.N)
	if err != nil {
		return fmt.Errorf("withdrawing a correction: %w", err)
	}
	c.Changed = n
	return nil
}

// correctionNumber takes the next number. Its row stays locked until the commit, so that numbers follow commits.
func (tx *Tx) correctionNumber(ctx context.Context) (n int64, err error) {
	if err := tx.q.QueryRowContext(ctx, `UPDATE counter SET n = n + 1 WHERE name = 'correction' RETURNING n`).Scan(&n); err != nil {
		return 0, fmt.Errorf("numbering a correction: %w", err)
	}
	return n, nil
}

// touchCorrections notes that which correction of a tag stands may have changed.
func (tx *Tx) touchCorrections(ctx context.Context, id desk.MentionID, tag string, n int64) error {
	_, err := tx.exec(ctx, `UPDATE correction SET changed = $1 WHERE mention_n = (SELECT m.n FROM mention m WHERE m.id = $2) AND tag = $3`, n, id, tag)
	if err != nil {
		return fmt.Errorf("noting that corrections changed: %w", err)
	}
	return nil
}

// SeenBy returns the sources that saw a mention, with their kinds; one that is no longer configured too.
func (tx *Tx) SeenBy(ctx context.Context, n int64) ([]desk.Source, error) {
	out, err := collect(ctx, tx.q, func(row scanner) (s desk.Source, err error) { return s, row.Scan(&s.Name, &s.Kind) },
		`SELECT g.source, COALESCE(s.kind, '') FROM sighting g LEFT JOIN source s ON s.name = g.source WHERE g.n = $1 ORDER BY g.source`, n)
	if err != nil {
		return nil, fmt.Errorf("reading who saw a mention: %w", err)
	}
	return out, nil
}

// CaseUrgency returns the highest urgency of a case's mentions by customers.
func (tx *Tx) CaseUrgency(ctx context.Context, id desk.CaseID) (string, error) {
	var rank int
	err := tx.q.QueryRowContext(ctx, `SELECT COALESCE(MAX(m.urgency), 1) FROM mention m WHERE m.case_id = $1 AND m.case_id <> '' AND m.ours = 0`, id).Scan(&rank)
	if err != nil {
		return "", fmt.Errorf("reading how urgent the mentions of a case are: %w", err)
	}
	return desk.UrgencyOf(rank), nil
}
