package work

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// ReplayOptions say what is judged again.
type ReplayOptions struct {
	Judges   desk.Judges              // who judges now: verdicts of the same are left alone
	Since    time.Time                // mentions that arrived then or later
	Dry      bool                     // store nothing
	Notable  func(desk.Notable) error // hears of mentions whose urgency rose or whose sentiment turned; may be nil
	Progress func(mentions int)       // hears how many were looked at; may be nil
}

// How many mentions one transaction of a replay judges: few enough that a poll never waits long behind one. And how often a replay
// goes back for those whose words or corrections changed in its hands.
const (
	replayChunk  = 250
	replayPasses = 3
)

// Replay judges history again, after a change of model or rules. It is quiet: it opens no case, changes none, and tells nobody.
// Corrections stay, earlier verdicts are kept, labels, filters and hourly counts follow. It may be interrupted at any moment and
// called again: what has a verdict of the present model and rules is passed over, and the difference counts from the beginning.
func (d *Desk) Replay(ctx context.Context, actor *desk.User, o ReplayOptions) (desk.Replayed, error) {
	name := o.Judges.Model + " " + o.Judges.Rules
	state := desk.ReplayState{Name: name}
	if !o.Dry {
		var err error
		if state, err = d.o.Store.Replay(ctx, name); err != nil {
			return desk.Replayed{}, err
		}
	}
	for range replayPasses {
		missed, err := d.replayPass(ctx, o, &state)
		if err != nil {
			return state.Replayed, err
		}
		if missed == 0 {
			break
		}
	}
	state.Sort()
	if o.Dry || state.Step == 0 {
		return state.Replayed, nil
	}
	return state.Replayed, d.o.Store.Update(ctx, func(tx Tx) error {
		tx.Emit(desk.Event{What: desk.EventReplayed, Actor: string(actor.ID), Subject: o.Judges.Rules, To: strconv.Itoa(state.Mentions)})
		return tx.EndReplay(ctx, name)
	})
}

// replayPass judges all that others have judged, oldest first, and returns how many mentions changed in its hands.
func (d *Desk) replayPass(ctx context.Context, o ReplayOptions, state *desk.ReplayState) (missed int, err error) {
	walk := desk.Walk{Since: o.Since, Limit: replayChunk, Stale: &o.Judges, Lean: true}
	for {
		rows, err := d.o.Store.Judged(ctx, desk.Everything, walk)
		if err != nil || len(rows) == 0 {
			return missed, err
		}
		walk.After = rows[len(rows)-1].N
		again, err := d.judgeAgain(ctx, rows)
		if err != nil {
			return missed, err
		}
		done, err := d.storeAgain(ctx, o, state, rows, again)
		if err != nil {
			return missed, fmt.Errorf("judging again: %w", err)
		}
		missed += len(rows) - done
		if o.Progress != nil {
			o.Progress(state.Mentions)
		}
	}
}

// judgeAgain draws the conclusions of today, outside any transaction.
func (d *Desk) judgeAgain(ctx context.Context, rows []desk.Judged) ([]desk.Rejudged, error) {
	pasts, err := d.o.Store.Pasts(ctx, rows, historySpan)
	if err != nil {
		return nil, err
	}
	out := make([]desk.Rejudged, len(rows))
	for i := range rows {
		j := &rows[i]
		text := Input(j.Mention, pasts[i].Context)
		text.Counts, text.Age = pasts[i].Counts, age(&j.Mention, pasts[i].At) // an echo of years is no haste
		v := d.o.Judge(text)
		out[i] = desk.Rejudged{N: j.N, Was: j.JudgedAt, Machine: &v, Verdict: v.Corrected(j.Corrections), Corrected: len(j.Corrections) > 0}
	}
	return out, nil
}

// storeAgain puts a stretch in force and counts what that changes, both in one transaction. It returns how many were not touched by
// others meanwhile.
func (d *Desk) storeAgain(ctx context.Context, o ReplayOptions, state *desk.ReplayState, rows []desk.Judged, again []desk.Rejudged) (int, error) {
	var next desk.ReplayState
	var notable []desk.Notable
	count := func(mine func(n int64) bool) (n int) {
		next, notable = *state, nil
		next.Changes = append([]desk.Change(nil), state.Changes...)
		next.Step++
		for i := range rows {
			if !mine(rows[i].N) {
				continue
			}
			n++
			if one, worth := next.Note(&rows[i], &again[i].Verdict); worth {
				notable = append(notable, one)
			}
		}
		return n
	}
	n := 0
	if o.Dry {
		n = count(func(int64) bool { return true })
	} else {
		err := d.o.Store.Update(ctx, func(tx Tx) error {
			done, err := tx.Rejudge(ctx, again)
			if err != nil {
				return err
			}
			mine := make(map[int64]bool, len(done))
			for _, n := range done {
				mine[n] = true
			}
			n = count(func(n int64) bool { return mine[n] })
			return tx.SaveReplay(ctx, next, state.Step)
		})
		if err != nil {
			return 0, err
		}
	}
	*state = next
	for _, one := range notable {
		if o.Notable == nil {
			break
		}
		if err := o.Notable(one); err != nil {
			return n, err
		}
	}
	return n, nil
}
