package outbox_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/outbox"
)

// pencil changes replies as the test says and counts how often.
type pencil struct {
	err    error
	panics bool
	calls  int
}

func (p *pencil) Edit(_ context.Context, out desk.Outgoing, r desk.Receipt) (desk.Receipt, error) {
	p.calls++
	if p.panics {
		panic("in the middle")
	}
	return desk.Receipt{Remote: r.Remote, URL: "https://wall.example/" + out.Text}, p.err
}

func (p *pencil) Delete(context.Context, desk.Outgoing, desk.Receipt) error {
	p.calls++
	return p.err
}

// changes is the ledger of one reply.
type changes struct {
	err     error
	settled desk.Settlement
}

func (c *changes) BeginChange(context.Context, desk.Entry) (desk.Outgoing, desk.Receipt, error) {
	return desk.Outgoing{Text: "new"}, desk.Receipt{Remote: "r1"}, c.err
}

func (c *changes) SettleChange(_ context.Context, _ desk.Entry, s desk.Settlement) error {
	c.settled = s
	return nil
}

// TestChanger tries every end of one attempt.
func TestChanger(t *testing.T) {
	t.Parallel()
	lost := &desk.Unknown{Err: &desk.Transient{After: time.Second, Err: errors.New("cut")}}
	for name, tc := range map[string]struct {
		kind         string
		begin, act   error
		change       func(e *desk.Entry)
		panics       bool
		state        desk.EntryState
		wait         time.Duration
		free, unsent bool
		calls        int
		says         string
	}{
		"edited":             {kind: desk.EntryEdit, state: desk.EntryDone, calls: 1},
		"deleted":            {kind: desk.EntryDelete, state: desk.EntryDone, calls: 1},
		"stopped":            {begin: &desk.Transient{After: 15 * time.Second, Err: errors.New("stopped")}, state: desk.EntryWaiting, wait: 15 * time.Second, free: true, unsent: true},
		"taken back":         {begin: desk.Deniedf("Taken back."), state: desk.EntryDead, unsent: true, says: "Taken back."},
		"no database":        {begin: errors.New("no database"), state: desk.EntryWaiting, wait: 2 * time.Second},
		"busy":               {act: &desk.Transient{Err: errors.New("busy")}, state: desk.EntryWaiting, wait: 2 * time.Second, unsent: true, calls: 1},
		"rate limit":         {act: &desk.Transient{After: time.Minute, Err: errors.New("limit")}, state: desk.EntryWaiting, wait: time.Minute, free: true, unsent: true, calls: 1},
		"lost answer":        {act: lost, state: desk.EntryWaiting, wait: timeout, calls: 1},
		"surprise":           {act: errors.New("surprise"), state: desk.EntryWaiting, wait: 2 * time.Second, calls: 1},
		"panic":              {panics: true, state: desk.EntryWaiting, wait: 2 * time.Second, calls: 1, says: "internal error"},
		"refused":            {act: desk.Deniedf("Too late to edit."), state: desk.EntryDead, unsent: true, calls: 1, says: "Too late to edit."},
		"lost once too much": {act: lost, change: func(e *desk.Entry) { e.Attempts = 10 }, state: desk.EntryDead, calls: 1, says: "10 tries"},
		"after a crash":      {change: func(e *desk.Entry) { e.Reclaimed, e.StartedAt = true, noon.Add(-time.Minute) }, state: desk.EntryWaiting, wait: timeout, free: true},
		"lease is over":      {change: func(e *desk.Entry) { e.Lease.Until = noon }, state: desk.EntryWaiting, unsent: true},
		"busy after a loss":  {act: &desk.Transient{Err: errors.New("busy")}, change: func(e *desk.Entry) { e.StartedAt = noon }, state: desk.EntryWaiting, wait: 2 * time.Second, calls: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, ledger := &pencil{err: tc.act, panics: tc.panics}, &changes{err: tc.begin}
			c := outbox.Changer{Ledger: ledger, Now: func() time.Time { return noon }, Log: slog.New(slog.DiscardHandler),
				Mender: func(context.Context, string, desk.Mention) (outbox.Mender, outbox.Terms, error) {
					return p, outbox.Terms{Timeout: timeout, Delay: delay}, nil
				}}
			e := desk.Entry{Kind: tc.kind, Attempts: 1, Lease: desk.Lease{Until: noon.Add(lease)}}
			if e.Kind == "" {
				e.Kind = desk.EntryEdit
			}
			if tc.change != nil {
				tc.change(&e)
			}
			s := c.Act(t.Context(), e)
			if err := c.Settle(t.Context(), e, s); err != nil || ledger.settled != s {
				t.Errorf("settled %+v, %v", ledger.settled, err)
			}
			if s.State != tc.state || s.Free != tc.free || s.NotSent != tc.unsent || p.calls != tc.calls || !strings.Contains(s.Error, tc.says) {
				t.Errorf("%+v after %d calls", s, p.calls)
			}
			if s.State == desk.EntryWaiting && !s.NextAt.Equal(noon.Add(tc.wait)) {
				t.Errorf("again after %s, want %s", s.NextAt.Sub(noon), tc.wait)
			}
			if tc.kind == desk.EntryEdit && s.Receipt.URL != "https://wall.example/new" {
				t.Errorf("the receipt is %+v", s.Receipt)
			}
		})
	}
}

