package web_test

import (
	"context"
	"slices"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/web"
)

func (m *memory) event(e desk.Event) {
	e.N, e.At = int64(len(m.events)+1), m.now()
	m.events = append(m.events, e)
}

// change runs one act on a case in the actor's scope and notes the event.
func (m *memory) change(actor *desk.User, id desk.CaseID, version int64, act func(c *desk.Case) (desk.Event, error)) error {
	defer m.lock()()
	c := m.cases[id]
	if c == nil || !actor.Scope().Sees(c.Brand) {
		return desk.ErrNotFound
	}
	if version != 0 && version != c.Version {
		return desk.Conflictf("This case changed meanwhile.")
	}
	e, err := act(c)
	if err != nil || e.What == "" {
		return err
	}
	c.Version++
	c.ChangedAt = m.now()
	e.Actor, e.Case, e.Brand = string(actor.ID), id, c.Brand
	m.event(e)
	return nil
}

func (m *memory) own(c *desk.Case, to desk.UserID) (desk.Event, error) {
	e := desk.Event{What: desk.EventCaseOwner, From: string(c.Owner), To: string(to)}
	c.Owner = to
	next := desk.CaseTaken
	if to == "" {
		next = desk.CaseNew
	}
	if c.State == next {
		return e, nil
	}
	return e, c.Move(next, m.now())
}

func (m *memory) Claim(_ context.Context, actor *desk.User, id desk.CaseID) error {
	return m.change(actor, id, 0, func(c *desk.Case) (desk.Event, error) {
		switch c.Owner {
		case "":
			return m.own(c, actor.ID)
		case actor.ID:
			return desk.Event{}, nil
		}
		return desk.Event{}, desk.Conflictf("%s took this case before you.", m.users[c.Owner].Name)
	})
}

func (m *memory) Release(_ context.Context, actor *desk.User, id desk.CaseID) error {
	return m.change(actor, id, 0, func(c *desk.Case) (desk.Event, error) { return m.own(c, "") })
}

func (m *memory) Assign(_ context.Context, actor *desk.User, id desk.CaseID, owner desk.UserID) error {
	return m.change(actor, id, 0, func(c *desk.Case) (desk.Event, error) { return m.own(c, owner) })
}

func (m *memory) moveTo(actor *desk.User, id desk.CaseID, version int64, next desk.CaseState, reason string) error {
	return m.change(actor, id, version, func(c *desk.Case) (desk.Event, error) {
		e := desk.Event{What: desk.EventCaseMoved, From: string(c.State), To: string(next)}
		c.Reason = reason
		return e, c.Move(next, m.now())
	})
}

func (m *memory) Resolve(_ context.Context, actor *desk.User, id desk.CaseID, version int64, reason string) error {
	return m.moveTo(actor, id, version, desk.CaseResolved, reason)
}

func (m *memory) Dismiss(_ context.Context, actor *desk.User, id desk.CaseID, version int64, reason string) error {
	return m.moveTo(actor, id, version, desk.CaseDismissed, reason)
}

func (m *memory) Snooze(_ context.Context, actor *desk.User, id desk.CaseID, until time.Time) error {
	return m.change(actor, id, 0, func(c *desk.Case) (desk.Event, error) {
		c.SnoozedUntil = until
		return desk.Event{What: desk.EventCaseSnoozed, To: until.String()}, nil
	})
}

func (m *memory) Reopen(_ context.Context, actor *desk.User, id desk.CaseID) error {
	return m.change(actor, id, 0, func(c *desk.Case) (desk.Event, error) {
		from := c.State
		err := c.Reopen(m.now())
		return desk.Event{What: desk.EventCaseMoved, From: string(from), To: string(c.State)}, err
	})
}

