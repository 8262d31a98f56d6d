package work

import (
	"cmp"
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
)

// EditPublished asks that a published reply says something else. It leaves after the undo time and shows on the reply until then.
// version is the reply's as the actor saw it; 0 does not compare. Where replies need approval, only those who approve may ask.
func (d *Desk) EditPublished(ctx context.Context, actor *desk.User, id desk.ReplyID, words string, version int64) (desk.Reply, error) {
	defer d.o.Kick()
	words = strings.TrimSpace(words)
	return d.onReply(ctx, actor, id, version, func(tx Tx, c *desk.Case, r *desk.Reply) error {
		target, a, err := d.changeable(ctx, tx, actor, r)
		switch {
		case err != nil:
			return err
		case !a.Edit:
			return desk.Deniedf("Answers on %s cannot be edited from here.", target.Site)
		case words == "":
			return desk.Invalidf("There is nothing to say. To take the answer away, delete it.")
		case words == r.Text && r.Visibility != desk.VisibleRejected:
			return desk.Invalidf("These are the words that are public already.")
		case target.Visibility == desk.Private:
			return desk.Deniedf("This was said in private; it gets no public answer.")
		}
		if err := fits(a, target.Site, words); err != nil {
			return err
		}
		return d.askChange(ctx, tx, c, r, desk.ReplyChange{Kind: desk.EntryEdit, Text: words, By: actor.ID})
	})
}

// DeletePublished asks that a published reply is taken away. Its words stay in the case's history.
func (d *Desk) DeletePublished(ctx context.Context, actor *desk.User, id desk.ReplyID, version int64) (desk.Reply, error) {
	defer d.o.Kick()
	return d.onReply(ctx, actor, id, version, func(tx Tx, c *desk.Case, r *desk.Reply) error {
		target, a, err := d.changeable(ctx, tx, actor, r)
		switch {
		case err != nil:
			return err
		case !a.Delete:
			return desk.Deniedf("Answers on %s cannot be deleted from here.", target.Site)
		}
		return d.askChange(ctx, tx, c, r, desk.ReplyChange{Kind: desk.EntryDelete, By: actor.ID})
	})
}

// approves tells whether somebody may let words out where replies need approval.
func approves(u *desk.User) bool { return u.Role == desk.RoleManager || u.Role == desk.RoleAdmin }

// changeable tells in a sentence why a reply cannot be changed, or who changes it.
func (d *Desk) changeable(ctx context.Context, tx Tx, actor *desk.User, r *desk.Reply) (*desk.Mention, Answer, error) {
	switch {
	case d.o.Workflow.Approval == "always" && !approves(actor):
		return nil, Answer{}, desk.Deniedf("Replies need approval here, so only those who approve may change what is public.")
	case r.State != desk.ReplyPublished:
		return nil, Answer{}, desk.Conflictf("This reply is %s; only what is published can be edited or deleted.", r.State.Words())
	case r.Visibility == desk.VisibleDeleted:
		return nil, Answer{}, desk.Conflictf("This reply is no longer on the site.")
	case r.Change.Pending():
		return nil, Answer{}, desk.Conflictf("Another change of this reply is on its way.")
	case r.Receipt.Remote == "":
		return nil, Answer{}, desk.Deniedf("The desk does not know yet where on the site this reply stands. It learns that when it sees it there.")
	}
	row, err := tx.Mention(ctx, r.Parent)
	if err != nil {
		return nil, Answer{}, err
	}
	a := d.o.Answer(row.Mention)
	switch {
	case a.Account == "" || a.Account != r.Account:
		return nil, a, desk.Deniedf("The account that said this does not answer here any more.")
	case !a.Publish:
		return nil, a, desk.Deniedf("Publishing is off for the account %s. An admin turns it on in the configuration.", a.Account)
	}
	return &row.Mention, a, nil
}

// askChange notes on the reply what is asked and writes it into the outbox, behind everything else of the case.
func (d *Desk) askChange(ctx context.Context, tx Tx, c *desk.Case, r *desk.Reply, ch desk.ReplyChange) error {
	ch.At, ch.Was = tx.Now(), r.Text
	ch.Key = string(r.ID) + "/" + ch.Kind + "/" + strconv.FormatInt(r.Version, 10)
	r.Change, r.ChangedAt = ch, ch.At
	tx.Emit(changeEvent(c, r, &ch, string(ch.By), desk.ChangeAsked))
	if err := tx.UpdateReply(ctx, r); err != nil {
		return err
	}
	if err := putAway(ctx, tx, r); err != nil {
		return err
	}
	_, err := tx.Enqueue(ctx, desk.Entry{
		Kind: ch.Kind, Key: ch.Key, Order: "case/" + string(c.ID), Subject: string(r.ID), Account: r.Account,
		NextAt: ch.At.Add(d.o.Workflow.Undo.Std()), Body: []byte("{}"),
	}, c.Brand)
	return err
}

// putAway takes changes that failed from what needs a decision, because a person has decided.
func putAway(ctx context.Context, tx Tx, r *desk.Reply) error {
	for _, kind := range []string{desk.EntryEdit, desk.EntryDelete} {
		if err := tx.SettleBySubject(ctx, kind, string(r.ID), desk.EntryDead, desk.EntryCancelled); err != nil {
			return err
		}
	}
	return nil
}

