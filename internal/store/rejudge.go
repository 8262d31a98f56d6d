package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// standingVerdict is what the store has of a mention that gets another verdict.
type standingVerdict struct {
	n, judgedAt, newest, machineAt int64
	labels                         [4]string // language, sentiment, intent, spam
	urgency                        int64
	count                          rollupKey
}

// Rejudge puts other verdicts in force: labels, names and hourly counts follow, earlier verdicts stay. A mention whose verdict in force
// is not the one that the caller judged by is left alone and not among the numbers returned.
func (tx *Tx) Rejudge(ctx context.Context, list []desk.Rejudged) (done []int64, err error) {
	list = slices.SortedFunc(slices.Values(list), func(a, b desk.Rejudged) int { return cmp.Compare(a.N, b.N) })
	deltas := map[rollupKey]int64{}
	for part := range slices.Chunk(list, 200) {
		was, err := tx.standingVerdicts(ctx, part)
		if err != nil {
			return nil, err
		}
		var verdicts []any
		var moved []desk.Rejudged
		same := map[int64][]int64{} // mentions whose labels stay, by the verdict that is in force from now on
		for i := range part {
			r, old := &part[i], was[part[i].N]
			if old == nil || old.judgedAt != us(r.Was) {
				continue
			}
			at, rows, err := tx.verdictRows(r, old)
			if err != nil {
				return nil, err
			}
			verdicts = append(verdicts, rows...)
			if old.keeps(&r.Verdict) {
				same[at] = append(same[at], r.N)
			} else if err := tx.putInForce(ctx, r, at); err != nil {
				return nil, err
			}
			old.move(&r.Verdict, deltas)
			done, moved = append(done, r.N), append(moved, *r)
		}
		if err := tx.putSame(ctx, same); err != nil {
			return nil, err
		}
		if err := tx.insertMany(ctx, "verdict (n, at, model, rules, failed, body, machine_at)", 7, "DO NOTHING", verdicts); err != nil {
			return nil, fmt.Errorf("storing verdicts: %w", err)
		}
		if err := tx.retag(ctx, moved); err != nil {
			return nil, err
		}
	}
	return done, tx.shiftRollup(ctx, deltas)
}

// standingVerdicts reads, and on PostgreSQL locks, mentions in the order of their numbers.
func (tx *Tx) standingVerdicts(ctx context.Context, list []desk.Rejudged) (map[int64]*standingVerdict, error) {
	ns := make([]int64, len(list))
	for i := range list {
		ns[i] = list[i].N
	}
	var w where
	w.among("m.n", ns)
	out := make(map[int64]*standingVerdict, len(ns))
	_, err := collect(ctx, tx.q, func(row scanner) (struct{}, error) {
		var s standingVerdict
		err := row.Scan(&s.n, &s.judgedAt, &s.newest, &s.machineAt, &s.labels[0], &s.labels[1], &s.urgency, &s.labels[2], &s.labels[3],
			&s.count.hour, &s.count.brand, &s.count.source)
		s.count.language, s.count.sentiment = s.labels[0], s.labels[1]
		out[s.n] = &s
		return struct{}{}, err
	}, `SELECT m.n, m.judged_at, (SELECT COALESCE(MAX(v.at), 0) FROM verdict v WHERE v.n = m.n),
		COALESCE((SELECT v.machine_at FROM verdict v WHERE v.n = m.n AND v.at = m.judged_at), 0),
		m.language, m.sentiment, m.urgency, m.intent, m.spam,
		CASE WHEN m.posted_at = 0 THEN m.seen_at ELSE m.posted_at END / 3600000000, m.brand, m.source FROM mention m`+w.String()+` ORDER BY m.n`+tx.d.forUpdate, w.args...)
	if err != nil {
		return nil, fmt.Errorf("reading mentions that are judged again: %w", err)
	}
	return out, nil
}

// verdictRows makes the rows of a new verdict and returns the moment that names the one in force. What triage itself concludes and
// what people made of it are two rows.
func (tx *Tx) verdictRows(r *desk.Rejudged, old *standingVerdict) (at int64, rows []any, err error) {
	machine := cmp.Or(old.machineAt, old.judgedAt)
	at = max(us(tx.now), old.newest+1) // clocks differ, and several things happen in one microsecond
	add := func(v *desk.Verdict, at, of int64) error {
		body, err := toJSON(v)
		if err == nil {
			rows = append(rows, r.N, at, v.Model, v.Rules, v.Failed, body, of)
		}
		return err
	}
	if r.Machine != nil {
		if err := add(r.Machine, at, 0); err != nil {
			return 0, nil, err
		}
		machine = at
		at++
	}
	if !r.Corrected {
		return machine, rows, nil
	}
	return at, rows, add(&r.Verdict, at, machine)
}

// labelsOf are the labels that a mention's own row repeats, but for urgency.
func labelsOf(v *desk.Verdict) [4]string {
	return [4]string{v.Language.Label, v.Sentiment.Label, v.Intent.Label, v.Spam.Label}
}

// keeps tells whether a verdict has the labels that stand already.
func (s *standingVerdict) keeps(v *desk.Verdict) bool {
	return labelsOf(v) == s.labels && int64(desk.UrgencyRank(v.Urgency.Label)) == s.urgency
}

