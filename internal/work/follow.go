package work

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// follow draws the consequences of one new or edited mention: it joins or opens a case, or answers one.
func (d *Desk) follow(ctx context.Context, tx Tx, in desk.Intake, a *desk.Arrival, l desk.Landed, r *desk.IngestResult) error {
	m := &a.Mention
	if l.Edited {
		if err := d.edited(ctx, tx, m, l); err != nil {
			return err
		}
	}
	if m.Ours {
		return d.ours(ctx, tx, m)
	}
	if l.Case != "" {
		return nil
	}
	quiet := in.First || in.OpenNone
	opens := d.o.Workflow.Open.Opens(&a.Verdict)
	c, err := d.caseFor(ctx, tx, m, opens)
	switch {
	case errors.Is(err, desk.ErrNotFound):
		if quiet || !opens {
			return nil
		}
		r.Opened++
		return d.open(ctx, tx, a, desk.Automatic)
	case err != nil:
		return err
	}
	r.Joined++
	return d.join(ctx, tx, &c, a, opens)
}

// caseFor finds the case that a mention belongs to: the one of its thread; or, when it asks for work itself, the recent one of
// the same author. ErrNotFound when there is none.
func (d *Desk) caseFor(ctx context.Context, tx Tx, m *desk.Mention, opens bool) (desk.Case, error) {
	if m.Thread != "" || m.Parent != "" {
		c, err := tx.CaseForThread(ctx, m.Site, m.Brand, root(m))
		if !errors.Is(err, desk.ErrNotFound) {
			return c, err
		}
	}
	if !opens || author(m) == "" || d.o.Workflow.Join <= 0 {
		return desk.Case{}, desk.ErrNotFound
	}
	return tx.CaseForAuthor(ctx, m.Site, m.Brand, author(m), tx.Now().Add(-d.o.Workflow.Join.Std()))
}

// root is the conversation that a mention belongs to: that of its thread, or the one it may start.
func root(m *desk.Mention) desk.RemoteID { return cmp.Or(m.Thread, m.Parent, m.Remote) }

