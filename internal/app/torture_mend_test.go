package app

import (
	"fmt"

	"github.com/earshotdesk/earshot/internal/demonet"
	"github.com/earshotdesk/earshot/internal/desk"
)

// mend lets the agent edit, and now and then delete, an answer that is public.
func (w *siege) mend() {
	w.t.Helper()
	cards := w.cards(desk.ColumnAnswered, 50)
	if len(cards) == 0 || w.dice.IntN(3) > 0 {
		return
	}
	ctx := w.t.Context()
	v, err := w.app.store.CaseView(ctx, desk.Everything, cards[w.dice.IntN(len(cards))].ID)
	check(w.t, err)
	for _, r := range v.Replies {
		if !r.Stands() || r.Change.Pending() || r.Receipt.Remote == "" || len(r.Text) > 200 {
			continue
		}
		if w.dice.IntN(6) == 0 {
			w.deletions++
			_, err = w.app.work.DeletePublished(ctx, w.agent, r.ID, r.Version)
		} else {
			w.edits++
			_, err = w.app.work.EditPublished(ctx, w.agent, r.ID, fmt.Sprintf("%s Edit %d.", r.Text, w.edits), r.Version)
		}
		if err != nil && !expected(err) {
			w.t.Fatalf("changing an answer: %v\n%s", err, w.tail())
		}
	}
}

// auditChange holds what became of a published reply against what the public sees of it.
func (w *siege) auditChange(r desk.Reply, public []demonet.Post) {
	w.t.Helper()
	if r.Change.Pending() {
		w.t.Errorf("a change of %q is stuck: %+v", r.Text, r.Change)
	}
	if r.State != desk.ReplyPublished || len(public) != 1 {
		return // said already
	}
	if gone := public[0].State == demonet.StateDeleted; gone != (r.Visibility == desk.VisibleDeleted) {
		w.t.Errorf("%q is %s on the network, the desk says %s", r.Text, public[0].State, r.Visibility)
	}
}
