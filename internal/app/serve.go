package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/outbox"
)

// Roles say what a process does; all of them by default.
type Roles struct{ Poll, Work, Web bool }

// allRoles is a desk in one process.
func allRoles() Roles { return Roles{Poll: true, Work: true, Web: true} }

// ParseRoles reads a list such as "poll,work,web"; empty means all.
func ParseRoles(s string) (Roles, error) {
	if s == "" {
		return allRoles(), nil
	}
	var r Roles
	for word := range strings.SplitSeq(s, ",") {
		switch strings.TrimSpace(word) {
		case "poll":
			r.Poll = true
		case "work":
			r.Work = true
		case "web":
			r.Web = true
		default:
			return r, desk.Invalidf("%q is not a role of a process; the roles are poll, work and web", word)
		}
	}
	return r, nil
}

// Running is a desk at work.
type Running struct {
	Addr string // where the web server listens; empty without one
	stop context.CancelFunc
	done chan struct{}
	errs []error
}

// Start starts what the roles ask for and returns at once. [Running.Wait] ends it.
func (a *App) Start(ctx context.Context, roles Roles) (*Running, error) {
	if err := a.takeOver(ctx); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	r := &Running{stop: cancel, done: make(chan struct{})}
	parts, err := a.parts(ctx, roles, r)
	if err != nil {
		cancel()
		return nil, err
	}
	var group sync.WaitGroup
	var mu sync.Mutex
	for name, run := range parts {
		group.Go(func() {
			if err := run(ctx); err != nil && !errors.Is(err, context.Canceled) {
				mu.Lock()
				r.errs = append(r.errs, fmt.Errorf("%s: %w", name, err))
				mu.Unlock()
				cancel() // one part that fails takes the others down in order
			}
		})
	}
	go func() {
		group.Wait()
		close(r.done)
	}()
	return r, nil
}

// takeOver notes in the store which sources and accounts are configured now.
func (a *App) takeOver(ctx context.Context) error {
	if err := a.store.SyncSources(ctx, a.configured()); err != nil {
		return fmt.Errorf("noting the configured sources: %w", err)
	}
	return a.store.SyncAccounts(ctx, a.accounts())
}

// Wait waits until the desk has stopped, by itself or because its context ended.
func (r *Running) Wait() error {
	<-r.done
	return errors.Join(r.errs...)
}

// Stop asks the desk to stop and waits.
func (r *Running) Stop() error {
	r.stop()
	return r.Wait()
}

// parts are the long-running pieces by name; each returns when the context ends and it has finished what it had in hand.
func (a *App) parts(ctx context.Context, roles Roles, r *Running) (map[string]func(context.Context) error, error) {
	parts := map[string]func(context.Context) error{}
	if a.cfg.Triage.Learning.Enabled {
		parts["learned"] = a.followLayer
		if roles.Work {
			parts["learning"] = a.learnLayer
		}
	}
	if roles.Poll {
		poller, err := a.newPoller()
		if err != nil {
			return nil, err
		}
		parts["poller"] = poller.Run
	}
	if roles.Work {
		worker, err := a.newWorker()
		if err != nil {
			return nil, err
		}
		planner, err := a.newPlanner()
		if err != nil {
			return nil, err
		}
		parts["outbox"] = worker.Run
		parts["outbox wake"] = func(ctx context.Context) error { return a.passKicks(ctx, worker) }
		parts["planner"] = func(ctx context.Context) error { planner.Run(ctx); return nil }
		parts["housekeeping"] = a.housekeeping
		parts["words"] = a.countWords
	}
	if roles.Web {
		serve, err := a.webPart(ctx, r)
		if err != nil {
			return nil, err
		}
		parts["web"] = serve
	}
	return parts, nil
}

func (a *App) newPoller() (*connectors.Poller, error) {
	timeout := cmp.Or(a.opt.PollTimeout, 45*time.Second)
	return connectors.NewPoller(a.store, a.work, a.polled(), connectors.PollerOptions{
		Workers: a.cfg.Desk.Workers, Timeout: timeout, Grace: timeout / 2, Log: a.log,
	})
}

// outboxLease must exceed every timeout of an act, or two workers would be at the same one.
const outboxLease = time.Minute

func (a *App) newWorker() (*outbox.Worker, error) {
	sender, err := a.newSender()
	if err != nil {
		return nil, err
	}
	lease := cmp.Or(a.opt.OutboxLease, outboxLease)
	changer := &outbox.Changer{Ledger: a.work, Mender: a.mender, Now: time.Now, Log: a.log}
	return outbox.New(outbox.Options{
		Store: a.store, Owner: desk.NewID(), Lease: lease, Log: a.log,
		Handlers: map[string]outbox.Handler{
			desk.EntryPublish: &outbox.Publisher{Ledger: a.work, Speaker: a.speaker, Lease: lease, Now: time.Now, Log: a.log},
			desk.EntryEdit:    changer,
			desk.EntryDelete:  changer,
			desk.EntryWatch:   &outbox.Watcher{Ledger: a.work, Speaker: a.speaker, Now: time.Now, Log: a.log},
			desk.EntryNotice:  noticeHandler{sender, a.store},
		},
	}), nil
}

// passKicks wakes the outbox when a use case wrote to it.
func (a *App) passKicks(ctx context.Context, w *outbox.Worker) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-a.kick:
			w.Wake()
		}
	}
}

// housekeeping removes what has outlived its use, once an hour.
func (a *App) housekeeping(ctx context.Context) error {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		if err := a.tidyUp(ctx); err != nil && ctx.Err() == nil {
			a.log.Error("tidying up", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
