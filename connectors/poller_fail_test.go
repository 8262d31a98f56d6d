package connectors

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// A source that fails for a while is one line in the log when it starts and one when it is over.
func TestPollerIsQuiet(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		log, lines := logged()
		c := &polls{do: func(_ context.Context, n int, since Cursor) (Batch, error) {
			if n > 2 && n < 7 {
				return Batch{}, &desk.Transient{Err: errors.New("the site answered 503")}
			}
			return Batch{Next: since}, nil
		}}
		s := source("s", c)
		m := remember(s)
		runFor(t, newPoller(t, m, PollerOptions{Log: log}, s), 2*time.Hour)
		want := []string{
			`level=WARN msg="source fails" source=s error="the site answered 503"`,
			`level=INFO msg="source recovered" source=s after=`,
		}
		got := lines()
		if len(got) != 2 || got[0] != want[0] || !strings.HasPrefix(got[1], want[1]) {
			t.Errorf("log:\n%s", strings.Join(got, "\n"))
		}
		if st := m.state("s"); st.Health != desk.HealthOK || st.Failures != 0 || st.Error != "" {
			t.Errorf("state: %+v", st)
		}
	})
}

func TestPanicIsAnErrorOfItsSource(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bad := source("bad", &polls{do: func(context.Context, int, Cursor) (Batch, error) { panic("index out of range") }})
		c := &polls{}
		good := source("good", c)
		m := remember(bad, good)
		runFor(t, newPoller(t, m, PollerOptions{}, bad, good), 25*time.Minute)
		if st := m.state("bad"); st.Health != desk.HealthFailing || st.Error != "the connector panicked: index out of range" {
			t.Errorf("state: %+v", st)
		}
		if c.count() != 3 {
			t.Errorf("the other source was polled %d times, want 3", c.count())
		}
	})
}

func TestPollTimesOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := source("s", &polls{do: func(ctx context.Context, _ int, _ Cursor) (Batch, error) {
			<-ctx.Done()
			return Batch{}, ctx.Err()
		}})
		m := remember(s)
		runFor(t, newPoller(t, m, PollerOptions{Timeout: 20 * time.Second}, s), 25*time.Second)
		if got, want := m.state("s").Error, "the poll did not end within 20s: context deadline exceeded"; got != want {
			t.Errorf("error %q, want %q", got, want)
		}
	})
}

// A connector that ignores its context is reported once, frees its worker, is doubled by nobody, and its late batch counts.
func TestSlowPollIsSkippedNotDoubled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		log, lines := logged()
		c := &polls{do: func(_ context.Context, n int, _ Cursor) (Batch, error) {
			if n == 1 {
				time.Sleep(time.Hour)
			}
			return fine(n), nil
		}}
		o := &polls{}
		slow, other := source("slow", c), source("other", o)
		m := remember(slow, other)
		opt := PollerOptions{Workers: 1, Timeout: time.Minute, Grace: 30 * time.Second, Log: log}
		ctx, cancel := context.WithTimeout(t.Context(), 65*time.Minute)
		defer cancel()
		done := make(chan error, 2)
		for _, sources := range [][]Configured{{slow, other}, {slow}} {
			p := newPoller(t, m, opt, sources...)
			go func() { done <- p.Run(ctx) }()
			time.Sleep(time.Second) // the first one has it
		}
		time.Sleep(50 * time.Minute)
		if st := m.state("slow"); st.Health != desk.HealthFailing || st.Failures != 1 || !strings.Contains(st.Error, "has not come back") {
			t.Errorf("while it hangs: %+v", st)
		}
		if c.count() != 1 || o.count() < 4 {
			t.Errorf("while it hangs: slow polled %d times, other %d", c.count(), o.count())
		}
		for range 2 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if st := m.state("slow"); st.Health != desk.HealthOK || len(m.intakes) == 0 || c.most != 1 {
			t.Errorf("afterwards: %+v, %d intakes, %d at the same time", st, len(m.intakes), c.most)
		}
		if got := lines(); len(got) != 2 {
			t.Errorf("log:\n%s", strings.Join(got, "\n"))
		}
	})
}

