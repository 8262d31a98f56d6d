package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/earshotdesk/earshot/internal/bench"
	"github.com/earshotdesk/earshot/triage"
	"github.com/earshotdesk/earshot/triage/langid"
	"github.com/earshotdesk/earshot/triage/model"
	"github.com/earshotdesk/earshot/triage/train"
)

// The files that training writes into a folder.
const (
	modelFile     = "earshot.model"
	languagesFile = "languages.bin"
	cardFile      = "MODEL_CARD.md"
)

// TrainOptions are what [Train] is told by flags.
type TrainOptions struct {
	Data       string // folder of labelled files
	Recipe     string // file; empty for the built-in one
	Out        string // folder to write to
	TwinDir    string // folder for the twins; empty for none
	Seed       uint64
	Free       bool   // only files under licences that the recipe calls free
	WithoutDev bool   // leave the dev rows out of the models
	Only       string // "model" or "languages"; empty for both, and the card
	CostOfFree bool   // train a further twin, from free licences alone, for the card
	Reference  string // TSV of the specialists' figures; empty for none

	model     train.ModelOptions    // of tests; the tried ones when its Bits are 0
	languages train.LanguageOptions // likewise, by its Bits
}

// training is one run of [Train].
type training struct {
	opt   Options
	what  TrainOptions
	began time.Time
	card  train.Card
	twin  models
}

// models are what pipelines are built on, as bytes.
type models struct{ model, languages []byte }

// Train learns the models that judge texts from a folder of labelled files, and writes them with their card. The same folder,
// recipe and seed give the same files.
func Train(ctx context.Context, opt Options, what TrainOptions) error {
	t := &training{opt: opt, what: what, began: time.Now()}
	if err := t.read(ctx); err != nil {
		return err
	}
	if what.Only != "languages" {
		if err := t.learnModel(ctx); err != nil {
			return fmt.Errorf("training the model: %w", err)
		}
	}
	if what.Only != "model" {
		if err := t.learnLanguages(ctx); err != nil {
			return fmt.Errorf("training languages: %w", err)
		}
	}
	if err := t.write(what.Out, models{t.card.Model, t.card.Languages}.files()); err != nil || what.Only != "" {
		return err
	}
	return t.describe(ctx)
}

// describe judges what was trained and writes the card.
func (t *training) describe(ctx context.Context) error {
	if t.what.TwinDir != "" {
		if err := t.write(t.what.TwinDir, t.twin.files()); err != nil {
			return err
		}
	}
	if t.what.CostOfFree {
		if err := t.costOfFree(ctx); err != nil {
			return fmt.Errorf("measuring what free licences cost: %w", err)
		}
	}
	if err := t.judge(ctx); err != nil {
		return err
	}
	return t.write(t.what.Out, []output{{cardFile, []byte(t.card.Markdown())}})
}

func (t *training) tell(format string, a ...any) {
	_, _ = fmt.Fprintf(t.opt.Err, "%6.1fs  %s\n", time.Since(t.began).Seconds(), fmt.Sprintf(format, a...))
}

func (t *training) read(ctx context.Context) (err error) {
	if t.what.Recipe == "" {
		t.card.Recipe, err = train.ShippedRecipe()
	} else {
		t.card.Recipe, err = train.ReadRecipe(t.what.Recipe)
	}
	if err != nil {
		return err
	}
	t.card.Seed, t.card.Free, t.card.Twin = t.what.Seed, t.what.Free, t.what.WithoutDev
	t.card.Corpus, err = t.card.Recipe.Read(ctx, t.what.Data, train.ReadOptions{Free: t.what.Free, Tell: t.tell})
	return err
}

func (t *training) modelOptions(withoutDev bool) train.ModelOptions {
	o := t.what.model
	if o.Bits == 0 {
		o = train.ModelDefaults()
	}
	o.Seed, o.WithoutDev, o.Tell = t.what.Seed, withoutDev, t.tell
	return o
}

func (t *training) learnModel(ctx context.Context) (err error) {
	t.card.Model, t.card.Learned, err = train.Learn(ctx, t.card.Corpus.Data, t.modelOptions(t.what.WithoutDev))
	t.twin.model = t.card.Learned.Twin
	return err
}

