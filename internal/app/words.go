package app

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/earshotdesk/earshot/triage"
)

// Triage judges the texts that in holds, one a line, and prints one verdict a line, or with explain what moved it. Brands, topics and
// rules come from the configuration; without one (and when none was asked for) texts are judged without.
func Triage(ctx context.Context, opt Options, asked, explain bool, in io.Reader) error {
	p, err := pipeline(opt, asked)
	if err != nil {
		return err
	}
	if explain {
		return triage.Explain(ctx, in, opt.Out, p)
	}
	return triage.JSONL(ctx, in, opt.Out, p)
}

// EvaluateOptions are what [Evaluate] is told by flags.
type EvaluateOptions struct {
	triage.Evaluation
	triage.Report
	JSON          bool
	ReferenceFile string // a TSV of macro-F1 figures to compare with; empty for none
}

// Evaluate scores triage against labelled files.
func Evaluate(ctx context.Context, opt Options, files []string, what EvaluateOptions) error {
	p, err := triage.New(triage.Options{})
	if err != nil {
		return err
	}
	if what.ReferenceFile != "" {
		if what.Reference, err = triage.ReadReference(ctx, what.ReferenceFile); err != nil {
			return err
		}
	}
	scores, err := what.Files(ctx, p, files)
	if err != nil {
		return err
	}
	if what.JSON {
		return triage.WriteScoresJSON(opt.Out, scores)
	}
	return what.Write(opt.Out, scores)
}

func pipeline(opt Options, asked bool) (*triage.Pipeline, error) {
	if _, err := os.Stat(opt.Config); errors.Is(err, fs.ErrNotExist) && !asked {
		return triage.New(triage.Options{})
	}
	cfg, err := Load(opt.Config)
	if err != nil {
		return nil, err
	}
	return newTriage(cfg)
}
