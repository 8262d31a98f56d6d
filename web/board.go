package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/earshotdesk/earshot/internal/desk"
)

// cardsPerColumn is how many cases a column shows before "show more".
const cardsPerColumn = 20

// Where counting the cases of a column stops.
const (
	capCases  = 1000
	capSearch = 100
)

// boardPage is the board: a column for each state.
type boardPage struct {
	base
	Filter  boardFilter
	Views   []viewTab
	Columns []columnView
	Brands  []desk.Brand
	Total   int
}

// boardFilter is the filter as the address carries it.
type boardFilter struct {
	Query, Brand, Owner, Urgency string
}

// countTo is where counting stops. A search looks into every case that it counts, so it stops early.
func (f boardFilter) countTo() int {
	if f.Query != "" {
		return capSearch
	}
	return capCases
}

// viewTab is a ready-made filter.
type viewTab struct {
	Text string
	Href string
	On   bool
}

// columnView is one column with its first cards.
type columnView struct {
	Column desk.Column
	Head   string
	Count  desk.Count
	Cards  []cardView
	More   string // address of the next cards; empty when there are none
	Empty  string // message key of what an empty column says
	Alone  bool   // the column is a page of its own
	Newest desk.CaseID
	Hidden bool // on the board: most desks post nothing by hand, and need not look at an empty column for it
}

func readBoardFilter(r *http.Request) (boardFilter, error) {
	q := r.URL.Query()
	f := boardFilter{Query: q.Get("q"), Brand: q.Get("brand"), Owner: q.Get("owner"), Urgency: q.Get("urgency")}
	if !slices.Contains([]string{"", "me", "none"}, f.Owner) {
		return f, desk.Invalidf("The filter owner is %q; it can be me or none.", f.Owner)
	}
	if f.Urgency != "" && urgencyOf(f.Urgency) != f.Urgency {
		return f, desk.Invalidf("The filter urgency is %q; it can be low, normal, high or critical.", f.Urgency)
	}
	return f, nil
}

func (f boardFilter) filter(v *visitor) desk.CaseFilter {
	out := desk.CaseFilter{Query: f.Query, Brand: f.Brand, Urgency: f.Urgency, Nobody: f.Owner == "none"}
	if f.Owner == "me" {
		out.Owner = v.user.ID
	}
	return out
}

