package web

import (
	"slices"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// replyView is an answer of ours and how it stands.
type replyView struct {
	ID       desk.ReplyID
	Case     desk.CaseID
	Version  int64
	State    string
	Pills    []pill // how it stands, then what else is to be known at a glance
	Author   string
	Approver string
	Note     string
	Text     string
	URL      string
	SendAt   time.Time
	Acts     map[string]bool // withdraw, confirm, resend, approve, return, edit, delete, drop, retry, posted
	Seen     Seen
	Next     string // one sentence: what happens now, or what to do
	Gone     bool   // no longer on the site
	Post     string // of one that is posted by hand: the address to open
	Net      string
	Counter  counter
	Change   *changeView
	Past     []pastView
}

// changeView is what is asked to become of a published answer.
type changeView struct {
	Edit   bool
	Failed bool
	Words  string // of an edit: the new ones
	Diff   []change
	Head   string
	Note   string
}

// pastView is something that happened to an answer when it was public.
type pastView struct {
	At   time.Time
	Gone bool
	Head string
	Diff []change
}

// replyMessage shows an answer and says honestly how it stands.
func (s *Server) replyMessage(v *visitor, cv *desk.CaseView, r *desk.Reply) messageView {
	name := cv.Names[r.Author]
	view := messageView{ID: string(r.ID), Ours: true, At: r.CreatedAt, Who: who{Name: name, Initials: initials(name), Avatar: tint(string(r.Author))}}
	if !r.PublishedAt.IsZero() {
		view.At = r.PublishedAt
	}
	view.Body = []segment{{Text: r.Text}}
	view.URL = safeURL(r.Receipt.URL)
	view.Reply = s.replyView(v, cv, r)
	return view
}

func (s *Server) replyView(v *visitor, cv *desk.CaseView, r *desk.Reply) *replyView {
	out := &replyView{
		ID: r.ID, Case: r.Case, Version: r.Version, State: string(r.State), Author: cv.Names[r.Author], Approver: cv.Names[r.ApprovedBy], Note: r.Note,
		Text: r.Text, URL: safeURL(r.Receipt.URL), SendAt: r.SendAt, Seen: seenOf(cv, r.Parent),
		Gone: r.State == desk.ReplyPublished && r.Visibility == desk.VisibleDeleted,
	}
	if out.Note == "" && r.Visibility == desk.VisibleRejected {
		out.Note = r.Receipt.Note
	}
	a := s.answerTo(v.lang, cv, r, out)
	out.Pills, out.Next, out.Acts = s.replyPills(v.lang, r), s.replyNext(v, r), s.replyActs(v, r, a)
	out.Change, out.Past = s.changeOf(v.lang, r), s.pastOf(v.lang, cv, r)
	return out
}

// answerTo says what the site lets be done with an answer, and adds to the view what depends on it.
func (s *Server) answerTo(l *Lang, cv *desk.CaseView, r *desk.Reply, out *replyView) Answer {
	i := slices.IndexFunc(cv.Thread, func(m desk.MentionRow) bool { return m.ID == r.Parent })
	if i < 0 {
		return Answer{}
	}
	m := &cv.Thread[i].Mention
	a := s.opt.Answer(m)
	out.Net = s.networkOf(m.Site).Name
	if r.State == desk.ReplyByHand {
		out.Post = safeURL(m.URL)
	}
	words := r.Text
	if r.Change.Kind == desk.EntryEdit {
		words = r.Change.Text
	}
	out.Counter = count(l, words, a)
	return a
}

// replyPills says where an answer stands and what became of it since.
func (s *Server) replyPills(l *Lang, r *desk.Reply) []pill {
	var out []pill
	if r.Outdated && r.Stands() {
		out = append(out, pill{"pill--warn", "pencil", l.T("reply.outdated")})
	}
	if r.Change.Kind != "" {
		p := pill{"pill--accent", "send", l.T("reply.change." + r.Change.Kind + ".short")}
		if r.Change.Failed {
			p = pill{"pill--danger", "alert", l.T("reply.change." + r.Change.Kind + ".failed")}
		}
		out = append(out, p)
	}
	if r.Unseen(s.opt.Now()) {
		out = append(out, pill{"", "eye", l.T("reply.unseen")})
	}
	if p, ok := replyPill(l, r.State, r.Visibility); ok {
		out = append(out, p)
	}
	return out
}

// replyActs tells what the person may do with an answer now.
func (s *Server) replyActs(v *visitor, r *desk.Reply, a Answer) map[string]bool {
	acts := map[string]bool{}
	if v.may(ActWork) {
		acts["withdraw"] = r.State == desk.ReplyScheduled || r.State == desk.ReplyQueued || r.State == desk.ReplyFailed || r.State == desk.ReplyAwaiting || r.State == desk.ReplyByHand
		acts["confirm"] = r.State == desk.ReplyUnconfirmed
		acts["posted"] = r.State == desk.ReplyByHand
		acts["resend"] = r.State == desk.ReplyFailed && s.opt.Workflow.Approval != "always"
	}
	if v.may(ActApprove) && r.State == desk.ReplyAwaiting {
		acts["approve"], acts["return"] = true, true
	}
	may := v.may(ActWork) && (s.opt.Workflow.Approval != "always" || v.may(ActApprove))
	if !may || r.State != desk.ReplyPublished || r.Visibility == desk.VisibleDeleted {
		return acts
	}
	acts["drop"] = r.Change.Kind != ""
	free := !r.Change.Pending() && r.Receipt.Remote != "" && a.Possible && a.Hold == ""
	acts["edit"], acts["delete"] = free && a.Edit, free && a.Delete
	acts["retry"] = r.Change.Failed && (r.Change.Kind == desk.EntryEdit && acts["edit"] || r.Change.Kind == desk.EntryDelete && acts["delete"])
	return acts
}

// replyNext says in a sentence what happens now to an answer, or what a person should do.
func (s *Server) replyNext(v *visitor, r *desk.Reply) string {
	l := v.lang
	switch r.State {
	case desk.ReplyScheduled, desk.ReplyQueued:
		if r.SendAt.After(s.opt.Now()) {
			return l.T("reply.scheduled.next", "at", s.pages[l.Code].clock.Moment(r.SendAt))
		}
		return l.T("reply.queued.next")
	case desk.ReplyPublished:
		if r.Visibility == desk.VisibleUnknown && r.Receipt.Verified == desk.VerifiedPerson {
			return l.T("reply.published.person")
		}
		return l.T("reply.published." + string(visibility(r)))
	case desk.ReplyAwaiting, desk.ReplyPublishing, desk.ReplyFailed, desk.ReplyUnconfirmed, desk.ReplyByHand:
		return l.T("reply." + string(r.State) + ".next")
	}
	return ""
}

func visibility(r *desk.Reply) desk.ReplyVisibility {
	switch r.Visibility {
	case desk.VisiblePublic, desk.VisibleModerate, desk.VisibleRejected, desk.VisibleDeleted:
		return r.Visibility
	}
	return desk.VisibleUnknown
}

// changeOf shows the edit or deletion that is on its way, or failed.
func (s *Server) changeOf(l *Lang, r *desk.Reply) *changeView {
	ch := r.Change
	if ch.Kind == "" {
		return nil
	}
	out := &changeView{Edit: ch.Kind == desk.EntryEdit, Failed: ch.Failed, Words: ch.Text, Note: ch.Note}
	state := ".next"
	if ch.Failed {
		state = ".failed.next"
	}
	out.Head = l.T("reply.change." + ch.Kind + state)
	if out.Edit {
		out.Diff = diff(r.Text, ch.Text)
	}
	return out
}

// pastOf shows what happened to an answer when it was public, newest first.
func (s *Server) pastOf(l *Lang, cv *desk.CaseView, r *desk.Reply) []pastView {
	past := cv.Past[r.ID]
	var out []pastView
	words := ""
	for _, p := range past {
		view := pastView{At: p.At, Gone: p.Kind == desk.VersionDeleted}
		by := "reply.past." + string(p.Kind) + ".site"
		if p.By != "" {
			by = "reply.past." + string(p.Kind)
		}
		if p.Kind == desk.VersionEdited {
			view.Diff = diff(words, p.Text)
		}
		if p.Kind != desk.VersionPublished {
			view.Head = l.T(by, "name", nameOf(l, p.By, cv.Names))
			out = append(out, view)
		}
		if !view.Gone {
			words = p.Text
		}
	}
	slices.Reverse(out)
	return out
}
