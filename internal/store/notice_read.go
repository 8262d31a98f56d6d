package store

import (
	"context"
	"fmt"

	"github.com/earshotdesk/earshot/internal/desk"
)

// noticeGroupColumns are of notice_group g; [scanNoticeGroup] reads them.
const noticeGroupColumns = `g.key, g.route, g.target, g.labels, g.generation, g.anchor, g.said_at, g.told_at, g.due_at, g.receipt, g.delivered`

func scanNoticeGroup(row scanner) (g desk.NoticeGroup, err error) {
	var labels, receipt string
	var said, told, due int64
	err = row.Scan(&g.Key, &g.Route, &g.Target, &labels, &g.Generation, &g.Anchor, &said, &told, &due, &receipt, &g.Delivered)
	if err != nil {
		return g, err
	}
	g.SaidAt, g.ToldAt, g.DueAt = at(said), at(told), at(due)
	if err := fromJSON(labels, &g.Labels); err != nil {
		return g, err
	}
	return g, fromJSON(receipt, &g.Receipt)
}

// noticeMemberColumns are of notice_member m; [scanNoticeMemberWith] reads them.
const noticeMemberColumns = `m.subject, m.state, m.urgency, m.snoozed_until, m.print, m.since, m.changed_at, m.said_state, m.said_urgency, m.said_print`

func scanNoticeMemberWith(row scanner, more ...any) (m desk.NoticeMember, err error) {
	var snoozed, since, changed int64
	err = row.Scan(append([]any{&m.Subject, &m.State, &m.Urgency, &snoozed, &m.Print, &since, &changed, &m.SaidState, &m.SaidUrgency,
		&m.SaidPrint}, more...)...)
	m.SnoozedUntil, m.Since, m.ChangedAt = at(snoozed), at(since), at(changed)
	return m, err
}

// NoticesPending tells, without locking anything, whether there are events that the planner has not read, or groups that are due.
func (s *Store) NoticesPending(ctx context.Context) (bool, error) {
	var pending bool
	err := s.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM counter c, watcher w WHERE c.name = 'event' AND w.name = $1 AND c.n > w.n)
		OR EXISTS (SELECT 1 FROM notice_group g WHERE g.due_at > 0 AND g.due_at <= $2)`, noticeWatcher, us(s.now())).Scan(&pending)
	if err != nil {
		return false, fmt.Errorf("asking whether notices wait: %w", err)
	}
	return pending, nil
}

// NoticeGroup reads a group without its members, or ErrNotFound.
func (s *Store) NoticeGroup(ctx context.Context, key string) (desk.NoticeGroup, error) {
	g, err := scanNoticeGroup(s.read.QueryRowContext(ctx, `SELECT `+noticeGroupColumns+` FROM notice_group g WHERE g.key = $1`, key))
	return g, one(err, "notice group "+key)
}

// NoticeCards reads cases as they are now, in the order asked for. A case that is no more, or outside the scope, is left out.
func (s *Store) NoticeCards(ctx context.Context, scope desk.Scope, ids []desk.CaseID) ([]desk.Card, error) {
	found, err := noticeCards(ctx, s.read, scope, ids)
	if err != nil {
		return nil, err
	}
	byID := make(map[desk.CaseID]desk.Card, len(found))
	for _, f := range found {
		byID[f.card.ID] = f.card
	}
	cards := make([]desk.Card, 0, len(found))
	for _, id := range ids {
		if c, ok := byID[id]; ok {
			cards = append(cards, c)
		}
	}
	return cards, nil
}

// KeepReceipt notes the receipt of a delivered generation, unless a later one is noted already.
func (s *Store) KeepReceipt(ctx context.Context, key string, generation int64, receipt desk.Receipt) error {
	text, err := toJSON(receipt)
	if err != nil {
		return err
	}
	return s.Update(ctx, func(tx *Tx) error {
		n, err := tx.exec(ctx, `UPDATE notice_group SET receipt = $1, delivered = $2 WHERE key = $3 AND delivered < $4`, text, generation, key, generation)
		if err != nil || n == 0 {
			return noticeErr(err)
		}
		g, err := scanNoticeGroup(tx.q.QueryRowContext(ctx, `SELECT `+noticeGroupColumns+` FROM notice_group g WHERE g.key = $1`, key))
		if err != nil {
			return noticeErr(err)
		}
		tx.Emit(desk.Event{What: desk.EventNoticeSent, Subject: key, Brand: g.Labels["brand"], To: g.Target})
		return nil
	})
}

// noticeCard is a card, and how the store names the author of its head.
type noticeCard struct {
	card      desk.Card
	authorKey string
}

// noticeCards reads cases with the newest word of the customer and its verdict. The head of a case whose mention is no more is zero.
func noticeCards(ctx context.Context, q querier, scope desk.Scope, ids []desk.CaseID) ([]noticeCard, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var w where
	w.add("c.id IN ("+marks(len(ids))+")", anys(ids)...)
	w.scope("c.brand", scope.Brands)
	cards, err := collect(ctx, q, func(row scanner) (n noticeCard, err error) {
		n.card.Case, err = scanCaseWith(row, &n.card.ReplyState, &n.card.OwnerName)
		return n, err
	}, `SELECT `+caseColumns+`, c.reply_state, COALESCE(u.name, '') FROM cases c LEFT JOIN users u ON u.id = c.owner`+w.String()+` ORDER BY c.id`, w.args...)
	if err != nil || len(cards) == 0 {
		return nil, noticeErr(err)
	}
	byHead := make(map[desk.MentionID]int, len(cards)) // a mention is in one case
	heads := make([]string, len(cards))
	for i := range cards {
		head := cards[i].card.Case.Head
		byHead[head], heads[i] = i, string(head)
	}
	var h where
	h.in("m.id", heads)
	_, err = collect(ctx, q, func(row scanner) (struct{}, error) {
		var key string
		m, err := scanJudgedWith(row, &key)
		if i, ok := byHead[m.ID]; ok {
			cards[i].card.Head, cards[i].authorKey = m, key
		}
		return struct{}{}, err
	}, `SELECT `+judgedColumns+`, m.author_key FROM `+judgedFrom+h.String(), h.args...)
	return cards, noticeErr(err)
}

func noticeErr(err error) error {
	if err != nil {
		return fmt.Errorf("storing or reading for notices: %w", err)
	}
	return nil
}
