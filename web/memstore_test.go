package web_test

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/web"
)

// memory is a desk that lives in maps: what the pages read and what people do, by the rules of package desk.
type memory struct {
	mu       sync.Mutex
	now      func() time.Time
	mentions map[desk.MentionID]*desk.MentionRow
	versions map[desk.MentionID][]desk.Version
	cases    map[desk.CaseID]*desk.Case
	replies  []*desk.Reply
	past     map[desk.ReplyID][]desk.ReplyVersion
	events   []desk.Event
	users    map[desk.UserID]*desk.User
	sources  []desk.SourceState
	poison   []desk.Poison
	accounts []desk.AccountState
	stops    []desk.Stop
	outbox   []desk.OutRow
	sessions map[string]desk.Session
	tokens   map[string]desk.Token
	undo     time.Duration
	approval string
	broken   error // returned by every read when set
}

var (
	_ web.Store  = (*memory)(nil)
	_ web.Work   = (*memory)(nil)
	_ web.Opener = (*memory)(nil)
)

func (m *memory) lock() func() { m.mu.Lock(); return m.mu.Unlock }

func (m *memory) ListMentions(_ context.Context, sc desk.Scope, f desk.MentionFilter, p desk.Page) ([]desk.MentionRow, error) {
	defer m.lock()()
	if m.broken != nil {
		return nil, m.broken
	}
	var out []desk.MentionRow
	for _, r := range m.mentions {
		if sc.Sees(r.Brand) && matches(r, f) && (p.Before == 0 || r.N < p.Before) && (p.After == 0 || r.N > p.After) {
			out = append(out, *r)
		}
	}
	slices.SortFunc(out, func(a, b desk.MentionRow) int { return cmp.Compare(b.N, a.N) })
	if len(out) > p.Limit {
		if p.After > 0 {
			return out[len(out)-p.Limit:], nil
		}
		out = out[:p.Limit]
	}
	return out, nil
}

func matches(r *desk.MentionRow, f desk.MentionFilter) bool {
	for word := range strings.FieldsSeq(strings.ToLower(f.Query)) {
		if !strings.Contains(strings.ToLower(r.Words()), word) {
			return false
		}
	}
	is := func(want, have string) bool { return want == "" || want == have }
	return is(f.Brand, r.Brand) && is(f.Source, r.Source) && is(string(f.Site), string(r.Site)) && is(string(f.Kind), string(r.Kind)) &&
		is(f.Language, r.Verdict.Language.Label) && is(f.Sentiment, r.Verdict.Sentiment.Label) && is(f.Urgency, r.Verdict.Urgency.Label) &&
		is(f.Intent, r.Verdict.Intent.Label) && is(f.Spam, r.Verdict.Spam.Label) && is(f.Author, r.Author.Handle) && f.Ours == r.Ours &&
		(f.Since.IsZero() || !r.SeenAt.Before(f.Since)) && (f.Until.IsZero() || r.SeenAt.Before(f.Until))
}

func (m *memory) CountMentions(ctx context.Context, sc desk.Scope, f desk.MentionFilter, limit int) (desk.Count, error) {
	rows, err := m.ListMentions(ctx, sc, f, desk.Page{Limit: limit + 1})
	return desk.Count{N: min(len(rows), limit), More: len(rows) > limit}, err
}

func (m *memory) Mention(_ context.Context, sc desk.Scope, id desk.MentionID) (desk.MentionRow, error) {
	defer m.lock()()
	if r := m.mentions[id]; r != nil && sc.Sees(r.Brand) {
		return *r, nil
	}
	return desk.MentionRow{}, desk.ErrNotFound
}

func (m *memory) newest(id desk.CaseID) *desk.Reply {
	var out *desk.Reply
	for _, r := range m.replies {
		if r.Case == id && r.State != desk.ReplyWithdrawn {
			out = r
		}
	}
	return out
}

func (m *memory) columnOf(c *desk.Case) desk.Column {
	r := m.newest(c.ID)
	switch {
	case c.State.Open() && r != nil && r.State == desk.ReplyAwaiting:
		return desk.ColumnAwaiting
	case c.State.Open() && r != nil && r.State == desk.ReplyByHand:
		return desk.ColumnByHand
	case c.State == desk.CaseDismissed:
		return desk.ColumnResolved
	}
	return desk.Column(c.State)
}

func (m *memory) cardOf(c *desk.Case) desk.Card {
	card := desk.Card{Case: *c}
	if r := m.newest(c.ID); r != nil {
		card.ReplyState, card.ReplyNote, card.ReplySeen, card.ReplyAt = r.State, r.Note, r.Visibility, r.SendAt
	}
	if u := m.users[c.Owner]; u != nil {
		card.OwnerName = u.Name
	}
	for _, r := range m.mentions {
		if r.Case == c.ID && !r.Ours && r.N > card.Head.N {
			card.Head = *r
		}
	}
	return card
}

func (m *memory) ListCards(_ context.Context, sc desk.Scope, f desk.CaseFilter, col desk.Column, after string, limit int) (desk.CardPage, error) {
	defer m.lock()()
	var out desk.CardPage
	from := 0
	if after != "" {
		n, err := strconv.Atoi(after)
		if err != nil {
			return out, desk.Invalidf("The page marker is damaged.")
		}
		from = n
	}
	if m.broken != nil {
		return out, m.broken
	}
	cards := m.cardsIn(sc, f, col)
	slices.SortFunc(cards, inOrder(col))
	end := min(from+limit, len(cards))
	out.Cards = cards[min(from, end):end]
	if end < len(cards) {
		out.Next = strconv.Itoa(end)
	}
	return out, nil
}

