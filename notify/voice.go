package notify

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

const (
	// moveWait gathers quick moves (taken, a draft, answered) into one rewriting of a message.
	moveWait = 10 * time.Second
	// answeredStay is how long an answered case that nobody resolves stays in its message. Then its text leaves there too.
	answeredStay = 7 * 24 * time.Hour
)

// voice decides what one group says and when. The decision follows Alertmanager's, with three differences: what is critical does
// not wait, a case that merely moves rewrites the message without calling anybody, and repeats come when they are due rather than
// at the next tick of group_interval.
type voice struct {
	now    time.Time
	timing timing
	g      *desk.NoticeGroup
}

// next returns when the group must speak next and why; zero when nothing waits. Of several causes that are due now the one that
// says the most wins: it says the others too.
func (v voice) next() (due time.Time, cause Cause) {
	earlier := func(at time.Time, why Cause) {
		at = later(at, v.now)
		if due.IsZero() || at.Before(due) || at.Equal(due) && weight(why) > weight(cause) {
			due, cause = at, why
		}
	}
	open, critical := v.standing()
	resolved := !open && slices.ContainsFunc(v.g.Members, func(m desk.NoticeMember) bool { return m.SaidState.Open() })
	for i := range v.g.Members {
		m := &v.g.Members[i]
		switch {
		case isNews(m):
			why := First
			if open {
				why = News
			}
			earlier(v.newsAt(m, open, critical), why)
		case m.State != m.SaidState || m.Print != m.SaidPrint:
			why := Moved
			if resolved {
				why = Resolved
			}
			earlier(later(m.ChangedAt, v.g.SaidAt.Add(moveWait)), why)
		case m.State == desk.CaseAnswered:
			earlier(m.ChangedAt.Add(answeredStay), Moved)
		case v.timing.repeat > 0:
			earlier(later(later(v.g.ToldAt, m.ChangedAt).Add(v.timing.repeat), m.SnoozedUntil), Repeat)
		}
	}
	return due, cause
}

func weight(c Cause) int {
	return slices.Index([]Cause{Moved, Resolved, Repeat, News, First}, c)
}

// standing tells whether something that was said as open is open still, and whether something that was said as critical is so still.
func (v voice) standing() (open, critical bool) {
	for _, m := range v.g.Members {
		if m.SaidState.Open() && m.State.Open() {
			open = true
			critical = critical || min(m.SaidUrgency, m.Urgency) >= desk.UrgencyRank(desk.UrgencyCritical)
		}
	}
	return open, critical
}

// newsAt is when a member that is news must be said: a new group waits for company, an old one for its interval. The first
// critical case of a group waits for neither; further ones do, or a storm of them would be a storm of messages.
func (v voice) newsAt(m *desk.NoticeMember, open, critical bool) time.Time {
	since := later(m.Since, m.SnoozedUntil)
	if m.Urgency >= desk.UrgencyRank(desk.UrgencyCritical) && !critical {
		return since
	}
	if !open {
		since = since.Add(v.timing.wait)
	}
	if v.g.ToldAt.IsZero() {
		return since
	}
	return later(since, v.g.ToldAt.Add(v.timing.interval))
}

// isNews tells whether an open member was not said, was said as not open, or became critical since.
func isNews(m *desk.NoticeMember) bool {
	top := desk.UrgencyRank(desk.UrgencyCritical)
	return m.State.Open() && (!m.SaidState.Open() || m.Urgency >= top && m.SaidUrgency < top)
}

// over tells whether a member leaves with this notice.
func (v voice) over(m desk.NoticeMember) bool {
	return m.State.Closed() || m.State == desk.CaseAnswered && !m.ChangedAt.Add(answeredStay).After(v.now)
}

// speak counts the generation up, notes for each member what is said of it, and writes the entry. News that still sleep, or that
// wait while the message merely follows a move, stay unsaid.
func (v voice) speak(cause Cause) desk.Entry {
	g := v.g
	g.Generation++
	if !slices.ContainsFunc(g.Members, func(m desk.NoticeMember) bool { return m.SaidState != "" }) {
		g.Anchor = g.Generation
	}
	g.SaidAt = v.now
	loud := cause == First || cause == News
	if loud || cause == Repeat {
		g.ToldAt = v.now
	}
	b := body{Group: g.Key, Target: g.Target, Generation: g.Generation, Anchor: g.Anchor, Cause: cause, At: v.now}
	var stay, left, unsaid []desk.NoticeMember
	for _, m := range g.Members {
		if isNews(&m) {
			if !loud || m.SnoozedUntil.After(v.now) {
				unsaid = append(unsaid, m)
				continue
			}
			b.Counts.Fresh++
		}
		m.SaidState, m.SaidUrgency, m.SaidPrint = m.State, m.Urgency, m.Print
		if v.over(m) {
			left = append(left, m)
		} else {
			stay = append(stay, m)
		}
	}
	b.fill(stay, left)
	if strings.HasPrefix(g.Key, accountPrefix) && len(stay) > 0 {
		b.Stage = stay[0].Print
	}
	g.Members = append(unsaid, stay...)
	if g.Key == outboxGroup {
		g.Members = unsaid // what was given up is said once and is over
	}
	return desk.Entry{Kind: desk.EntryNotice, Key: g.Key + "#" + strconv.FormatInt(g.Generation, 10), Order: g.Key, Subject: g.Key, Body: b.encode()}
}

// body is what an entry holds: identifiers and numbers, never what people wrote.
type body struct {
	Group      string        `json:"group"`
	Target     string        `json:"target"`
	Generation int64         `json:"generation"`
	Anchor     int64         `json:"anchor"` // the generation that began the message; this one's own when it begins it
	Cause      Cause         `json:"cause"`
	At         time.Time     `json:"at"`
	Since      time.Time     `json:"since,omitzero"`
	Cases      []desk.CaseID `json:"cases,omitempty"` // those to show; those that left when no others are there
	Counts     Counts        `json:"counts"`
	Stage      string        `json:"stage,omitempty"` // of the account that the notice is about
}

// fill counts the members and picks those to show.
func (b *body) fill(stay, left []desk.NoticeMember) {
	for _, m := range stay {
		switch m.State {
		case desk.CaseNew:
			b.Counts.New++
		case desk.CaseTaken:
			b.Counts.Taken++
		case desk.CaseAnswered:
			b.Counts.Answered++
		}
		if m.State.Open() && (b.Since.IsZero() || m.Since.Before(b.Since)) {
			b.Since = m.Since
		}
	}
	b.Counts.Closed = len(left)
	show := slices.Clone(stay)
	if len(show) == 0 {
		show = slices.Clone(left)
	}
	slices.SortFunc(show, byUrgency)
	for _, m := range show[:min(len(show), MaxCards)] {
		b.Cases = append(b.Cases, desk.CaseID(m.Subject))
	}
}

// byUrgency sorts members as a message lists them: open ones first, then the most urgent, then the newest.
func byUrgency(a, b desk.NoticeMember) int {
	shut := func(m desk.NoticeMember) int {
		if m.State.Open() {
			return 0
		}
		return 1
	}
	if c := cmp.Or(cmp.Compare(shut(a), shut(b)), cmp.Compare(b.Urgency, a.Urgency), b.Since.Compare(a.Since)); c != 0 {
		return c
	}
	return strings.Compare(a.Subject, b.Subject)
}

func (b *body) encode() []byte {
	text, _ := json.Marshal(b) // strings, numbers and times always encode
	return text
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