// query writes the filter as it stands in an address, with one value changed.
func (f boardFilter) query(change ...string) string {
	q := url.Values{}
	set := func(k, val string) {
		if val != "" {
			q.Set(k, val)
		} else {
			q.Del(k)
		}
	}
	set("q", f.Query)
	set("brand", f.Brand)
	set("owner", f.Owner)
	set("urgency", f.Urgency)
	for i := 0; i+1 < len(change); i += 2 {
		set(change[i], change[i+1])
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// home sends people to the board.
func (s *Server) home(w http.ResponseWriter, r *http.Request, _ *visitor) error {
	http.Redirect(w, r, "/board", http.StatusSeeOther)
	return nil
}

func (s *Server) board(w http.ResponseWriter, r *http.Request, v *visitor) error {
	f, err := readBoardFilter(r)
	if err != nil {
		return err
	}
	b, err := s.base(r, v, "board", v.lang.T("board.title"))
	if err != nil {
		return err
	}
	p := boardPage{base: b, Filter: f, Views: f.views(v.lang), Brands: s.brandsOf(v)}
	counts, err := s.opt.Store.CountCards(r.Context(), v.user.Scope(), f.filter(v), f.countTo())
	if err != nil {
		return fmt.Errorf("counting the board: %w", err)
	}
	for _, column := range desk.Columns() {
		c, err := s.columnOf(r, v, f, column, "")
		if err != nil {
			return err
		}
		c.Count, c.Hidden = counts[column], column == desk.ColumnByHand && len(c.Cards) == 0
		p.Total += c.Count.N
		p.Columns = append(p.Columns, c)
	}
	return s.page(w, r, v, "board", &p)
}

// columnOf reads a stretch of a column.
func (s *Server) columnOf(r *http.Request, v *visitor, f boardFilter, column desk.Column, after string) (columnView, error) {
	out := columnView{Column: column, Head: v.lang.T("column." + string(column)), Empty: "column." + string(column) + ".empty"}
	page, err := s.opt.Store.ListCards(r.Context(), v.user.Scope(), f.filter(v), column, after, cardsPerColumn)
	if err != nil {
		return out, fmt.Errorf("reading column %s: %w", column, err)
	}
	for i := range page.Cards {
		out.Cards = append(out.Cards, s.card(v, &page.Cards[i], column))
	}
	if len(out.Cards) > 0 {
		out.Newest = out.Cards[0].ID
	}
	if page.Next != "" {
		out.More = "/board/" + string(column) + f.query("after", page.Next)
	}
	return out, nil
}

// columnPage is one column as a page of its own: what "show more" leads to without JavaScript.
type columnPage struct {
	base
	columnView
	Filter boardFilter
	Back   string
}

func (s *Server) column(w http.ResponseWriter, r *http.Request, v *visitor) error {
	column := desk.Column(r.PathValue("column"))
	if !slices.Contains(desk.Columns(), column) {
		return fmt.Errorf("column %q: %w", column, desk.ErrNotFound)
	}
	f, err := readBoardFilter(r)
	if err != nil {
		return err
	}
	c, err := s.columnOf(r, v, f, column, r.URL.Query().Get("after"))
	if err != nil {
		return err
	}
	if wantsPiece(r) {
		return s.render(w, r, v, http.StatusOK, "board", "cards", &c)
	}
	b, err := s.base(r, v, "board", c.Head)
	if err != nil {
		return err
	}
	counts, err := s.opt.Store.CountCards(r.Context(), v.user.Scope(), f.filter(v), f.countTo())
	if err != nil {
		return fmt.Errorf("counting the board: %w", err)
	}
	c.Count, c.Alone = counts[column], true
	return s.page(w, r, v, "column", &columnPage{base: b, columnView: c, Filter: f, Back: "/board" + f.query()})
}

// boardCounts is the count of each column as text, for a board that follows along.
func (s *Server) boardCounts(w http.ResponseWriter, r *http.Request, v *visitor) error {
	f, err := readBoardFilter(r)
	if err != nil {
		return err
	}
	counts, err := s.opt.Store.CountCards(r.Context(), v.user.Scope(), f.filter(v), f.countTo())
	if err != nil {
		return fmt.Errorf("counting the board: %w", err)
	}
	out := make(map[desk.Column]string, len(counts))
	for column, n := range counts {
		out[column] = showCount(v.lang, n)
	}
	w.Header().Set("Content-Type", "application/json")
	return ignoreWrite(json.NewEncoder(w).Encode(out))
}

// caseCard is one card, for a board that learned that its case changed. 204 says that it does not belong on that board: it
// rests, or the board's filter leaves it out.
func (s *Server) caseCard(w http.ResponseWriter, r *http.Request, v *visitor) error {
	c, column, err := s.opt.Store.Card(r.Context(), v.user.Scope(), desk.CaseID(r.PathValue("case")))
	if err != nil {
		return fmt.Errorf("reading a card: %w", err)
	}
	f, err := readBoardFilter(r)
	if err != nil {
		return err
	}
	if resting := c.Snoozed(s.opt.Now()) && c.State.Open() && f.Owner != "me"; resting || !f.takes(v, &c) {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	view := s.card(v, &c, column)
	w.Header().Set("X-Column", string(column))
	return s.render(w, r, v, http.StatusOK, "board", "card", &view)
}

// takes tells whether a case passes the filter. Words are left to the store: a board that searches takes up no new cards.
func (f boardFilter) takes(v *visitor, c *desk.Card) bool {
	want := f.filter(v)
	return (want.Brand == "" || want.Brand == c.Brand) && (want.Owner == "" || want.Owner == c.Owner) && (!want.Nobody || c.Owner == "") &&
		(want.Urgency == "" || want.Urgency == c.Urgency)
}

func (f boardFilter) views(l *Lang) []viewTab {
	return []viewTab{
		{l.T("view.all"), "/board" + f.query("owner", "", "urgency", ""), f.Owner == "" && f.Urgency == ""},
		{l.T("view.mine"), "/board" + f.query("owner", "me", "urgency", ""), f.Owner == "me"},
		{l.T("view.nobody"), "/board" + f.query("owner", "none", "urgency", ""), f.Owner == "none"},
		{l.T("view.burns"), "/board" + f.query("owner", "", "urgency", desk.UrgencyCritical), f.Urgency == desk.UrgencyCritical},
	}
}

// brandsOf lists the brands that the person may see, by the names that people read.
func (s *Server) brandsOf(v *visitor) []desk.Brand {
	var out []desk.Brand
	for _, b := range s.opt.Brands {
		if b.Title == "" {
			b.Title = b.Name
		}
		if v.user.Scope().Sees(b.Name) {
			out = append(out, b)
		}
	}
	return out
}
