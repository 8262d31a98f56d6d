package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
)

// writing is what the composer sends.
type writing struct {
	id      desk.CaseID
	parent  desk.MentionID
	text    string
	version int64 // of the draft; 0 when there was none
	seen    Seen
	event   int64 // newest event that the page showed
}

func readWriting(r *http.Request) (writing, error) {
	if err := r.ParseForm(); err != nil {
		return writing{}, badForm(err)
	}
	in := writing{id: desk.CaseID(r.PathValue("case")), parent: desk.MentionID(r.PostForm.Get("parent"))}
	in.text = strings.TrimSpace(strings.ReplaceAll(r.PostForm.Get("text"), "\r\n", "\n"))
	var err error
	number := func(name string) int64 {
		n, e := formNumber(r, name)
		err = errors.Join(err, e)
		return n
	}
	in.version, in.event = number("version"), number("event")
	in.seen = Seen{Case: number("seen_case"), Target: int(number("seen_target"))}
	return in, err
}

// saved is what the composer's script gets to know.
type saved struct {
	Reply   desk.ReplyID `json:"reply"`
	Version int64        `json:"version"`
	Count   string       `json:"count"`
	Class   string       `json:"class"`
	Arc     int          `json:"arc"`
	Said    string       `json:"said"`
}

// draft keeps what was written so far.
func (s *Server) draft(w http.ResponseWriter, r *http.Request, v *visitor) error {
	in, err := readWriting(r)
	if err != nil {
		return err
	}
	reply, err := s.opt.Work.SaveDraft(r.Context(), v.user, in.id, in.parent, in.text, in.version)
	if err != nil {
		return fmt.Errorf("saving the draft: %w", err)
	}
	if !wantsPiece(r) {
		http.Redirect(w, r, "/cases/"+string(in.id)+"?did=saved", http.StatusSeeOther)
		return nil
	}
	m, err := s.opt.Store.Mention(r.Context(), v.user.Scope(), in.parent)
	if err != nil {
		return fmt.Errorf("reading the mention: %w", err)
	}
	c := count(v.lang, in.text, s.opt.Answer(&m.Mention))
	out := saved{Reply: reply.ID, Version: reply.Version, Count: c.words(v.lang), Class: c.Class, Arc: c.Arc, Said: v.lang.T("composer.saved")}
	if reply.State == desk.ReplyWithdrawn {
		out.Reply, out.Version = "", 0
	}
	w.Header().Set("Content-Type", "application/json")
	return ignoreWrite(json.NewEncoder(w).Encode(out))
}

// send keeps the words and lets them go out; submit hands them to whoever approves.
func (s *Server) send(w http.ResponseWriter, r *http.Request, v *visitor) error {
	return s.dispatch(w, r, v, s.opt.Work.Send)
}

func (s *Server) submit(w http.ResponseWriter, r *http.Request, v *visitor) error {
	return s.dispatch(w, r, v, s.opt.Work.Submit)
}

// dispatch saves first, so that nothing that was written can be lost, and then lets the words go. When something changed
// meanwhile it shows what, keeps the words and asks again.
func (s *Server) dispatch(w http.ResponseWriter, r *http.Request, v *visitor, act replyAct) error {
	in, err := readWriting(r)
	if err != nil {
		return err
	}
	if in.text == "" {
		return desk.Invalidf("%s", v.lang.T("composer.empty"))
	}
	m, err := s.opt.Store.Mention(r.Context(), v.user.Scope(), in.parent)
	if err != nil {
		return fmt.Errorf("reading the mention: %w", err)
	}
	if c := count(v.lang, in.text, s.opt.Answer(&m.Mention)); c.over() {
		if _, err := s.opt.Work.SaveDraft(r.Context(), v.user, in.id, in.parent, in.text, in.version); err != nil {
			return s.guardOr(w, r, v, in, fmt.Errorf("saving the draft: %w", err))
		}
		return desk.Invalidf("%s", v.lang.T("composer.tooLong", "n", c.Over))
	}
	reply, err := s.opt.Work.SaveDraft(r.Context(), v.user, in.id, in.parent, in.text, in.version)
	if err != nil {
		return s.guardOr(w, r, v, in, fmt.Errorf("saving the draft: %w", err))
	}
	in.version = reply.Version
	if _, err := act(r.Context(), v.user, reply.ID, reply.Version, in.seen); err != nil {
		return s.guardOr(w, r, v, in, fmt.Errorf("sending: %w", err))
	}
	http.Redirect(w, r, "/cases/"+string(in.id)+"#"+string(reply.ID), http.StatusSeeOther)
	return nil
}

// onReply runs an act on the answer of the address and goes back to the case.
func (s *Server) onReply(w http.ResponseWriter, r *http.Request, did string, act func(id desk.ReplyID, version int64, seen Seen) error) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	version, err1 := formNumber(r, "version")
	seenCase, err2 := formNumber(r, "seen_case")
	seenTarget, err3 := formNumber(r, "seen_target")
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	if err := act(desk.ReplyID(r.PathValue("reply")), version, Seen{Case: seenCase, Target: int(seenTarget)}); err != nil {
		return fmt.Errorf("reply %s: %w", r.PathValue("reply"), err)
	}
	to := "/cases/" + r.PathValue("case")
	if did != "" {
		to += "?did=" + did
	}
	http.Redirect(w, r, to+"#"+r.PathValue("reply"), http.StatusSeeOther)
	return nil
}

func (s *Server) sendAgain(w http.ResponseWriter, r *http.Request, v *visitor) error {
	return s.onReply(w, r, "", func(id desk.ReplyID, version int64, seen Seen) error {
		_, err := s.opt.Work.Send(r.Context(), v.user, id, version, seen)
		return err
	})
}

func (s *Server) withdraw(w http.ResponseWriter, r *http.Request, v *visitor) error {
	return s.onReply(w, r, "withdrawn", func(id desk.ReplyID, _ int64, _ Seen) error {
		_, err := s.opt.Work.Withdraw(r.Context(), v.user, id)
		return err
	})
}

func (s *Server) confirm(w http.ResponseWriter, r *http.Request, v *visitor) error {
	return s.onReply(w, r, "confirmed", func(id desk.ReplyID, _ int64, _ Seen) error {
		outcome := desk.ReplyState(r.PostForm.Get("outcome"))
		if outcome != desk.ReplyPublished && outcome != desk.ReplyFailed {
			return desk.Invalidf("%s", v.lang.T("reply.unconfirmed.choose"))
		}
		_, err := s.opt.Work.Confirm(r.Context(), v.user, id, outcome)
		return err
	})
}

func (s *Server) approve(w http.ResponseWriter, r *http.Request, v *visitor) error {
	return s.onReply(w, r, "approved", func(id desk.ReplyID, version int64, seen Seen) error {
		_, err := s.opt.Work.Approve(r.Context(), v.user, id, version, seen)
		return err
	})
}

func (s *Server) giveBack(w http.ResponseWriter, r *http.Request, v *visitor) error {
	return s.onReply(w, r, "returned", func(id desk.ReplyID, version int64, _ Seen) error {
		note := strings.TrimSpace(r.PostForm.Get("note"))
		if note == "" {
			return desk.Invalidf("%s", v.lang.T("reply.return.noteMissing"))
		}
		_, err := s.opt.Work.Return(r.Context(), v.user, id, version, note)
		return err
	})
}
