package web

import (
	"context"
	"fmt"
	"net/http"
	"regexp"

	"github.com/earshotdesk/earshot/internal/desk"
)

// base is what every page's struct embeds: the frame around it.
type base struct {
	Title   string
	Nav     string // which item of the rail is lit
	Shell   string // class of the frame: "", shell--side, shell--case
	Desk    string
	Lang    string
	Theme   string
	Density string
	Assets  string
	Htmx    bool
	Live    bool

	Me       *me
	Critical desk.Count
	Stops    []stopView
	Toast    *toast
	Event    int64 // newest event when the page was made; the live stream continues from it

	act func(Act) bool
}

// me is the person who looks.
type me struct {
	ID       desk.UserID
	Name     string
	Role     string
	Initials string
	Avatar   int
}

// May tells templates what the person may do.
func (b *base) May(act string) bool { return b.act(Act(act)) }

// stopView is a stop switch that is set.
type stopView struct{ Kind, Name string }

// toast says what was just done and offers the way back.
type toast struct {
	Text string
	Undo string // path to post to; empty when there is no way back
}

// solo makes the base of a page without a person: sign-in, errors.
func (s *Server) solo(v *visitor, title string) base {
	b := base{Title: title, Desk: s.opt.Desk, Lang: v.lang.Code, Assets: "/assets/" + s.assets.version, Htmx: s.assets.htmx, act: v.may}
	if v.user != nil {
		b.Theme, b.Density = v.user.Theme, v.user.Density
		b.Me = meOf(v.user)
	}
	return b
}

// base makes the frame of a page for a person.
func (s *Server) base(r *http.Request, v *visitor, nav, title string) (base, error) {
	b := s.solo(v, title)
	b.Nav, b.Live = nav, true
	ctx := r.Context()
	var err error
	if b.Event, err = s.opt.Store.LastEvent(ctx); err != nil {
		return b, fmt.Errorf("reading the newest event: %w", err)
	}
	if b.Stops, err = s.stops(ctx, v); err != nil {
		return b, err
	}
	counts, err := s.opt.Store.CountCards(ctx, v.user.Scope(), desk.CaseFilter{Urgency: desk.UrgencyCritical}, 100)
	if err != nil {
		return b, fmt.Errorf("counting critical cases: %w", err)
	}
	b.Critical = counts[desk.ColumnNew]
	b.Toast = toastOf(v.lang, r.URL.Query().Get("did"), r.URL.Query().Get("case"))
	return b, nil
}

func (s *Server) stops(ctx context.Context, v *visitor) ([]stopView, error) {
	stops, err := s.opt.Store.ListStops(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading stop switches: %w", err)
	}
	var out []stopView
	for _, st := range stops {
		if st.Kind != "brand" || v.user.Scope().Sees(st.Name) {
			out = append(out, stopView{st.Kind, st.Name})
		}
	}
	return out, nil
}

func meOf(u *desk.User) *me {
	name := u.Name
	if name == "" {
		name = u.Email
	}
	return &me{ID: u.ID, Name: name, Role: string(u.Role), Initials: initials(name), Avatar: tint(string(u.ID))}
}

// done lists what a toast may speak of and the act that takes it back.
var done = map[string]string{
	"claimed": "release", "released": "claim", "resolved": "reopen", "dismissed": "reopen", "snoozed": "wake", "reopened": "", "assigned": "",
	"saved": "", "returned": "", "approved": "", "withdrawn": "", "polled": "", "stopped": "", "lifted": "", "confirmed": "", "opened": "", "connected": "", "disconnected": "", "edited": "",
	"deleted": "", "dropped": "", "posted": "",
}

var plainID = regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{26}$`)

func toastOf(l *Lang, did, id string) *toast {
	undo, known := done[did]
	if !known {
		return nil
	}
	t := &toast{Text: l.T("did." + did)}
	if undo != "" && plainID.MatchString(id) {
		t.Undo = "/cases/" + id + "/" + undo
		if undo == "wake" {
			t.Undo = "/cases/" + id + "/snooze"
		}
	}
	return t
}