func TestStoppedUntilTheConfigurationChanges(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &polls{do: func(_ context.Context, n int, _ Cursor) (Batch, error) {
			if n == 1 {
				return Batch{}, fmt.Errorf("https://example.com/feed: %w", ErrStopped)
			}
			return fine(n), nil
		}}
		s := source("s", c)
		m := remember(s)
		p := newPoller(t, m, PollerOptions{}, s)
		runFor(t, p, 48*time.Hour)
		if st := m.state("s"); c.count() != 1 || st.Health != desk.HealthStopped {
			t.Errorf("%d polls, health %s", c.count(), st.Health)
		}
		_, err := p.PollNow(t.Context(), "s")
		want := "s is stopped until its configuration changes: https://example.com/feed: the site says this is gone for good"
		if !errors.Is(err, desk.ErrConflict) || err.Error() != want {
			t.Errorf("PollNow: %v", err)
		}
		s.Source.Hash = "2"
		m.sync(s)
		runFor(t, newPoller(t, m, PollerOptions{}, s), time.Minute)
		if st := m.state("s"); c.count() != 2 || st.Health != desk.HealthOK {
			t.Errorf("after the change: %d polls, health %s", c.count(), st.Health)
		}
	})
}

// A lease that was lost while polling ends the poll without a word, a report or a moved cursor.
func TestLostLeaseEndsQuietly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		log, lines := logged()
		s := source("s", &polls{do: func(_ context.Context, n int, _ Cursor) (Batch, error) {
			b := fine(n)
			b.Spend.Micros = 7
			return b, nil
		}})
		m := remember(s)
		m.onIngest = func(desk.Intake) { // another process took over
			m.mu.Lock()
			defer m.mu.Unlock()
			m.rows["s"].lease.Fence++
		}
		runFor(t, newPoller(t, m, PollerOptions{Log: log}, s), time.Second/2)
		if len(m.intakes)+len(m.reports) != 0 || m.state("s").Cursor != "" || lines()[0] != "" || m.paid != 7 {
			t.Errorf("intakes %v, reports %v, log %v", m.intakes, m.reports, lines())
		}
	})
}

// A batch that comes with an error is stored first; an error without one leaves the cursor alone; a failing store too.
func TestErrorsAndCursor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &polls{do: func(_ context.Context, n int, _ Cursor) (Batch, error) {
			switch n {
			case 1:
				b := fine(n)
				b.Gap = &Gap{Note: "The site kept only 100."}
				b.Spend.Micros = 7
				return b, errors.New("page 2 is garbage")
			case 2:
				return Batch{}, errors.New("bad token")
			}
			return fine(n), nil
		}}
		s := source("s", c)
		m := remember(s)
		p := newPoller(t, m, PollerOptions{}, s)
		check := func(wantCursor, wantErr string, intakes int) {
			t.Helper()
			_, err := p.PollNow(t.Context(), "s")
			st := m.state("s")
			if err == nil || err.Error() != wantErr || st.Error != wantErr || st.Cursor != wantCursor || len(m.intakes) != intakes {
				t.Errorf("err %v, state %+v, %d intakes", err, st, len(m.intakes))
			}
		}
		check("1", "page 2 is garbage", 1)
		if st := m.state("s"); st.GapNote != "The site kept only 100." || st.SpendMicros != 7 {
			t.Errorf("gap and spend: %+v", st)
		}
		check("1", "bad token", 1)
		m.refuse = errors.New("disk full")
		check("1", "storing what came: disk full", 1)
	})
}

func TestMoreWithoutMovingIsAFailure(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &polls{do: func(context.Context, int, Cursor) (Batch, error) { return Batch{Next: "1", More: true}, nil }}
		s := source("s", c)
		m := remember(s)
		runFor(t, newPoller(t, m, PollerOptions{}, s), time.Minute)
		if st := m.state("s"); c.count() != 2 || !strings.Contains(st.Error, "does not move") {
			t.Errorf("%d polls, error %q", c.count(), st.Error)
		}
	})
}

// A store that is down for ten minutes is one line in the log when it goes and one when it is back.
func TestPollerWithoutItsStore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		log, lines := logged()
		c := &polls{}
		s := source("s", c)
		m := remember(s)
		down := &blinking{memory: m, until: time.Now().Add(10 * time.Minute)}
		p, err := NewPoller(down, m, []Configured{s}, PollerOptions{Log: log})
		if err != nil {
			t.Fatal(err)
		}
		runFor(t, p, 11*time.Minute)
		want := "level=ERROR msg=\"cannot ask for due sources\" error=\"no connection\"\nlevel=INFO msg=\"due sources can be asked for again\""
		if got := strings.Join(lines(), "\n"); got != want || c.count() != 1 {
			t.Errorf("%d polls, log:\n%s", c.count(), got)
		}
	})
}

// blinking is a store that does not answer for a while.
type blinking struct {
	*memory
	until time.Time
}

func (b *blinking) DueSources(ctx context.Context, now time.Time) ([]string, error) {
	if now.Before(b.until) {
		return nil, errors.New("no connection")
	}
	return b.memory.DueSources(ctx, now)
}