// watched is the ledger of one reply in moderation.
type watched struct{ err error }

func (w watched) Watched(context.Context, desk.Entry) (desk.Outgoing, error) {
	return desk.Outgoing{Text: "words"}, w.err
}
func (watched) SettleWatch(context.Context, desk.Entry, desk.Settlement) error { return nil }

// TestWatcher tries everything that a look may see.
func TestWatcher(t *testing.T) {
	t.Parallel()
	in := func(v desk.ReplyVisibility) desk.Found {
		return desk.Found{Finding: desk.FoundIt, Receipt: desk.Receipt{Visibility: v, Note: "why"}}
	}
	for name, tc := range map[string]struct {
		ledger, find error
		found        desk.Found
		age          time.Duration
		state        desk.EntryState
		at           time.Duration // of the next look, since the beginning
		sees         desk.ReplyVisibility
	}{
		"public":         {found: in(desk.VisiblePublic), state: desk.EntryDone, sees: desk.VisiblePublic},
		"merely there":   {found: in(""), state: desk.EntryDone, sees: desk.VisiblePublic},
		"rejected":       {found: in(desk.VisibleRejected), state: desk.EntryDone, sees: desk.VisibleRejected},
		"still waiting":  {found: in(desk.VisibleModerate), age: time.Minute, state: desk.EntryWaiting, at: 5 * time.Minute},
		"not said":       {found: in(desk.VisibleUnknown), age: 20 * time.Minute, state: desk.EntryWaiting, at: time.Hour},
		"not listed":     {found: desk.Found{Finding: desk.FoundAbsent}, age: time.Hour, state: desk.EntryWaiting, at: 6 * time.Hour},
		"an hour late":   {found: in(desk.VisibleModerate), age: 7 * time.Hour, state: desk.EntryWaiting, at: 12 * time.Hour},
		"no answer":      {find: errors.New("no answer"), age: 5 * time.Minute, state: desk.EntryWaiting, at: 15 * time.Minute},
		"limited":        {find: &desk.Transient{After: 10 * time.Hour, Err: errors.New("limit")}, age: time.Minute, state: desk.EntryWaiting, at: 10*time.Hour + time.Minute},
		"a month":        {found: in(desk.VisibleModerate), age: 30 * 24 * time.Hour, state: desk.EntryDone},
		"nothing to see": {ledger: desk.Deniedf("no"), state: desk.EntryDone},
		"no database":    {ledger: errors.New("no database"), age: time.Minute, state: desk.EntryWaiting, at: time.Minute + 2*time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &speaker{find: func(context.Context, desk.Outgoing) (desk.Found, error) { return tc.found, tc.find }}
			w := outbox.Watcher{Ledger: watched{tc.ledger}, Now: func() time.Time { return noon.Add(tc.age) }, Log: slog.New(slog.DiscardHandler),
				Speaker: func(context.Context, string, desk.Mention) (outbox.Speaker, outbox.Terms, error) {
					return s, outbox.Terms{Timeout: timeout}, nil
				}}
			got := w.Act(t.Context(), desk.Entry{Kind: desk.EntryWatch, Attempts: 1, CreatedAt: noon})
			if got.State != tc.state || got.Receipt.Visibility != tc.sees || len(s.said) > 0 {
				t.Errorf("%+v", got)
			}
			if got.State == desk.EntryWaiting && !got.NextAt.Equal(noon.Add(tc.at)) {
				t.Errorf("looks again after %s, want %s", got.NextAt.Sub(noon), tc.at)
			}
		})
	}
}
