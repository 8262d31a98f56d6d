package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Judged returns a stretch of the mentions that customers wrote, with what triage itself concluded and what people made of it. Each
// call is one short read, so that a walk over a year holds nobody up.
func (s *Store) Judged(ctx context.Context, scope desk.Scope, walk desk.Walk) ([]desk.Judged, error) {
	q := &stream{from: judgedFrom, n: "m.n"}
	q.add("m.ours = 0")
	q.add("m.digest <> ?", (&desk.Mention{Text: forgotten}).Digest())
	q.add("m.n > ?", walk.After)
	if walk.Before > 0 {
		q.add("m.n < ?", walk.Before)
	}
	if walk.Stale != nil {
		q.add("(v.n IS NULL OR v.model <> ? OR v.rules <> ?)", walk.Stale.Model, walk.Stale.Rules)
	}
	if len(scope.Brands) > 0 {
		q.scope("m.brand", scope.Brands)
	}
	if err := s.between(ctx, q, walk.Since, time.Time{}); err != nil || q.none {
		return nil, err
	}
	order := ""
	if walk.Newest {
		order = " DESC"
	}
	query := "SELECT " + judgedColumns + ", m.judged_at, COALESCE(v.machine_at, 0) FROM " + q.from + q.String() + " ORDER BY m.n" + order + q.number(" LIMIT ?", walk.Limit)
	bases := map[int64]int64{} // verdicts beneath corrections, by the mention
	out, err := collect(ctx, s.read, func(row scanner) (j desk.Judged, err error) {
		var judged, machine int64
		var body string
		if j.MentionRow, err = scanMentionWith(row, &body, &judged, &machine); err != nil {
			return j, err
		}
		j.JudgedAt = at(judged)
		if machine != 0 {
			bases[j.N] = machine
		}
		err = readVerdict(body, walk.Lean, &j.Verdict)
		j.Machine = j.Verdict
		return j, err
	}, query, q.args...)
	if err != nil {
		return nil, fmt.Errorf("reading judged mentions: %w", err)
	}
	return out, s.uncorrect(ctx, out, bases, walk.Lean)
}

// uncorrect adds what triage itself concluded of mentions that people corrected, and how they did.
func (s *Store) uncorrect(ctx context.Context, list []desk.Judged, bases map[int64]int64, lean bool) error {
	ns := make([]int64, 0, len(list))
	for i := range list {
		ns = append(ns, list[i].N)
	}
	made := map[int64][]desk.Correction{}
	for part := range slices.Chunk(ns, 500) {
		found, err := corrections(ctx, s.read, part)
		if err != nil {
			return err
		}
		for n, all := range found {
			made[n] = all
		}
	}
	for i := range list {
		j := &list[i]
		for _, c := range made[j.N] {
			if c.Version == j.Version && !c.Withdrawn() {
				j.Corrections = append(j.Corrections, c)
			}
		}
		base, ok := bases[j.N]
		if !ok {
			continue
		}
		var body string
		if err := s.read.QueryRowContext(ctx, `SELECT body FROM verdict WHERE n = $1 AND at = $2`, j.N, base).Scan(&body); err != nil {
			return fmt.Errorf("reading what triage concluded of %s: %w", j.ID, err)
		}
		j.Machine = desk.Verdict{}
		if err := readVerdict(body, lean, &j.Machine); err != nil {
			return err
		}
	}
	return nil
}

// readVerdict reads a stored verdict; a lean one without what stands from the reasons on. Inside a string of JSON the quotes of the
// mark would carry backslashes, so no words of a customer are taken for it.
func readVerdict(body string, lean bool, v *desk.Verdict) error {
	if lean {
		if head, _, found := strings.Cut(body, `,"reasons":[`); found {
			body = head + "}"
		}
	}
	return fromJSON(body, v)
}
