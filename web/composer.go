package web

import (
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// composer is where an answer is written.
type composer struct {
	Show    bool
	Why     string // a sentence when no answer can be written here
	Case    desk.CaseID
	Parent  desk.MentionID
	Reply   desk.ReplyID // the draft; empty when there is none
	Version int64        // of the draft
	Seen    Seen
	Event   int64 // newest event of the case that the page shows
	Text    string
	Lang    string
	As      string
	Hold    string
	Hint    string // one sentence: what happens on the way out
	Net     string
	Note    string // why the draft came back
	By      string // who else wrote the draft; empty when it is one's own
	Approve bool   // the act is to submit
	Counter counter
	ByHand  string   // the address to open: the desk cannot answer here, a person posts it; empty where the desk can
	Facts   []string // what the site makes of answers, as far as a writer must know
	Link    string   // with Why: where to go instead
	LinkTo  string
}

// counter says how long a text is and how long it may be, counted as the network counts.
type counter struct {
	Length, Max int
	Unit        string
	Class       string // "", counter--near, counter--over
	Arc         int    // 0 to 100: how full
	Over, Left  int
}

func (c counter) over() bool { return c.Over > 0 }

// composer prepares the place to write in: with the draft, or the reason why there is none.
func (s *Server) composer(v *visitor, cv *desk.CaseView, target *desk.MentionRow) composer {
	c := composer{Case: cv.Case.ID, Approve: s.opt.Workflow.Approval == "always"}
	switch {
	case !v.may(ActWork):
		c.Why = v.lang.T("composer.readonly")
		return c
	case cv.Case.State.Closed():
		c.Why = v.lang.T("composer.closed")
		return c
	case target == nil:
		c.Why = v.lang.T("composer.nothing")
		return c
	}
	for i := range cv.Replies {
		if why := inTheWay(cv.Replies[i].State); why != "" {
			c.Why = v.lang.T(why)
			return c
		}
	}
	c.Hint = s.hint(v.lang)
	return s.compose(v, c, cv, target)
}

// inTheWay is the key of the sentence that says why another answer must wait for this one; empty when it need not.
func inTheWay(st desk.ReplyState) string {
	switch {
	case st == desk.ReplyUnconfirmed:
		return "composer.unconfirmed"
	case st == desk.ReplyByHand:
		return "composer.byHand"
	case st.Pending() || st == desk.ReplyAwaiting:
		return "composer.pending"
	}
	return ""
}

// hint says what becomes of an answer once it is sent.
func (s *Server) hint(l *Lang) string {
	undo := s.opt.Workflow.Undo.Std()
	switch {
	case s.opt.Workflow.Approval == "always":
		return l.T("composer.approveHint")
	case undo <= 0:
		return l.T("composer.sendHint.now")
	case undo%time.Minute == 0:
		return l.T("composer.sendHint.minutes", "n", int64(undo/time.Minute))
	}
	return l.T("composer.sendHint", "n", int64((undo+time.Second-1)/time.Second))
}

func (s *Server) compose(v *visitor, c composer, cv *desk.CaseView, target *desk.MentionRow) composer {
	a := s.opt.Answer(&target.Mention)
	if !target.GoneAt.IsZero() {
		a.Possible, a.ByHand, a.Why = false, false, v.lang.T("composer.gone")
	} else if target.Visibility == desk.Private {
		a.Possible, a.ByHand, a.Why = false, false, v.lang.T("composer.private")
	}
	c.Net = s.networkOf(target.Site).Name
	if c = s.onlyAnswer(v, c, cv, target, a); c.Why != "" {
		return c
	}
	if !a.Possible {
		c.ByHand = safeURL(target.URL)
		if !a.ByHand || c.ByHand == "" {
			c.Why = a.Why
			if c.Why == "" {
				c.Why = v.lang.T("composer.readOnlySite", "network", c.Net)
			}
			return c
		}
		c.Hint = v.lang.T("composer.byHandHint")
		if c.Approve {
			c.Hint = v.lang.T("composer.approveHint")
		}
	}
	c.Show, c.Parent, c.As, c.Hold, c.Facts = true, target.ID, a.As, a.Hold, facts(v.lang, a)
	c.Lang, c.Seen = langTag(&target.Mention, &target.Verdict), seenOf(cv, target.ID)
	for i := range cv.Replies {
		if r := &cv.Replies[i]; r.State == desk.ReplyDraft {
			c.Reply, c.Version, c.Text, c.Note = r.ID, r.Version, r.Text, r.Note
			if r.Author != v.user.ID {
				c.By = cv.Names[r.Author]
			}
		}
	}
	c.Counter = count(v.lang, c.Text, a)
	return c
}

// onlyAnswer says that the site takes one answer and has it, and leads to where it can be edited. One that the site rejected is
// mended rather than joined by another, or there may be two in the end.
func (s *Server) onlyAnswer(v *visitor, c composer, cv *desk.CaseView, target *desk.MentionRow, a Answer) composer {
	for i := range cv.Replies {
		r := &cv.Replies[i]
		edit := s.replyActs(v, r, a)["edit"]
		if !a.One || r.Parent != target.ID || !r.Stands() && !(edit && r.Visibility == desk.VisibleRejected) {
			continue
		}
		c.Why, c.Link, c.LinkTo = v.lang.T("composer.one", "network", c.Net), "#"+string(r.ID), v.lang.T("composer.one.see")
		if edit {
			c.LinkTo = v.lang.T("composer.one.edit")
		}
	}
	return c
}

// facts tells a writer what becomes of an answer on the site that cannot be seen from here.
func facts(l *Lang, a Answer) []string {
	var out []string
	add := func(is bool, key string, args ...any) {
		if is {
			out = append(out, l.T(key, args...))
		}
	}
	if !a.Possible {
		add(true, "composer.fact.byHand")
		return out
	}
	add(a.One, "composer.fact.one")
	add(!a.Edit && !a.Delete, "composer.fact.final")
	add(!a.Edit && a.Delete, "composer.fact.noEdit")
	add(a.Edit && !a.Delete, "composer.fact.noDelete")
	add(a.Moderates, "composer.fact.moderates")
	add(a.Delay >= time.Minute && a.Delay < time.Hour, "composer.fact.minutes", "n", int64((a.Delay+time.Minute-1)/time.Minute))
	add(a.Delay >= time.Hour, "composer.fact.hours", "n", int64((a.Delay+time.Hour-1)/time.Hour))
	if a.Cost != "" {
		out = append(out, strings.TrimSuffix(a.Cost, "."))
	}
	return out
}

// count measures a text as its network does.
func count(l *Lang, words string, a Answer) counter {
	length := a.Length
	if length == nil {
		length = func(s string) int { return text.Length(s, text.Unit(a.Counts)) }
	}
	unit := a.Counts
	if unit == "" {
		unit = "graphemes"
	}
	c := counter{Length: length(words), Max: a.Max, Unit: unit}
	if a.Max <= 0 {
		return c
	}
	c.Arc = min(c.Length*100/a.Max, 100)
	switch {
	case c.Length > a.Max:
		c.Class, c.Over = "counter--over", c.Length-a.Max
	case c.Length*10 >= a.Max*9:
		c.Class, c.Left = "counter--near", a.Max-c.Length
	}
	return c
}

// words says the count in words: what is left near the limit, what is too much beyond it.
func (c counter) words(l *Lang) string {
	switch {
	case c.Max <= 0:
		return l.T("counter.plain", "n", c.Length)
	case c.Over > 0:
		return l.T("counter.over", "n", c.Over)
	case c.Class != "":
		return l.T("counter.left", "n", c.Left)
	}
	return l.T("counter.of", "length", c.Length, "max", c.Max)
}
