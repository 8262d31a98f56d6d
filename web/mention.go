package web

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// mentionPage is one mention that is in no case: its words with reasons, and the verdict.
type mentionPage struct {
	base
	Message messageView
	Verdict *verdictView
	Case    desk.CaseID
	CanOpen bool
	Source  string
}

func (s *Server) mention(w http.ResponseWriter, r *http.Request, v *visitor) error {
	m, err := s.opt.Store.Mention(r.Context(), v.user.Scope(), desk.MentionID(r.PathValue("mention")))
	if err != nil {
		return fmt.Errorf("reading the mention: %w", err)
	}
	posts, err := s.authorPosts(r, v, &m)
	if err != nil {
		return err
	}
	p := mentionPage{Message: s.mentionMessage(v.lang, &m, nil), Verdict: verdictOf(v.lang, &m, posts), Case: m.Case, Source: m.Source}
	_, opens := s.opt.Work.(Opener)
	p.CanOpen = opens && m.Case == "" && !m.Ours && v.may(ActWork)
	if p.base, err = s.base(r, v, "stream", p.Message.Who.Name); err != nil {
		return err
	}
	return s.page(w, r, v, "mention", &p)
}

// openCase opens a case for a mention that triage let pass.
func (s *Server) openCase(w http.ResponseWriter, r *http.Request, v *visitor) error {
	opener, ok := s.opt.Work.(Opener)
	if !ok {
		return desk.ErrNotFound
	}
	id, err := opener.OpenCase(r.Context(), v.user, desk.MentionID(r.PathValue("mention")))
	if err != nil {
		return fmt.Errorf("opening a case: %w", err)
	}
	http.Redirect(w, r, "/cases/"+string(id)+"?did=opened", http.StatusSeeOther)
	return nil
}

// authorPosts counts what the author of a mention wrote in the 30 days up to it, when triage found that worth a reason.
func (s *Server) authorPosts(r *http.Request, v *visitor, m *desk.MentionRow) (int, error) {
	counts := slices.ContainsFunc(m.Verdict.Reasons, func(r desk.Reason) bool { return r.By == "history" })
	if !counts || m.Author.Handle == "" || m.Anonymous {
		return 0, nil
	}
	f := desk.MentionFilter{Author: m.Author.Handle, Site: m.Site, Since: m.SeenAt.AddDate(0, 0, -30), Until: m.SeenAt.Add(time.Second)}
	n, err := s.opt.Store.CountMentions(r.Context(), v.user.Scope(), f, 1000)
	if err != nil {
		return 0, fmt.Errorf("counting the author's mentions: %w", err)
	}
	return n.N, nil
}
