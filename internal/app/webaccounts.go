package app

import (
	"context"
	"errors"
	"net/url"

	"github.com/earshotdesk/earshot/internal/desk"
)

// webAccounts lets the pages connect accounts.
type webAccounts struct{ app *App }

// Connect begins the consent of an account, or connects one that needs nobody's.
func (w webAccounts) Connect(ctx context.Context, actor *desk.User, by, account, redirect string) (string, error) {
	if w.app.keys.How(account) == desk.LoginConsent {
		return w.app.keys.Begin(ctx, account, by, redirect)
	}
	if err := w.app.keys.Open(ctx, account); err != nil {
		return "", err
	}
	w.connected(ctx, actor, account)
	return "", nil
}

// Finish ends a consent.
func (w webAccounts) Finish(ctx context.Context, actor *desk.User, by string, back url.Values) (string, error) {
	account, err := w.app.keys.Finish(ctx, by, back)
	if err == nil {
		w.connected(ctx, actor, account)
	}
	return account, err
}

func (w webAccounts) connected(ctx context.Context, actor *desk.User, account string) {
	w.app.log.Info("account connected", "account", account, "by", actor.ID)
	w.app.pollAccount(ctx, account)
}

// Disconnect forgets what is kept for an account.
func (w webAccounts) Disconnect(ctx context.Context, actor *desk.User, account string) error {
	if err := w.app.keys.Disconnect(ctx, account); err != nil {
		return err
	}
	w.app.log.Info("account disconnected", "account", account, "by", actor.ID)
	return nil
}

// pollAccount makes the sources of an account due: whoever connected it wants to see whether it works now. A source that the desk has not
// taken over yet is due anyhow.
func (a *App) pollAccount(ctx context.Context, account string) {
	for name, s := range a.sources {
		if s.account == nil || s.account.Name != account {
			continue
		}
		if err := a.store.DueNow(ctx, name); err != nil && !errors.Is(err, desk.ErrNotFound) {
			a.log.Warn("a source of a connected account waits for its turn", "source", name, "error", err)
		}
	}
}
