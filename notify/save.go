package notify

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
)

func isTrouble(group string) bool { return strings.HasPrefix(group, troublePrefix) }

// save writes what a plan changed, and nothing else: a group of thousands costs what moved in it.
func save(ctx context.Context, tx Tx, had []desk.NoticeGroup, out Result) error {
	before, brand := make(map[string]desk.NoticeGroup, len(had)), make(map[string]string, len(out.Groups))
	for _, g := range had {
		before[g.Key] = g
	}
	for _, g := range out.Groups {
		brand[g.Key] = g.Labels["brand"]
		old, known := before[g.Key]
		if !known && len(g.Members) == 0 && g.Generation == 0 {
			continue // came and went before anybody heard of it
		}
		changed, gone := difference(old.Members, g.Members)
		if known && len(changed) == 0 && len(gone) == 0 && g.Generation == old.Generation && g.DueAt.Equal(old.DueAt) {
			continue
		}
		g.Members = changed
		if err := tx.SaveNoticeGroup(ctx, g, gone); err != nil {
			return err
		}
	}
	for _, e := range out.Entries {
		if _, err := tx.Enqueue(ctx, e, brand[e.Order]); err != nil {
			return err
		}
	}
	return nil
}

// difference returns the members that are new or changed, and the subjects of those that left.
func difference(old, now []desk.NoticeMember) (changed []desk.NoticeMember, gone []string) {
	was := make(map[string]desk.NoticeMember, len(old))
	for _, m := range old {
		was[m.Subject] = m
	}
	for _, m := range now {
		if o, ok := was[m.Subject]; !ok || !same(o, m) {
			changed = append(changed, m)
		}
		delete(was, m.Subject)
	}
	return changed, slices.Sorted(maps.Keys(was))
}

func same(a, b desk.NoticeMember) bool {
	if !a.SnoozedUntil.Equal(b.SnoozedUntil) || !a.Since.Equal(b.Since) || !a.ChangedAt.Equal(b.ChangedAt) {
		return false
	}
	a.SnoozedUntil, a.Since, a.ChangedAt = b.SnoozedUntil, b.Since, b.ChangedAt
	return a == b
}
