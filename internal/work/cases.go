package work

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// change runs fn on one case that the actor may see, in one transaction, and stores the case when fn says that it changed.
func (d *Desk) change(ctx context.Context, actor *desk.User, id desk.CaseID, fn func(tx Tx, c *desk.Case) (bool, error)) error {
	return d.o.Store.Update(ctx, func(tx Tx) error {
		c, err := tx.Case(ctx, actor.Scope(), id)
		if err != nil {
			return err
		}
		changed, err := fn(tx, &c)
		if err != nil || !changed {
			return err
		}
		c.ChangedAt = tx.Now()
		return tx.UpdateCase(ctx, &c)
	})
}

// Claim makes the actor the owner of a case that nobody has. Claiming one's own case changes nothing.
func (d *Desk) Claim(ctx context.Context, actor *desk.User, id desk.CaseID) error {
	return d.change(ctx, actor, id, func(tx Tx, c *desk.Case) (bool, error) {
		if c.Owner == actor.ID && c.State != desk.CaseNew {
			return false, nil
		}
		if c.Owner != "" && c.Owner != actor.ID {
			return false, desk.Conflictf("%s already has this case.", d.name(ctx, tx, c.Owner))
		}
		return true, d.give(tx, c, actor, actor.ID)
	})
}

// give changes the owner and, from new, the state.
func (d *Desk) give(tx Tx, c *desk.Case, actor *desk.User, to desk.UserID) error {
	from, owner := c.State, c.Owner
	c.Owner = to
	switch {
	case to != "" && c.State == desk.CaseNew:
		if err := c.Move(desk.CaseTaken, tx.Now()); err != nil {
			return err
		}
	case to == "" && c.State == desk.CaseTaken:
		if err := c.Move(desk.CaseNew, tx.Now()); err != nil {
			return err
		}
	}
	tx.Emit(desk.Event{What: desk.EventCaseOwner, Actor: string(actor.ID), Case: c.ID, Brand: c.Brand, From: string(owner), To: string(to)})
	if c.State != from {
		tx.Emit(moved(c, string(actor.ID), from))
	}
	return nil
}

// name is how a user is called in a sentence.
func (d *Desk) name(ctx context.Context, tx Tx, id desk.UserID) string {
	u, err := tx.UserFor(ctx, id)
	if err != nil {
		return "Somebody else"
	}
	return cmp.Or(u.Name, u.Email)
}

// Release gives a case back to everybody.
func (d *Desk) Release(ctx context.Context, actor *desk.User, id desk.CaseID) error {
	return d.change(ctx, actor, id, func(tx Tx, c *desk.Case) (bool, error) {
		if c.Owner == "" {
			return false, nil
		}
		return true, d.give(tx, c, actor, "")
	})
}

// Assign gives a case to somebody who may see it.
func (d *Desk) Assign(ctx context.Context, actor *desk.User, id desk.CaseID, owner desk.UserID) error {
	return d.change(ctx, actor, id, func(tx Tx, c *desk.Case) (bool, error) {
		u, err := tx.UserFor(ctx, owner)
		if errors.Is(err, desk.ErrNotFound) || u.Disabled {
			return false, desk.Invalidf("This person does not work at the desk any more.")
		}
		if err != nil {
			return false, err
		}
		if !u.Scope().Sees(c.Brand) {
			return false, desk.Invalidf("%s may not see the brand of this case.", cmp.Or(u.Name, u.Email))
		}
		if c.Owner == owner && c.State != desk.CaseNew {
			return false, nil
		}
		return true, d.give(tx, c, actor, owner)
	})
}

// Resolve ends a case. What is on its way out must arrive first.
func (d *Desk) Resolve(ctx context.Context, actor *desk.User, id desk.CaseID, version int64, reason string) error {
	return d.end(ctx, actor, id, version, desk.CaseResolved, reason)
}

