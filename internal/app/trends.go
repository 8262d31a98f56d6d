package app

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/triage"
)

const (
	wordsFirst   = 20 * time.Second // after the start, so that reading the English model does not slow it
	wordsEvery   = 5 * time.Minute
	wordsPerDay  = 3000 // mentions of a day that are read; of more, an even sample
	wordsKept    = 60   // days
	wordsCounted = triage.DaysBefore + 7
)

// countWords counts the words of days on which mentions came or were forgotten, in the background.
func (a *App) countWords(ctx context.Context) error {
	terms, err := triage.NewTerms(a.cfg.Brands)
	if err != nil {
		return err
	}
	tick := time.NewTimer(wordsFirst)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := a.countDays(ctx, terms, time.Now()); err != nil && ctx.Err() == nil {
			a.log.Error("counting words", "error", err)
		}
		tick.Reset(wordsEvery)
	}
}

// countDays counts every day that needs it, the oldest first, and deletes counts that are too old.
func (a *App) countDays(ctx context.Context, terms *triage.Terms, now time.Time) error {
	today := dayOf(now)
	days, err := a.store.DaysToCount(ctx, today-wordsCounted+1, today)
	if err != nil {
		return err
	}
	slices.Reverse(days)
	for _, day := range days {
		if err := a.countDay(ctx, terms, day); err != nil {
			return err
		}
	}
	_, err = a.store.PurgeTerms(ctx, today-wordsKept)
	return err
}

func (a *App) countDay(ctx context.Context, terms *triage.Terms, day desk.TermDay) error {
	texts, err := a.store.TermTexts(ctx, day, wordsPerDay)
	if err != nil {
		return err
	}
	count, before := triage.NewTermDay(terms), triage.Before{}
	of := map[[2]string]bool{}
	for _, m := range texts {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := count.Add(m); err != nil {
			return err
		}
		for _, product := range append([]string{""}, m.Products...) {
			of[[2]string{m.Brand, product}] = true
		}
	}
	for scope := range of {
		err := a.store.Terms(ctx, desk.Everything, scope[0], scope[1], day.Day-triage.DaysBefore, day.Day-1, func(_ int64, c desk.TermCount) { before.Add(c) })
		if err != nil {
			return err
		}
	}
	return a.store.SaveTerms(ctx, day, count.Counts(before))
}

// dayOf is the day of a moment, counted from 1970 in UTC.
func dayOf(t time.Time) int64 { return t.Unix() / int64((24 * time.Hour).Seconds()) }

// knownPeople is who wrote in the days that count, as it was a while ago at most.
type knownPeople struct {
	mu    sync.Mutex
	words triage.People
	until time.Time
}

// people returns the words of the names of those who wrote, to keep them out of what is shown.
func (a *App) people(ctx context.Context, first, last int64) (triage.People, error) {
	k := &a.authors
	k.mu.Lock()
	defer k.mu.Unlock()
	if now := time.Now(); k.words == nil || now.After(k.until) {
		words := triage.People{}
		if err := a.store.Authors(ctx, min(first, last-wordsCounted+1), last, words.Meet); err != nil {
			return nil, err
		}
		k.words, k.until = words, now.Add(wordsEvery)
	}
	return k.words, nil
}

// trends finds the words that rise in what a scope may see.
func (a *App) trends(ctx context.Context, scope desk.Scope, f desk.TrendFilter) (desk.Trends, error) {
	today := dayOf(time.Now())
	rise := triage.NewRise(f, today)
	brands := []string{f.Brand}
	if f.Brand == "" {
		for _, b := range a.cfg.Brands {
			brands = append(brands, b.Name)
		}
	}
	for _, brand := range brands {
		if err := a.store.Terms(ctx, scope, brand, f.Product, rise.First(), today, rise.Add); err != nil {
			return desk.Trends{}, err
		}
	}
	people, err := a.people(ctx, rise.First(), today)
	if err != nil {
		return desk.Trends{}, err
	}
	out := rise.Trends(people)
	out.From, out.Until = time.Unix((today-int64(f.Days())+1)*86400, 0).UTC(), time.Unix((today+1)*86400, 0).UTC()
	return out, nil
}

// Trends counts what has not been counted and prints the words that rise, as a table or as one JSON object a line.
func Trends(ctx context.Context, opt Options, f desk.TrendFilter, lines bool) error {
	a, err := Open(ctx, opt)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	terms, err := triage.NewTerms(a.cfg.Brands)
	if err != nil {
		return err
	}
	if err := a.countDays(ctx, terms, time.Now()); err != nil {
		return err
	}
	found, err := a.trends(ctx, desk.Everything, f)
	if err != nil {
		return err
	}
	if lines {
		enc := json.NewEncoder(opt.Out)
		for _, t := range found.List {
			line := struct {
				Word     string  `json:"word"`
				Language string  `json:"language"`
				Mentions int     `json:"mentions"`
				Before   float64 `json:"before"`
				Rise     float64 `json:"rise"`
				Score    float64 `json:"score"`
			}{t.Word, t.Language, t.N, t.Before, t.Rise, t.Score}
			if err := enc.Encode(line); err != nil {
				return fmt.Errorf("printing what rises: %w", err)
			}
		}
		return nil
	}
	return printTrends(opt, found)
}

func printTrends(opt Options, found desk.Trends) error {
	if !found.Enough {
		_, err := fmt.Fprintf(opt.Out, "%d mentions in the four weeks before are too few to compare with.\n", found.Before)
		return err
	}
	if len(found.List) == 0 {
		_, err := fmt.Fprintf(opt.Out, "No word stands out among %d mentions.\n", found.Mentions)
		return err
	}
	tw := tabwriter.NewWriter(opt.Out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(tw, "words\tlanguage\trise\tmentions\tbefore\tscore")
	for _, t := range found.List {
		fmt.Fprintf(tw, "%s\t%s\t×%.1f\t%d\t%.1f\t%.1f\n", t.Word, t.Language, t.Rise, t.N, t.Before, t.Score)
	}
	if err := tw.Flush(); err != nil {
		return fmt.Errorf("printing what rises: %w", err)
	}
	return nil
}
