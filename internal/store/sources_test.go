package store

import (
	"errors"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
)

func source(name string, hash string) desk.Source {
	return desk.Source{Name: name, Kind: "feed", Site: "feed:example", Account: "support", Brand: "acme", Every: 5 * time.Minute, Hash: hash}
}

func sync1(t *testing.T, s *Store, list ...desk.Source) {
	t.Helper()
	if err := s.SyncSources(t.Context(), list); err != nil {
		t.Fatal(err)
	}
}

func lease(t *testing.T, s *Store, name string, now time.Time) desk.Lease {
	t.Helper()
	_, l, ok, err := s.LeaseSource(t.Context(), name, "me", time.Minute, now, true)
	if err != nil || !ok {
		t.Fatalf("no lease of %s: %v", name, err)
	}
	return l
}

func remembered(t *testing.T, s *Store, name string) desk.SourceState {
	t.Helper()
	state, err := s.Source(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return state
}

func TestSyncSources(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		now := at1
		s := e.open(t, clock(&now))
		sync1(t, s, source("b", "1"), source("a", "1"))
		l := lease(t, s, "a", at1)
		change(t, s, func(tx *Tx) error {
			return tx.TakeIntake(t.Context(), desk.Intake{Source: source("a", "1"), Lease: l, At: at1, Cursor: "c7"})
		})
		report := desk.PollReport{Lease: l, At: at1, Next: at1.Add(time.Hour), Err: "410 gone", Stop: true}
		if err := s.ReportPoll(t.Context(), report); err != nil {
			t.Fatal(err)
		}
		sync1(t, s, source("a", "1"), source("c", "1")) // unchanged, one gone, one new
		state := remembered(t, s, "a")
		if state.Health != desk.HealthStopped || state.Cursor != "c7" || !state.NextPollAt.Equal(report.Next) || state.Removed {
			t.Errorf("an unchanged source: %+v", state)
		}
		if !remembered(t, s, "b").Removed {
			t.Error("b is configured still")
		}
		sync1(t, s, source("a", "2"), source("b", "1"))
		state = remembered(t, s, "a")
		want := desk.SourceState{Source: source("a", "2"), Cursor: "c7", Health: desk.HealthNew, FirstPollAt: at1, LastPollAt: at1}
		if diff := cmp.Diff(want, state); diff != "" {
			t.Errorf("a changed source -want +got:\n%s", diff)
		}
		all, err := s.ListSources(t.Context(), desk.Everything)
		if err != nil || len(all) != 3 || all[0].Name != "a" || all[1].Name != "b" || all[2].Name != "c" || !all[2].Removed {
			t.Errorf("listed %+v, %v", all, err)
		}
		if none, err := s.ListSources(t.Context(), desk.Scope{Brands: []string{"birch"}}); err != nil || len(none) != 0 {
			t.Errorf("the scope of birch shows %+v, %v", none, err)
		}
		due, err := s.DueSources(t.Context(), at1)
		if err != nil || strings.Join(due, " ") != "a b" {
			t.Errorf("due: %v, %v", due, err)
		}
		sync1(t, s)
		if due, err := s.DueSources(t.Context(), at1.Add(time.Hour)); err != nil || len(due) != 0 {
			t.Errorf("due without a configuration: %v, %v", due, err)
		}
	})
}

