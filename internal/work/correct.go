package work

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Correct notes that a tag of a mention is wrong, and puts what it should be in force at once. Of the correction are read: Mention,
// Tag, To, From (in lists what is to go; else, when given, what the person saw there) and Note. Saying the same twice changes nothing
// and returns the first. ErrConflict when the tag is not as the person saw it.
func (d *Desk) Correct(ctx context.Context, actor *desk.User, c desk.Correction) (out desk.Correction, err error) {
	c.Tag, c.From, c.To, c.Note = strings.TrimSpace(c.Tag), strings.TrimSpace(c.From), strings.TrimSpace(c.To), strings.TrimSpace(c.Note)
	if err := c.Check(); err != nil {
		return c, err
	}
	err = d.o.Store.Update(ctx, func(tx Tx) error {
		k, err := d.correctable(ctx, tx, actor, c.Mention)
		if err != nil {
			return err
		}
		out = c
		if said, ok := k.said(actor.ID, &out); ok {
			out = said
			return nil
		}
		if err := d.fits(&out, &k.row.Verdict); err != nil {
			return err
		}
		return d.correct(ctx, tx, actor, k, &out)
	})
	return out, err
}

// corrected is a mention with what triage concluded and what people said about that.
type corrected struct {
	row     desk.MentionRow
	machine desk.Verdict
	rejudge desk.Rejudged
	all     []desk.Correction
}

// correctable reads a mention that the actor may correct, and lets nobody else conclude anything about it until the end.
func (d *Desk) correctable(ctx context.Context, tx Tx, actor *desk.User, id desk.MentionID) (k *corrected, err error) {
	k = &corrected{}
	if k.row, err = tx.Mention(ctx, id); err != nil {
		return nil, err
	}
	if err := tx.Hold(ctx, k.row.Site); err != nil { // a poll may be storing other words this moment
		return nil, err
	}
	if k.row, err = tx.Mention(ctx, id); err != nil {
		return nil, err
	}
	if !actor.Scope().Sees(k.row.Brand) {
		return nil, desk.ErrNotFound
	}
	if k.row.Ours {
		return nil, desk.Invalidf("This is our own post; nothing was concluded about it.")
	}
	if k.machine, k.rejudge.Was, err = tx.Machine(ctx, k.row.N); err != nil {
		return nil, err
	}
	k.rejudge.N = k.row.N
	k.all, err = tx.Corrections(ctx, id)
	return k, err
}

// said finds the correction by which the same person said the same of the present words.
func (k *corrected) said(who desk.UserID, c *desk.Correction) (desk.Correction, bool) {
	i := slices.IndexFunc(k.all, func(o desk.Correction) bool {
		return o.Stands && o.By == who && o.Version == k.row.Version && o.Tag == c.Tag && o.To == c.To && (!desk.Lists(c.Tag) || o.From == c.From)
	})
	if i < 0 {
		return desk.Correction{}, false
	}
	return k.all[i], true
}

// fits compares a correction with what stands, and fills in what it replaces.
func (d *Desk) fits(c *desk.Correction, v *desk.Verdict) error {
	if !desk.Lists(c.Tag) {
		stands := v.Label(c.Tag)
		switch {
		case c.From != "" && c.From != stands:
			return desk.Conflictf("The %s is %s by now, not %s. Look at it again.", c.Tag, cmp.Or(stands, "not known"), c.From)
		case c.To == stands:
			return desk.Invalidf("The %s is %s already.", c.Tag, stands)
		}
		c.From = stands
		return nil
	}
	names := v.Names(c.Tag)
	switch {
	case c.From != "" && !slices.Contains(names, c.From):
		return desk.Conflictf("The %s %q is not among those of this mention. Look at it again.", c.Tag, c.From)
	case c.To != "" && slices.Contains(names, c.To):
		return desk.Invalidf("The %s %q is among those of this mention already.", c.Tag, c.To)
	case c.To != "" && d.o.Names != nil && !slices.Contains(d.o.Names(c.Tag), c.To):
		return desk.Invalidf("There is no %s %q; the configuration names those there are.", c.Tag, c.To)
	}
	return nil
}

