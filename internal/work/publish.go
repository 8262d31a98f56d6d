package work

import (
	"cmp"
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// stopWait is how long an entry rests while a stop switch is set, before it looks again.
const stopWait = 15 * time.Second

// entryKey names one release of a reply: sending it again after it certainly failed is another act.
func entryKey(r *desk.Reply) string { return string(r.ID) + "/" + strconv.FormatInt(r.Version, 10) }

// Begin checks, right before the call, that a reply may still go out and writes that it is about to, so that a crash from here on
// is known to have been in the middle.
func (d *Desk) Begin(ctx context.Context, e desk.Entry) (desk.Outgoing, error) {
	var out desk.Outgoing
	var held error
	err := d.o.Store.Update(ctx, func(tx Tx) error {
		out, held = desk.Outgoing{}, nil // the transaction may have been tried before
		r, target, c, err := d.load(ctx, tx, e)
		if err != nil {
			return err
		}
		stopped, err := tx.Stopped(ctx, c.Brand, r.Account)
		if err != nil {
			return err
		}
		if stopped {
			held = &desk.Transient{After: stopWait, Err: errors.New("outgoing words are stopped; the reply waits")}
			return nil
		}
		if !r.State.Can(desk.ReplyPublishing) {
			return desk.Deniedf("Not published: the reply is %s by now. Nothing was sent.", r.State.Words())
		}
		if err := d.stillTrue(r, target); err != nil {
			return err
		}
		r.StartedAt = tx.Now()
		if err := d.moveReply(ctx, tx, c.Brand, &r, desk.ReplyPublishing, desk.Automatic); err != nil {
			return err
		}
		if err := tx.Started(ctx, &e); err != nil {
			return err
		}
		out, err = d.outgoing(ctx, tx, e, &r, target)
		return err
	})
	return out, cmp.Or(err, held)
}

// stillTrue compares what was answered, and what was allowed, with what is there now.
func (d *Desk) stillTrue(r desk.Reply, target *desk.Mention) error {
	a := d.o.Answer(*target)
	switch {
	case !target.GoneAt.IsZero():
		return desk.Deniedf("Not published: what it answers was removed at the site. Nothing was sent.")
	case target.Version != r.SeenTarget:
		return desk.Deniedf("Not published: the customer edited the text after you sent. Nothing was sent; read it again.")
	case target.Visibility == desk.Private:
		return desk.Deniedf("Not published: this was said in private.")
	case a.Account == r.Account && !a.Publish:
		return desk.Deniedf("Not published: publishing was turned off for the account %s.", r.Account)
	}
	return nil
}

func (d *Desk) load(ctx context.Context, tx Tx, e desk.Entry) (desk.Reply, *desk.Mention, desk.Case, error) {
	r, err := tx.Reply(ctx, desk.ReplyID(e.Subject))
	if err != nil {
		return r, nil, desk.Case{}, err
	}
	c, err := tx.Case(ctx, desk.Everything, r.Case)
	if err != nil {
		return r, nil, c, err
	}
	row, err := tx.Mention(ctx, r.Parent)
	if err != nil {
		return r, nil, c, err
	}
	return r, &row.Mention, c, nil
}

// outgoing is the reply as a connector is asked to say it: the same on every attempt.
func (d *Desk) outgoing(ctx context.Context, tx Tx, e desk.Entry, r *desk.Reply, target *desk.Mention) (desk.Outgoing, error) {
	others, err := tx.Replies(ctx, r.Case)
	if err != nil {
		return desk.Outgoing{}, err
	}
	out := desk.Outgoing{Key: e.Key, CreatedAt: r.SendAt, Account: r.Account, Parent: *target, Text: r.Text}
	for _, o := range others {
		if o.ID != r.ID && o.Receipt.Remote != "" {
			out.Known = append(out.Known, o.Receipt)
		}
	}
	return out, nil
}

// Recall returns what was to be said, for reading back. It changes nothing.
func (d *Desk) Recall(ctx context.Context, e desk.Entry) (desk.Outgoing, error) {
	var out desk.Outgoing
	err := d.o.Store.Update(ctx, func(tx Tx) error {
		r, target, _, err := d.load(ctx, tx, e)
		if err != nil {
			return err
		}
		out, err = d.outgoing(ctx, tx, e, &r, target)
		return err
	})
	return out, err
}

// Settle writes how an attempt ended: reply, case and entry together. A reply that is gone, or was decided otherwise meanwhile,
// stays as it is; its entry ends all the same, or it would come back for ever.
func (d *Desk) Settle(ctx context.Context, e desk.Entry, s desk.Settlement) error {
	return d.o.Store.Update(ctx, func(tx Tx) error {
		if err := tx.Settle(ctx, e, s); err != nil {
			return err
		}
		r, err := tx.Reply(ctx, desk.ReplyID(e.Subject))
		if errors.Is(err, desk.ErrNotFound) {
			d.o.Log.Error("outbox: the reply of an act is gone", "entry", e.ID, "reply", e.Subject, "act", s.State)
			return nil
		}
		if err != nil {
			return err
		}
		if next := stateAfter(&r, s); next != r.State && !r.State.Can(next) {
			d.o.Log.Error("outbox: an act ended in a way that its reply cannot follow", "entry", e.ID, "reply", r.ID, "is", r.State, "act", s.State)
			return nil
		}
		c, err := tx.Case(ctx, desk.Everything, r.Case)
		if err != nil {
			return err
		}
		return d.settleReply(ctx, tx, &c, &r, s)
	})
}

// stateAfter is where an attempt that ended takes its reply.
func stateAfter(r *desk.Reply, s desk.Settlement) desk.ReplyState {
	switch s.State {
	case desk.EntryDone:
		return desk.ReplyPublished
	case desk.EntryDead:
		return desk.ReplyFailed
	case desk.EntryUnconfirmed:
		return desk.ReplyUnconfirmed
	}
	if s.NotSent && r.State == desk.ReplyPublishing {
		return desk.ReplyQueued
	}
	return r.State
}

func (d *Desk) settleReply(ctx context.Context, tx Tx, c *desk.Case, r *desk.Reply, s desk.Settlement) error {
	next := stateAfter(r, s)
	if next == desk.ReplyPublished && r.State != next {
		return d.published(ctx, tx, c, r, s.Receipt, desk.Automatic)
	}
	was := r.Note
	r.Note = s.Error
	if next != r.State {
		return d.moveReply(ctx, tx, c.Brand, r, next, desk.Automatic)
	}
	if was == r.Note || s.State != desk.EntryWaiting {
		return nil
	}
	return tx.UpdateReply(ctx, r)
}

// published notes the receipt and moves the case to answered, unless the site rejected the reply at once.
func (d *Desk) published(ctx context.Context, tx Tx, c *desk.Case, r *desk.Reply, receipt desk.Receipt, actor string) error {
	now := tx.Now()
	if receipt.At.IsZero() {
		receipt.At = now
	}
	r.Receipt, r.PublishedAt, r.Note = receipt, receipt.At, ""
	r.Visibility = cmp.Or(receipt.Visibility, desk.VisiblePublic)
	if err := d.moveReply(ctx, tx, c.Brand, r, desk.ReplyPublished, actor); err != nil {
		return err
	}
	switch r.Visibility {
	case desk.VisibleRejected:
		tx.Emit(desk.Event{What: desk.EventReplyVisible, Case: c.ID, Reply: r.ID, Brand: c.Brand, To: string(r.Visibility)})
		return nil
	case desk.VisibleModerate:
		if err := d.watch(ctx, tx, c, r); err != nil {
			return err
		}
	}
	return d.answered(ctx, tx, c, r.SendAt, actor)
}

// Confirm settles an unconfirmed reply after a person looked at the site.
func (d *Desk) Confirm(ctx context.Context, actor *desk.User, id desk.ReplyID, outcome desk.ReplyState) (desk.Reply, error) {
	return d.onReply(ctx, actor, id, 0, func(tx Tx, c *desk.Case, r *desk.Reply) error {
		if r.State != desk.ReplyUnconfirmed {
			return desk.Conflictf("This reply is %s; there is nothing to confirm.", r.State.Words())
		}
		switch outcome {
		case desk.ReplyPublished:
			if err := tx.SettleBySubject(ctx, desk.EntryPublish, string(r.ID), desk.EntryUnconfirmed, desk.EntryDone); err != nil {
				return err
			}
			return d.published(ctx, tx, c, r, desk.Receipt{At: cmp.Or(r.StartedAt, tx.Now())}, string(actor.ID))
		case desk.ReplyFailed:
			if err := tx.SettleBySubject(ctx, desk.EntryPublish, string(r.ID), desk.EntryUnconfirmed, desk.EntryDead); err != nil {
				return err
			}
			return d.moveReply(ctx, tx, c.Brand, r, desk.ReplyFailed, string(actor.ID))
		}
		return desk.Invalidf("Say whether the reply is public or not.")
	})
}
