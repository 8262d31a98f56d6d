// Package app puts the desk together, starts it and stops it in reverse order. It is the only package that knows all others.
//
// [Load] reads the configuration with the kinds of this build; [Open] opens what every command needs: store, triage, use cases;
// [App.Serve] adds web, poller, planner and outbox and runs until told to stop. Each command of the binary is a method or a function here
// with plain arguments; package main only parses flags.
//
// The package promises that what was started is stopped, the last first, each with its name in the log when it fails, and that a
// half-built desk is taken down the same way.
package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/all"
	"github.com/earshotdesk/earshot/internal/config"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/keyring"
	"github.com/earshotdesk/earshot/internal/store"
	"github.com/earshotdesk/earshot/internal/work"
	"github.com/earshotdesk/earshot/notify"
	"github.com/earshotdesk/earshot/notify/console"
	"github.com/earshotdesk/earshot/notify/slack"
	"github.com/earshotdesk/earshot/triage"
)

// Options of every command.
type Options struct {
	Config  string // file
	Listen  string // overrides desk.listen when set
	Version string
	Out     io.Writer // what the command is asked to print
	Err     io.Writer // log and progress

	OutboxLease  time.Duration // how long an act of the outbox may take before another worker takes over; a minute when 0
	ReplyTimeout time.Duration // of one call that says something in public, shorter than the lease; 20 s when 0
	LearnAfter   time.Duration // how long after the last of a batch of corrections the desk learns from it; 4 s when 0
	PollTimeout  time.Duration // of one poll; its lease lasts three times as long, and so may a source rest after a kill; 45 s when 0

	more []connectors.Spec // further kinds, of tests
}

// App is an opened desk.
type App struct {
	opt      Options
	cfg      *config.Config
	log      *slog.Logger
	store    *store.Store
	triage   *triage.Pipeline
	work     *work.Desk
	kinds    *connectors.Registry
	targets  *notify.Registry
	sources  map[string]source // by name
	keys     *keyring.Ring
	tokens   map[string]desk.Secret // of accounts, as they were given by hand
	kick     chan struct{}          // something was written to the outbox
	cleanups []cleanup

	strangers strangers    // whose deliveries were not taken
	authors   knownPeople  // whose names no rising word may be
	layer     atomic.Int64 // version in force in this process, of what the desk learned; 0 for none
}

// cleanup is one thing to stop.
type cleanup struct {
	name string
	stop func() error
}

// registries lists the kinds of this build.
func registries(more ...connectors.Spec) (*connectors.Registry, *notify.Registry, error) {
	kinds, err := connectors.NewRegistry(append(all.Specs(), more...)...)
	if err != nil {
		return nil, nil, err
	}
	targets, err := notify.NewRegistry(console.Kind(), slack.Kind())
	return kinds, targets, err
}

// configKinds tells the configuration what the kinds' settings look like.
func configKinds(more ...connectors.Spec) (config.Kinds, error) {
	kinds, targets, err := registries(more...)
	if err != nil {
		return config.Kinds{}, err
	}
	out := config.Kinds{Connectors: map[string]any{}, Targets: map[string]any{}}
	for _, k := range kinds.Kinds() {
		spec, err := kinds.Spec(k)
		if err != nil {
			return out, err
		}
		out.Connectors[k] = spec.Options
	}
	for _, k := range targets.Kinds() {
		kind, err := targets.Kind(k)
		if err != nil {
			return out, err
		}
		out.Targets[k] = kind.Options
	}
	return out, nil
}

// Load reads the configuration file. The error lists every mistake with its place.
func Load(file string) (*config.Config, error) { return load(Options{Config: file}) }

func load(opt Options) (*config.Config, error) {
	kinds, err := configKinds(opt.more...)
	if err != nil {
		return nil, err
	}
	return config.Load(opt.Config, kinds)
}

