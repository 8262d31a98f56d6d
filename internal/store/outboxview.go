package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/earshotdesk/earshot/internal/desk"
)

// ListOutbox returns outward acts that stand in one of the given states, newest first. Notices have no case and are shown to
// those who see everything.
func (s *Store) ListOutbox(ctx context.Context, scope desk.Scope, states []desk.EntryState, limit int) ([]desk.OutRow, error) {
	type numbered struct {
		desk.OutRow
		n int64
	}
	scan := func(row scanner) (o numbered, err error) {
		o.Entry, err = scanEntryWith(row, &o.n, &o.Brand, &o.Case, &o.Reply, &o.Site, &o.To)
		return o, err
	}
	var all []numbered
	for _, state := range states { // one walk of the index each: a list of states would have to be sorted
		var w where
		w.add("o.state = ?", state)
		if len(scope.Brands) > 0 {
			w.add("o.kind <> ?", desk.EntryNotice)
			w.in("o.brand", scope.Brands)
		}
		rows, err := collect(ctx, s.read, scan, "SELECT "+entryColumns+`, o.n, o.brand, COALESCE(r.case_id, ''), COALESCE(r.state, ''), COALESCE(m.site, ''),
			COALESCE(NULLIF(m.handle, ''), NULLIF(m.author_name, ''), CASE WHEN o.kind = 'notice' THEN o.subject ELSE '' END)
			FROM outbox o LEFT JOIN reply r ON o.kind <> 'notice' AND r.id = o.subject LEFT JOIN mention m ON m.id = r.parent`+w.String()+
			" ORDER BY o.n DESC"+w.number(" LIMIT ?", limit), w.args...)
		if err != nil {
			return nil, fmt.Errorf("listing the outbox: %w", err)
		}
		all = append(all, rows...)
	}
	slices.SortFunc(all, func(a, b numbered) int { return cmp.Compare(b.n, a.n) })
	out := make([]desk.OutRow, 0, min(limit, len(all)))
	for _, o := range all[:min(limit, len(all))] {
		out = append(out, o.OutRow)
	}
	return out, nil
}
