package notify_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/store"
	"github.com/earshotdesk/earshot/notify"
)

// One event of one case in a desk with many told groups: what a move costs the planner.
func BenchmarkStep(b *testing.B) {
	s, err := store.Open(b.Context(), store.Options{DSN: "sqlite:" + filepath.Join(b.TempDir(), "desk.db"), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	tree, err := notify.Compile(desk.Route{Target: "team", GroupWait: new(desk.Duration), GroupBy: []string{"case"}}, nil)
	if err != nil {
		b.Fatal(err)
	}
	const cases = 2000
	err = s.Update(b.Context(), func(tx *store.Tx) error {
		for i := range cases {
			c := desk.Case{ID: desk.CaseID(fmt.Sprint("c", i)), Brand: "acme", Site: "demo", State: desk.CaseNew, Urgency: "normal"}
			if err := tx.InsertCase(b.Context(), &c); err != nil {
				return err
			}
			tx.Emit(desk.Event{What: desk.EventCaseOpened, Case: c.ID})
		}
		return nil
	})
	p := notify.NewPlanner(notify.PlannerOptions{Store: planned{s}, Tree: tree})
	if err == nil {
		err = p.Drain(b.Context())
	}
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		err := s.Update(b.Context(), func(tx *store.Tx) error {
			tx.Emit(desk.Event{What: desk.EventCaseMoved, Case: "c7"})
			return nil
		})
		if err == nil {
			err = p.Step(context.Background())
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}
