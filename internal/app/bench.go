package app

import (
	"context"
	"fmt"

	"github.com/earshotdesk/earshot/internal/bench"
	"github.com/earshotdesk/earshot/internal/store"
	"github.com/earshotdesk/earshot/triage"
)

// BenchSeed fills the configured, empty database with invented mentions and cases, always the same.
func BenchSeed(ctx context.Context, opt Options, mentions, cases int, seed uint64) error {
	a, err := Open(ctx, opt)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	bar := newBar(opt.Err)
	err = a.store.Seed(ctx, store.SeedOptions{Mentions: mentions, Cases: cases, Seed: seed, Progress: func(done, total int) { bar.show(int64(done), int64(total), done) }})
	bar.done()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(opt.Out, "%d mentions and %d cases are in %s.\n", mentions, cases, a.cfg.Database)
	return err
}

// BenchAll measures the desk with this program as the desk, and prints what came of it.
func BenchAll(ctx context.Context, opt Options, what bench.Options) error {
	what.Out, what.Err = opt.Out, opt.Err
	if err := bench.Run(ctx, what); err != nil {
		return fmt.Errorf("measuring: %w", err)
	}
	return nil
}

// BenchOptions are what [BenchAll] is told by flags.
type BenchOptions = bench.Options

// QualityOptions are what [BenchQuality] is told by flags.
type QualityOptions struct {
	bench.QualityOptions
	ReferenceFile string // TSV of the specialists' figures; empty for none
	TwinDir       string // folder that `earshot train --without-dev` wrote; empty to let the shipped models judge the dev rows, too
}

// BenchQuality judges triage by a folder of labelled files and writes the tables of it.
func BenchQuality(ctx context.Context, opt Options, what QualityOptions) error {
	var err error
	if what.ReferenceFile != "" {
		if what.Reference, err = triage.ReadReference(ctx, what.ReferenceFile); err != nil {
			return err
		}
	}
	if what.Shipped, err = triage.New(triage.Options{}); err != nil {
		return err
	}
	if what.TwinDir != "" {
		twin, err := readModels(what.TwinDir)
		if err != nil {
			return err
		}
		if what.Twin, err = twin.pipeline(); err != nil {
			return fmt.Errorf("the models in %s: %w", what.TwinDir, err)
		}
	}
	what.Out = opt.Err
	if err := bench.Quality(ctx, what.QualityOptions); err != nil {
		return fmt.Errorf("measuring quality: %w", err)
	}
	return nil
}
