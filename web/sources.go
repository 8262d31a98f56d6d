package web

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// sourcesPage says how everything that is listened to stands.
type sourcesPage struct {
	base
	Sources []sourceView
	Working int
	Care    int // sources that need a hand
	Gaps    int
	Oldest  time.Duration // since the source that is silent longest was read; 0 when all are new
	OldName string
	Failing []sourceView // failing for a while: said at the top
	Ill     *illAccounts // accounts that need a person; nil when none does
}

// sourceView is one source as people need it.
type sourceView struct {
	desk.SourceState
	Net   network
	State string // message key and class: ok, new, failing, stopped, gap, removed
	Late  bool
	Every string
	Keeps string // how far back the network gives what was said; empty where that has no end
	Spent string // at the network this month; empty where nothing costs, or nothing was spent
}

func (s *Server) sourceView(c clock, src *desk.SourceState) sourceView {
	v := sourceView{SourceState: *src, Net: s.networkOf(src.Site), State: string(src.Health), Every: c.Span(src.Every)}
	if src.Site == "" {
		v.Net = s.networkOf(desk.Site(src.Kind))
	}
	if window := s.kind(src.Kind).Window; window > 0 {
		v.Keeps = c.Span(window)
	}
	switch {
	case src.Removed:
		v.State = "removed"
	case src.Health == desk.HealthOK && !src.GapAt.IsZero() && s.opt.Now().Sub(src.GapAt) < 7*24*time.Hour:
		v.State = "gap"
	case src.Health == "":
		v.State = "new"
	}
	v.Late = !src.Removed && !src.LastOKAt.IsZero() && s.opt.Now().Sub(src.LastOKAt) > 3*src.Every+time.Minute
	return v
}

func (s *Server) sources(w http.ResponseWriter, r *http.Request, v *visitor) error {
	list, err := s.opt.Store.ListSources(r.Context(), v.user.Scope())
	if err != nil {
		return fmt.Errorf("listing sources: %w", err)
	}
	b, err := s.base(r, v, "sources", v.lang.T("sources.title"))
	if err != nil {
		return err
	}
	p := sourcesPage{base: b}
	if p.Ill, err = s.illAccounts(r.Context()); err != nil {
		return err
	}
	c := s.pages[v.lang.Code].clock
	costs := s.costly()
	for i := range list {
		view := s.sourceView(c, &list[i])
		if costs[view.Kind] {
			if view.Spent, err = s.spent(r.Context(), v.lang, view.Name, view.Kind); err != nil {
				return err
			}
		}
		p.add(view, s.opt.Now())
	}
	return s.page(w, r, v, "sources", &p)
}

func (p *sourcesPage) add(src sourceView, now time.Time) {
	p.Sources = append(p.Sources, src)
	switch src.State {
	case "ok":
		p.Working++
	case "gap":
		p.Working++
		p.Gaps++
	case "failing":
		p.Care++
		p.Failing = append(p.Failing, src)
	case "stopped":
		p.Care++
	}
	if src.State == "removed" || src.LastOKAt.IsZero() {
		return
	}
	if age := now.Sub(src.LastOKAt); age > p.Oldest {
		p.Oldest, p.OldName = age, src.Name
	}
}

// sourcePage is one source with what could not be read of it.
type sourcePage struct {
	base
	Source sourceView
	Poison []poisonView
}

// poisonView is an item that could not be read.
type poisonView struct {
	Remote string
	At     time.Time
	Err    string
	Raw    string
	Cut    bool
}

// poisonShown and rawShown bound what the page of a source carries: items, and bytes of each.
const (
	poisonShown = 50
	rawShown    = 4000
)

func (s *Server) source(w http.ResponseWriter, r *http.Request, v *visitor) error {
	list, err := s.opt.Store.ListSources(r.Context(), v.user.Scope())
	if err != nil {
		return fmt.Errorf("listing sources: %w", err)
	}
	for i := range list {
		if list[i].Name == r.PathValue("source") {
			return s.showSource(w, r, v, &list[i])
		}
	}
	return fmt.Errorf("source %q: %w", r.PathValue("source"), desk.ErrNotFound)
}

func (s *Server) showSource(w http.ResponseWriter, r *http.Request, v *visitor, src *desk.SourceState) error {
	items, err := s.opt.Store.ListPoison(r.Context(), v.user.Scope(), src.Name, poisonShown)
	if err != nil {
		return fmt.Errorf("reading poison items: %w", err)
	}
	b, err := s.base(r, v, "sources", src.Name)
	if err != nil {
		return err
	}
	p := sourcePage{base: b, Source: s.sourceView(s.pages[v.lang.Code].clock, src)}
	if p.Source.Spent, err = s.spent(r.Context(), v.lang, src.Name, src.Kind); err != nil {
		return err
	}
	for i := range items {
		p.Poison = append(p.Poison, poisonOf(&items[i]))
	}
	return s.page(w, r, v, "source", &p)
}

func poisonOf(it *desk.Poison) poisonView {
	p := poisonView{Remote: string(it.Remote), At: it.At, Err: it.Err}
	raw := it.Raw
	if len(raw) > rawShown {
		raw, p.Cut = raw[:rawShown], true
	}
	p.Raw = strings.ToValidUTF8(string(raw), "\uFFFD") // what is no character shows as such
	return p
}

func (s *Server) pollNow(w http.ResponseWriter, r *http.Request, v *visitor) error {
	if err := s.opt.Work.PollNow(r.Context(), v.user, r.PathValue("source")); err != nil {
		return fmt.Errorf("polling now: %w", err)
	}
	http.Redirect(w, r, "/sources?did=polled", http.StatusSeeOther)
	return nil
}
