package store

import (
	"context"
	"fmt"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// noticeWatcher names the planner's place in the events. The migration that made the tables of notices set it.
const noticeWatcher = "notify"

// NoticeEvents locks the planner's place in the events until the transaction ends, and returns the next events in the order of
// their commits, at most limit.
func (tx *Tx) NoticeEvents(ctx context.Context, limit int) ([]desk.Event, error) {
	var n int64
	err := tx.q.QueryRowContext(ctx, `SELECT n FROM watcher WHERE name = $1`+tx.d.forUpdate, noticeWatcher).Scan(&n)
	if err != nil {
		return nil, fmt.Errorf("reading the place of notices in the events: %w", one(err, "watcher "+noticeWatcher))
	}
	events, err := collect(ctx, tx.q, scanEvent, `SELECT `+eventColumns+` FROM event e WHERE e.n > $1 ORDER BY e.n LIMIT $2`, n, limit)
	if err != nil {
		return nil, fmt.Errorf("reading events: %w", err)
	}
	return events, nil
}

// NoticesRead moves the planner's place: events up to n are done with.
func (tx *Tx) NoticesRead(ctx context.Context, n int64) error {
	if _, err := tx.exec(ctx, `UPDATE watcher SET n = $1 WHERE name = $2 AND n < $3`, n, noticeWatcher, n); err != nil {
		return fmt.Errorf("moving the place of notices in the events: %w", err)
	}
	return nil
}

// CasesOf returns the cases that mentions are in; those in none are left out.
func (tx *Tx) CasesOf(ctx context.Context, mentions []desk.MentionID) ([]desk.CaseID, error) {
	if len(mentions) == 0 {
		return nil, nil
	}
	var w where
	w.add("m.id IN ("+marks(len(mentions))+")", anys(mentions)...)
	ids, err := collect(ctx, tx.q, func(row scanner) (id desk.CaseID, err error) { return id, row.Scan(&id) },
		`SELECT DISTINCT m.case_id FROM mention m`+w.String()+` AND m.case_id <> ''`, w.args...)
	if err != nil {
		return nil, fmt.Errorf("reading the cases of mentions: %w", err)
	}
	return ids, nil
}

// NoticeCases reads cases with their newest mention and its verdict. A case that is no more is left out. The author's mentions
// since the given moment are counted unless it is zero.
func (tx *Tx) NoticeCases(ctx context.Context, ids []desk.CaseID, posts time.Time) ([]desk.NoticeCase, error) {
	cards, err := noticeCards(ctx, tx.q, desk.Everything, ids)
	if err != nil {
		return nil, err
	}
	out := make([]desk.NoticeCase, len(cards))
	for i, c := range cards {
		out[i].Card = c.card
		if posts.IsZero() || c.authorKey == "" {
			continue
		}
		err := tx.q.QueryRowContext(ctx, `SELECT COUNT(*) FROM mention m WHERE m.site = $1 AND m.author_key = $2 AND m.seen_at >= $3 AND m.id <> $4`,
			c.card.Head.Site, c.authorKey, us(posts), c.card.Head.ID).Scan(&out[i].AuthorPosts)
		if err != nil {
			return nil, fmt.Errorf("counting an author's mentions: %w", err)
		}
	}
	return out, nil
}

// NoticeEntries reads entries of the outbox by their IDs.
func (tx *Tx) NoticeEntries(ctx context.Context, ids []string) ([]desk.Entry, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var w where
	w.in("o.id", ids)
	entries, err := collect(ctx, tx.q, scanEntry, `SELECT `+entryColumns+` FROM outbox o`+w.String()+` ORDER BY o.n`, w.args...)
	if err != nil {
		return nil, fmt.Errorf("reading entries of the outbox: %w", err)
	}
	return entries, nil
}

// NoticeGroups reads groups with all their members: those with one of the keys, those that a subject is a member of, and at most
// limit of those that are due at now, longest due first.
func (tx *Tx) NoticeGroups(ctx context.Context, keys, subjects []string, now time.Time, limit int) ([]desk.NoticeGroup, error) {
	found := make(map[string]bool)
	var groups []desk.NoticeGroup
	take := func(cond string, tail string, args ...any) error {
		var w where
		w.add(cond, args...)
		got, err := collect(ctx, tx.q, scanNoticeGroup, `SELECT `+noticeGroupColumns+` FROM notice_group g`+w.String()+tail, w.args...)
		if err != nil {
			return fmt.Errorf("reading notice groups: %w", err)
		}
		for _, g := range got {
			if !found[g.Key] {
				found[g.Key] = true
				groups = append(groups, g)
			}
		}
		return nil
	}
	if err := take("g.due_at > 0 AND g.due_at <= ?", fmt.Sprintf(" ORDER BY g.due_at, g.key LIMIT %d", limit), us(now)); err != nil {
		return nil, err
	}
	if len(keys) > 0 {
		if err := take("g.key IN ("+marks(len(keys))+")", "", anys(keys)...); err != nil {
			return nil, err
		}
	}
	if len(subjects) > 0 {
		cond := "g.key IN (SELECT m.group_key FROM notice_member m WHERE m.subject IN (" + marks(len(subjects)) + "))"
		if err := take(cond, "", anys(subjects)...); err != nil {
			return nil, err
		}
	}
	return groups, tx.addNoticeMembers(ctx, groups)
}

// addNoticeMembers reads the members of groups, a hundred groups at a time.
func (tx *Tx) addNoticeMembers(ctx context.Context, groups []desk.NoticeGroup) error {
	for len(groups) > 0 {
		part := groups[:min(100, len(groups))]
		groups = groups[len(part):]
		place := make(map[string]int, len(part))
		keys := make([]string, len(part))
		for i, g := range part {
			place[g.Key], keys[i] = i, g.Key
		}
		var w where
		w.in("m.group_key", keys)
		_, err := collect(ctx, tx.q, func(row scanner) (struct{}, error) {
			var key string
			m, err := scanNoticeMemberWith(row, &key)
			if i, ok := place[key]; ok {
				part[i].Members = append(part[i].Members, m)
			}
			return struct{}{}, err
		}, `SELECT `+noticeMemberColumns+`, m.group_key FROM notice_member m`+w.String()+` ORDER BY m.group_key, m.subject`, w.args...)
		if err != nil {
			return fmt.Errorf("reading members of notice groups: %w", err)
		}
	}
	return nil
}

// SaveNoticeGroup writes a group, those of its members that changed, and removes those that left. Its receipt is left as it is
// stored: [Store.KeepReceipt] keeps that.
func (tx *Tx) SaveNoticeGroup(ctx context.Context, g desk.NoticeGroup, gone []string) error {
	labels, err := toJSON(g.Labels)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `INSERT INTO notice_group (key, route, target, labels, generation, anchor, said_at, told_at, due_at)
		VALUES `+rows(1, 9)+` ON CONFLICT (key) DO UPDATE SET generation = excluded.generation, anchor = excluded.anchor,
		said_at = excluded.said_at, told_at = excluded.told_at, due_at = excluded.due_at, target = excluded.target`,
		g.Key, g.Route, g.Target, labels, g.Generation, g.Anchor, us(g.SaidAt), us(g.ToldAt), us(g.DueAt))
	if err != nil {
		return fmt.Errorf("storing notice group %s: %w", g.Key, err)
	}
	for rest := gone; len(rest) > 0; {
		part := rest[:min(1000, len(rest))]
		rest = rest[len(part):]
		var w where
		w.add("group_key = ?", g.Key)
		w.in("subject", part)
		if _, err := tx.exec(ctx, `DELETE FROM notice_member`+w.String(), w.args...); err != nil {
			return fmt.Errorf("removing members of notice group %s: %w", g.Key, err)
		}
	}
	return tx.saveNoticeMembers(ctx, g.Key, g.Members)
}

func (tx *Tx) saveNoticeMembers(ctx context.Context, key string, members []desk.NoticeMember) error {
	const width = 11
	for len(members) > 0 {
		part := members[:min(1000, len(members))]
		members = members[len(part):]
		args := make([]any, 0, len(part)*width)
		for _, m := range part {
			args = append(args, key, m.Subject, m.State, m.Urgency, us(m.SnoozedUntil), m.Print, us(m.Since), us(m.ChangedAt),
				m.SaidState, m.SaidUrgency, m.SaidPrint)
		}
		_, err := tx.exec(ctx, `INSERT INTO notice_member (group_key, subject, state, urgency, snoozed_until, print, since, changed_at,
			said_state, said_urgency, said_print) VALUES `+rows(len(part), width)+` ON CONFLICT (group_key, subject) DO UPDATE SET
			state = excluded.state, urgency = excluded.urgency, snoozed_until = excluded.snoozed_until, print = excluded.print,
			since = excluded.since, changed_at = excluded.changed_at, said_state = excluded.said_state,
			said_urgency = excluded.said_urgency, said_print = excluded.said_print`, args...)
		if err != nil {
			return fmt.Errorf("storing members of notice group %s: %w", key, err)
		}
	}
	return nil
}
