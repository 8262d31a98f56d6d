package web

import (
	"net/http"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
)

// byHand keeps the words and leaves them to the hand of whoever posts them.
func (s *Server) byHand(w http.ResponseWriter, r *http.Request, v *visitor) error {
	return s.dispatch(w, r, v, s.opt.Work.PostByHand)
}

func (s *Server) posted(w http.ResponseWriter, r *http.Request, v *visitor) error {
	return s.onReply(w, r, "posted", func(id desk.ReplyID, _ int64, _ Seen) error {
		_, err := s.opt.Work.Posted(r.Context(), v.user, id, r.PostForm.Get("address"))
		return err
	})
}

// editReply asks that a published answer says something else.
func (s *Server) editReply(w http.ResponseWriter, r *http.Request, v *visitor) error {
	return s.onReply(w, r, "edited", func(id desk.ReplyID, version int64, _ Seen) error {
		words := strings.TrimSpace(strings.ReplaceAll(r.PostForm.Get("text"), "\r\n", "\n"))
		if _, err := s.opt.Work.EditPublished(r.Context(), v.user, id, words, version); err != nil {
			return &unsaved{err, words}
		}
		return nil
	})
}

func (s *Server) deleteReply(w http.ResponseWriter, r *http.Request, v *visitor) error {
	return s.onReply(w, r, "deleted", func(id desk.ReplyID, version int64, _ Seen) error {
		_, err := s.opt.Work.DeletePublished(r.Context(), v.user, id, version)
		return err
	})
}

func (s *Server) dropChange(w http.ResponseWriter, r *http.Request, v *visitor) error {
	return s.onReply(w, r, "dropped", func(id desk.ReplyID, _ int64, _ Seen) error {
		_, err := s.opt.Work.DropChange(r.Context(), v.user, id)
		return err
	})
}
