package notify

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Keys of the groups that tell about the desk itself. Those of cases begin with the identifier of a route, which begins with "root".
const (
	troublePrefix = "desk/"
	sourcePrefix  = troublePrefix + "source/"
	accountPrefix = troublePrefix + "account/"
	outboxGroup   = troublePrefix + "outbox"
)

// Input is all that a plan looks at.
type Input struct {
	Now      time.Time
	Cases    []desk.NoticeCase  // that something happened to
	Gone     []desk.CaseID      // that something happened to and that are no more
	Troubles []Happening        // of sources and the outbox, in the order they happened
	Groups   []desk.NoticeGroup // every group that a case or trouble of the input is in or belongs to, and those that are due
}

// Happening is a change in the health of a source, an account that needs a person, or an outward act that was given up.
type Happening struct {
	Source  string
	Account string
	Stage   string       // of the account, and the day it ends
	Entry   desk.EntryID // of the outbox
	OK      bool         // the source has recovered, the account needs nobody any more
}

// key names the group that tells of it.
func (h Happening) key() string {
	switch {
	case h.Account != "":
		return accountPrefix + h.Account
	case h.Source != "":
		return sourcePrefix + h.Source
	}
	return outboxGroup
}

// subject names the member that it is about.
func (h Happening) subject() string {
	return cmp.Or(h.Account, h.Source, string(h.Entry))
}

// Result is what a plan comes to.
type Result struct {
	Groups  []desk.NoticeGroup // all groups of the input and the new ones, as they are now
	Entries []desk.Entry       // to be enqueued
}

// Plan decides what to say now. It is pure: the same input gives the same result, and running it again at the same moment on what
// it returned says nothing more. Each entry has the key of its group and generation.
func Plan(t *Tree, in Input) Result {
	p := newPlan(t, in)
	for i := range in.Cases {
		p.take(&in.Cases[i])
	}
	for _, id := range in.Gone {
		p.leave(string(id), nil)
	}
	for _, h := range in.Troubles {
		p.trouble(h)
	}
	var out Result
	for _, key := range slices.Sorted(maps.Keys(p.groups)) {
		g := p.groups[key]
		g.Members = slices.DeleteFunc(g.Members, func(m desk.NoticeMember) bool { return m.Subject == "" })
		say := voice{now: p.now, timing: t.timingOf(g), g: g}
		if due, cause := say.next(); !due.IsZero() && !due.After(p.now) {
			out.Entries = append(out.Entries, say.speak(cause))
		}
		g.DueAt, _ = say.next()
		out.Groups = append(out.Groups, *g)
	}
	return out
}

// plan holds the groups while happenings are brought into them. A member that leaves loses its Subject and keeps its place, so
// that the index stays right.
type plan struct {
	tree   *Tree
	now    time.Time
	groups map[string]*desk.NoticeGroup
	index  map[string]map[string]int // for each subject of the input: group → place among its members
}

func newPlan(t *Tree, in Input) *plan {
	p := &plan{tree: t, now: in.Now, groups: make(map[string]*desk.NoticeGroup, len(in.Groups)), index: make(map[string]map[string]int)}
	for i := range in.Cases {
		p.index[string(in.Cases[i].ID)] = make(map[string]int, 1)
	}
	for _, id := range in.Gone {
		p.index[string(id)] = make(map[string]int, 1)
	}
	for _, h := range in.Troubles {
		p.index[h.subject()] = make(map[string]int, 1)
	}
	for _, g := range in.Groups {
		g.Members = slices.Clone(g.Members)
		p.groups[g.Key] = &g
		for i, m := range g.Members {
			if places, asked := p.index[m.Subject]; asked {
				places[g.Key] = i
			}
		}
	}
	return p
}

// belongs is a group where a case belongs now.
type belongs struct {
	key    string
	labels map[string]string
	node   *node
}

// groupsOf returns the groups where a case belongs now. Routes without a target tell nobody.
func (t *Tree) groupsOf(c *desk.NoticeCase) []belongs {
	var out []belongs
	for _, n := range t.find(c) {
		if n.target != "" {
			key, shared := n.group(c)
			out = append(out, belongs{key, shared, n})
		}
	}
	return out
}

// take brings a case into the groups where it belongs, and out of the others.
func (p *plan) take(c *desk.NoticeCase) {
	var stays []string
	for _, b := range p.tree.groupsOf(c) {
		stays = append(stays, b.key)
		g := p.groups[b.key]
		if g == nil {
			if !c.State.Open() {
				continue
			}
			g = &desk.NoticeGroup{Key: b.key, Route: b.node.id, Target: b.node.target, Labels: b.labels}
			p.groups[b.key] = g
		}
		p.member(g, desk.NoticeMember{
			Subject: string(c.ID), State: c.State, Urgency: desk.UrgencyRank(c.Urgency), SnoozedUntil: c.SnoozedUntil, Print: printOf(c),
		})
	}
	p.leave(string(c.ID), stays)
}

// printOf differs when a reader of the message would see a difference.
func printOf(c *desk.NoticeCase) string {
	return strings.Join([]string{
		strconv.FormatInt(c.Version, 10), string(c.Head.ID), strconv.Itoa(c.Head.Version), strconv.FormatBool(!c.Head.GoneAt.IsZero()),
		string(c.ReplyState), c.Urgency,
	}, " ")
}

// trouble notes what happened to the desk itself. The root's target hears of it.
func (p *plan) trouble(h Happening) {
	if p.tree.root.target == "" {
		return
	}
	g := p.groups[h.key()]
	if g == nil {
		g = &desk.NoticeGroup{Key: h.key(), Target: p.tree.root.target}
		p.groups[g.Key] = g
	}
	m := desk.NoticeMember{Subject: h.subject(), State: desk.CaseNew, Print: cmp.Or(h.Stage, "failing")}
	if h.OK {
		m.State, m.Print = desk.CaseResolved, "ok"
	}
	p.member(g, m)
}

// member notes how a member stands. What is no member and asks for nothing does not become one; what was never said leaves when
// it asks for nothing any more, so that nobody hears of it.
func (p *plan) member(g *desk.NoticeGroup, now desk.NoticeMember) {
	i, known := p.index[now.Subject][g.Key]
	switch {
	case !known && !now.State.Open():
		return
	case !known:
		now.Since, now.ChangedAt = p.now, p.now
		p.index[now.Subject][g.Key] = len(g.Members)
		g.Members = append(g.Members, now)
		return
	case !now.State.Open() && g.Members[i].SaidState == "":
		g.Members[i].Subject = ""
		delete(p.index[now.Subject], g.Key)
		return
	}
	m := &g.Members[i]
	if now.State.Open() && (!m.State.Open() || now.Urgency > m.Urgency) {
		m.Since = p.now
	}
	if m.Print != now.Print || m.State != now.State {
		m.ChangedAt = p.now
	}
	m.State, m.Urgency, m.SnoozedUntil, m.Print = now.State, now.Urgency, now.SnoozedUntil, now.Print
}

// leave takes a subject out of every group but those where it stays. Where it was said it leaves with the next notice.
func (p *plan) leave(subject string, stays []string) {
	for _, key := range slices.Sorted(maps.Keys(p.index[subject])) {
		if !slices.Contains(stays, key) {
			p.member(p.groups[key], desk.NoticeMember{Subject: subject, State: desk.CaseDismissed, Print: "left"})
		}
	}
}
