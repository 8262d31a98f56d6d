package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/web"
)

// webPart listens now, so that a taken port is an error of the start, and serves until the context ends.
func (a *App) webPart(ctx context.Context, r *Running) (func(context.Context) error, error) {
	pages, err := a.newWeb()
	if err != nil {
		return nil, err
	}
	ln, err := listen(ctx, a.listen(), "Set desk.listen or --listen.")
	if err != nil {
		return nil, err
	}
	r.Addr = ln.Addr().String()
	server := &http.Server{Handler: pages.Handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	server.RegisterOnShutdown(pages.Close) // ends the live streams; a click that is being carried out is waited for
	return func(ctx context.Context) error {
		failed := make(chan error, 1)
		go func() { failed <- server.Serve(ln) }()
		select {
		case err := <-failed:
			return err
		case <-ctx.Done():
		}
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
		defer cancel()
		return errors.Join(server.Shutdown(end), ignoreClosed(<-failed))
	}, nil
}

// listen opens a port, or says in one sentence who has it.
func listen(ctx context.Context, addr, hint string) (net.Listener, error) {
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, desk.Conflictf("%s is taken by another program; perhaps the desk runs already. %s", addr, hint)
	}
	if err != nil {
		return nil, fmt.Errorf("listening on %s: %w", addr, err)
	}
	return ln, nil
}

func ignoreClosed(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

func (a *App) newWeb() (*web.Server, error) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	zone, err := time.LoadLocation(a.cfg.Desk.Timezone)
	if err != nil {
		return nil, fmt.Errorf("time zone %s: %w", a.cfg.Desk.Timezone, err)
	}
	topics := make([]string, 0, len(a.cfg.Triage.Topics))
	for _, t := range a.cfg.Triage.Topics {
		topics = append(topics, t.Name)
		for _, narrow := range t.Topics {
			topics = append(topics, narrow.Name)
		}
	}
	talks := &conversations{app: a, kept: map[desk.Key]conversation{}}
	return web.New(web.Options{
		Store: a.store, Work: a.work, Accounts: webAccounts{a}, Learning: newLearning(a), Desk: a.cfg.Desk.Name, BaseURL: a.cfg.Desk.URL, Brands: a.cfg.Brands, Topics: topics,
		Workflow: a.cfg.Workflow, Kinds: a.webKinds, Answer: a.pageAnswer, Deliver: a.deliver, Conversation: talks.around, Converses: talks.possible, Spent: a.store.Spent, Trends: a.trends, Ready: a.store.Ping, Registry: registry,
		Secure: strings.HasPrefix(a.cfg.Desk.URL, "https://"), Zone: zone, Log: a.log, Now: time.Now,
	})
}
