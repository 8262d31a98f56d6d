package app

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/config"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
	"github.com/earshotdesk/earshot/internal/keyring"
)

// source is a configured poll with its connector and what that can do.
type source struct {
	desk      desk.Source
	connector connectors.Connector
	caps      connectors.Capabilities
	rechecks  int             // known mentions that one look takes
	account   *config.Account // nil when nobody answers
}

// makeSources makes the connector of every configured source.
func (a *App) makeSources() error {
	clients := fetch.New(fetch.Options{Agent: a.agent(), AllowPrivate: a.cfg.Desk.PrivateNetworks})
	if err := a.makeKeys(clients); err != nil {
		return err
	}
	a.sources = make(map[string]source, len(a.cfg.Sources))
	var problems config.Problems
	for _, c := range a.cfg.Sources {
		s, err := a.makeSource(c, clients)
		switch {
		case errors.Is(err, desk.ErrInvalid):
			problems = append(problems, c.Wrong(err)...)
		case err != nil:
			return fmt.Errorf("source %s: %w", c.Name, err)
		}
		a.sources[c.Name] = s
	}
	if len(problems) > 0 {
		return problems
	}
	return nil
}

func (a *App) makeSource(c config.Source, clients *fetch.Clients) (source, error) {
	spec, err := a.kinds.Spec(c.Kind)
	if err != nil {
		return source{}, err
	}
	s := source{
		desk:    desk.Source{Name: c.Name, Kind: c.Kind, Account: c.Account, Brand: c.Brand, Every: c.Every.Std(), Recheck: c.Recheck.Std(), Hash: c.Hash()},
		account: a.accountOf(c.Account),
	}
	env := connectors.Env{
		Source: s.desk, Log: a.log.With("source", c.Name), Read: clients.Read, Publish: clients.Publish, Now: time.Now, Dir: a.cfg.Dir, Agent: a.agent(),
		Purse: purse{a, c.Name},
	}
	if spec.Caps.Pushes && a.store != nil { // a command that only looks subscribes to nothing
		if env.Hook, env.HookKey, err = a.hook(c.Name); err != nil {
			return source{}, err
		}
	}
	if acc := s.account; acc != nil {
		account := a.account(acc, cmp.Or(acc.Token, a.tokens[acc.Name]), keyring.Client{ID: acc.ClientID, Secret: acc.ClientSecret})
		account.Keys = a.keys.Key(acc.Name)
		env.Account = &account
	}
	if s.connector, err = a.kinds.New(env, c.Decode); err != nil {
		return source{}, err
	}
	if one, ok := s.connector.(connectors.Sited); ok {
		s.desk.Site = one.Site()
	}
	s.caps, s.rechecks = connectors.CapabilitiesOf(spec, s.connector), spec.Rechecks
	return s, nil
}

func (a *App) accountOf(name string) *config.Account {
	for i := range a.cfg.Accounts {
		if a.cfg.Accounts[i].Name == name && name != "" {
			return &a.cfg.Accounts[i]
		}
	}
	return nil
}

func (a *App) agent() string { return "Earshot/" + a.opt.Version }

// configured lists the sources as the store keeps them.
func (a *App) configured() []desk.Source {
	out := make([]desk.Source, 0, len(a.cfg.Sources))
	for _, c := range a.cfg.Sources {
		out = append(out, a.sources[c.Name].desk)
	}
	return out
}

// polled lists the sources as the poller runs them.
func (a *App) polled() []connectors.Configured {
	out := make([]connectors.Configured, 0, len(a.cfg.Sources))
	for _, c := range a.cfg.Sources {
		s := a.sources[c.Name]
		out = append(out, connectors.Configured{Source: s.desk, Connector: s.connector, Rechecks: s.rechecks, Forgets: s.caps.Forgets})
	}
	return out
}
