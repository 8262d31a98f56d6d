package app

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/config"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
	"github.com/earshotdesk/earshot/internal/keyring"
	"github.com/earshotdesk/earshot/internal/seal"
)

// makeKeys makes the keys of all configured accounts.
func (a *App) makeKeys(clients *fetch.Clients) error {
	list := make([]keyring.Account, 0, len(a.cfg.Accounts))
	for i := range a.cfg.Accounts {
		acc := &a.cfg.Accounts[i]
		spec, err := a.kinds.Spec(acc.Kind)
		if err != nil {
			return err
		}
		list = append(list, keyring.Account{
			Name: acc.Name, Secret: acc.Token, Client: keyring.Client{ID: acc.ClientID, Secret: acc.ClientSecret}, Login: a.login(acc, spec.Login, clients),
		})
	}
	o := keyring.Options{Box: sync.OnceValues(a.box), HTTP: &http.Client{Transport: explained{clients.Read}}, Now: time.Now, Log: a.log}
	if a.store != nil {
		o.Store = a.store
	}
	a.keys = keyring.New(o, list)
	return nil
}

// box opens what encrypts tokens.
func (a *App) box() (keyring.Box, error) { return seal.Open(a.cfg.Desk.KeyFile) }

// explained sends what the keyring asks with the desk's client and says in a sentence why there is no answer.
type explained struct{ client *http.Client }

// RoundTrip sends one request.
func (e explained) RoundTrip(req *http.Request) (*http.Response, error) {
	return fetch.Do(e.client, req)
}

// account is an account as its connectors see it.
func (a *App) account(acc *config.Account, secret desk.Secret, c keyring.Client) connectors.Account {
	return connectors.Account{
		Name: acc.Name, Kind: acc.Kind, Server: acc.Server, Handle: acc.Handle, Secret: secret, ClientID: c.ID, ClientSecret: c.Secret,
	}
}

// login hands what a kind says of its logins to the keyring.
func (a *App) login(acc *config.Account, l *connectors.Login, clients *fetch.Clients) *keyring.Login {
	if l == nil {
		return nil
	}
	env := func(secret desk.Secret, c keyring.Client) connectors.LoginEnv {
		return connectors.LoginEnv{Account: a.account(acc, secret, c), HTTP: clients.Read, Now: time.Now}
	}
	out := &keyring.Login{Consent: consent(acc, l.Consent, env)}
	if l.Open != nil {
		out.Open = func(ctx context.Context, secret desk.Secret, c keyring.Client) (desk.Grant, error) {
			return l.Open(ctx, env(secret, c))
		}
	}
	if l.Refresh != nil {
		out.Refresh = func(ctx context.Context, secret desk.Secret, c keyring.Client, old desk.Grant) (desk.Grant, error) {
			return l.Refresh(ctx, env(secret, c), old)
		}
	}
	return out
}

func consent(acc *config.Account, c *connectors.Consent, env func(desk.Secret, keyring.Client) connectors.LoginEnv) *keyring.Consent {
	if c == nil {
		return nil
	}
	out := &keyring.Consent{Scopes: c.Scopes, Params: c.Params, Basic: c.Basic}
	out.Authorize, out.Token = c.Endpoint(acc.Server)
	if c.Register != nil {
		out.Register = func(ctx context.Context, redirect string) (keyring.Client, error) {
			id, secret, err := c.Register(ctx, env("", keyring.Client{}), redirect)
			return keyring.Client{ID: id, Secret: secret}, err
		}
	}
	if c.Finish != nil {
		out.Finish = func(ctx context.Context, client keyring.Client, g desk.Grant) (desk.Grant, error) {
			return c.Finish(ctx, env("", client), g)
		}
	}
	return out
}