// Dismiss ends a case that needs nothing, and says why.
func (d *Desk) Dismiss(ctx context.Context, actor *desk.User, id desk.CaseID, version int64, reason string) error {
	if strings.TrimSpace(reason) == "" {
		return desk.Invalidf("Say why this case needs nothing.")
	}
	return d.end(ctx, actor, id, version, desk.CaseDismissed, reason)
}

func (d *Desk) end(ctx context.Context, actor *desk.User, id desk.CaseID, version int64, state desk.CaseState, reason string) error {
	return d.change(ctx, actor, id, func(tx Tx, c *desk.Case) (bool, error) {
		if version != 0 && version != c.Version {
			return false, desk.Conflictf("The case changed while you looked at it. Read it again.")
		}
		if c.State == state {
			return false, nil
		}
		replies, err := tx.Replies(ctx, id)
		if err != nil {
			return false, err
		}
		for _, r := range replies {
			switch {
			case r.State.Pending():
				return false, desk.Conflictf("A reply is on its way out. Wait until it is published, or take it back.")
			case r.State == desk.ReplyAwaiting:
				return false, desk.Conflictf("A reply awaits approval. Take it back first, or wait until it is approved.")
			}
		}
		from := c.State
		if err := c.Move(state, tx.Now()); err != nil {
			return false, err
		}
		c.Reason = strings.TrimSpace(reason)
		tx.Emit(moved(c, string(actor.ID), from))
		return true, nil
	})
}

// Snooze lets a case rest until a moment; a zero or past moment wakes it.
func (d *Desk) Snooze(ctx context.Context, actor *desk.User, id desk.CaseID, until time.Time) error {
	return d.change(ctx, actor, id, func(tx Tx, c *desk.Case) (bool, error) {
		if c.State.Closed() {
			return false, desk.Conflictf("This case is %s; there is nothing to put off.", c.State)
		}
		if !until.After(tx.Now()) {
			until = time.Time{}
		}
		if c.SnoozedUntil.Equal(until) {
			return false, nil
		}
		c.SnoozedUntil = until
		to := ""
		if !until.IsZero() {
			to = until.UTC().Format(time.RFC3339)
		}
		tx.Emit(desk.Event{What: desk.EventCaseSnoozed, Actor: string(actor.ID), Case: c.ID, Brand: c.Brand, To: to})
		return true, nil
	})
}

// Reopen brings a closed or answered case back: to its owner, or to everybody.
func (d *Desk) Reopen(ctx context.Context, actor *desk.User, id desk.CaseID) error {
	return d.change(ctx, actor, id, func(tx Tx, c *desk.Case) (bool, error) {
		if c.State.Open() {
			return false, nil
		}
		from := c.State
		if err := c.Reopen(tx.Now()); err != nil {
			return false, err
		}
		tx.Emit(moved(c, string(actor.ID), from))
		return true, nil
	})
}

// OpenCase opens a case for a mention, or returns the one that it is in.
func (d *Desk) OpenCase(ctx context.Context, actor *desk.User, id desk.MentionID) (opened desk.CaseID, err error) {
	err = d.o.Store.Update(ctx, func(tx Tx) error {
		row, err := tx.Mention(ctx, id)
		if err != nil {
			return err
		}
		if err := tx.Hold(ctx, row.Site); err != nil { // a poll may be putting it into a case this moment
			return err
		}
		if row, err = tx.Mention(ctx, id); err != nil {
			return err
		}
		if !actor.Scope().Sees(row.Brand) {
			return desk.ErrNotFound
		}
		if row.Ours {
			return desk.Invalidf("This is our own post; there is nothing to answer.")
		}
		if opened = row.Case; opened != "" {
			return nil
		}
		a := desk.Arrival{Mention: row.Mention, Verdict: row.Verdict}
		if err := d.open(ctx, tx, &a, string(actor.ID)); err != nil {
			return err
		}
		opened = a.Mention.Case
		return nil
	})
	return opened, err
}
