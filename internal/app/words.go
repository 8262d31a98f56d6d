package app

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/earshotdesk/earshot/triage"
)

// Triage judges the texts on standard input, one a line, and prints one verdict a line. Brands, topics and rules come from the
// configuration; without one (and when none was asked for) texts are judged without.
func Triage(ctx context.Context, opt Options, asked bool, in io.Reader) error {
	p, err := pipeline(opt, asked)
	if err != nil {
		return err
	}
	return triage.JSONL(ctx, in, opt.Out, p)
}

// Evaluate scores triage against labelled files.
func Evaluate(ctx context.Context, opt Options, files []string, asJSON bool) error {
	p, err := triage.New(triage.Options{})
	if err != nil {
		return err
	}
	scores, err := triage.Evaluate(ctx, p, files)
	if err != nil {
		return err
	}
	if asJSON {
		return triage.WriteScoresJSON(opt.Out, scores)
	}
	return triage.WriteScores(opt.Out, scores)
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