func (m *memory) SaveDraft(_ context.Context, actor *desk.User, id desk.CaseID, parent desk.MentionID, text string, version int64) (desk.Reply, error) {
	defer m.lock()()
	if m.cases[id] == nil {
		return desk.Reply{}, desk.ErrNotFound
	}
	for _, r := range m.replies {
		if r.Case == id && r.State == desk.ReplyDraft {
			if r.Version != version {
				return *r, desk.Conflictf("A colleague saved this draft meanwhile.")
			}
			if text == "" {
				_ = r.Move(desk.ReplyWithdrawn, m.now())
			}
			r.Text, r.Author, r.Version = text, actor.ID, r.Version+1
			return *r, nil
		}
	}
	r := &desk.Reply{ID: desk.ReplyID(desk.NewID()), Case: id, Parent: parent, Text: text, State: desk.ReplyDraft, Version: 1, Author: actor.ID, CreatedAt: m.now(), ChangedAt: m.now()}
	m.replies = append(m.replies, r)
	return *r, nil
}

func (m *memory) onReply(actor *desk.User, id desk.ReplyID, act func(r *desk.Reply) error) (desk.Reply, error) {
	defer m.lock()()
	i := slices.IndexFunc(m.replies, func(r *desk.Reply) bool { return r.ID == id })
	if i < 0 {
		return desk.Reply{}, desk.ErrNotFound
	}
	r := m.replies[i]
	from := r.State
	if err := act(r); err != nil {
		return *r, err
	}
	r.Version++
	m.event(desk.Event{Actor: string(actor.ID), What: desk.EventReplyMoved, Case: r.Case, Reply: id, Brand: m.cases[r.Case].Brand, From: string(from), To: string(r.State)})
	return *r, nil
}

func (m *memory) guarded(r *desk.Reply, version int64, seen web.Seen) error {
	if version != r.Version {
		return desk.Conflictf("A colleague saved this draft meanwhile.")
	}
	if seen.Case != m.cases[r.Case].Version || seen.Target != m.mentions[r.Parent].Version {
		return desk.Conflictf("The case is not as you saw it.")
	}
	return nil
}

func (m *memory) Submit(_ context.Context, actor *desk.User, id desk.ReplyID, version int64, seen web.Seen) (desk.Reply, error) {
	return m.onReply(actor, id, func(r *desk.Reply) error {
		if err := m.guarded(r, version, seen); err != nil {
			return err
		}
		return r.Move(desk.ReplyAwaiting, m.now())
	})
}

func (m *memory) out(actor *desk.User, id desk.ReplyID, version int64, seen web.Seen, approver desk.UserID) (desk.Reply, error) {
	return m.onReply(actor, id, func(r *desk.Reply) error {
		if err := m.guarded(r, version, seen); err != nil {
			return err
		}
		r.SendAt, r.ApprovedBy = m.now().Add(m.undo), approver
		if r.State == desk.ReplyFailed {
			return r.Move(desk.ReplyQueued, m.now())
		}
		return r.Move(desk.ReplyScheduled, m.now())
	})
}

func (m *memory) Approve(_ context.Context, actor *desk.User, id desk.ReplyID, version int64, seen web.Seen) (desk.Reply, error) {
	return m.out(actor, id, version, seen, actor.ID)
}

func (m *memory) Send(_ context.Context, actor *desk.User, id desk.ReplyID, version int64, seen web.Seen) (desk.Reply, error) {
	if m.approval == "always" {
		return desk.Reply{}, desk.Deniedf("A manager approves every reply first.")
	}
	return m.out(actor, id, version, seen, "")
}

func (m *memory) Return(_ context.Context, actor *desk.User, id desk.ReplyID, _ int64, note string) (desk.Reply, error) {
	return m.onReply(actor, id, func(r *desk.Reply) error { r.Note = note; return r.Move(desk.ReplyDraft, m.now()) })
}

func (m *memory) Withdraw(_ context.Context, actor *desk.User, id desk.ReplyID) (desk.Reply, error) {
	return m.onReply(actor, id, func(r *desk.Reply) error { return r.Move(desk.ReplyDraft, m.now()) })
}

func (m *memory) Confirm(_ context.Context, actor *desk.User, id desk.ReplyID, outcome desk.ReplyState) (desk.Reply, error) {
	return m.onReply(actor, id, func(r *desk.Reply) error { return r.Move(outcome, m.now()) })
}

