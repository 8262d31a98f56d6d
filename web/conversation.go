package web

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/earshotdesk/earshot/internal/desk"
)

// conversationPage is everything that was said around a mention, as its site shows it now. None of it is stored: most of it is not
// about us.
type conversationPage struct {
	base
	Case     desk.CaseID
	Net      string
	Messages []messageView
	Failed   string // a sentence when the site did not answer
}

func (s *Server) conversation(w http.ResponseWriter, r *http.Request, v *visitor) error {
	cv, err := s.opt.Store.CaseView(r.Context(), v.user.Scope(), desk.CaseID(r.PathValue("case")))
	if err != nil {
		return fmt.Errorf("reading the case: %w", err)
	}
	target := targetOf(&cv)
	if target == nil || !s.converses(&target.Mention) {
		return fmt.Errorf("a conversation around this case: %w", desk.ErrNotFound)
	}
	b, err := s.base(r, v, "board", v.lang.T("conversation.title"))
	if err != nil {
		return err
	}
	p := conversationPage{base: b, Case: cv.Case.ID, Net: s.networkOf(target.Site).Name}
	said, err := s.opt.Conversation(r.Context(), target.Mention)
	switch {
	case errors.Is(err, desk.ErrNotFound), errors.Is(err, desk.ErrGone):
		p.Failed = v.lang.T("conversation.gone")
	case err != nil:
		s.opt.Log.Warn("a conversation could not be fetched", "case", cv.Case.ID, "error", err)
		p.Failed = v.lang.T("conversation.failed", "network", p.Net)
	}
	for i := range said {
		view := s.mentionMessage(v.lang, &desk.MentionRow{Mention: said[i]}, nil)
		view.ID = fmt.Sprintf("said-%d", i) // what is not stored has no identifier of ours
		view.Lead = said[i].Remote == target.Remote
		p.Messages = append(p.Messages, view)
	}
	slices.SortStableFunc(p.Messages, func(a, b messageView) int { return cmp.Compare(a.At.UnixMicro(), b.At.UnixMicro()) })
	return s.page(w, r, v, "conversation", &p)
}

// converses tells whether the site can be asked for what was said around a mention.
func (s *Server) converses(m *desk.Mention) bool {
	return s.opt.Conversation != nil && s.opt.Converses != nil && m.Visibility != desk.Private && s.opt.Converses(m)
}