// open makes a case of a mention.
func (d *Desk) open(ctx context.Context, tx Tx, a *desk.Arrival, actor string) error {
	m, now := &a.Mention, tx.Now()
	c := desk.Case{
		ID: desk.CaseID(desk.NewID()), Brand: m.Brand, Site: m.Site, Thread: root(m), Author: desk.RemoteID(author(m)), Head: m.ID,
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
func (d *Desk) join(ctx context.Context, tx Tx, c *desk.Case, a *desk.Arrival, opens bool) error {
	m, now := &a.Mention, tx.Now()
	if err := tx.Join(ctx, m.ID, c.ID); err != nil {
		return err
	}
	c.Mentions++
	c.ChangedAt = now
	tx.Emit(desk.Event{What: desk.EventCaseJoined, Case: c.ID, Mention: m.ID, Brand: c.Brand})
	if !opens && (author(m) == "" || author(m) != string(c.Author)) {
		return tx.UpdateCase(ctx, c)
	}
	c.Head, c.RemarkAt, c.Sentiment, c.SnoozedUntil = m.ID, now, a.Verdict.Sentiment.Label, time.Time{}
	if desk.UrgencyRank(a.Verdict.Urgency.Label) > desk.UrgencyRank(c.Urgency) {
		c.Urgency = a.Verdict.Urgency.Label
	}
	if !c.State.Open() {
		from := c.State
		if err := c.Reopen(now); err != nil {
			return err
		}
		tx.Emit(moved(c, desk.Automatic, from))
	}
	return tx.UpdateCase(ctx, c)
}

// edited tells whoever answered, or is about to, that the words changed.
func (d *Desk) edited(ctx context.Context, tx Tx, m *desk.Mention, l desk.Landed) error {
	tx.Emit(desk.Event{What: desk.EventMentionEdited, Mention: m.ID, Case: l.Case, Brand: m.Brand})
	if l.Case == "" {
		return nil
	}
	c, err := tx.Case(ctx, desk.Everything, l.Case)
	if err != nil {
		return err
	}
	c.ChangedAt = tx.Now()
	if err := tx.UpdateCase(ctx, &c); err != nil {
		return err
	}
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

// ours handles a post of our own account: either one of our replies comes back, or a colleague answered in the network's own app.
func (d *Desk) ours(ctx context.Context, tx Tx, m *desk.Mention) error {
	if m.Case != "" || (m.Thread == "" && m.Parent == "") {
		return nil
	}
	c, err := tx.CaseForThread(ctx, m.Site, m.Brand, root(m))
	if errors.Is(err, desk.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := tx.Join(ctx, m.ID, c.ID); err != nil {
		return err
	}
	replies, err := tx.Replies(ctx, c.ID)
	if err != nil {
		return err
	}
	// By its id first: of two replies with the same words, the one whose fate is unknown must not take the other's post for its own.
	if slices.ContainsFunc(replies, func(r desk.Reply) bool { return r.Receipt.Remote == m.Remote }) {
		return nil
	}
	for i := range replies {
		if known, err := d.recognise(ctx, tx, &c, &replies[i], m); known || err != nil {
			return err
		}
	}
	return d.colleagueAnswered(ctx, tx, &c, replies)
}

// recognise tells whether a post of ours is a reply that left from here. One whose fate was unknown is settled by it.
func (d *Desk) recognise(ctx context.Context, tx Tx, c *desk.Case, r *desk.Reply, m *desk.Mention) (bool, error) {
	if (r.State != desk.ReplyPublishing && r.State != desk.ReplyUnconfirmed) || !sameWords(r.Text, m.Text) {
		return false, nil
	}
	if r.State == desk.ReplyPublishing {
		return true, nil // the outbox is at it and will read it back itself
	}
	receipt := desk.Receipt{Remote: m.Remote, URL: m.URL, At: cmp.Or(m.PostedAt, tx.Now()), Visibility: desk.VisiblePublic}
	if err := tx.SettleBySubject(ctx, desk.EntryPublish, string(r.ID), desk.EntryUnconfirmed, desk.EntryDone); err != nil {
		return true, err
	}
	return true, d.published(ctx, tx, c, r, receipt, desk.Automatic)
}

// sameWords compares what was sent with what a site shows: sites change white space, shorten links and add handles in front.
func sameWords(sent, seen string) bool {
	a, b := strings.Join(text.QueryTokens(sent), " "), strings.Join(text.QueryTokens(seen), " ")
	return a != "" && (a == b || strings.HasSuffix(b, " "+a))
}

// colleagueAnswered moves the case on and takes back what was about to leave.
func (d *Desk) colleagueAnswered(ctx context.Context, tx Tx, c *desk.Case, replies []desk.Reply) error {
	for i := range replies {
		r := &replies[i]
		if r.State != desk.ReplyQueued && r.State != desk.ReplyScheduled {
			continue
		}
		err := d.recall(ctx, tx, r, desk.Automatic, "A colleague answered in the network's own app, so this was not sent.")
		if err != nil && !errors.Is(err, errLeft) { // what leaves this moment must not keep the poll from being stored
			return err
		}
	}
	if c.State.Closed() || c.State == desk.CaseAnswered {
		return nil
	}
	from := c.State
	if err := c.Move(desk.CaseAnswered, tx.Now()); err != nil {
		return err
	}
	tx.Emit(moved(c, desk.Automatic, from))
	return tx.UpdateCase(ctx, c)
}

func moved(c *desk.Case, actor string, from desk.CaseState) desk.Event {
	return desk.Event{What: desk.EventCaseMoved, Actor: actor, Case: c.ID, Brand: c.Brand, From: string(from), To: string(c.State)}
}
