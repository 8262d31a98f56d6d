package web

import (
	"cmp"
	"slices"

	"github.com/earshotdesk/earshot/internal/desk"
)

// messages puts mentions and answers of a case into one line, oldest first. An answer that came back to us as a mention (the
// network shows it in the thread) is shown once, as the answer.
func (s *Server) messages(v *visitor, cv *desk.CaseView, target *desk.MentionRow) []messageView {
	public := map[desk.RemoteID]bool{}
	var out []messageView
	for i := range cv.Replies {
		r := &cv.Replies[i]
		if r.State == desk.ReplyDraft || r.State == desk.ReplyWithdrawn {
			continue
		}
		if r.Receipt.Remote != "" {
			public[r.Receipt.Remote] = true
		}
		out = append(out, s.replyMessage(v, cv, r))
	}
	for i := range cv.Thread {
		m := &cv.Thread[i]
		if m.Ours && public[m.Remote] {
			continue
		}
		view := s.mentionMessage(v.lang, m, cv.Versions[m.ID])
		view.Lead = target != nil && m.ID == target.ID
		out = append(out, view)
	}
	slices.SortStableFunc(out, func(a, b messageView) int { return cmp.Or(a.rank()-b.rank(), a.At.Compare(b.At)) })
	return out
}

// rank puts what is not public yet below everything that is.
func (m *messageView) rank() int {
	if m.Reply != nil && m.Reply.State != string(desk.ReplyPublished) {
		return 1
	}
	return 0
}

// mentionMessage shows a mention with the reasons marked in its words.
func (s *Server) mentionMessage(l *Lang, m *desk.MentionRow, versions []desk.Version) messageView {
	view := messageView{
		ID: string(m.ID), Who: s.whoOf(l, &m.Mention), At: when(&m.Mention), Ours: m.Ours, Gone: !m.GoneAt.IsZero(), Private: m.Visibility == desk.Private, Edited: m.EditedAt,
		Stars: stars(l, m.Rating), Lang: langTag(&m.Mention, &m.Verdict), URL: safeURL(m.URL), Net: s.networkOf(m.Site).Name,
	}
	words := m.Words()
	segs := []segment{{Text: words}}
	if !m.Ours {
		segs = segments(words, m.Verdict.Reasons)
	}
	title(l, segs)
	view.Veiled = veiled(m)
	view.Legend = legend(segs)
	if m.Title != "" {
		view.Title, view.Body = splitTitle(segs, m.Title)
	} else {
		view.Body = segs
	}
	view.Versions = versionsOf(l, view.Lang, versions)
	if n := len(versions); n > 1 && view.Edited.IsZero() {
		view.Edited = versions[n-1].At
	}
	return view
}

// versionsOf compares each wording with the one before, newest change first.
func versionsOf(l *Lang, lang string, versions []desk.Version) []versionView {
	var out []versionView
	for i := len(versions) - 1; i > 0; i-- {
		a, b := &versions[i-1], &versions[i]
		before, after := desk.Mention{Title: a.Title, Text: a.Text}, desk.Mention{Title: b.Title, Text: b.Text}
		out = append(out, versionView{
			At: b.At, Before: stars(l, a.Rating), After: stars(l, b.Rating), StarsChanged: a.Rating != b.Rating && a.Rating.Known() && b.Rating.Known(),
			Changes: diff(before.Words(), after.Words()), Lang: lang, Number: a.Number, Number2: b.Number,
		})
	}
	return out
}

// seenOf is what somebody who looks at the page now has before the eyes.
func seenOf(cv *desk.CaseView, parent desk.MentionID) Seen {
	seen := Seen{Case: cv.Case.Version}
	for i := range cv.Thread {
		if cv.Thread[i].ID == parent {
			seen.Target = cv.Thread[i].Version
		}
	}
	return seen
}