// inOrder is how a column stands: open ones by urgency and then by the newest word, the others by the last change.
func inOrder(col desk.Column) func(a, b desk.Card) int {
	return func(a, b desk.Card) int {
		if col == desk.ColumnAnswered || col == desk.ColumnResolved {
			return cmp.Or(b.ChangedAt.Compare(a.ChangedAt), cmp.Compare(b.ID, a.ID))
		}
		return cmp.Or(cmp.Compare(desk.UrgencyRank(b.Urgency), desk.UrgencyRank(a.Urgency)), b.RemarkAt.Compare(a.RemarkAt), cmp.Compare(b.ID, a.ID))
	}
}

func (m *memory) cardsIn(sc desk.Scope, f desk.CaseFilter, col desk.Column) []desk.Card {
	var cards []desk.Card
	for _, c := range m.cases {
		card := m.cardOf(c)
		resting := c.Snoozed(m.now()) && f.Owner == "" && c.State.Open()
		if m.columnOf(c) == col && sc.Sees(c.Brand) && !resting && (f.Brand == "" || f.Brand == c.Brand) && (f.Owner == "" || f.Owner == c.Owner) &&
			(!f.Nobody || c.Owner == "") && (f.Urgency == "" || f.Urgency == c.Urgency) && strings.Contains(strings.ToLower(card.Head.Words()), strings.ToLower(f.Query)) {
			cards = append(cards, card)
		}
	}
	return cards
}

func (m *memory) CountCards(_ context.Context, sc desk.Scope, f desk.CaseFilter, limit int) (map[desk.Column]desk.Count, error) {
	defer m.lock()()
	out := map[desk.Column]desk.Count{}
	for _, col := range desk.Columns() {
		n := len(m.cardsIn(sc, f, col))
		out[col] = desk.Count{N: min(n, limit), More: n > limit}
	}
	return out, nil
}

func (m *memory) Card(_ context.Context, sc desk.Scope, id desk.CaseID) (desk.Card, desk.Column, error) {
	defer m.lock()()
	c := m.cases[id]
	if c == nil || !sc.Sees(c.Brand) {
		return desk.Card{}, "", desk.ErrNotFound
	}
	return m.cardOf(c), m.columnOf(c), nil
}

func (m *memory) CaseView(_ context.Context, sc desk.Scope, id desk.CaseID) (desk.CaseView, error) {
	defer m.lock()()
	c := m.cases[id]
	if c == nil || !sc.Sees(c.Brand) {
		return desk.CaseView{}, desk.ErrNotFound
	}
	v := desk.CaseView{Case: *c, Past: m.past, Versions: map[desk.MentionID][]desk.Version{}, Names: map[desk.UserID]string{}}
	for _, u := range m.users {
		v.Names[u.ID] = u.Name
	}
	v.OwnerName = v.Names[c.Owner]
	for _, r := range m.mentions {
		if r.Case == id {
			v.Thread = append(v.Thread, *r)
			if vs := m.versions[r.ID]; len(vs) > 1 {
				v.Versions[r.ID] = vs
			}
		}
	}
	slices.SortFunc(v.Thread, func(a, b desk.MentionRow) int { return cmp.Compare(a.N, b.N) })
	for _, r := range m.replies {
		if r.Case == id {
			v.Replies = append(v.Replies, *r)
		}
	}
	for i := len(m.events) - 1; i >= 0; i-- {
		if m.events[i].Case == id {
			v.History = append(v.History, m.events[i])
		}
	}
	return v, nil
}

func (m *memory) ListOutbox(_ context.Context, sc desk.Scope, states []desk.EntryState, limit int) ([]desk.OutRow, error) {
	defer m.lock()()
	var out []desk.OutRow
	for _, r := range m.outbox {
		if slices.Contains(states, r.State) && (sc.Sees(r.Brand) && r.Case != "" || len(sc.Brands) == 0) && len(out) < limit {
			out = append(out, r)
		}
	}
	return out, nil
}

func (m *memory) ListSources(_ context.Context, sc desk.Scope) ([]desk.SourceState, error) {
	defer m.lock()()
	return slices.DeleteFunc(slices.Clone(m.sources), func(s desk.SourceState) bool { return !sc.Sees(s.Brand) }), nil
}

func (m *memory) ListPoison(_ context.Context, _ desk.Scope, source string, _ int) ([]desk.Poison, error) {
	defer m.lock()()
	return slices.DeleteFunc(slices.Clone(m.poison), func(p desk.Poison) bool { return p.Source != source }), nil
}

func (m *memory) ListAccounts(context.Context) ([]desk.AccountState, error) { return m.accounts, nil }

func (m *memory) ListStops(context.Context) ([]desk.Stop, error) {
	defer m.lock()()
	return slices.Clone(m.stops), nil
}

func (m *memory) ListEvents(_ context.Context, sc desk.Scope, after int64, limit int) ([]desk.Event, error) {
	defer m.lock()()
	var out []desk.Event
	for _, e := range m.events {
		if e.N > after && (e.Brand == "" || sc.Sees(e.Brand)) && len(out) < limit {
			out = append(out, e)
		}
	}
	return out, nil
}

func (m *memory) LastEvent(context.Context) (int64, error) {
	defer m.lock()()
	return int64(len(m.events)), m.broken
}
