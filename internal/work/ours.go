package work

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// ours handles a post of our own account: either one of our replies comes back, or a colleague answered in the network's own app.
func (d *Desk) ours(ctx context.Context, tx Tx, b *batch, m *desk.Mention) error {
	if m.Case != "" {
		return d.lookSoon(ctx, tx, m.Case, m)
	}
	if !b.talks(m) {
		return nil
	}
	// Whatever brand its source has: the case is of the brand that the customer wrote about.
	c, err := tx.CaseForThread(ctx, m.Site, "", root(m), m.Parent)
	if errors.Is(err, desk.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := tx.Join(ctx, m.ID, c.ID); err != nil {
		return err
	}
	b.remember(m)
	replies, err := tx.Replies(ctx, c.ID)
	if err != nil {
		return err
	}
	// By its id first: of two replies with the same words, the one whose fate is unknown must not take the other's post for its own.
	if slices.ContainsFunc(replies, func(r desk.Reply) bool { return r.Receipt.Remote == m.Remote }) {
		return d.lookSoon(ctx, tx, c.ID, m)
	}
	for i := range replies {
		if known, err := d.recognise(ctx, tx, &c, &replies[i], m); known || err != nil {
			return err
		}
	}
	if posted, err := d.postedByHand(ctx, tx, &c, replies, m); posted || err != nil {
		return err
	}
	if answers, err := d.answers(ctx, tx, &c, m, b.quiet); !answers || err != nil {
		return err
	}
	return d.colleagueAnswered(ctx, tx, &c, replies)
}

// answers tells whether a post of ours answers what a case waits for: not when it began the conversation, or is older than the
// customer's newest word. What first contact brings without a date is taken for old.
func (d *Desk) answers(ctx context.Context, tx Tx, c *desk.Case, m *desk.Mention, quiet bool) (bool, error) {
	if root(m) == m.Remote {
		return false, nil
	}
	head, err := tx.Mention(ctx, c.Head)
	if err != nil || before(m, &head.Mention) {
		return false, err
	}
	return !quiet || before(&head.Mention, m), nil
}

// recognise tells whether a post of ours is a reply that left from here. One whose fate was unknown is settled by it.
func (d *Desk) recognise(ctx context.Context, tx Tx, c *desk.Case, r *desk.Reply, m *desk.Mention) (bool, error) {
	confirmed := r.State == desk.ReplyPublished && r.Receipt.Remote == "" // by a person, who does not know its identifier
	if (r.State != desk.ReplyPublishing && r.State != desk.ReplyUnconfirmed && !confirmed) || !sameWords(r.Text, m.Text) && !(confirmed && nearWords(r.Text, m.Text)) {
		return false, nil
	}
	if r.State == desk.ReplyPublishing {
		return true, nil // the outbox is at it and will read it back itself
	}
	if confirmed {
		r.Receipt.Remote, r.Receipt.URL = m.Remote, m.URL
		return true, tx.UpdateReply(ctx, r)
	}
	receipt := desk.Receipt{Remote: m.Remote, URL: m.URL, At: cmp.Or(m.PostedAt, tx.Now()), Visibility: desk.VisiblePublic}
	if err := tx.SettleBySubject(ctx, desk.EntryPublish, string(r.ID), desk.EntryUnconfirmed, desk.EntryDone); err != nil {
		return true, err
	}
	return true, d.published(ctx, tx, c, r, receipt, desk.Automatic)
}

// sameWords compares what was sent with what a site shows: sites change white space, shorten links and add handles in front.
func sameWords(sent, seen string) bool {
	a, b := strings.Join(text.QueryTokens(unaddressed(sent)), " "), strings.Join(text.QueryTokens(unaddressed(seen)), " ")
	return a != "" && (a == b || strings.HasSuffix(b, " "+a))
}

// unaddressed is a text without the handles it begins with: networks put them there, take them away, or show them without their server.
func unaddressed(s string) string {
	for {
		s = strings.TrimSpace(s)
		first, rest, more := strings.Cut(s, " ")
		if !more || len(first) < 2 || first[0] != '@' {
			return s
		}
		s = rest
	}
}

// colleagueAnswered moves the case on and takes back what was about to leave.
func (d *Desk) colleagueAnswered(ctx context.Context, tx Tx, c *desk.Case, replies []desk.Reply) error {
	for i := range replies {
		r := &replies[i]
		if r.State == desk.ReplyByHand {
			r.Note = "Another answer of ours was seen on the site; its words differ from these."
			if err := tx.UpdateReply(ctx, r); err != nil {
				return err
			}
		}
		if r.State != desk.ReplyQueued && r.State != desk.ReplyScheduled && r.State != desk.ReplyAwaiting {
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
