package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/store"
)

// Backup writes everything the desk knows into one file, while it runs.
func Backup(ctx context.Context, opt Options, file string) error {
	a, err := Open(ctx, opt)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	bar := newBar(opt.Err)
	err = a.store.Backup(ctx, file, func(done, total int) { bar.show(int64(done), int64(total), done) })
	bar.done()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(opt.Out, "Everything is in %s.\n", file)
	return err
}

// Restore fills the configured, empty database from a backup.
func Restore(ctx context.Context, opt Options, file string) error {
	cfg, err := Load(opt.Config)
	if err != nil {
		return err
	}
	if err := store.Restore(ctx, store.Options{DSN: cfg.Database.Reveal()}, file); err != nil {
		return err
	}
	_, err = fmt.Fprintf(opt.Out, "%s is back in %s.\n", file, cfg.Database)
	return err
}

// tidyUp removes what has outlived its use: what sites sent, sessions, links. It also looks which accounts will need a person soon.
func (a *App) tidyUp(ctx context.Context) error {
	now := time.Now()
	_, raw := a.store.PurgeRaw(ctx, now.Add(-a.cfg.Desk.Retention.Raw.Std()))
	_, expired := a.store.PurgeExpired(ctx, now)
	return errors.Join(raw, expired, a.store.Tidy(ctx), a.store.TellStages(ctx))
}

// Health asks a running desk whether it is well; the image's health check.
func Health(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 4*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(url, "/")+"/readyz", nil)
	if err != nil {
		return desk.Invalidf("--url %s is not an address", url)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", url, resp.Status)
	}
	return nil
}
