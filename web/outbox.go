package web

import (
	"fmt"
	"net/http"

	"github.com/earshotdesk/earshot/internal/desk"
)

// outboxPage is what goes out of the desk: what waits, what needs a decision, and the stop switches.
type outboxPage struct {
	base
	Care     []outView // dead letters and what nobody can tell
	Waiting  []outView
	Accounts []accountView
	Brands   []brandStop
	DeskStop bool
}

type outView struct {
	desk.OutRow
	Net    network
	Notice bool
}

type accountView struct {
	desk.AccountState
	Net     network
	Stopped bool
}

type brandStop struct {
	Name, Title string
	Stopped     bool
}

// outboxShown is how many entries each part of the page lists.
const outboxShown = 100

func (s *Server) outbox(w http.ResponseWriter, r *http.Request, v *visitor) error {
	b, err := s.base(r, v, "outbox", v.lang.T("outbox.title"))
	if err != nil {
		return err
	}
	p := outboxPage{base: b}
	if p.Care, err = s.entries(r, v, desk.EntryUnconfirmed, desk.EntryDead); err != nil {
		return err
	}
	if p.Waiting, err = s.entries(r, v, desk.EntryWaiting, desk.EntryLeased); err != nil {
		return err
	}
	accounts, err := s.opt.Store.ListAccounts(r.Context())
	if err != nil {
		return fmt.Errorf("listing accounts: %w", err)
	}
	stopped := map[stopView]bool{}
	for _, st := range b.Stops {
		stopped[st] = true
	}
	p.DeskStop = stopped[stopView{"desk", ""}]
	for _, a := range accounts {
		p.Accounts = append(p.Accounts, accountView{a, s.networkOf(a.Site), a.Stopped || stopped[stopView{"account", a.Name}]})
	}
	for _, br := range s.brandsOf(v) {
		p.Brands = append(p.Brands, brandStop{br.Name, br.Title, stopped[stopView{"brand", br.Name}]})
	}
	return s.page(w, r, v, "outbox", &p)
}

func (s *Server) entries(r *http.Request, v *visitor, states ...desk.EntryState) ([]outView, error) {
	rows, err := s.opt.Store.ListOutbox(r.Context(), v.user.Scope(), states, outboxShown)
	if err != nil {
		return nil, fmt.Errorf("reading the outbox: %w", err)
	}
	var out []outView
	for _, row := range rows {
		out = append(out, outView{row, s.networkOf(row.Site), row.Kind == desk.EntryNotice})
	}
	return out, nil
}

func (s *Server) setStop(w http.ResponseWriter, r *http.Request, v *visitor) error {
	return s.switchStop(w, r, v, "stopped")
}

func (s *Server) liftStop(w http.ResponseWriter, r *http.Request, v *visitor) error {
	return s.switchStop(w, r, v, "lifted")
}

func (s *Server) switchStop(w http.ResponseWriter, r *http.Request, v *visitor, did string) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	kind, name := r.PostForm.Get("kind"), r.PostForm.Get("name")
	switch {
	case kind != "desk" && kind != "brand" && kind != "account", (kind == "desk") != (name == ""):
		return desk.Invalidf("%s", v.lang.T("stop.bad"))
	case kind == "brand" && !v.user.Scope().Sees(name):
		return fmt.Errorf("brand %q: %w", name, desk.ErrNotFound)
	}
	act := s.opt.Work.SetStop
	if did == "lifted" {
		act = s.opt.Work.LiftStop
	}
	if err := act(r.Context(), v.user, kind, name); err != nil {
		return fmt.Errorf("stop switch: %w", err)
	}
	http.Redirect(w, r, "/outbox?did="+did, http.StatusSeeOther)
	return nil
}
