package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/config"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/work"
)

// PolledMention is a mention as `earshot poll --format jsonl` prints it, one a line.
type PolledMention struct {
	Site     desk.Site         `json:"site"`
	ID       desk.RemoteID     `json:"id"`
	Kind     desk.MentionKind  `json:"kind"`
	Thread   desk.RemoteID     `json:"thread,omitempty"`
	Parent   desk.RemoteID     `json:"parent,omitempty"`
	Author   PolledAuthor      `json:"author"`
	Title    string            `json:"title,omitempty"`
	Text     string            `json:"text"`
	Language string            `json:"language,omitempty"`
	URL      string            `json:"url,omitempty"`
	Rating   *PolledRating     `json:"rating,omitempty"`
	PostedAt *time.Time        `json:"posted_at,omitempty"`
	EditedAt *time.Time        `json:"edited_at,omitempty"`
	Private  bool              `json:"private,omitempty"`
	Ours     bool              `json:"ours,omitempty"`
	Extra    map[string]string `json:"extra,omitempty"`
	Verdict  *desk.Verdict     `json:"verdict,omitempty"`
}

// PolledAuthor is who said it.
type PolledAuthor struct {
	ID        desk.RemoteID `json:"id,omitempty"`
	Handle    string        `json:"handle,omitempty"`
	Name      string        `json:"name,omitempty"`
	Followers int64         `json:"followers,omitempty"`
}

// PolledRating is a number of stars out of a best.
type PolledRating struct {
	Value float64 `json:"value"`
	Best  float64 `json:"best"`
}

// Poll polls one source once. With dry it stores nothing and prints the mentions with their verdicts.
func Poll(ctx context.Context, opt Options, name string, dry bool) error {
	a, err := prepare(opt)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	if !slices.ContainsFunc(a.cfg.Sources, func(s config.Source) bool { return s.Name == name }) {
		return desk.Invalidf("%s has no source %q; it has %s", opt.Config, name, list(a.cfg.Sources, sourceName))
	}
	if dry {
		if err := a.withoutDatabase(ctx); err != nil {
			return err
		}
		return a.dryRun(ctx, name)
	}
	if err := a.open(ctx); err != nil {
		return err
	}
	if err := a.takeOver(ctx); err != nil {
		return err
	}
	poller, err := a.newPoller()
	if err != nil {
		return err
	}
	r, err := poller.PollNow(ctx, name)
	_, _ = fmt.Fprintf(a.opt.Out, "%s: %d new, %d edited, %d known, %d gone, %d could not be read; %d cases opened\n", name, r.New, r.Edited, r.Known, r.Gone, r.Poison, r.Opened)
	return err
}

// dryRun prints what one fetch brings. An error may come after mentions: both are said.
func (a *App) dryRun(ctx context.Context, name string) error {
	poller, err := connectors.NewPoller(nil, nil, a.polled(), connectors.PollerOptions{Log: a.log})
	if err != nil {
		return err
	}
	batch, failure := poller.DryRun(ctx, name)
	enc := json.NewEncoder(a.opt.Out)
	enc.SetEscapeHTML(false)
	for _, m := range batch.Mentions {
		if err := enc.Encode(a.polledMention(m)); err != nil {
			return err
		}
	}
	for _, p := range batch.Poison {
		_, _ = fmt.Fprintf(a.opt.Err, "could not be read: %s %s\n", p.Remote, p.Err)
	}
	return failure
}

func (a *App) polledMention(m desk.Mention) PolledMention {
	p := PolledMention{
		Site: m.Site, ID: m.Remote, Kind: m.Kind, Thread: m.Thread, Parent: m.Parent, Title: m.Title, Text: m.Text, Language: m.Language, URL: m.URL,
		Author:   PolledAuthor{m.Author.ID, m.Author.Handle, m.Author.Name, m.Author.Followers},
		PostedAt: moment(m.PostedAt), EditedAt: moment(m.EditedAt), Private: m.Visibility == desk.Private, Ours: m.Ours, Extra: m.Extra,
	}
	if m.Rating.Known() {
		p.Rating = &PolledRating{m.Rating.Value, m.Rating.Best}
	}
	if !m.Ours {
		v := a.triage.Judge(work.Input(m, desk.Context{}))
		p.Verdict = &v
	}
	return p
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// Serve runs the desk until the context ends; with once it polls every source once, carries out what is due, and ends.
func Serve(ctx context.Context, opt Options, roles Roles, once bool) error {
	a, err := Open(ctx, opt)
	if err != nil {
		return err
	}
	defer func() {
		if err := a.Close(); err != nil {
			a.log.Error("stopping", "error", err)
		}
	}()
	if once {
		return a.once(ctx)
	}
	r, err := a.Start(ctx, roles)
	if err != nil {
		return err
	}
	if r.Addr != "" {
		a.log.Info("the desk is ready", "address", "http://"+r.Addr)
	}
	return r.Wait()
}

// once polls every source, plans what to tell and drains the outbox.
func (a *App) once(ctx context.Context) error {
	if err := a.takeOver(ctx); err != nil {
		return err
	}
	poller, err := a.newPoller()
	if err != nil {
		return err
	}
	planner, err := a.newPlanner()
	if err != nil {
		return err
	}
	worker, err := a.newWorker()
	if err != nil {
		return err
	}
	began := time.Now()
	polled := poller.RunOnce(ctx)
	a.log.Debug("polled every source", "took", time.Since(began))
	stages := a.store.TellStages(ctx)
	planned := planner.Drain(ctx)
	_, drained := worker.Drain(ctx)
	return errors.Join(polled, stages, planned, drained)
}