// putInForce writes what the mention's own row says of its verdict.
func (tx *Tx) putInForce(ctx context.Context, r *desk.Rejudged, at int64) error {
	labels := labelsOf(&r.Verdict)
	_, err := tx.exec(ctx, `UPDATE mention SET language = $1, sentiment = $2, urgency = $3, intent = $4, spam = $5, judged_at = $6 WHERE n = $7`,
		labels[0], labels[1], desk.UrgencyRank(r.Verdict.Urgency.Label), labels[2], labels[3], at, r.N)
	if err != nil {
		return fmt.Errorf("putting a verdict in force: %w", err)
	}
	return nil
}

// putSame puts verdicts in force whose labels stay: most of a replay. Their rows are locked already, so the order does not matter.
func (tx *Tx) putSame(ctx context.Context, same map[int64][]int64) error {
	for at, ns := range same {
		var w where
		set := w.number("UPDATE mention SET judged_at = ?", at)
		w.among("n", ns)
		if _, err := tx.exec(ctx, set+w.String(), w.args...); err != nil {
			return fmt.Errorf("putting verdicts in force: %w", err)
		}
	}
	return nil
}

// move notes how the hourly counts change.
func (s *standingVerdict) move(v *desk.Verdict, deltas map[rollupKey]int64) {
	to := s.count
	to.language, to.sentiment = v.Language.Label, v.Sentiment.Label
	if to == s.count {
		return
	}
	deltas[s.count]--
	deltas[to]++
}

// shiftRollup adds to the hourly counts. Keys are updated in sorted order, so that two transactions never wait for each other in a
// circle.
func (tx *Tx) shiftRollup(ctx context.Context, deltas map[rollupKey]int64) error {
	keys := make([]rollupKey, 0, len(deltas))
	for k, d := range deltas {
		if d != 0 {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, compareRollup)
	args := make([]any, 0, len(keys)*6)
	for _, k := range keys {
		args = append(args, k.hour, k.brand, k.source, k.language, k.sentiment, deltas[k])
	}
	err := tx.insertMany(ctx, "rollup (hour, brand, source, language, sentiment, n)", 6,
		"(hour, brand, source, language, sentiment) DO UPDATE SET n = rollup.n + excluded.n", args)
	if err != nil {
		return fmt.Errorf("counting by hour: %w", err)
	}
	return nil
}

func compareRollup(a, b rollupKey) int {
	return cmp.Or(cmp.Compare(a.hour, b.hour), cmp.Compare(a.brand, b.brand), cmp.Compare(a.source, b.source),
		cmp.Compare(a.language, b.language), cmp.Compare(a.sentiment, b.sentiment))
}

// retag makes the brands, products and topics of mentions those of their verdicts.
func (tx *Tx) retag(ctx context.Context, list []desk.Rejudged) error {
	ns := make([]int64, len(list))
	for i := range list {
		ns[i] = list[i].N
	}
	var w where
	w.among("n", ns)
	type tag struct {
		kind, name string
		n          int64
	}
	old, err := collect(ctx, tx.q, func(row scanner) (t tag, err error) { return t, row.Scan(&t.kind, &t.name, &t.n) },
		`SELECT kind, name, n FROM mention_tag`+w.String(), w.args...)
	if err != nil {
		return fmt.Errorf("reading tags: %w", err)
	}
	want := map[tag]bool{}
	for i := range list {
		v := &list[i].Verdict
		for kind, names := range map[string][]desk.Named{"brand": v.Brands, "product": v.Products, "topic": v.Topics} {
			for _, n := range names {
				want[tag{kind, n.Name, list[i].N}] = true
			}
		}
	}
	for _, t := range old {
		if want[t] {
			delete(want, t)
			continue
		}
		if _, err := tx.exec(ctx, `DELETE FROM mention_tag WHERE kind = $1 AND name = $2 AND n = $3`, t.kind, t.name, t.n); err != nil {
			return fmt.Errorf("clearing tags: %w", err)
		}
	}
	var args []any
	for t := range want {
		args = append(args, t.kind, t.name, t.n)
	}
	if err := tx.insertMany(ctx, "mention_tag (kind, name, n)", 3, "DO NOTHING", args); err != nil {
		return fmt.Errorf("storing tags: %w", err)
	}
	return nil
}

// Machine returns what triage itself concluded of a mention: the verdict in force, or the one beneath the corrections.
func (tx *Tx) Machine(ctx context.Context, n int64) (v desk.Verdict, judgedAt time.Time, err error) {
	var when int64
	var body string
	err = tx.q.QueryRowContext(ctx, `SELECT m.judged_at, b.body FROM mention m JOIN verdict v ON v.n = m.n AND v.at = m.judged_at
		JOIN verdict b ON b.n = m.n AND b.at = CASE WHEN v.machine_at = 0 THEN v.at ELSE v.machine_at END WHERE m.n = $1`, n).Scan(&when, &body)
	if err != nil {
		return v, judgedAt, one(err, "verdict")
	}
	return v, at(when), fromJSON(body, &v)
}
