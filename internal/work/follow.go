package work

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// batch is an intake while its consequences are drawn.
type batch struct {
	desk.Intake
	quiet bool // first contact and imports: nothing is opened and nobody told
	r     *desk.IngestResult
	cases map[desk.Key]bool // conversations that have a case, among those of the batch
}

// talks tells whether the conversation of a mention has a case. Most have none, and are not searched for one by one.
func (b *batch) talks(m *desk.Mention) bool {
	return b.cases[desk.Key{Site: m.Site, Remote: root(m)}] || b.cases[desk.Key{Site: m.Site, Remote: m.Parent}]
}

// remember notes that a mention came into a case.
func (b *batch) remember(m *desk.Mention) {
	b.cases[m.Key()] = true
	b.cases[desk.Key{Site: m.Site, Remote: root(m)}] = true
}

// batch looks up which conversations of an intake have a case.
func (d *Desk) batch(ctx context.Context, tx Tx, in desk.Intake, r *desk.IngestResult) (*batch, error) {
	b := &batch{Intake: in, quiet: in.First || in.OpenNone, r: r, cases: map[desk.Key]bool{}}
	ids := map[desk.Site][]desk.RemoteID{}
	for i := range in.Mentions {
		m := &in.Mentions[i]
		ids[m.Site] = append(ids[m.Site], root(m))
		if m.Parent != "" && m.Parent != root(m) {
			ids[m.Site] = append(ids[m.Site], m.Parent)
		}
	}
	for site, list := range ids {
		found, err := tx.WithCase(ctx, site, list)
		if err != nil {
			return nil, err
		}
		for _, id := range found {
			b.cases[desk.Key{Site: site, Remote: id}] = true
		}
	}
	return b, nil
}

// follow draws the consequences of one new or edited mention: it joins or opens a case, or answers one.
func (d *Desk) follow(ctx context.Context, tx Tx, b *batch, a *desk.Arrival, l desk.Landed) error {
	m := &a.Mention
	if l.Edited {
		if err := d.edited(ctx, tx, a, b.quiet); err != nil {
			return err
		}
	}
	if m.Ours {
		return d.ours(ctx, tx, b, m)
	}
	if l.Case != "" {
		return nil
	}
	opens := d.o.Workflow.Open.Opens(&a.Verdict)
	c, err := d.caseFor(ctx, tx, b, m, opens && !b.quiet)
	switch {
	case errors.Is(err, desk.ErrNotFound):
		if b.quiet || !opens {
			return nil
		}
		b.r.Opened++
		b.remember(m)
		return d.open(ctx, tx, a, desk.Automatic)
	case err != nil:
		return err
	}
	b.r.Joined++
	b.remember(m)
	return d.join(ctx, tx, b, &c, a, opens)
}

// caseFor finds the case that a mention belongs to: the one of its thread; or, when it asks for work itself, the recent one of
// the same author. ErrNotFound when there is none.
func (d *Desk) caseFor(ctx context.Context, tx Tx, b *batch, m *desk.Mention, opens bool) (desk.Case, error) {
	if b.talks(m) {
		c, err := tx.CaseForThread(ctx, m.Site, m.Brand, root(m), m.Parent)
		if !errors.Is(err, desk.ErrNotFound) {
			return c, err
		}
	}
	if !opens || m.AuthorKey() == "" || d.o.Workflow.Join <= 0 {
		return desk.Case{}, desk.ErrNotFound
	}
	return tx.CaseForAuthor(ctx, m.Site, m.Brand, m.AuthorKey(), tx.Now().Add(-d.o.Workflow.Join.Std()))
}

// root is the conversation that a mention belongs to: that of its thread, or the one it may start.
func root(m *desk.Mention) desk.RemoteID { return cmp.Or(m.Thread, m.Parent, m.Remote) }

// open makes a case of a mention.
func (d *Desk) open(ctx context.Context, tx Tx, a *desk.Arrival, actor string) error {
	m, now := &a.Mention, tx.Now()
	c := desk.Case{
		ID: desk.CaseID(desk.NewID()), Brand: m.Brand, Site: m.Site, Thread: root(m), Author: desk.RemoteID(m.AuthorKey()), Head: m.ID,
		State: desk.CaseNew, Urgency: a.Verdict.Urgency.Label, Sentiment: a.Verdict.Sentiment.Label, Mentions: 1,
		OpenedAt: now, ChangedAt: now, RemarkAt: now,
	}
	if err := tx.InsertCase(ctx, &c); err != nil {
		return err
	}
	if err := tx.Join(ctx, m.ID, c.ID); err != nil {
		return err
	}
	m.Case = c.ID
	tx.Emit(desk.Event{What: desk.EventCaseOpened, Actor: actor, Case: c.ID, Mention: m.ID, Brand: c.Brand, To: string(c.State)})
	return nil
}

