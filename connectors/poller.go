package connectors

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Configured is a source of the configuration together with the connector that was made for it.
type Configured struct {
	Source    desk.Source
	Connector Connector
	Rechecks  int  // how many known mentions one Recheck takes; 0 when they are not looked at again
	Forgets   bool // the network's terms want that what is removed there is removed here
}

// PollerOptions are the Poller's settings; a zero field takes the default named beside it.
type PollerOptions struct {
	Owner   string        // holder of the leases, different for every start of every process; host, process and a random part
	Workers int           // polls at the same time; 4
	Timeout time.Duration // of one poll, after which its context ends; 2 minutes
	Grace   time.Duration // for what comes after: returning once the context has ended, and storing; 1 minute each
	Look    time.Duration // between two looks into the store for due sources; 1 second
	Log     *slog.Logger  // for sources that begin to fail and that recover; discarded
}

// Poller runs the configured sources: it asks the store which are due, leases each, polls it, hands what came to the sink, and
// reports how it went. Several Pollers, in one process or many, may share a store.
type Poller struct {
	store   Store
	sink    Sink
	opt     PollerOptions
	sources map[string]Configured
	slots   chan struct{}

	mu   sync.Mutex
	busy map[string]bool // sources that a goroutine of this Poller has in hand
}

// NewPoller returns a Poller of the given sources, which the store must know by the same names. Two sources of one name, or one
// without a connector, are a mistake of the caller, reported as an error.
func NewPoller(store Store, sink Sink, sources []Configured, opt PollerOptions) (*Poller, error) {
	opt = opt.withDefaults()
	p := &Poller{
		store: store, sink: sink, opt: opt,
		sources: make(map[string]Configured, len(sources)),
		slots:   make(chan struct{}, opt.Workers),
		busy:    make(map[string]bool),
	}
	for _, c := range sources {
		if c.Source.Name == "" || c.Connector == nil {
			return nil, fmt.Errorf("source %q: a poller needs its name and its connector", c.Source.Name)
		}
		if _, twice := p.sources[c.Source.Name]; twice {
			return nil, fmt.Errorf("source %q is configured twice", c.Source.Name)
		}
		p.sources[c.Source.Name] = c
	}
	return p, nil
}

func (o PollerOptions) withDefaults() PollerOptions {
	if o.Owner == "" {
		host, _ := os.Hostname() // an unknown host leaves the random part, which is what counts
		o.Owner = fmt.Sprintf("%s/%d/%s", host, os.Getpid(), desk.NewID())
	}
	if o.Workers <= 0 {
		o.Workers = 4
	}
	if o.Timeout <= 0 {
		o.Timeout = 2 * time.Minute
	}
	if o.Grace <= 0 {
		o.Grace = time.Minute
	}
	if o.Look <= 0 {
		o.Look = time.Second
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// Run polls whatever is due until ctx ends. It returns nil after the last poll in hand has come back and been stored; a poll that
// ctx cut off leaves its source due.
func (p *Poller) Run(ctx context.Context) error {
	var polls sync.WaitGroup
	defer polls.Wait()
	look := time.NewTicker(p.opt.Look)
	defer look.Stop()
	blind := false
	for {
		due, err := p.store.DueSources(ctx, time.Now())
		if ctx.Err() != nil {
			return nil
		}
		p.sayBlind(&blind, err)
		for _, name := range due {
			p.start(ctx, &polls, name)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-look.C:
		}
	}
}

// start walks one due source in a goroutine, unless it is somebody else's or already in hand.
func (p *Poller) start(ctx context.Context, polls *sync.WaitGroup, name string) {
	c, ours := p.sources[name]
	if !ours || !p.take(name) {
		return
	}
	polls.Go(func() {
		defer p.drop(name)
		if _, err := p.walk(ctx, c, false); err != nil && !errors.Is(err, desk.ErrConflict) && ctx.Err() == nil {
			p.opt.Log.Error("polling could not be recorded", "source", name, "error", err)
		}
	})
}

// sayBlind logs once when the store stops answering and once when it answers again.
func (p *Poller) sayBlind(blind *bool, err error) {
	switch {
	case err != nil && !*blind:
		p.opt.Log.Error("cannot ask for due sources", "error", err)
	case err == nil && *blind:
		p.opt.Log.Info("due sources can be asked for again")
	}
	*blind = err != nil
}

// RunOnce polls every source once, due or not, until it has no more right now. It returns the failures of all sources, joined;
// sources that are stopped, or that another process is polling, are left out without an error.
func (p *Poller) RunOnce(ctx context.Context) error {
	names := make([]string, 0, len(p.sources))
	for name := range p.sources {
		names = append(names, name)
	}
	slices.Sort(names)
	failures := make([]error, len(names))
	var polls sync.WaitGroup
	for i, name := range names {
		polls.Go(func() {
			_, err := p.PollNow(ctx, name)
			if err != nil && !errors.Is(err, desk.ErrConflict) {
				failures[i] = fmt.Errorf("source %s: %w", name, err)
			}
		})
	}
	polls.Wait()
	return errors.Join(failures...)
}

// PollNow polls one source at once, due or not, until it has no more, and says what came of it. A source that is stopped or being
// polled right now is [desk.ErrConflict] with a sentence, one that is not configured [desk.ErrNotFound].
func (p *Poller) PollNow(ctx context.Context, name string) (desk.IngestResult, error) {
	c, ok := p.sources[name]
	if !ok {
		return desk.IngestResult{}, fmt.Errorf("source %q: %w", name, desk.ErrNotFound)
	}
	if !p.take(name) {
		return desk.IngestResult{}, desk.Conflictf("%s is being polled right now.", name)
	}
	defer p.drop(name)
	out, err := p.walk(ctx, c, true)
	if err == nil {
		err = out.failure
	}
	return out.result, err
}

// DryRun fetches a source once, as on first contact, and returns what came. It takes no lease and stores nothing.
func (p *Poller) DryRun(ctx context.Context, name string) (Batch, error) {
	c, ok := p.sources[name]
	if !ok {
		return Batch{}, fmt.Errorf("source %q: %w", name, desk.ErrNotFound)
	}
	ctx, cancel := context.WithTimeout(ctx, p.opt.Timeout)
	defer cancel()
	b, err := guarded(ctx, c.Connector, "")
	complete(c.Source, &b, time.Now())
	return b, err
}

func (p *Poller) take(name string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.busy[name] {
		return false
	}
	p.busy[name] = true
	return true
}

func (p *Poller) drop(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.busy, name)
}