func TestLease(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		now := at1
		s := e.open(t, clock(&now))
		sync1(t, s, source("a", "1"))
		take := func(at time.Time, force bool) (desk.Lease, bool) {
			t.Helper()
			state, l, ok, err := s.LeaseSource(t.Context(), "a", "me", time.Minute, at, force)
			if err != nil || state.Name != "a" || ok != (l != desk.Lease{}) {
				t.Fatalf("%+v, %v, %v", l, ok, err)
			}
			return l, ok
		}
		first, ok := take(at1, false)
		if want := (desk.Lease{Name: "a", Owner: "me", Fence: 1, Until: at1.Add(time.Minute)}); !ok || first != want {
			t.Fatalf("the first lease is %+v", first)
		}
		if _, ok := take(at1.Add(59*time.Second), true); ok {
			t.Error("a lease that is held was taken, by its owner and with force")
		}
		if err := s.ExtendLease(t.Context(), first, at1.Add(2*time.Minute)); err != nil {
			t.Fatal(err)
		}
		if _, ok := take(at1.Add(90*time.Second), false); ok {
			t.Error("an extended lease was taken")
		}
		second, ok := take(at1.Add(2*time.Minute), false)
		if !ok || second.Fence <= first.Fence {
			t.Fatalf("after it ran out: %+v", second)
		}
		for name, err := range map[string]error{
			"extending": s.ExtendLease(t.Context(), first, at1.Add(time.Hour)), "giving back": s.ExtendLease(t.Context(), first, time.Time{}),
			"reporting": s.ReportPoll(t.Context(), desk.PollReport{Lease: first, At: at1, Err: "late"}),
			"storing": s.Update(t.Context(), func(tx *Tx) error {
				return tx.TakeIntake(t.Context(), desk.Intake{Source: source("a", "1"), Lease: first, Cursor: "old"})
			}),
		} {
			if !errors.Is(err, desk.ErrConflict) {
				t.Errorf("%s with an old fence: %v", name, err)
			}
		}
		if state := remembered(t, s, "a"); state.Cursor != "" || state.Health != desk.HealthNew {
			t.Errorf("an old fence wrote: %+v", state)
		}
		if err := errors.Join(s.ExtendLease(t.Context(), second, now), s.ExtendLease(t.Context(), second, time.Time{})); err != nil {
			t.Errorf("giving back: %v", err)
		}
		if err := s.ExtendLease(t.Context(), second, at1.Add(time.Hour)); !errors.Is(err, desk.ErrConflict) {
			t.Errorf("extending what was given back: %v", err)
		}
		if due, err := s.DueSources(t.Context(), at1.Add(2*time.Minute)); err != nil || len(due) != 1 {
			t.Errorf("due after giving back: %v, %v", due, err)
		}
		if _, _, _, err := s.LeaseSource(t.Context(), "nobody", "me", time.Minute, at1, true); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("unknown: %v", err)
		}
	})
}

func TestOneOfManyTakesTheLease(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		s := e.open(t)
		sync1(t, s, source("a", "1"))
		var taken atomic.Int32
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if _, _, ok, err := s.LeaseSource(t.Context(), "a", "me", time.Minute, at1, false); err != nil {
					t.Error(err)
				} else if ok {
					taken.Add(1)
				}
			})
		}
		wg.Wait()
		if taken.Load() != 1 {
			t.Errorf("%d took it", taken.Load())
		}
	})
}

func TestReportPoll(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		s := e.open(t)
		sync1(t, s, source("a", "1"))
		l := lease(t, s, "a", at1)
		minute := func(n int) time.Time { return at1.Add(time.Duration(n) * time.Minute) }
		step := func(r desk.PollReport) desk.SourceState {
			t.Helper()
			r.Lease = l
			if err := s.ReportPoll(t.Context(), r); err != nil {
				t.Fatal(err)
			}
			return remembered(t, s, "a")
		}
		got := step(desk.PollReport{At: minute(1), Err: "slow", Running: true, Next: minute(9), Spend: 5})
		want := desk.SourceState{Source: source("a", "1"), Health: desk.HealthFailing, Error: "slow", Failures: 1, LastPollAt: minute(1), FailingSince: minute(1), SpendMicros: 5}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("running -want +got:\n%s", diff)
		}
		if _, _, ok, err := s.LeaseSource(t.Context(), "a", "other", time.Minute, at1.Add(59*time.Second), true); ok || err != nil {
			t.Errorf("a running poll lost its lease, %v", err)
		}
		got = step(desk.PollReport{At: minute(2), Err: "down", Next: minute(7), GapNote: "window passed", Spend: 2})
		want.Error, want.Failures, want.LastPollAt, want.NextPollAt, want.GapAt, want.GapNote, want.SpendMicros = "down", 2, minute(2), minute(7), minute(2), "window passed", 7
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("failing -want +got:\n%s", diff)
		}
		april := at1.AddDate(0, 1, 0)
		got = step(desk.PollReport{At: april, Next: april.Add(time.Hour), Spend: 3})
		want = desk.SourceState{Source: source("a", "1"), Health: desk.HealthOK, LastPollAt: april, LastOKAt: april, NextPollAt: april.Add(time.Hour), GapAt: minute(2), GapNote: "window passed", SpendMicros: 3}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("well, in the next month -want +got:\n%s", diff)
		}
		if got := step(desk.PollReport{At: april, Err: "410", Stop: true}); got.Health != desk.HealthStopped {
			t.Errorf("stopped: %+v", got)
		}
		if _, _, ok, err := s.LeaseSource(t.Context(), "a", "me", time.Minute, april, true); ok || err != nil {
			t.Errorf("a stopped source was leased, %v", err)
		}
		events, err := s.ListEvents(t.Context(), desk.Everything, 0, 9)
		if err != nil {
			t.Fatal(err)
		}
		var what []string
		for _, e := range events {
			what = append(what, e.What+" "+e.To)
		}
		if diff := cmp.Diff([]string{"source.failing failing", "source.recovered ok", "source.failing stopped"}, what); diff != "" {
			t.Errorf("events -want +got:\n%s", diff)
		}
	})
}