// join adds a mention to a case. A new word of the customer, or anybody's that asks for work, wakes the case.
func (d *Desk) join(ctx context.Context, tx Tx, b *batch, c *desk.Case, a *desk.Arrival, opens bool) error {
	m, now := &a.Mention, tx.Now()
	if err := tx.Join(ctx, m.ID, c.ID); err != nil {
		return err
	}
	c.Mentions++
	c.ChangedAt = now
	tx.Emit(desk.Event{What: desk.EventCaseJoined, Case: c.ID, Mention: m.ID, Brand: c.Brand})
	head, err := tx.Mention(ctx, c.Head)
	if err != nil {
		return err
	}
	// History that a new source or an import brings is stored beside the case. Only what was certainly said after all that is known
	// of the case is news even on first contact: no later poll will bring it again.
	quiet := b.OpenNone || b.First && !before(&head.Mention, m)
	if quiet || !opens && (m.AuthorKey() == "" || m.AuthorKey() != string(c.Author)) {
		return tx.UpdateCase(ctx, c)
	}
	if !before(m, &head.Mention) {
		c.Head, c.Sentiment = m.ID, a.Verdict.Sentiment.Label
	}
	if err := d.wake(tx, c, a); err != nil {
		return err
	}
	return tx.UpdateCase(ctx, c)
}

// before tells whether one mention was certainly said before another.
func before(a, b *desk.Mention) bool {
	return !a.PostedAt.IsZero() && !b.PostedAt.IsZero() && a.PostedAt.Before(b.PostedAt)
}

// wake brings a case to whoever works it, because the customer said something.
func (d *Desk) wake(tx Tx, c *desk.Case, a *desk.Arrival) error {
	c.RemarkAt, c.SnoozedUntil = tx.Now(), time.Time{}
	c.Urgency = higher(c.Urgency, a.Verdict.Urgency.Label)
	if c.State.Open() {
		return nil
	}
	from := c.State
	if err := c.Reopen(tx.Now()); err != nil {
		return err
	}
	tx.Emit(moved(c, desk.Automatic, from))
	return nil
}

// higher returns the more urgent of two labels.
func higher(a, b string) string {
	if desk.UrgencyRank(b) > desk.UrgencyRank(a) {
		return b
	}
	return a
}

// edited tells whoever answered, or is about to, that the words changed. An edit that asks for more than the case knew wakes it.
func (d *Desk) edited(ctx context.Context, tx Tx, a *desk.Arrival, quiet bool) error {
	m := &a.Mention
	e := desk.Event{What: desk.EventMentionEdited, Mention: m.ID, Case: m.Case, Brand: m.Brand}
	if m.Ours {
		e.To = desk.EventOfOurs
	}
	tx.Emit(e)
	if m.Case == "" {
		return nil
	}
	c, err := tx.Case(ctx, desk.Everything, m.Case)
	if err != nil {
		return err
	}
	c.ChangedAt = tx.Now()
	if !m.Ours {
		if err := d.heed(tx, &c, a, quiet); err != nil {
			return err
		}
	}
	if err := tx.UpdateCase(ctx, &c); err != nil {
		return err
	}
	if m.Ours {
		return d.reworded(ctx, tx, &c, m)
	}
	return d.outdate(ctx, tx, &c, m)
}

// heed takes over what an edit changes about a case.
func (d *Desk) heed(tx Tx, c *desk.Case, a *desk.Arrival, quiet bool) error {
	v := &a.Verdict
	head := a.Mention.ID == c.Head
	worse := desk.UrgencyRank(v.Urgency.Label) > desk.UrgencyRank(c.Urgency) ||
		head && v.Sentiment.Label == desk.Negative && c.Sentiment != desk.Negative
	c.Urgency = higher(c.Urgency, v.Urgency.Label)
	if head {
		c.Sentiment = v.Sentiment.Label
	}
	if quiet || !worse || !d.o.Workflow.Open.Opens(v) {
		return nil
	}
	return d.wake(tx, c, a)
}

// outdate marks the published replies to a mention whose words changed.
func (d *Desk) outdate(ctx context.Context, tx Tx, c *desk.Case, m *desk.Mention) error {
	replies, err := tx.RepliesTo(ctx, m.ID)
	if err != nil {
		return err
	}
	for _, r := range replies {
		if r.State != desk.ReplyPublished || r.Outdated {
			continue
		}
		r.Outdated, r.ChangedAt = true, tx.Now()
		if err := tx.UpdateReply(ctx, &r); err != nil {
			return err
		}
		tx.Emit(desk.Event{What: desk.EventReplyOutdated, Case: c.ID, Reply: r.ID, Mention: m.ID, Brand: c.Brand})
	}
	return nil
}

func moved(c *desk.Case, actor string, from desk.CaseState) desk.Event {
	return desk.Event{What: desk.EventCaseMoved, Actor: actor, Case: c.ID, Brand: c.Brand, From: string(from), To: string(c.State)}
}
