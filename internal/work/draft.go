package work

import (
	"cmp"
	"context"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
)

// SaveDraft keeps the words of a case's draft in answer to a mention. version is the draft's as the writer saw it, 0 when there
// was none; ErrConflict when somebody else saved meanwhile. Empty text withdraws the draft. A case that nobody has becomes the
// writer's. The case's own version stays, or saving would trip the send guard.
func (d *Desk) SaveDraft(ctx context.Context, actor *desk.User, id desk.CaseID, parent desk.MentionID, words string, version int64) (saved desk.Reply, err error) {
	err = d.o.Store.Update(ctx, func(tx Tx) error {
		c, err := tx.Case(ctx, actor.Scope(), id)
		if err != nil {
			return err
		}
		target, err := d.target(ctx, tx, &c, parent)
		if err != nil {
			return err
		}
		r, err := openDraft(ctx, tx, id)
		if err != nil {
			return err
		}
		if have := versionOf(r); have != version {
			return desk.Conflictf("Somebody else changed this draft meanwhile. Your words are kept on this page; compare them before you save.")
		}
		if c.Owner == "" && c.State.Open() {
			if err := d.give(tx, &c, actor, actor.ID); err != nil {
				return err
			}
			if err := tx.TakeCase(ctx, &c); err != nil {
				return err
			}
		}
		saved, err = d.keep(ctx, tx, actor, &c, r, target, words)
		return err
	})
	return saved, err
}

func versionOf(r *desk.Reply) int64 {
	if r == nil {
		return 0
	}
	return r.Version
}

// openDraft returns the draft of a case, nil when there is none.
func openDraft(ctx context.Context, tx Tx, id desk.CaseID) (*desk.Reply, error) {
	replies, err := tx.Replies(ctx, id)
	if err != nil {
		return nil, err
	}
	for i := range replies {
		if replies[i].State == desk.ReplyDraft {
			return &replies[i], nil
		}
	}
	return nil, nil
}

// target checks that a mention belongs to a case and may be answered at all.
func (d *Desk) target(ctx context.Context, tx Tx, c *desk.Case, parent desk.MentionID) (*desk.Mention, error) {
	row, err := tx.Mention(ctx, cmp.Or(parent, c.Head))
	if err != nil {
		return nil, err
	}
	if row.Case != c.ID {
		return nil, desk.Invalidf("This mention is not in the case.")
	}
	if row.Ours {
		return nil, desk.Invalidf("This is our own post; answer the customer's.")
	}
	return &row.Mention, nil
}

// keep writes the draft.
func (d *Desk) keep(ctx context.Context, tx Tx, actor *desk.User, c *desk.Case, r *desk.Reply, target *desk.Mention, words string) (desk.Reply, error) {
	empty := strings.TrimSpace(words) == ""
	now := tx.Now()
	switch {
	case r == nil && empty:
		return desk.Reply{}, nil
	case r == nil:
		r = &desk.Reply{
			ID: desk.ReplyID(desk.NewID()), Case: c.ID, Parent: target.ID, Account: d.o.Answer(*target).Account, Text: words,
			State: desk.ReplyDraft, Visibility: desk.VisibleUnknown, Author: actor.ID, CreatedAt: now, ChangedAt: now,
		}
		if err := tx.InsertReply(ctx, r); err != nil {
			return desk.Reply{}, err
		}
		tx.Emit(desk.Event{What: desk.EventReplySaved, Actor: string(actor.ID), Case: c.ID, Reply: r.ID, Brand: c.Brand})
		return *r, nil
	case empty:
		return *r, d.moveReply(ctx, tx, c.Brand, r, desk.ReplyWithdrawn, string(actor.ID))
	}
	r.Text, r.Parent, r.Account, r.Author, r.ChangedAt = words, target.ID, d.o.Answer(*target).Account, actor.ID, now
	return *r, tx.UpdateReply(ctx, r)
}