// Open reads the configuration and opens what every command needs. The caller closes the desk.
func Open(ctx context.Context, opt Options) (*App, error) {
	a, err := prepare(opt)
	if err != nil {
		return nil, err
	}
	if err := a.open(ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// prepare builds all that needs no database.
func prepare(opt Options) (*App, error) {
	cfg, err := load(opt)
	if err != nil {
		return nil, err
	}
	a := &App{opt: opt, cfg: cfg, log: logger(cfg.Desk.Log, opt.Err), kick: make(chan struct{}, 1)}
	if a.kinds, a.targets, err = registries(opt.more...); err != nil {
		return nil, err
	}
	a.triage, err = newTriage(cfg)
	return a, err
}

func newTriage(cfg *config.Config) (*triage.Pipeline, error) {
	p, err := triage.New(triage.Options{Brands: cfg.Brands, Topics: cfg.Triage.Topics, Rules: cfg.Triage.Rules, Urgent: cfg.Triage.Urgency})
	if err != nil {
		return nil, fmt.Errorf("preparing triage: %w", err)
	}
	return p, nil
}

// withoutDatabase makes the sources for commands that store nothing. The database is opened all the same when it holds a token
// that the configuration leaves out, or a grant: one that is renewed must be kept, or the desk would stand without.
func (a *App) withoutDatabase(ctx context.Context) error {
	for _, acc := range a.cfg.Accounts {
		spec, err := a.kinds.Spec(acc.Kind)
		if err != nil {
			return err
		}
		if acc.Token == "" || spec.Login != nil {
			return a.open(ctx)
		}
	}
	return a.makeSources()
}

// open opens the database, makes the sources and puts the use cases on both.
func (a *App) open(ctx context.Context) (err error) {
	a.store, err = store.Open(ctx, store.Options{DSN: a.cfg.Database.Reveal(), Log: a.log})
	if err != nil {
		return err
	}
	a.onClose("database", a.store.Close)
	if err := a.unsealTokens(ctx); err != nil {
		return err
	}
	if err := a.makeSources(); err != nil {
		return err
	}
	if err := a.takeLayer(ctx); err != nil { // the desk judges without what it learned rather than not at all
		a.log.Error("taking over what the desk learned", "error", err)
	}
	a.work = work.New(work.Options{
		Store: workStore{a.store}, Judge: a.triage.Judge, Workflow: a.cfg.Workflow, Answer: a.answer, Kick: a.wake, Log: a.log,
		PollNow: a.store.DueNow, Learn: a.learnable, Names: a.tagNames,
	})
	return nil
}

// onClose notes what [App.Close] stops; the last noted goes first.
func (a *App) onClose(name string, stop func() error) {
	a.cleanups = append(a.cleanups, cleanup{name, stop})
}

// Close stops everything in reverse order. It is safe to call twice.
func (a *App) Close() error {
	var errs []error
	for len(a.cleanups) > 0 {
		last := a.cleanups[len(a.cleanups)-1]
		a.cleanups = a.cleanups[:len(a.cleanups)-1]
		if err := last.stop(); err != nil {
			errs = append(errs, fmt.Errorf("stopping %s: %w", last.name, err))
		}
	}
	return errors.Join(errs...)
}

// wake tells the outbox of this process that something is due.
func (a *App) wake() {
	select {
	case a.kick <- struct{}{}:
	default:
	}
}

// listen is where the web server listens.
func (a *App) listen() string { return cmp.Or(a.opt.Listen, a.cfg.Desk.Listen) }

// url is where people reach the desk.
func (a *App) url() string { return cmp.Or(a.cfg.Desk.URL, "http://"+a.listen()) }

// path makes a file name of the configuration relative to the configuration's folder.
func (a *App) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(a.cfg.Dir, name)
}

func logger(c config.Log, w io.Writer) *slog.Logger {
	if w == nil {
		w = os.Stderr
	}
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.Level)) // validated; info when empty
	o := &slog.HandlerOptions{Level: level}
	if c.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

// shutdownTime is how long a stop may take before what is left is cut off.
const shutdownTime = 20 * time.Second
