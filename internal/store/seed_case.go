package store

import (
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// openCase is an invented case while its mentions arrive.
type openCase struct {
	id       desk.CaseID
	src      seedSite
	thread   desk.RemoteID
	author   desk.Author
	opened   time.Time
	remark   time.Time
	head     desk.MentionID
	urgency  string
	mentions int
	wanted   int
	newness  float64 // share of cases that are younger: 0 for the newest
}

func (c *openCase) join(x *invented) {
	c.mentions++
	c.head, c.remark = x.m.ID, x.at
	if desk.UrgencyRank(x.v.Urgency.Label) >= desk.UrgencyRank(c.urgency) {
		c.urgency = x.v.Urgency.Label
	}
}

// closeCase stores a case as it stands at the end of the year: the newest two in a hundred are open, the next five answered.
func (g *inventor) closeCase(o *openCase) {
	c := desk.Case{ID: o.id, Brand: o.src.brand, Site: o.src.site, Thread: o.thread, Author: o.author.ID, Head: o.head, State: desk.CaseNew, Version: 1,
		Urgency: o.urgency, Sentiment: desk.Negative, Mentions: o.mentions, OpenedAt: o.opened, ChangedAt: o.opened, RemarkAt: o.remark}
	g.tell(&c, desk.EventCaseOpened, c.OpenedAt, "", "", "")
	worker := string(seedUserID(g.r.IntN(seedUsers)))
	var reply desk.ReplyState
	last := 0
	switch {
	case o.newness < 0.02:
		last = g.r.IntN(2) // nobody has it, or somebody works on it
	case o.newness < 0.07:
		last = 2
	default:
		last = 3
	}
	when := o.remark
	for step, next := range []desk.CaseState{desk.CaseTaken, desk.CaseAnswered, desk.CaseResolved}[:last] {
		from := c.State
		when = when.Add(time.Duration(1+g.r.IntN(7200)) * time.Second)
		switch step {
		case 0:
			c.Owner, c.TakenAt = desk.UserID(worker), when
			if last == 1 && g.r.IntN(5) == 0 {
				reply = desk.ReplyAwaiting
			}
		case 1:
			c.AnsweredAt, reply = when, desk.ReplyPublished
		case 2:
			c.ResolvedAt = when
			if g.r.IntN(4) == 0 {
				next = desk.CaseDismissed
			}
		}
		c.State, c.ChangedAt = next, when
		c.Version++
		g.tell(&c, desk.EventCaseMoved, when, worker, string(from), string(next))
	}
	if reply != "" {
		g.answer(&c, o, reply, worker)
	}
	g.add(seedCase, c.ID, c.Brand, c.Site, c.Thread, c.Author, c.Head, c.State, c.Owner, 0, c.Version, desk.UrgencyRank(c.Urgency), c.Sentiment,
		c.Mentions, us(c.OpenedAt), us(c.ChangedAt), us(c.RemarkAt), us(c.TakenAt), us(c.AnsweredAt), us(c.ResolvedAt), 0, "", reply, column(&c, reply), place(&c))
	g.add(seedFact, c.ID, c.Brand, c.Site, c.Author, desk.UrgencyRank(c.Urgency), us(c.OpenedAt), us(c.TakenAt), us(c.AnsweredAt), us(c.ResolvedAt), 0)
}

func (g *inventor) tell(c *desk.Case, what string, when time.Time, actor, from, to string) {
	g.emit(when, desk.Event{What: what, Actor: actor, Case: c.ID, Mention: c.Head, Brand: c.Brand, From: from, To: to})
}

// answer stores the reply of a case and, when it is public, the outward act that made it so.
func (g *inventor) answer(c *desk.Case, o *openCase, state desk.ReplyState, worker string) {
	id, when := desk.ReplyID(g.id(c.ChangedAt)), c.ChangedAt
	if !c.AnsweredAt.IsZero() {
		when = c.AnsweredAt
	}
	var public time.Time
	receipt := "{}"
	if state == desk.ReplyPublished {
		public, receipt = when, `{"remote":"r`+string(id)+`","visibility":"public"}`
		g.add(seedEntry, id, desk.EntryPublish, id, c.Thread, id, "seed", c.Brand, []byte("{}"), desk.EntryDone, 1, us(when), us(when), us(when), us(when), "", receipt, "", 0, 1)
	}
	g.add(seedReply, id, c.ID, o.head, "seed", "Thank you for telling us. We look into it at once.", state, desk.VisibleUnknown, 0, 1, 1, 1, worker, "", "",
		us(when), us(when), 0, us(public), us(public), receipt)
	g.emit(when, desk.Event{What: desk.EventReplyMoved, Actor: worker, Case: c.ID, Reply: id, Brand: c.Brand, From: string(desk.ReplyDraft), To: string(state)})
}
