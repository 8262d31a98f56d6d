package notify

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// PlannerOptions is everything a [Planner] needs. Store and Tree must be set.
type PlannerOptions struct {
	Store Store
	Tree  *Tree
	Wake  <-chan struct{} // hint that something was committed in this process; may be nil
	Tick  time.Duration   // how often it looks by itself, for other processes' events and for what falls due; 1s when 0
	Log   *slog.Logger    // slog.Default when nil
}

// Planner reads what happened, decides what to say, and writes it to the outbox. Its work grows with new events and due groups,
// never with what is long past. Any number of processes may run one: the place in the events is locked while it moves.
type Planner struct {
	o PlannerOptions
}

// NewPlanner returns a planner.
func NewPlanner(o PlannerOptions) *Planner {
	if o.Tick <= 0 {
		o.Tick = time.Second
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Planner{o: o}
}

// How much one transaction takes on.
const (
	maxEvents = 500
	maxDue    = 50
)

// Run plans until the context ends. An error of the store is logged once and the work taken up at the next tick.
func (p *Planner) Run(ctx context.Context) {
	tick := time.NewTicker(p.o.Tick)
	defer tick.Stop()
	failing := false
	for {
		err := p.Drain(ctx)
		if ctx.Err() != nil {
			return
		}
		if err != nil && !failing {
			p.o.Log.Error("notices stand still", "error", err)
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return
		case <-p.o.Wake:
		case <-tick.C:
		}
	}
}

// Drain plans until nothing is new and nothing is due.
func (p *Planner) Drain(ctx context.Context) error {
	for {
		more, err := p.o.Store.NoticesPending(ctx)
		if err != nil || !more {
			return err
		}
		if err := p.Step(ctx); err != nil {
			return err
		}
	}
}

// Step plans one stretch of events and of due groups in one transaction.
func (p *Planner) Step(ctx context.Context) error {
	err := p.o.Store.Update(ctx, func(tx Tx) error { return p.step(ctx, tx) })
	if err != nil {
		return fmt.Errorf("planning notices: %w", err)
	}
	return nil
}

func (p *Planner) step(ctx context.Context, tx Tx) error {
	events, err := tx.NoticeEvents(ctx, maxEvents)
	if err != nil {
		return err
	}
	in, err := p.input(ctx, tx, events)
	if err != nil {
		return err
	}
	had := slices.Clone(in.Groups)
	out := Plan(p.o.Tree, in)
	if err := save(ctx, tx, had, out); err != nil {
		return err
	}
	if len(events) == 0 {
		return nil
	}
	return tx.NoticesRead(ctx, events[len(events)-1].N)
}

// input reads what the events are about.
func (p *Planner) input(ctx context.Context, tx Tx, events []desk.Event) (Input, error) {
	s := sift(events)
	more, err := tx.CasesOf(ctx, s.mentions)
	if err != nil {
		return Input{}, err
	}
	s.cases = unique(append(s.cases, more...))
	in := Input{Now: tx.Now(), Troubles: s.troubles}
	var posts time.Time
	if p.o.Tree.posts {
		posts = in.Now.Add(-30 * 24 * time.Hour)
	}
	if in.Cases, err = tx.NoticeCases(ctx, s.cases, posts); err != nil {
		return Input{}, err
	}
	if err := addDead(ctx, tx, &in, s.dead); err != nil {
		return Input{}, err
	}
	var keys, subjects []string
	found := make(map[desk.CaseID]bool, len(in.Cases))
	for i := range in.Cases {
		found[in.Cases[i].ID] = true
		for _, b := range p.o.Tree.groupsOf(&in.Cases[i]) {
			keys = append(keys, b.key)
		}
	}
	for _, id := range s.cases {
		subjects = append(subjects, string(id))
		if !found[id] {
			in.Gone = append(in.Gone, id)
		}
	}
	for _, h := range in.Troubles {
		keys = append(keys, h.key())
	}
	in.Groups, err = tx.NoticeGroups(ctx, unique(keys), subjects, in.Now, maxDue)
	return in, err
}

// addDead adds the acts that were given up. Of a notice about the desk's own troubles nothing is said: it would be given up too.
func addDead(ctx context.Context, tx Tx, in *Input, ids []string) error {
	entries, err := tx.NoticeEntries(ctx, ids)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.State == desk.EntryDead && !(e.Kind == desk.EntryNotice && isTrouble(e.Subject)) {
			in.Troubles = append(in.Troubles, Happening{Entry: e.ID})
		}
	}
	return nil
}

// sifted is what events are about, as far as notices care.
type sifted struct {
	cases    []desk.CaseID
	mentions []desk.MentionID // that may be in a case
	troubles []Happening
	dead     []string
}

func sift(events []desk.Event) sifted {
	var s sifted
	for _, e := range events {
		switch e.What {
		case desk.EventSourceFailing, desk.EventSourceOK:
			s.troubles = append(s.troubles, Happening{Source: e.Subject, OK: e.What == desk.EventSourceOK})
		case desk.EventAccountCare, desk.EventAccountWell:
			s.troubles = append(s.troubles, Happening{Account: e.Subject, Stage: e.To, OK: e.What == desk.EventAccountWell})
		case desk.EventEntryDead:
			s.dead = append(s.dead, e.Subject)
		case desk.EventMentionNew, desk.EventNoticeSent:
			// A mention that opens or joins a case has an event of the case as well.
		case desk.EventMentionEdited, desk.EventMentionGone, desk.EventVerdictChanged:
			s.mentions = append(s.mentions, e.Mention)
			fallthrough
		default:
			if e.Case != "" {
				s.cases = append(s.cases, e.Case)
			}
		}
	}
	s.mentions, s.dead = unique(s.mentions), unique(s.dead)
	return s
}

func unique[T ~string](list []T) []T {
	return slices.Compact(slices.Sorted(slices.Values(list)))
}
