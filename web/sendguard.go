package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/earshotdesk/earshot/internal/desk"
)

// replyAct lets an answer go: send or submit.
type replyAct func(ctx context.Context, actor *desk.User, id desk.ReplyID, version int64, seen Seen) (desk.Reply, error)

// guardPage is shown instead of sending when something changed since the writer looked.
type guardPage struct {
	base
	Said     string
	Events   []eventView // what happened since
	Target   *messageView
	Theirs   string // what somebody else saved in the draft meanwhile
	Composer composer
	Answers  []messageView // answers that came since
}

// guardOr shows the send guard when the error is a conflict, and passes any other error on.
func (s *Server) guardOr(w http.ResponseWriter, r *http.Request, v *visitor, in writing, err error) error {
	if !errors.Is(err, desk.ErrConflict) {
		return err
	}
	cv, verr := s.opt.Store.CaseView(r.Context(), v.user.Scope(), in.id)
	if verr != nil {
		return fmt.Errorf("reading the case: %w", verr)
	}
	p := guardPage{base: s.solo(v, v.lang.T("guard.title")), Said: sentence(err)}
	for i := range cv.History {
		if cv.History[i].N > in.event {
			p.Events = append(p.Events, history(v.lang, cv.History[i:i+1], cv.Names)...)
		}
	}
	target := targetOf(&cv)
	p.Composer = s.composer(v, &cv, target)
	if p.Composer.Text != in.text && p.Composer.Version != in.version {
		p.Theirs = p.Composer.Text
	}
	p.Composer.Text = in.text
	if target != nil && (target.ID != in.parent || target.Version != in.seen.Target) {
		m := s.mentionMessage(v.lang, target, cv.Versions[target.ID])
		p.Target = &m
	}
	for _, m := range s.messages(v, &cv, target) {
		if m.Ours && len(p.Events) > 0 && !m.At.Before(p.Events[len(p.Events)-1].At) {
			p.Answers = append(p.Answers, m)
		}
	}
	return s.render(w, r, v, http.StatusConflict, "guard", "frame", &p)
}
