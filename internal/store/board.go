package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// cardColumns add what the board shows beside the case. A withdrawn reply counts as none.
const (
	cardColumns = caseColumns + `, c.reply_state, c.col, c.sort, COALESCE(u.name, ''), COALESCE(r.note, ''), COALESCE(r.visibility, ''), COALESCE(r.send_at, 0)`
	cardFrom    = `cases c LEFT JOIN users u ON u.id = c.owner LEFT JOIN reply r ON r.id = (SELECT n.id FROM reply n
		WHERE n.case_id = c.id AND n.state <> 'withdrawn' ORDER BY n.id DESC LIMIT 1)`
)

// placed is a card with where it stands.
type placed struct {
	desk.Card
	column desk.Column
	sort   int64
}

func scanCard(row scanner) (p placed, err error) {
	var sent int64
	p.Case, err = scanCaseWith(row, &p.ReplyState, &p.column, &p.sort, &p.OwnerName, &p.ReplyNote, &p.ReplySeen, &sent)
	p.ReplyAt = at(sent)
	return p, err
}

// ListCards returns a stretch of one column of the board in the order in which it is worked, then by ID, descending. Snoozed
// cases are left out of new and taken unless f asks for an owner.
func (s *Store) ListCards(ctx context.Context, scope desk.Scope, f desk.CaseFilter, column desk.Column, after string, limit int) (desk.CardPage, error) {
	var page desk.CardPage
	w, err := s.board(ctx, scope, f)
	if err != nil {
		return page, err
	}
	s.inColumn(w, f, column)
	if after != "" {
		place, id, err := parseAfter(after)
		if err != nil {
			return page, err
		}
		w.add("c.sort >= ?", place)
		w.add("(c.sort > ? OR c.id < ?)", place, id)
	}
	query := "SELECT " + cardColumns + " FROM " + cardFrom + w.String() + " ORDER BY c.sort, c.id DESC" + w.number(" LIMIT ?", limit+1)
	cards, err := collect(ctx, s.read, scanCard, query, w.args...)
	if err != nil {
		return page, fmt.Errorf("listing the board: %w", err)
	}
	if len(cards) > limit {
		cards = cards[:limit]
		if limit > 0 {
			last := cards[limit-1]
			page.Next = strconv.FormatInt(last.sort, 10) + "." + string(last.ID)
		}
	}
	if err := s.heads(ctx, cards); err != nil {
		return page, err
	}
	for _, c := range cards {
		page.Cards = append(page.Cards, c.Card)
	}
	return page, nil
}

// CountCards counts every column under the filter, each no further than limit. All columns are present in the answer.
func (s *Store) CountCards(ctx context.Context, scope desk.Scope, f desk.CaseFilter, limit int) (map[desk.Column]desk.Count, error) {
	out := make(map[desk.Column]desk.Count, len(desk.Columns()))
	all, err := s.board(ctx, scope, f) // once: words are looked up in the index here
	if err != nil {
		return nil, err
	}
	for _, column := range desk.Columns() {
		w := all.clone()
		s.inColumn(w, f, column)
		var n int
		query := "SELECT count(*) FROM (SELECT 1 FROM cases c" + w.String() + w.number(" LIMIT ?", limit+1) + ") t"
		if err := s.read.QueryRowContext(ctx, query, w.args...).Scan(&n); err != nil {
			return nil, fmt.Errorf("counting the board: %w", err)
		}
		out[column] = desk.Count{N: min(n, limit), More: n > limit}
	}
	return out, nil
}

// Card returns one case as the board shows it, and its column.
func (s *Store) Card(ctx context.Context, scope desk.Scope, id desk.CaseID) (desk.Card, desk.Column, error) {
	var w where
	w.add("c.id = ?", id)
	w.scope("c.brand", scope.Brands)
	c, err := scanCard(s.read.QueryRowContext(ctx, "SELECT "+cardColumns+" FROM "+cardFrom+w.String(), w.args...))
	if err != nil {
		return desk.Card{}, "", one(err, "case "+string(id))
	}
	cards := []placed{c}
	if err := s.heads(ctx, cards); err != nil {
		return desk.Card{}, "", err
	}
	return cards[0].Card, c.column, nil
}

// board turns a filter into conditions on cases c.
func (s *Store) board(ctx context.Context, scope desk.Scope, f desk.CaseFilter) (*where, error) {
	w := &where{}
	s.inScope(w, "", "c.brand", scope)
	if f.Brand != "" {
		w.add("c.brand = ?", f.Brand)
	}
	if f.Site != "" {
		w.add("c.site = ?", f.Site)
	}
	if f.Nobody {
		w.add("c.owner = ''")
	} else if f.Owner != "" {
		w.add("c.owner = ?", f.Owner)
	}
	if f.Urgency != "" {
		w.add("c.urgency = ?", desk.UrgencyRank(f.Urgency))
	}
	if f.Query == "" {
		return w, nil
	}
	tokens := text.QueryTokens(f.Query)
	if len(tokens) == 0 {
		w.add("1 = 0")
		return w, nil
	}
	found, few, err := s.few(ctx, tokens)
	switch {
	case err != nil:
		return nil, err
	case few:
		if len(found) == 0 {
			w.add("1 = 0")
			break
		}
		w.add("c.id IN (SELECT m.case_id FROM mention m WHERE m.n IN ("+marks(len(found))+"))", anys(found)...)
	default:
		cond, args := s.d.containing("m.search", tokens)
		w.add("EXISTS (SELECT 1 FROM mention m WHERE m.case_id = c.id AND m.case_id <> '' AND "+cond+")", args...)
	}
	return w, nil
}

func (s *Store) inColumn(w *where, f desk.CaseFilter, column desk.Column) {
	w.add("c.col = ?", column)
	if (column == desk.ColumnNew || column == desk.ColumnTaken) && f.Owner == "" {
		w.add("c.snoozed_until <= ?", us(s.now()))
	}
}

func parseAfter(after string) (place int64, id string, err error) {
	head, id, ok := strings.Cut(after, ".")
	place, err = strconv.ParseInt(head, 10, 64)
	if !ok || err != nil {
		return 0, "", desk.Invalidf("%q is no place on the board.", after)
	}
	return place, id, nil
}

// heads adds to each card the mention at its head.
func (s *Store) heads(ctx context.Context, cards []placed) error {
	ids := make([]string, 0, len(cards))
	for _, c := range cards {
		ids = append(ids, string(c.Case.Head))
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	heads := make(map[desk.MentionID]desk.MentionRow, len(ids))
	for part := range slices.Chunk(ids, 500) {
		var w where
		w.in("m.id", part)
		rows, err := collect(ctx, s.read, scanJudged, "SELECT "+judgedColumns+" FROM "+judgedFrom+w.String(), w.args...)
		if err != nil {
			return fmt.Errorf("reading what the cards show: %w", err)
		}
		for _, r := range rows {
			heads[r.ID] = r
		}
	}
	for i := range cards {
		cards[i].Head = heads[cards[i].Case.Head]
	}
	return nil
}
