package connectors

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// memory is a Store and a Sink as their comments describe them, kept in maps.
type memory struct {
	mu       sync.Mutex
	rows     map[string]*row
	intakes  []desk.Intake
	reports  []desk.PollReport
	refuse   error             // of every ingest
	onIngest func(desk.Intake) // before it is stored
	asked    int               // how often for a lease
	known    []desk.Mention    // to be looked at again
	paid     int64             // outside of reports
}

type row struct {
	desk.SourceState
	lease desk.Lease
}

func remember(sources ...Configured) *memory {
	m := &memory{rows: map[string]*row{}}
	m.sync(sources...)
	return m
}

// sync is what happens when a configuration is loaded: a changed hash resets health, never the cursor.
func (m *memory) sync(sources ...Configured) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range sources {
		r := m.rows[c.Source.Name]
		if r == nil {
			r = &row{SourceState: desk.SourceState{Health: desk.HealthNew}}
			m.rows[c.Source.Name] = r
		}
		if r.Hash != c.Source.Hash {
			r.Health, r.Error, r.Failures, r.NextPollAt = desk.HealthNew, "", 0, time.Time{}
		}
		r.Source = c.Source
	}
}

func (m *memory) DueSources(_ context.Context, now time.Time) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var due []string
	for name, r := range m.rows {
		if m.may(r, now) && !r.NextPollAt.After(now) {
			due = append(due, name)
		}
	}
	slices.SortFunc(due, func(a, b string) int {
		return cmp.Or(m.rows[a].NextPollAt.Compare(m.rows[b].NextPollAt), cmp.Compare(a, b))
	})
	return due, nil
}

func (m *memory) TakeRecheck(_ context.Context, lease desk.Lease, span time.Duration, size int) ([]desk.Mention, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.known[:min(size, len(m.known))]), nil
}

func (m *memory) Pay(ctx context.Context, source string, micros, units int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.paid += micros
	return ctx.Err()
}

func (m *memory) may(r *row, now time.Time) bool {
	return !r.Removed && r.Health != desk.HealthStopped && !r.lease.Until.After(now)
}

func (m *memory) LeaseSource(_ context.Context, name, owner string, d time.Duration, now time.Time, force bool) (desk.SourceState, desk.Lease, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asked++
	r := m.rows[name]
	if r == nil {
		return desk.SourceState{}, desk.Lease{}, false, desk.ErrNotFound
	}
	if !m.may(r, now) || r.NextPollAt.After(now) && !force {
		return r.SourceState, desk.Lease{}, false, nil
	}
	r.lease = desk.Lease{Name: name, Owner: owner, Fence: r.lease.Fence + 1, Until: now.Add(d)}
	return r.SourceState, r.lease, true, nil
}

func (m *memory) ExtendLease(ctx context.Context, lease desk.Lease, until time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.rows[lease.Name]
	if err := ctx.Err(); err != nil {
		return err
	}
	if r.lease.Fence != lease.Fence {
		return desk.ErrConflict
	}
	r.lease.Until = until
	return nil
}

func (m *memory) ReportPoll(ctx context.Context, p desk.PollReport) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.rows[p.Lease.Name]
	if err := ctx.Err(); err != nil {
		return err
	}
	if r.lease.Fence != p.Lease.Fence {
		return desk.ErrConflict
	}
	m.reports = append(m.reports, p)
	r.LastPollAt, r.SpendMicros = p.At, r.SpendMicros+p.Spend
	if p.GapNote != "" {
		r.GapAt, r.GapNote = p.At, p.GapNote
	}
	if p.Err == "" {
		r.Health, r.Error, r.Failures, r.FailingSince, r.LastOKAt = desk.HealthOK, "", 0, time.Time{}, p.At
	} else {
		if r.Health != desk.HealthFailing {
			r.FailingSince = p.At
		}
		r.Health, r.Error, r.Failures = desk.HealthFailing, p.Err, r.Failures+1
		if p.Stop {
			r.Health = desk.HealthStopped
		}
	}
	if !p.Running {
		r.NextPollAt, r.lease.Until = p.Next, time.Time{}
	}
	return nil
}

func (m *memory) Ingest(ctx context.Context, in desk.Intake) (desk.IngestResult, error) {
	if m.onIngest != nil {
		m.onIngest(in)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.rows[in.Source.Name]
	if r.lease.Fence != in.Lease.Fence {
		return desk.IngestResult{}, desk.ErrConflict
	}
	if err := ctx.Err(); err != nil {
		return desk.IngestResult{}, err
	}
	if m.refuse != nil {
		return desk.IngestResult{}, m.refuse
	}
	m.intakes = append(m.intakes, in)
	r.Cursor = in.Cursor
	if !in.More && r.FirstPollAt.IsZero() {
		r.FirstPollAt = in.At
	}
	return desk.IngestResult{New: len(in.Mentions), Poison: len(in.Poison)}, nil
}

func (m *memory) state(name string) desk.SourceState {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.rows[name].SourceState
}

// polls is a connector made of a function; it counts and notes when it was called.
type polls struct {
	mu   sync.Mutex
	at   []time.Time
	do   func(ctx context.Context, n int, since Cursor) (Batch, error) // n counts from 1
	most int                                                           // at the same time
	now  int
}

func (c *polls) Poll(ctx context.Context, since Cursor) (Batch, error) {
	c.mu.Lock()
	c.at = append(c.at, time.Now())
	n := len(c.at)
	c.now++
	c.most = max(c.most, c.now)
	c.mu.Unlock()
	defer func() { c.mu.Lock(); c.now--; c.mu.Unlock() }()
	if c.do == nil {
		return Batch{Next: since}, nil
	}
	return c.do(ctx, n, since)
}

func (c *polls) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.at)
}

// gaps are the spans between the polls.
func (c *polls) gaps() []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []time.Duration
	for i := 1; i < len(c.at); i++ {
		out = append(out, c.at[i].Sub(c.at[i-1]))
	}
	return out
}

func source(name string, c Connector) Configured {
	return Configured{
		Source:    desk.Source{Name: name, Kind: "double", Site: "double:here", Brand: "acme", Every: 10 * time.Minute, Recheck: 24 * time.Hour, Hash: "1"},
		Connector: c,
	}
}

// fine is a batch of one mention that moves the cursor to n.
func fine(n int) Batch {
	id := fmt.Sprint(n)
	return Batch{Mentions: []desk.Mention{{Remote: desk.RemoteID(id), Text: "said " + id}}, Next: Cursor(id)}
}

func newPoller(t *testing.T, m *memory, opt PollerOptions, sources ...Configured) *Poller {
	t.Helper()
	p, err := NewPoller(m, m, sources, opt)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// runFor runs the poller for a span of (fake) time and waits until it ended.
func runFor(t *testing.T, p *Poller, d time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	if err := p.Run(ctx); err != nil {
		t.Fatalf("Run: %v", err)
	}
}

// logged is a logger and what it wrote, a line each.
func logged() (*slog.Logger, func() []string) {
	var b bytes.Buffer
	drop := func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == "stack" {
			return slog.Attr{}
		}
		return a
	}
	return slog.New(slog.NewTextHandler(&b, &slog.HandlerOptions{ReplaceAttr: drop})), func() []string {
		return strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	}
}