// correct stores a correction and draws its consequences.
func (d *Desk) correct(ctx context.Context, tx Tx, actor *desk.User, k *corrected, c *desk.Correction) error {
	c.ID, c.Version, c.Brand = desk.NewID(), k.row.Version, k.row.Brand
	c.By, c.ByName, c.At = actor.ID, cmp.Or(actor.Name, actor.Email), tx.Now()
	c.Model, c.Rules = k.machine.Model, k.machine.Rules
	seen, err := tx.SeenBy(ctx, k.row.N)
	if err != nil {
		return err
	}
	c.Learnable = !slices.ContainsFunc(seen, func(s desk.Source) bool { return !d.o.Learn(s) })
	if err := tx.InsertCorrection(ctx, c, k.machine.Label(c.Tag)); err != nil {
		return err
	}
	tx.Emit(desk.Event{What: desk.EventCorrected, Actor: string(actor.ID), Mention: k.row.ID, Case: k.row.Case, Subject: c.Tag, Brand: k.row.Brand, From: c.From, To: c.To})
	k.all = append(k.all, *c)
	if err := d.enforce(ctx, tx, k); err != nil {
		return err
	}
	*c = k.all[len(k.all)-1]
	return nil
}

// enforce puts the verdict with the corrections of the present words in force, and lets the case show it.
func (d *Desk) enforce(ctx context.Context, tx Tx, k *corrected) error {
	desk.Settle(k.all)
	var present []desk.Correction
	for _, c := range k.all {
		if c.Version == k.row.Version && !c.Withdrawn() {
			present = append(present, c)
		}
	}
	r := k.rejudge
	r.Verdict, r.Corrected = k.machine.Corrected(present), len(present) > 0
	done, err := tx.Rejudge(ctx, []desk.Rejudged{r})
	if err != nil {
		return err
	}
	if len(done) == 0 { // a replay was quicker
		return desk.Conflictf("This mention was judged again meanwhile. Look at it again.")
	}
	before := k.row.Verdict
	k.row.Verdict = r.Verdict
	return d.showCorrected(ctx, tx, &k.row, &before)
}

// showCorrected lets a case show how its mention is judged now. Its version stays: whoever writes an answer saw the same words.
func (d *Desk) showCorrected(ctx context.Context, tx Tx, m *desk.MentionRow, before *desk.Verdict) error {
	if m.Case == "" {
		return nil
	}
	c, err := tx.Case(ctx, desk.Everything, m.Case)
	if err != nil {
		return err
	}
	was := c
	if now := m.Verdict.Urgency.Label; now != before.Urgency.Label {
		c.Urgency = higher(c.Urgency, now)
		if was.Urgency == before.Urgency.Label { // it may have been this mention alone that made the case urgent
			if c.Urgency, err = tx.CaseUrgency(ctx, c.ID); err != nil {
				return err
			}
		}
	}
	if m.ID == c.Head {
		c.Sentiment = m.Verdict.Sentiment.Label
	}
	if c == was {
		return nil
	}
	return tx.TakeCase(ctx, &c)
}

// Uncorrect withdraws a correction of a mention: what stood before stands again. Withdrawing twice changes nothing.
func (d *Desk) Uncorrect(ctx context.Context, actor *desk.User, id desk.MentionID, correction string) (out desk.Correction, err error) {
	err = d.o.Store.Update(ctx, func(tx Tx) error {
		k, err := d.correctable(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(k.all, func(c desk.Correction) bool { return c.ID == correction })
		if i < 0 {
			return desk.ErrNotFound
		}
		c := &k.all[i]
		if out = *c; c.Withdrawn() {
			return nil
		}
		c.WithdrawnAt, c.WithdrawnBy = tx.Now(), actor.ID
		if err := tx.WithdrawCorrection(ctx, c); err != nil {
			return err
		}
		if err := d.enforce(ctx, tx, k); err != nil {
			return err
		}
		e := desk.Event{What: desk.EventUncorrected, Actor: string(actor.ID), Mention: id, Case: k.row.Case, Subject: c.Tag, Brand: k.row.Brand, From: c.To, To: c.From}
		if !desk.Lists(c.Tag) {
			e.To = k.row.Verdict.Label(c.Tag)
		}
		tx.Emit(e)
		out = *c
		return nil
	})
	return out, err
}

// UncorrectTag withdraws the correction that stands for a tag of a mention; in products and topics, the one that names the name.
func (d *Desk) UncorrectTag(ctx context.Context, actor *desk.User, id desk.MentionID, tag, name string) (desk.Correction, error) {
	var found string
	err := d.o.Store.Update(ctx, func(tx Tx) error {
		k, err := d.correctable(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		for _, c := range k.all {
			if c.Stands && c.Version == k.row.Version && c.Tag == tag && (name == "" || c.From == name || c.To == name) {
				found = c.ID
			}
		}
		if found == "" {
			return desk.ErrNotFound
		}
		return nil
	})
	if err != nil {
		return desk.Correction{}, err
	}
	return d.Uncorrect(ctx, actor, id, found)
}
