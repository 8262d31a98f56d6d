package app

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/notify"
)

// noticeHandler settles notices by themselves: nothing else changes with them.
type noticeHandler struct {
	notify.Sender
	store interface {
		SettleEntry(ctx context.Context, e desk.Entry, s desk.Settlement) error
	}
}

func (h noticeHandler) Settle(ctx context.Context, e desk.Entry, s desk.Settlement) error {
	return h.store.SettleEntry(ctx, e, s)
}

func (a *App) newSender() (notify.Sender, error) {
	targets := map[string]notify.Notifier{}
	for _, t := range a.cfg.Notify.Targets {
		n, err := a.targets.New(t.Kind, notify.Env{
			Target: t.Name, HTTP: &http.Client{Timeout: 30 * time.Second}, Out: a.opt.Out, Log: a.log.With("target", t.Name), Now: time.Now, Agent: a.agent(),
		}, t.Decode)
		if err != nil {
			return notify.Sender{}, fmt.Errorf("target %s: %w", t.Name, err)
		}
		targets[t.Name] = n
	}
	names := notify.Names{}
	for _, kind := range a.kinds.Kinds() {
		spec, err := a.kinds.Spec(kind)
		if err != nil {
			return notify.Sender{}, err
		}
		names[kind] = spec.Title
	}
	url := a.url()
	return notify.Sender{
		Log: a.store, Targets: targets, Desk: a.cfg.Desk.Name, Names: names, Logger: a.log,
		Links: notify.Links{
			Case:  func(id desk.CaseID) string { return url + "/cases/" + string(id) },
			Board: url + "/board", Sources: url + "/sources", Outbox: url + "/outbox", Accounts: url + "/accounts",
		},
	}, nil
}

func (a *App) newPlanner() (*notify.Planner, error) {
	names := make([]string, 0, len(a.cfg.Notify.Targets))
	for _, t := range a.cfg.Notify.Targets {
		names = append(names, t.Name)
	}
	tree, err := notify.Compile(a.cfg.Notify.Route, names)
	if err != nil {
		return nil, fmt.Errorf("routes: %w", err)
	}
	return notify.NewPlanner(notify.PlannerOptions{Store: notifyStore{a.store}, Tree: tree, Log: a.log}), nil
}
