package web

import (
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// veiled tells whether the words of a mention stand behind a veil that whoever works on them lifts with one click: those that triage, a
// rule or a person found abusive. Lists name them only.
func veiled(m *desk.MentionRow) bool { return !m.Ours && m.Verdict.Offensive.Label == desk.Yes }

// listed is what a list shows of a mention, at most n characters of one line, and in which language that is; "" for ours.
func listed(l *Lang, m *desk.MentionRow, words string, n int) (shown, lang string) {
	if veiled(m) {
		return l.T("veil.listed"), ""
	}
	return text.Excerpt(words, n), langTag(&m.Mention, &m.Verdict)
}
