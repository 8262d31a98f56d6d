package store

import (
	"context"
	"fmt"
	"math"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Lessons returns the corrections whose standing changed after a number, in the order of Changed, limit of them, or a
// few more where several changed at once. Who learns keeps the Changed of the last one and asks from there: none is missed, whoever
// commits first.
func (s *Store) Lessons(ctx context.Context, after int64, limit int) ([]desk.Lesson, error) {
	type taught struct {
		desk.Lesson
		n           int64
		title, text string
		rating      desk.Rating
	}
	found, err := collect(ctx, s.read, func(row scanner) (l taught, err error) {
		l.Correction, err = scanCorrectionWith(row, &l.n, &l.Machine, &l.title, &l.text, &l.rating.Value, &l.rating.Best)
		return l, err
	}, `SELECT `+correctionColumns+`, c.mention_n, c.machine, COALESCE(w.title, m.title), COALESCE(w.text, m.text), COALESCE(w.rating, m.rating),
		COALESCE(w.rating_best, m.rating_best) FROM `+correctionFrom+` LEFT JOIN mention_version w ON w.n = c.mention_n AND w.version = c.version
		WHERE c.changed > $1 AND c.changed <= COALESCE((SELECT e.changed FROM correction e WHERE e.changed > $1 ORDER BY e.changed LIMIT 1 OFFSET $2), $3)
		ORDER BY c.changed, c.n`, after, max(limit, 1)-1, int64(math.MaxInt64))
	if err != nil {
		return nil, fmt.Errorf("reading what corrections teach: %w", err)
	}
	ns := make([]int64, len(found))
	for i := range found {
		ns[i] = found[i].n
	}
	stands, err := s.standing(ctx, ns)
	if err != nil {
		return nil, err
	}
	said, err := s.mentionsByNumber(ctx, ns)
	if err != nil {
		return nil, err
	}
	out := make([]desk.Lesson, len(found))
	for i, l := range found {
		out[i] = l.Lesson
		out[i].Stands = stands[l.N]
		if out[i].Learn = out[i].Stands && l.Learnable; out[i].Learn {
			out[i].Said = said[l.n]
			out[i].Said.Title, out[i].Said.Text, out[i].Said.Rating, out[i].Said.Version = l.title, l.text, l.rating, l.Version
		}
	}
	return out, nil
}

func (s *Store) mentionsByNumber(ctx context.Context, ns []int64) (map[int64]desk.Mention, error) {
	out := make(map[int64]desk.Mention, len(ns))
	for len(ns) > 0 {
		part := ns[:min(len(ns), 500)]
		ns = ns[len(part):]
		var w where
		w.among("m.n", part)
		rows, err := collect(ctx, s.read, scanMention, "SELECT "+mentionColumns+" FROM mention m"+w.String(), w.args...)
		if err != nil {
			return nil, fmt.Errorf("reading corrected mentions: %w", err)
		}
		for _, r := range rows {
			out[r.N] = r.Mention
		}
	}
	return out, nil
}

// forgetCorrections takes the notes off the corrections of a mention whose words are forgotten, and lets nobody learn from them.
func (tx *Tx) forgetCorrections(ctx context.Context, n int64) error {
	learned, err := collect(ctx, tx.q, func(row scanner) (c int64, err error) { return c, row.Scan(&c) },
		`SELECT c.n FROM correction c WHERE c.mention_n = $1 AND c.learnable = 1`, n)
	if err != nil {
		return err
	}
	touched, err := tx.exec(ctx, `UPDATE correction SET learnable = 0, note = '' WHERE mention_n = $1`, n)
	if err != nil || touched == 0 {
		return err
	}
	next, err := tx.correctionNumber(ctx)
	if err != nil {
		return err
	}
	if _, err = tx.exec(ctx, `UPDATE correction SET changed = $1 WHERE mention_n = $2`, next, n); err != nil {
		return err
	}
	for _, c := range learned {
		if err := tx.forgetLayers(ctx, c); err != nil {
			return err
		}
	}
	return nil
}
