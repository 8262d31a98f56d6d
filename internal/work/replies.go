package work

import (
	"context"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// moveReply changes a reply's state, stores it and tells of it.
func (d *Desk) moveReply(ctx context.Context, tx Tx, brand string, r *desk.Reply, next desk.ReplyState, actor string) error {
	from := r.State
	if err := r.Move(next, tx.Now()); err != nil {
		return err
	}
	tx.Emit(desk.Event{What: desk.EventReplyMoved, Actor: actor, Case: r.Case, Reply: r.ID, Brand: brand, From: string(from), To: string(next)})
	return tx.UpdateReply(ctx, r)
}

// onReply runs fn on a reply whose case the actor may see. version is the reply's as the actor saw it, 0 does not compare.
func (d *Desk) onReply(ctx context.Context, actor *desk.User, id desk.ReplyID, version int64, fn func(tx Tx, c *desk.Case, r *desk.Reply) error) (out desk.Reply, err error) {
	err = d.o.Store.Update(ctx, func(tx Tx) error {
		r, err := tx.Reply(ctx, id)
		if err != nil {
			return err
		}
		c, err := tx.Case(ctx, actor.Scope(), r.Case)
		if err != nil {
			return err
		}
		if version != 0 && version != r.Version {
			return desk.Conflictf("This reply changed meanwhile. Read it again before you go on.")
		}
		if err := fn(tx, &c, &r); err != nil {
			return err
		}
		out = r
		return nil
	})
	return out, err
}

// Submit hands a draft to whoever approves.
func (d *Desk) Submit(ctx context.Context, actor *desk.User, id desk.ReplyID, version int64, seen desk.Seen) (desk.Reply, error) {
	return d.onReply(ctx, actor, id, version, func(tx Tx, c *desk.Case, r *desk.Reply) error {
		if _, err := d.guard(ctx, tx, c, r, seen); err != nil {
			return err
		}
		return d.moveReply(ctx, tx, c.Brand, r, desk.ReplyAwaiting, string(actor.ID))
	})
}

// Approve lets a waiting reply go out after the undo time; where the desk cannot answer, to the hand of whoever posts it.
func (d *Desk) Approve(ctx context.Context, actor *desk.User, id desk.ReplyID, version int64, seen desk.Seen) (desk.Reply, error) {
	defer d.o.Kick()
	return d.onReply(ctx, actor, id, version, func(tx Tx, c *desk.Case, r *desk.Reply) error {
		if r.State != desk.ReplyAwaiting {
			return desk.Conflictf("This reply is %s; there is nothing to approve.", r.State.Words())
		}
		r.ApprovedBy = actor.ID
		if row, err := tx.Mention(ctx, r.Parent); err == nil && !d.o.Answer(row.Mention).can() {
			return d.handOver(ctx, tx, actor, c, r, seen)
		}
		return d.release(ctx, tx, actor, c, r, seen)
	})
}

// Return gives a waiting reply back as a draft, with a note that says why.
func (d *Desk) Return(ctx context.Context, actor *desk.User, id desk.ReplyID, version int64, note string) (desk.Reply, error) {
	if strings.TrimSpace(note) == "" {
		return desk.Reply{}, desk.Invalidf("Say what should change, so that the author can mend it.")
	}
	return d.onReply(ctx, actor, id, version, func(tx Tx, c *desk.Case, r *desk.Reply) error {
		if r.State != desk.ReplyAwaiting {
			return desk.Conflictf("This reply is %s; there is nothing to return.", r.State.Words())
		}
		r.Note = strings.TrimSpace(note)
		return d.moveReply(ctx, tx, c.Brand, r, desk.ReplyDraft, string(actor.ID))
	})
}

// Send lets a draft, or a reply that certainly failed, go out after the undo time.
func (d *Desk) Send(ctx context.Context, actor *desk.User, id desk.ReplyID, version int64, seen desk.Seen) (desk.Reply, error) {
	defer d.o.Kick()
	return d.onReply(ctx, actor, id, version, func(tx Tx, c *desk.Case, r *desk.Reply) error {
		if d.o.Workflow.Approval == "always" && r.ApprovedBy == "" {
			return desk.Deniedf("Replies need approval here. Submit it for approval.")
		}
		if r.State != desk.ReplyDraft && r.State != desk.ReplyFailed {
			return desk.Conflictf("This reply is %s; it cannot be sent.", r.State.Words())
		}
		return d.release(ctx, tx, actor, c, r, seen)
	})
}

// release checks everything that can be checked now and writes the reply into the outbox.
func (d *Desk) release(ctx context.Context, tx Tx, actor *desk.User, c *desk.Case, r *desk.Reply, seen desk.Seen) error {
	target, err := d.guard(ctx, tx, c, r, seen)
	if err != nil {
		return err
	}
	if err := d.mayAnswer(ctx, tx, target, r); err != nil {
		return err
	}
	r.Account = d.o.Answer(*target).Account
	r.SeenCase, r.SeenTarget, r.Note = c.Version, target.Version, ""
	r.SendAt = tx.Now().Add(d.o.Workflow.Undo.Std())
	r.StartedAt = time.Time{}
	if err := d.moveReply(ctx, tx, c.Brand, r, desk.ReplyQueued, string(actor.ID)); err != nil {
		return err
	}
	_, err = tx.Enqueue(ctx, desk.Entry{
		Kind: desk.EntryPublish, Key: entryKey(r), Order: "case/" + string(c.ID), Subject: string(r.ID), Account: r.Account, NextAt: r.SendAt,
		Body: []byte("{}"),
	}, c.Brand)
	return err
}

// guard is the send guard: what the sender saw must be what is there. It returns the mention that is answered.
func (d *Desk) guard(ctx context.Context, tx Tx, c *desk.Case, r *desk.Reply, seen desk.Seen) (*desk.Mention, error) {
	target, err := d.target(ctx, tx, c, r.Parent)
	if err != nil {
		return nil, err
	}
	if seen.Case != c.Version || seen.Target != target.Version {
		return nil, desk.Conflictf("The case changed while you wrote. Nothing was sent; look at what changed and send again.")
	}
	return target, nil
}

// mayAnswer tells in a sentence why a mention cannot be answered with these words.
func (d *Desk) mayAnswer(ctx context.Context, tx Tx, target *desk.Mention, r *desk.Reply) error {
	a := d.o.Answer(*target)
	words := strings.TrimSpace(r.Text)
	switch {
	case words == "":
		return desk.Invalidf("There is nothing to send yet.")
	case !a.can():
		return desk.Deniedf("The desk cannot answer on %s. Copy the reply and publish it there.", target.Site)
	case !a.Publish:
		return desk.Deniedf("Publishing is off for the account %s. An admin turns it on in the configuration.", a.Account)
	case !target.GoneAt.IsZero():
		return desk.Deniedf("What you answer was removed at the site. Nothing was sent.")
	case target.Visibility == desk.Private:
		return desk.Deniedf("This was said in private; it gets no public answer.")
	}
	if err := fits(a, target.Site, words); err != nil {
		return err
	}
	if a.Many {
		return nil
	}
	return d.onlyOne(ctx, tx, target, r)
}

// fits tells in a sentence when a site does not take so many words.
func fits(a Answer, site desk.Site, words string) error {
	if n := length(a, words); a.Limit > 0 && n > a.Limit {
		return desk.Invalidf("The reply is %d %s long; %s takes %d.", n, a.Unit, site, a.Limit)
	}
	return nil
}

func length(a Answer, words string) int {
	if a.Length == nil {
		return len(words)
	}
	return a.Length(words)
}

// onlyOne refuses a second reply where the network takes one.
func (d *Desk) onlyOne(ctx context.Context, tx Tx, target *desk.Mention, r *desk.Reply) error {
	others, err := tx.RepliesTo(ctx, target.ID)
	if err != nil {
		return err
	}
	for _, o := range others {
		if o.ID != r.ID && (o.State.Pending() || o.Stands() || o.State == desk.ReplyUnconfirmed || o.State == desk.ReplyByHand) {
			return desk.Conflictf("%s takes one reply to a mention, and there is one already.", target.Site)
		}
	}
	return nil
}

// Withdraw takes back a reply that has not left, or that certainly failed: it is a draft again, with its words.
func (d *Desk) Withdraw(ctx context.Context, actor *desk.User, id desk.ReplyID) (desk.Reply, error) {
	return d.onReply(ctx, actor, id, 0, func(tx Tx, _ *desk.Case, r *desk.Reply) error {
		return d.recall(ctx, tx, r, string(actor.ID), "")
	})
}

// errLeft says that a reply cannot be taken back any more.
var errLeft = desk.Conflictf("Too late: the reply has left.")

// recall cancels the entry of a reply and makes it a draft again. errLeft, and nothing is changed, when it is being sent.
func (d *Desk) recall(ctx context.Context, tx Tx, r *desk.Reply, actor, note string) error {
	if r.State == desk.ReplyDraft {
		return nil
	}
	if r.State == desk.ReplyQueued || r.State == desk.ReplyScheduled {
		n, err := tx.CancelEntries(ctx, desk.EntryPublish, string(r.ID))
		if err != nil {
			return err
		}
		if n == 0 {
			return errLeft
		}
	}
	r.Note, r.SendAt = note, time.Time{}
	c, err := tx.Case(ctx, desk.Everything, r.Case)
	if err != nil {
		return err
	}
	return d.moveReply(ctx, tx, c.Brand, r, desk.ReplyDraft, actor)
}
