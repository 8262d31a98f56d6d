package connectors

import (
	"context"
	"slices"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
)

// AnswerSuffix ends the remote id of the owner's answer on sites where a review has one answer and the answer no id of its own.
const AnswerSuffix = "#reply"

// recheck looks at some known mentions again, after a poll that left nothing to fetch, and adds what changed to its batch. Over an
// hour or so all recent ones have their turn. A look that fails says nothing about the source, whose poll was well; those mentions
// wait for the next round.
func (p *Poller) recheck(ctx context.Context, c Configured, lease desk.Lease, b *Batch) {
	again, ok := c.Connector.(Rechecker)
	if !ok || c.Rechecks <= 0 || b.More || b.Wait > 0 || c.Source.Recheck <= 0 {
		return
	}
	known, err := p.store.TakeRecheck(ctx, lease, c.Source.Recheck, c.Rechecks)
	known = slices.DeleteFunc(known, func(m desk.Mention) bool { return strings.HasSuffix(string(m.Remote), AnswerSuffix) })
	if err == nil && len(known) > 0 {
		ctx, cancel := context.WithTimeout(ctx, p.opt.Grace)
		defer cancel()
		var found Batch
		err = Guard(func() (err error) { found, err = again.Recheck(ctx, known); return err })
		addChanged(b, found, known)
	}
	if err != nil && ctx.Err() == nil {
		p.opt.Log.Info("known mentions could not be looked at again", "source", c.Source.Name, "error", err)
	}
}

// addChanged takes what a recheck found into a batch: what reads otherwise than it is known, and what is gone.
func addChanged(b *Batch, found Batch, known []desk.Mention) {
	stored := make(map[desk.RemoteID]string, len(known))
	for i := range known {
		stored[known[i].Remote] = known[i].Digest()
	}
	for _, m := range found.Mentions {
		if digest, ok := stored[m.Remote]; !ok || digest != m.Digest() {
			b.Mentions = append(b.Mentions, m)
		}
	}
	b.Gone = append(b.Gone, found.Gone...)
	b.Poison = append(b.Poison, found.Poison...)
	b.Spend.Micros += found.Spend.Micros
	b.Spend.Units += found.Spend.Units
}
