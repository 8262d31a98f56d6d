package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/config"
	"github.com/earshotdesk/earshot/notify"
)

// ErrProblems says that a command found problems and has printed them: the exit code is 1, nothing more is to be said.
var ErrProblems = errors.New("problems were found")

// Check reads the configuration and prints what is wrong with it, one line each; with live it asks sources and targets too.
func Check(ctx context.Context, opt Options, live bool) error {
	a, err := prepare(opt)
	var problems config.Problems
	if errors.As(err, &problems) {
		_, _ = fmt.Fprintln(opt.Out, problems)
		return ErrProblems
	}
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	if live {
		err = a.withoutDatabase(ctx)
	} else {
		err = a.makeSources()
	}
	switch {
	case errors.As(err, &problems):
		_, _ = fmt.Fprintln(opt.Out, problems)
		return ErrProblems
	case err != nil:
		_, _ = fmt.Fprintf(opt.Out, "%s: %v\n", opt.Config, err)
		return ErrProblems
	}
	for _, w := range a.cfg.Warnings() {
		_, _ = fmt.Fprintf(opt.Out, "%s (a warning)\n", w)
	}
	if live && !a.checkLive(ctx) {
		return ErrProblems
	}
	_, err = fmt.Fprintf(opt.Out, "%s is fine: %d brands, %d accounts, %d sources, %d rules, %d targets.\n", opt.Config, len(a.cfg.Brands), len(a.cfg.Accounts),
		len(a.cfg.Sources), len(a.cfg.Triage.Rules), len(a.cfg.Notify.Targets))
	return err
}

// liveTimeout is how long one source or target may take to answer a check.
const liveTimeout = 20 * time.Second

// checkLive asks every source and target that can be asked.
func (a *App) checkLive(ctx context.Context) bool {
	fine := true
	for _, c := range a.cfg.Sources {
		checker, ok := a.sources[c.Name].connector.(connectors.Checker)
		fine = a.ask(ctx, "source "+c.Name, checker, ok) && fine
	}
	sender, err := a.newSender()
	if err != nil {
		_, _ = fmt.Fprintln(a.opt.Out, err)
		return false
	}
	for _, t := range a.cfg.Notify.Targets {
		checker, ok := sender.Targets[t.Name].(notify.Checker)
		fine = a.ask(ctx, "target "+t.Name, checker, ok) && fine
	}
	return fine
}

func (a *App) ask(ctx context.Context, what string, c interface{ Check(context.Context) error }, can bool) bool {
	if !can {
		_, _ = fmt.Fprintf(a.opt.Out, "%s: cannot be asked, its settings read well\n", what)
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, liveTimeout)
	defer cancel()
	if err := c.Check(ctx); err != nil {
		_, _ = fmt.Fprintf(a.opt.Out, "%s: %v\n", what, err)
		return false
	}
	_, _ = fmt.Fprintf(a.opt.Out, "%s: answers\n", what)
	return true
}

// Schema prints the JSON Schema of the configuration.
func Schema(opt Options) error {
	kinds, err := configKinds()
	if err != nil {
		return err
	}
	b, err := config.Schema(kinds)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(opt.Out, string(b))
	return err
}

// Show prints the configuration in force, secrets hidden.
func Show(opt Options) error {
	cfg, err := Load(opt.Config)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(opt.Out, cfg.Redacted())
	return err
}
