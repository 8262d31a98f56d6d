package connectors

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
)

func TestPollerKeepsTheInterval(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, b := &polls{}, &polls{}
		one, two := source("one", a), source("two", b)
		p := newPoller(t, remember(one, two), PollerOptions{}, one, two)
		runFor(t, p, 3*time.Hour)
		for c, name := range map[*polls]string{a: "one", b: "two"} {
			want := 10*time.Minute + jitter(name, 10*time.Minute)
			for _, gap := range c.gaps() {
				if gap < want || gap > want+time.Second {
					t.Errorf("%s: polled after %v, want %v and at most the look of 1s more", name, gap, want)
				}
			}
			if n := c.count(); n < 16 || n > 19 {
				t.Errorf("%s: %d polls in 3 hours at 10 minutes", name, n)
			}
		}
		if jitter("one", time.Hour) == jitter("two", time.Hour) {
			t.Error("two sources have the same jitter")
		}
	})
}

func TestPollerPollsMoreAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &polls{do: func(_ context.Context, n int, _ Cursor) (Batch, error) {
			b := fine(n)
			b.More = n < 5
			return b, nil
		}}
		s := source("s", c)
		m := remember(s)
		runFor(t, newPoller(t, m, PollerOptions{}, s), time.Minute)
		if got := c.gaps(); !slices.Equal(got, make([]time.Duration, 4)) {
			t.Errorf("gaps between the five polls of one walk: %v", got)
		}
		var first []bool
		for _, in := range m.intakes {
			first = append(first, in.First)
		}
		if diff := cmp.Diff([]bool{true, true, true, true, true}, first); diff != "" {
			t.Errorf("First of the walk (-want +got):\n%s", diff)
		}
	})
}

// A first walk that a crash cuts off is still quiet when another process goes on with it; what comes after it is not.
func TestFirstContactOutlivesACrash(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, crash := context.WithCancel(t.Context())
		c := &polls{do: func(_ context.Context, n int, since Cursor) (Batch, error) {
			if n == 3 {
				crash()
				return Batch{}, ctx.Err()
			}
			b := fine(n)
			b.More = n < 5
			return b, nil
		}}
		s := source("s", c)
		m := remember(s)
		if err := newPoller(t, m, PollerOptions{}, s).Run(ctx); err != nil {
			t.Fatal(err)
		}
		if st := m.state("s"); st.Cursor != "2" || !st.FirstPollAt.IsZero() || st.Health == desk.HealthFailing {
			t.Fatalf("after the crash: %+v", st)
		}
		runFor(t, newPoller(t, m, PollerOptions{}, s), 15*time.Minute)
		got := map[string]bool{}
		for _, in := range m.intakes {
			got[in.Cursor] = in.First
		}
		if diff := cmp.Diff(map[string]bool{"1": true, "2": true, "4": true, "5": true, "6": false}, got); diff != "" {
			t.Errorf("First by cursor (-want +got):\n%s", diff)
		}
	})
}

func TestPollerBoundsItsWorkers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &polls{do: func(ctx context.Context, n int, _ Cursor) (Batch, error) {
			time.Sleep(10 * time.Second)
			return fine(n), nil
		}}
		var all []Configured
		for i := range 20 {
			all = append(all, source(fmt.Sprint("s", i), c))
		}
		m := remember(all...)
		runFor(t, newPoller(t, m, PollerOptions{Workers: 3}, all...), 5*time.Minute)
		if c.most != 3 || c.count() != 20 {
			t.Errorf("%d polls, %d at the same time; want 20 and 3", c.count(), c.most)
		}
		if m.asked != 20 {
			t.Errorf("those who waited for a worker queued again: %d leases were asked for, want 20", m.asked)
		}
	})
}

// A source with endless history leaves the only worker to others between its batches.
func TestLongWalkStarvesNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		long := source("long", &polls{do: func(_ context.Context, n int, _ Cursor) (Batch, error) {
			time.Sleep(time.Second)
			b := fine(n)
			b.More = true
			return b, nil
		}})
		c := &polls{}
		short := source("short", c)
		runFor(t, newPoller(t, remember(long, short), PollerOptions{Workers: 1}, long, short), 30*time.Minute)
		if c.count() < 2 {
			t.Errorf("the other source was polled %d times in 30 minutes", c.count())
		}
	})
}

// Several processes share a store: together they poll every source at its interval, and none twice at a time.
func TestPollersShareAStore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var counts []*polls
		var all []Configured
		for i := range 10 {
			c := &polls{do: func(_ context.Context, n int, _ Cursor) (Batch, error) {
				time.Sleep(5 * time.Second)
				return fine(n), nil
			}}
			counts = append(counts, c)
			all = append(all, source(fmt.Sprint("s", i), c))
		}
		m := remember(all...)
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		done := make(chan error)
		for range 3 {
			p := newPoller(t, m, PollerOptions{Workers: 10}, all...)
			go func() { done <- p.Run(ctx) }()
		}
		for range 3 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		for i, c := range counts {
			if c.most != 1 || c.count() < 5 || c.count() > 6 {
				t.Errorf("source %d: %d polls in an hour, %d at the same time; want 5 or 6, and 1", i, c.count(), c.most)
			}
		}
	})
}

// Stopping waits for the poll in hand, gives its lease back and does not blame the source.
func TestStoppingLeavesTheSourceDue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var returned time.Time
		c := &polls{do: func(ctx context.Context, _ int, _ Cursor) (Batch, error) {
			<-ctx.Done()
			time.Sleep(3 * time.Second)
			returned = time.Now()
			return Batch{Spend: Spend{Micros: 7}}, ctx.Err()
		}}
		s := source("s", c)
		m := remember(s)
		runFor(t, newPoller(t, m, PollerOptions{}, s), 10*time.Second)
		if m.paid != 7 {
			t.Errorf("what the poll spent until it was cut off is noted as %d", m.paid)
		}
		if returned.IsZero() || len(m.reports) != 0 {
			t.Errorf("Run ended before its poll, or reported it: %v, %v", returned, m.reports)
		}
		due, err := m.DueSources(t.Context(), time.Now())
		if err != nil || !slices.Equal(due, []string{"s"}) {
			t.Errorf("due after stopping: %v, %v", due, err)
		}
	})
}

// A poll that comes back well while the desk is stopping is stored.
func TestStoppingStoresWhatCame(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := source("s", &polls{do: func(ctx context.Context, n int, _ Cursor) (Batch, error) {
			<-ctx.Done()
			return fine(n), nil
		}})
		m := remember(s)
		runFor(t, newPoller(t, m, PollerOptions{}, s), 10*time.Second)
		if st := m.state("s"); len(m.intakes) != 1 || st.Health != desk.HealthOK {
			t.Errorf("%d intakes, health %s", len(m.intakes), st.Health)
		}
	})
}
