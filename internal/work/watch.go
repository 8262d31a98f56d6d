package work

import (
	"cmp"
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// firstLook is how long after a reply went into moderation the desk looks for the first time.
const firstLook = time.Minute

// watch lets the outbox look whether a reply in moderation is shown. Its order is its own: a watch may last a month, and the next
// reply of the case must not wait for it.
func (d *Desk) watch(ctx context.Context, tx Tx, c *desk.Case, r *desk.Reply) error {
	if _, err := tx.CancelEntries(ctx, desk.EntryWatch, string(r.ID)); err != nil {
		return err
	}
	_, err := tx.Enqueue(ctx, desk.Entry{
		Kind: desk.EntryWatch, Key: string(r.ID) + "/watch/" + strconv.FormatInt(r.Version, 10), Order: "watch/" + string(r.ID), Subject: string(r.ID),
		Account: r.Account, NextAt: tx.Now().Add(firstLook), Body: []byte("{}"),
	}, c.Brand)
	return err
}

// lookSoon looks at a reply in moderation now that a poll showed it: the poll does not say whether the public sees it too.
func (d *Desk) lookSoon(ctx context.Context, tx Tx, id desk.CaseID, m *desk.Mention) error {
	if !m.Ours || id == "" {
		return nil
	}
	replies, err := tx.Replies(ctx, id)
	if err != nil {
		return err
	}
	for i := range replies {
		if r := &replies[i]; r.Receipt.Remote == m.Remote && r.State == desk.ReplyPublished && r.Visibility == desk.VisibleModerate {
			return tx.Hasten(ctx, desk.EntryWatch, string(r.ID))
		}
	}
	return nil
}

// errUnwatched says that there is nothing to look for any more.
var errUnwatched = desk.Deniedf("This reply does not wait for the site's check any more.")

// Watched returns what to look for. ErrDenied when the reply is in moderation no more.
func (d *Desk) Watched(ctx context.Context, e desk.Entry) (desk.Outgoing, error) {
	var out desk.Outgoing
	err := d.o.Store.Update(ctx, func(tx Tx) error {
		r, target, _, err := d.load(ctx, tx, e)
		if err != nil {
			return err
		}
		if r.State != desk.ReplyPublished || r.Visibility != desk.VisibleModerate {
			return errUnwatched
		}
		out, err = d.outgoing(ctx, tx, e, &r, target)
		out.StartedAt = r.StartedAt
		return err
	})
	return out, err
}

// SettleWatch writes what a look at a reply in moderation saw.
func (d *Desk) SettleWatch(ctx context.Context, e desk.Entry, s desk.Settlement) error {
	return d.o.Store.Update(ctx, func(tx Tx) error {
		if err := tx.Settle(ctx, e, s); err != nil {
			return err
		}
		if s.State != desk.EntryDone || s.Receipt.Visibility == "" {
			return nil
		}
		r, err := tx.Reply(ctx, desk.ReplyID(e.Subject))
		if errors.Is(err, desk.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if r.State != desk.ReplyPublished || r.Visibility != desk.VisibleModerate {
			return nil
		}
		c, err := tx.Case(ctx, desk.Everything, r.Case)
		if err != nil {
			return err
		}
		r.Receipt.URL = cmp.Or(s.Receipt.URL, r.Receipt.URL)
		return d.show(ctx, tx, &c, &r, s.Receipt, r.SendAt)
	})
}

// show notes what the public sees of a published reply, and draws the consequences: what the site rejected has answered nobody, what
// waits for its check is watched, and what is public has answered what the customer said until since.
func (d *Desk) show(ctx context.Context, tx Tx, c *desk.Case, r *desk.Reply, seen desk.Receipt, since time.Time) error {
	from, next := r.Visibility, seen.Visibility
	if from == next && next != desk.VisibleModerate {
		return nil
	}
	r.Visibility, r.Receipt.Visibility, r.Receipt.Note, r.ChangedAt = next, next, seen.Note, tx.Now()
	if err := tx.UpdateReply(ctx, r); err != nil {
		return err
	}
	if from != next {
		tx.Emit(desk.Event{What: desk.EventReplyVisible, Case: c.ID, Reply: r.ID, Brand: c.Brand, From: string(from), To: string(next)})
	}
	switch next {
	case desk.VisibleModerate:
		return d.watch(ctx, tx, c, r)
	case desk.VisibleRejected:
		return d.unanswered(ctx, tx, c, r)
	}
	return d.answered(ctx, tx, c, since, desk.Automatic)
}

// unanswered brings a case back whose answer the site rejected. Unless another answer stands, or was first, it was never answered.
func (d *Desk) unanswered(ctx context.Context, tx Tx, c *desk.Case, r *desk.Reply) error {
	others, err := tx.Replies(ctx, r.Case)
	if err != nil {
		return err
	}
	stands := false
	for i := range others {
		stands = stands || others[i].ID != r.ID && others[i].Stands()
	}
	if !stands && !c.AnsweredAt.Before(r.StartedAt) {
		c.AnsweredAt = time.Time{}
	}
	from := c.State
	if from == desk.CaseAnswered || from == desk.CaseResolved {
		if err := c.Reopen(tx.Now()); err != nil {
			return err
		}
		tx.Emit(moved(c, desk.Automatic, from))
	}
	return tx.UpdateCase(ctx, c)
}

// answered moves an open case on because a reply is public. A word of the customer that came after the reply was written has not
// been answered by it.
func (d *Desk) answered(ctx context.Context, tx Tx, c *desk.Case, since time.Time, actor string) error {
	if !c.State.Open() || c.RemarkAt.After(since) && !since.IsZero() {
		return nil
	}
	from := c.State
	if err := c.Move(desk.CaseAnswered, tx.Now()); err != nil {
		return err
	}
	tx.Emit(moved(c, actor, from))
	return tx.UpdateCase(ctx, c)
}
