package connectors

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

func TestRunOncePollsAllToTheirEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := &polls{do: func(_ context.Context, n int, _ Cursor) (Batch, error) {
			b := fine(n)
			b.More = n%3 != 0
			return b, nil
		}}
		boom := errors.New("no such host")
		b := &polls{do: func(context.Context, int, Cursor) (Batch, error) { return Batch{}, boom }}
		good, bad := source("good", a), source("bad", b)
		m := remember(good, bad)
		p := newPoller(t, m, PollerOptions{}, good, bad)
		for range 2 { // the second time nothing is due, and all is polled all the same
			if err := p.RunOnce(t.Context()); !errors.Is(err, boom) || err.Error() != "source bad: no such host" {
				t.Errorf("RunOnce: %v", err)
			}
		}
		if a.count() != 6 || b.count() != 2 || len(m.intakes) != 6 {
			t.Errorf("polls: good %d, bad %d; intakes %d", a.count(), b.count(), len(m.intakes))
		}
	})
}

func TestDryRunStoresNothing(t *testing.T) {
	t.Parallel()
	s := source("s", &polls{do: func(_ context.Context, n int, since Cursor) (Batch, error) {
		if since != "" {
			return Batch{}, errors.New("a dry run starts at the beginning")
		}
		return fine(n), nil
	}})
	m := remember(s)
	m.rows["s"].Cursor = "7"
	p := newPoller(t, m, PollerOptions{}, s)
	b, err := p.DryRun(t.Context(), "s")
	if err != nil || len(b.Mentions) != 1 || b.Mentions[0].Brand != "acme" || b.Mentions[0].Site != "double:here" || b.Mentions[0].Source != "s" {
		t.Errorf("DryRun: %+v, %v", b, err)
	}
	if len(m.intakes)+len(m.reports) != 0 || m.rows["s"].lease.Fence != 0 {
		t.Error("a dry run left traces in the store")
	}
	if _, err := p.DryRun(t.Context(), "other"); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("of an unknown source: %v", err)
	}
}

func TestPollNow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := source("s", &polls{do: func(_ context.Context, n int, _ Cursor) (Batch, error) {
			time.Sleep(time.Second)
			return fine(n), nil
		}})
		m := remember(s)
		p := newPoller(t, m, PollerOptions{}, s)
		for range 2 { // due, and not due
			if res, err := p.PollNow(t.Context(), "s"); err != nil || res.New != 1 {
				t.Errorf("PollNow: %+v, %v", res, err)
			}
		}
		if _, err := p.PollNow(t.Context(), "other"); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("of an unknown source: %v", err)
		}
		second := make(chan error)
		go func() { _, err := p.PollNow(t.Context(), "s"); second <- err }()
		synctest.Wait()
		if _, err := p.PollNow(t.Context(), "s"); !errors.Is(err, desk.ErrConflict) || err.Error() != "s is being polled right now." {
			t.Errorf("while it is polled: %v", err)
		}
		elsewhere := newPoller(t, m, PollerOptions{}, s)
		if _, err := elsewhere.PollNow(t.Context(), "s"); !errors.Is(err, desk.ErrConflict) {
			t.Errorf("while another process polls it: %v", err)
		}
		if err := <-second; err != nil {
			t.Error(err)
		}
	})
}

func TestNewPollerRefusesMistakes(t *testing.T) {
	t.Parallel()
	s := source("s", &polls{})
	for _, bad := range [][]Configured{{s, s}, {source("", &polls{})}, {source("x", nil)}} {
		if _, err := NewPoller(remember(), remember(), bad, PollerOptions{}); err == nil {
			t.Errorf("no error for %+v", bad)
		}
	}
}
