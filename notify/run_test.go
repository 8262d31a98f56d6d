package notify_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/store"
	"github.com/earshotdesk/earshot/notify"
)

// The planner runs by itself: woken by events of this process, on ticks for the rest, and it ends when it is told to.
func TestThePlannerRuns(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s, err := store.Open(t.Context(), store.Options{DSN: "sqlite:" + filepath.Join(dir, "desk.db"), Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = s.Close() }()
		tree, err := notify.Compile(desk.Route{Target: "team"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		wake := make(chan struct{}, 1)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			notify.NewPlanner(notify.PlannerOptions{Store: planned{s}, Tree: tree, Wake: wake, Tick: 5 * time.Second}).Run(ctx)
		}()
		r := &rig{T: t, now: time.Now(), store: s}
		r.opens("c1", "It smokes.")
		wake <- struct{}{}
		waits := func() int {
			due, err := s.ClaimEntries(t.Context(), desk.EntryNotice, "test", time.Second, 10)
			if err != nil {
				t.Fatal(err)
			}
			return len(due)
		}
		time.Sleep(desk.DefaultGroupWait - time.Second)
		if n := waits(); n != 0 {
			t.Errorf("%d notices before group_wait was over", n)
		}
		time.Sleep(6 * time.Second)
		if n := waits(); n != 1 {
			t.Errorf("%d notices at the tick after group_wait, want one", n)
		}
		cancel()
		<-done
	})
}
