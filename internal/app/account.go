package app

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/seal"
)

// SetToken reads the token of an account from in and keeps it in the database, encrypted with the key file. It counts where the
// configuration gives the account none.
func SetToken(ctx context.Context, opt Options, account string, in io.Reader) error {
	a, err := openFor(ctx, opt, account)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	line, err := bufio.NewReader(in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("reading the token: %w", err)
	}
	token := desk.Secret(strings.TrimSpace(line))
	if token == "" {
		return desk.Invalidf("no token came on standard input")
	}
	box, err := seal.Open(a.cfg.Desk.KeyFile)
	if err != nil {
		return err
	}
	if err := a.store.PutToken(ctx, account, box.Seal(account, token)); err != nil {
		return err
	}
	_, err = fmt.Fprintf(opt.Out, "The token of %s is kept, encrypted.\n", account)
	return err
}

// unsealTokens reads the tokens that the configuration leaves to the database.
func (a *App) unsealTokens(ctx context.Context) error {
	a.tokens = map[string]desk.Secret{}
	var box *seal.Box
	for i := range a.cfg.Accounts {
		acc := &a.cfg.Accounts[i]
		if acc.Token != "" {
			continue
		}
		sealed, err := a.store.SealedToken(ctx, acc.Name)
		if errors.Is(err, desk.ErrNotFound) {
			continue
		}
		if err == nil && box == nil {
			box, err = seal.Open(a.cfg.Desk.KeyFile)
		}
		if err == nil {
			a.tokens[acc.Name], err = box.Open(acc.Name, sealed)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// accounts lists the configured accounts as the store keeps them.
func (a *App) accounts() []desk.AccountState {
	out := make([]desk.AccountState, 0, len(a.cfg.Accounts))
	for _, acc := range a.cfg.Accounts {
		out = append(out, desk.AccountState{Name: acc.Name, Kind: acc.Kind, Site: desk.Site(acc.Kind + ":" + acc.Handle), Publish: acc.Publish == "on",
			Handle: desk.CleanHandle(acc.Handle), Login: a.keys.How(acc.Name)})
	}
	return out
}