func (t *training) learnLanguages(ctx context.Context) error {
	o := t.what.languages
	if o.Bits == 0 {
		o = train.LanguageDefaults()
	}
	o.Seed, o.WithoutDev, o.Tell = t.what.Seed, t.what.WithoutDev, t.tell
	m, report, err := train.TrainLanguage(ctx, t.card.Corpus.Languages, o)
	if err != nil {
		return err
	}
	t.card.Languages, t.twin.languages, t.card.Told = m.Bytes(), report.Twin.Bytes(), report
	return nil
}

// quality builds what judges labelled files by some models.
func (t *training) quality(ctx context.Context, shipped, twin models) (o bench.QualityOptions, err error) {
	o = bench.QualityOptions{Data: t.what.Data, Out: t.opt.Err}
	if t.what.Reference != "" {
		if o.Reference, err = triage.ReadReference(ctx, t.what.Reference); err != nil {
			return o, err
		}
	}
	if o.Shipped, err = shipped.pipeline(); err != nil {
		return o, err
	}
	o.Twin, err = twin.pipeline()
	return o, err
}

// judge fills the card with figures.
func (t *training) judge(ctx context.Context) error {
	o, err := t.quality(ctx, models{t.card.Model, t.card.Languages}, t.twin)
	if err != nil {
		return err
	}
	tables, err := bench.Judged(ctx, o)
	if err != nil {
		return fmt.Errorf("judging the trained models: %w", err)
	}
	t.card.Short, t.card.Known, t.card.Honest = tables.Short, tables.Known, tables.Honest
	return nil
}

// costOfFree trains a twin from free licences alone and judges it beside the other.
func (t *training) costOfFree(ctx context.Context) error {
	corpus, err := t.card.Recipe.Read(ctx, t.what.Data, train.ReadOptions{Free: true})
	if err != nil {
		return err
	}
	free := t.twin
	if free.model, _, err = train.Learn(ctx, corpus.Data, t.modelOptions(true)); err != nil {
		return err
	}
	var means [2]triage.Mean
	for i, m := range []models{t.twin, free} {
		o, err := t.quality(ctx, m, m)
		if err != nil {
			return err
		}
		tables, err := bench.Judged(ctx, o)
		if err != nil {
			return err
		}
		means[i] = tables.Sentiment
	}
	t.card.Cost = &train.FreeCost{
		Files: means[0].Files, Examples: len(corpus.Data.Examples), ExamplesOf: len(t.card.Corpus.Data.Examples), Unlearned: corpus.Unlearned(),
		MacroF1: means[0].MacroF1, FreeF1: means[1].MacroF1, Ratio: means[0].Ratio, FreeRatio: means[1].Ratio,
	}
	return nil
}

// pipeline builds triage on the models.
func (m models) pipeline() (*triage.Pipeline, error) {
	judges, err := model.Load(m.model)
	if err != nil {
		return nil, err
	}
	languages, err := langid.Load(m.languages)
	if err != nil {
		return nil, err
	}
	return triage.New(triage.Options{Model: judges, Languages: languages})
}

// readModels reads the models of a folder.
func readModels(dir string) (m models, err error) {
	var failed error
	m.model, err = os.ReadFile(filepath.Join(dir, modelFile))
	m.languages, failed = os.ReadFile(filepath.Join(dir, languagesFile))
	if err = errors.Join(err, failed); err != nil {
		return m, fmt.Errorf("reading trained models: %w", err)
	}
	return m, nil
}

// output is a file to write.
type output struct {
	name string
	body []byte
}

// files are those of the models that there are.
func (m models) files() (out []output) {
	for _, f := range []output{{modelFile, m.model}, {languagesFile, m.languages}} {
		if len(f.body) > 0 {
			out = append(out, f)
		}
	}
	return out
}

// write puts files into a folder, each whole or not at all.
func (t *training) write(dir string, files []output) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("writing trained models: %w", err)
	}
	for _, f := range files {
		file := filepath.Join(dir, f.name)
		if err := os.WriteFile(file+".part", f.body, 0o644); err != nil {
			return fmt.Errorf("writing trained models: %w", err)
		}
		if err := os.Rename(file+".part", file); err != nil {
			return fmt.Errorf("writing trained models: %w", err)
		}
		if _, err := fmt.Fprintf(t.opt.Out, "%s, %d bytes\n", file, len(f.body)); err != nil {
			return fmt.Errorf("writing trained models: %w", err)
		}
	}
	return nil
}