func (m *memory) changeReply(actor *desk.User, id desk.ReplyID, version int64, ch desk.ReplyChange) (desk.Reply, error) {
	return m.onReply(actor, id, func(r *desk.Reply) error {
		switch {
		case r.State != desk.ReplyPublished || r.Change.Pending():
			return desk.Conflictf("This reply is %s.", r.State.Words())
		case version != r.Version:
			return desk.Conflictf("This reply changed meanwhile.")
		case ch.Text == r.Text:
			return desk.Invalidf("These are the words that are public already.")
		}
		ch.By, ch.At, r.Change = actor.ID, m.now(), ch
		return nil
	})
}

func (m *memory) EditPublished(_ context.Context, actor *desk.User, id desk.ReplyID, text string, version int64) (desk.Reply, error) {
	return m.changeReply(actor, id, version, desk.ReplyChange{Kind: desk.EntryEdit, Text: text})
}

func (m *memory) DeletePublished(_ context.Context, actor *desk.User, id desk.ReplyID, version int64) (desk.Reply, error) {
	return m.changeReply(actor, id, version, desk.ReplyChange{Kind: desk.EntryDelete})
}

func (m *memory) DropChange(_ context.Context, actor *desk.User, id desk.ReplyID) (desk.Reply, error) {
	return m.onReply(actor, id, func(r *desk.Reply) error {
		if r.Change.Kind == "" {
			return desk.Conflictf("No change of this reply is on its way.")
		}
		r.Change = desk.ReplyChange{}
		return nil
	})
}

func (m *memory) PostByHand(_ context.Context, actor *desk.User, id desk.ReplyID, version int64, seen web.Seen) (desk.Reply, error) {
	return m.onReply(actor, id, func(r *desk.Reply) error {
		if err := m.guarded(r, version, seen); err != nil {
			return err
		}
		r.SendAt = m.now()
		return r.Move(desk.ReplyByHand, m.now())
	})
}

func (m *memory) Posted(_ context.Context, actor *desk.User, id desk.ReplyID, address string) (desk.Reply, error) {
	return m.onReply(actor, id, func(r *desk.Reply) error {
		r.Receipt, r.PublishedAt, r.Visibility = desk.Receipt{URL: address, Verified: desk.VerifiedPerson}, m.now(), desk.VisibleUnknown
		return r.Move(desk.ReplyPublished, m.now())
	})
}

func (m *memory) SetStop(_ context.Context, actor *desk.User, kind, name string) error {
	defer m.lock()()
	m.stops = append(m.stops, desk.Stop{Kind: kind, Name: name, By: actor.ID, At: m.now()})
	m.event(desk.Event{Actor: string(actor.ID), What: desk.EventStopSet, Subject: kind + " " + name})
	return nil
}

func (m *memory) LiftStop(_ context.Context, _ *desk.User, kind, name string) error {
	defer m.lock()()
	m.stops = slices.DeleteFunc(m.stops, func(s desk.Stop) bool { return s.Kind == kind && s.Name == name })
	return nil
}

func (m *memory) PollNow(_ context.Context, _ *desk.User, source string) error {
	defer m.lock()()
	for i := range m.sources {
		if m.sources[i].Name == source {
			m.sources[i].NextPollAt = m.now()
			return nil
		}
	}
	return desk.ErrNotFound
}

func (m *memory) OpenCase(_ context.Context, actor *desk.User, id desk.MentionID) (desk.CaseID, error) {
	defer m.lock()()
	r := m.mentions[id]
	if r == nil {
		return "", desk.ErrNotFound
	}
	c := &desk.Case{ID: desk.CaseID(desk.NewID()), Brand: r.Brand, Site: r.Site, Head: id, State: desk.CaseNew, Version: 1, Mentions: 1, OpenedAt: m.now(), RemarkAt: r.SeenAt}
	m.cases[c.ID], r.Case = c, c.ID
	m.event(desk.Event{Actor: string(actor.ID), What: desk.EventCaseOpened, Case: c.ID, Mention: id, Brand: c.Brand})
	return c.ID, nil
}
