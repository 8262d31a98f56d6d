package web

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// move runs one act on the case of the address and goes back to it, with a word of what was done.
func (s *Server) move(w http.ResponseWriter, r *http.Request, did string, act func(desk.CaseID) error) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	id := desk.CaseID(r.PathValue("case"))
	if err := act(id); err != nil {
		return fmt.Errorf("case %s: %w", id, err)
	}
	to := "/cases/" + string(id)
	if r.PostForm.Get("to") == "board" {
		to = "/board"
	}
	http.Redirect(w, r, to+"?did="+did+"&case="+string(id), http.StatusSeeOther)
	return nil
}

func (s *Server) claim(w http.ResponseWriter, r *http.Request, v *visitor) error {
	return s.move(w, r, "claimed", func(id desk.CaseID) error { return s.opt.Work.Claim(r.Context(), v.user, id) })
}

// release gives a case back. Somebody else's case may be released only by those who may assign.
func (s *Server) release(w http.ResponseWriter, r *http.Request, v *visitor) error {
	return s.move(w, r, "released", func(id desk.CaseID) error {
		c, _, err := s.opt.Store.Card(r.Context(), v.user.Scope(), id)
		if err != nil {
			return err
		}
		if c.Owner != v.user.ID && !v.may(ActAssign) {
			return desk.Deniedf("%s", v.lang.T("error.act."+string(ActAssign)))
		}
		return s.opt.Work.Release(r.Context(), v.user, id)
	})
}

func (s *Server) assign(w http.ResponseWriter, r *http.Request, v *visitor) error {
	return s.move(w, r, "assigned", func(id desk.CaseID) error {
		owner := desk.UserID(r.PostForm.Get("owner"))
		if owner == "" {
			return desk.Invalidf("%s", v.lang.T("case.assign.nobody"))
		}
		return s.opt.Work.Assign(r.Context(), v.user, id, owner)
	})
}

func (s *Server) resolve(w http.ResponseWriter, r *http.Request, v *visitor) error {
	return s.move(w, r, "resolved", func(id desk.CaseID) error {
		version, err := formNumber(r, "version")
		if err != nil {
			return err
		}
		return s.opt.Work.Resolve(r.Context(), v.user, id, version, strings.TrimSpace(r.PostForm.Get("reason")))
	})
}

func (s *Server) dismiss(w http.ResponseWriter, r *http.Request, v *visitor) error {
	return s.move(w, r, "dismissed", func(id desk.CaseID) error {
		reason := strings.TrimSpace(r.PostForm.Get("reason"))
		if reason == "" {
			return desk.Invalidf("%s", v.lang.T("case.dismiss.reasonMissing"))
		}
		version, err := formNumber(r, "version")
		if err != nil {
			return err
		}
		return s.opt.Work.Dismiss(r.Context(), v.user, id, version, reason)
	})
}

func (s *Server) reopen(w http.ResponseWriter, r *http.Request, v *visitor) error {
	return s.move(w, r, "reopened", func(id desk.CaseID) error { return s.opt.Work.Reopen(r.Context(), v.user, id) })
}

// snooze lets a case rest until the moment in the form; without one it wakes it.
func (s *Server) snooze(w http.ResponseWriter, r *http.Request, v *visitor) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	until, err := s.readMoment(v.lang, r.PostForm.Get("until"))
	if err != nil {
		return err
	}
	did := "snoozed"
	if until.IsZero() {
		did = "reopened"
	}
	return s.move(w, r, did, func(id desk.CaseID) error { return s.opt.Work.Snooze(r.Context(), v.user, id, until) })
}

// readMoment reads a moment as our own choices write it, or as a date field of a browser does.
func (s *Server) readMoment(l *Lang, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	until, err := time.Parse(time.RFC3339, text)
	if err != nil {
		until, err = time.ParseInLocation("2006-01-02T15:04", text, s.opt.Zone)
	}
	if err != nil {
		return until, desk.Invalidf("%s", l.T("snooze.bad"))
	}
	if now := s.opt.Now(); !until.After(now) || until.Sub(now) > 366*24*time.Hour {
		return until, desk.Invalidf("%s", l.T("snooze.range"))
	}
	return until, nil
}

// formNumber reads a whole number of a form; absent is 0.
func formNumber(r *http.Request, name string) (int64, error) {
	text := r.PostForm.Get(name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, desk.Invalidf("The form field %s is %q; it must be a whole number. Nothing was changed.", name, text)
	}
	return n, nil
}