func TestPoison(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		s := e.open(t)
		sync1(t, s, source("a", "1"))
		items := []desk.Poison{{Source: "a", Remote: "1", At: at1, Err: "no date", Raw: []byte{0, 1, 255}}, {Source: "a", At: at1.Add(time.Second), Err: "no text"}}
		put := func() (n int) {
			change(t, s, func(tx *Tx) (err error) {
				n, err = tx.PutPoison(t.Context(), items)
				return err
			})
			return n
		}
		if a, b := put(), put(); a != 2 || b != 0 {
			t.Errorf("stored %d, then %d, want 2 and 0", a, b)
		}
		items[1].Raw = []byte{}
		got, err := s.ListPoison(t.Context(), desk.Scope{Brands: []string{"acme"}}, "a", 9)
		if diff := cmp.Diff([]desk.Poison{items[1], items[0]}, got); diff != "" || err != nil {
			t.Errorf("%v -want +got:\n%s", err, diff)
		}
		if got, err := s.ListPoison(t.Context(), desk.Scope{Brands: []string{"birch"}}, "a", 9); err != nil || len(got) != 0 {
			t.Errorf("outside the scope: %v, %v", got, err)
		}
		if n := remembered(t, s, "a").PoisonItems; n != 2 {
			t.Errorf("counted %d", n)
		}
	})
}

// Whoever writes at a site may write what cannot be read, as much as they like: it must not fill the disk.
func TestPoisonIsBounded(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		s := e.open(t)
		sync1(t, s, source("a", "1"), source("b", "1"))
		change(t, s, func(tx *Tx) error {
			_, err := tx.PutPoison(t.Context(), []desk.Poison{{Source: "b", At: at1, Err: "another's", Raw: []byte("b")}})
			return err
		})
		for part := range 3 {
			items := make([]desk.Poison, mostPoison/2)
			for i := range items {
				items[i] = desk.Poison{Source: "a", At: at1, Err: "odd", Raw: []byte(strconv.Itoa(part*len(items) + i))}
			}
			change(t, s, func(tx *Tx) error {
				n, err := tx.PutPoison(t.Context(), items)
				if n != len(items) {
					t.Errorf("%d are new", n)
				}
				return err
			})
		}
		got, err := s.ListPoison(t.Context(), desk.Everything, "a", 2*mostPoison)
		if err != nil || len(got) != mostPoison || string(got[0].Raw) != strconv.Itoa(3*mostPoison/2-1) || remembered(t, s, "a").PoisonItems != 3*mostPoison/2 {
			t.Errorf("%d are kept, of %d: %v", len(got), remembered(t, s, "a").PoisonItems, err)
		}
		if got, err := s.ListPoison(t.Context(), desk.Everything, "b", 9); err != nil || len(got) != 1 {
			t.Errorf("of the other source %d are kept: %v", len(got), err)
		}
	})
}