func changeEvent(c *desk.Case, r *desk.Reply, ch *desk.ReplyChange, actor, to string) desk.Event {
	what := desk.EventReplyEdit
	if ch.Kind == desk.EntryDelete {
		what = desk.EventReplyDelete
	}
	return desk.Event{What: what, Actor: actor, Case: c.ID, Reply: r.ID, Brand: c.Brand, To: to}
}

// DropChange takes back a change that has not left, or puts away one that failed. The reply stays as it is on the site.
func (d *Desk) DropChange(ctx context.Context, actor *desk.User, id desk.ReplyID) (desk.Reply, error) {
	return d.onReply(ctx, actor, id, 0, func(tx Tx, c *desk.Case, r *desk.Reply) error {
		if r.Change.Kind == "" {
			return desk.Conflictf("No change of this reply is on its way.")
		}
		if r.Change.Pending() {
			n, err := tx.CancelEntries(ctx, r.Change.Kind, string(r.ID))
			if err != nil {
				return err
			}
			if n == 0 {
				return desk.Conflictf("Too late: the change has left.")
			}
		}
		if err := putAway(ctx, tx, r); err != nil {
			return err
		}
		tx.Emit(changeEvent(c, r, &r.Change, string(actor.ID), desk.ChangeDropped))
		r.Change, r.ChangedAt = desk.ReplyChange{}, tx.Now()
		return tx.UpdateReply(ctx, r)
	})
}

// BeginChange checks, right before the call, that a published reply may still be changed, and returns what to say instead and where
// it stands. Both acts may be repeated, so nothing but the start is written.
func (d *Desk) BeginChange(ctx context.Context, e desk.Entry) (desk.Outgoing, desk.Receipt, error) {
	var out desk.Outgoing
	var receipt desk.Receipt
	var held error
	err := d.o.Store.Update(ctx, func(tx Tx) error {
		out, receipt, held = desk.Outgoing{}, desk.Receipt{}, nil // the transaction may have been tried before
		r, target, c, err := d.load(ctx, tx, e)
		if err != nil {
			return err
		}
		if r.Change.Key != e.Key || !r.Change.Pending() {
			return desk.Deniedf("Nothing was changed: this was taken back.")
		}
		stopped, err := tx.Stopped(ctx, c.Brand, r.Account)
		if err != nil {
			return err
		}
		if stopped {
			held = &desk.Transient{After: stopWait, Err: errors.New("outgoing words are stopped; the change waits")}
			return nil
		}
		if a := d.o.Answer(*target); a.Account == r.Account && !a.Publish {
			return desk.Deniedf("Nothing was changed: publishing was turned off for the account %s.", r.Account)
		}
		if err := tx.Started(ctx, &e); err != nil {
			return err
		}
		out, err = d.outgoing(ctx, tx, e, &r, target)
		if e.Kind == desk.EntryEdit {
			out.Text = r.Change.Text
		}
		out.Was, receipt = r.Change.Was, r.Receipt
		return err
	})
	return out, receipt, cmp.Or(err, held)
}

// SettleChange writes how an attempt at a change ended: reply, history and entry together.
func (d *Desk) SettleChange(ctx context.Context, e desk.Entry, s desk.Settlement) error {
	return d.o.Store.Update(ctx, func(tx Tx) error {
		if err := tx.Settle(ctx, e, s); err != nil {
			return err
		}
		r, err := tx.Reply(ctx, desk.ReplyID(e.Subject))
		if errors.Is(err, desk.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if r.Change.Key != e.Key || !r.Change.Pending() {
			return nil // somebody decided otherwise meanwhile
		}
		c, err := tx.Case(ctx, desk.Everything, r.Case)
		if err != nil {
			return err
		}
		switch {
		case s.State == desk.EntryDone:
			return d.changed(ctx, tx, &c, &r, s.Receipt)
		case s.State == desk.EntryDead:
			r.Change.Failed, r.Change.Note = true, s.Error
			tx.Emit(changeEvent(&c, &r, &r.Change, desk.Automatic, desk.ChangeFailed))
		case r.Change.Note == s.Error:
			return nil
		default:
			r.Change.Note = s.Error
		}
		return tx.UpdateReply(ctx, &r)
	})
}

// changed notes that the network has done what was asked.
func (d *Desk) changed(ctx context.Context, tx Tx, c *desk.Case, r *desk.Reply, receipt desk.Receipt) error {
	ch := r.Change
	tx.Emit(changeEvent(c, r, &ch, desk.Automatic, desk.ChangeDone))
	r.Change = desk.ReplyChange{}
	if ch.Kind == desk.EntryDelete {
		return d.tombstone(ctx, tx, r, ch.By)
	}
	r.Outdated, r.Note = false, ""
	r.Receipt.Remote, r.Receipt.URL = cmp.Or(receipt.Remote, r.Receipt.Remote), cmp.Or(receipt.URL, r.Receipt.URL)
	r.Receipt.Sum = cmp.Or(receipt.Sum, r.Receipt.Sum)
	if err := d.rewrite(ctx, tx, r, ch.Text, ch.By); err != nil {
		return err
	}
	next := receipt.Visibility
	if next == "" && r.Visibility == desk.VisibleRejected {
		next = desk.VisiblePublic
	}
	return d.show(ctx, tx, c, r, desk.Receipt{Visibility: cmp.Or(next, r.Visibility), Note: receipt.Note}, ch.At)
}
