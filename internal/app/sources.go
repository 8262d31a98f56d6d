package app

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/config"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
	"github.com/earshotdesk/earshot/internal/outbox"
	"github.com/earshotdesk/earshot/internal/text"
	"github.com/earshotdesk/earshot/internal/work"
	"github.com/earshotdesk/earshot/web"
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
	a.sources = make(map[string]source, len(a.cfg.Sources))
	for _, c := range a.cfg.Sources {
		s, err := a.makeSource(c, clients)
		if err != nil {
			return fmt.Errorf("source %s: %w", c.Name, err)
		}
		a.sources[c.Name] = s
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
	if spec.Caps.Pushes {
		if env.Hook, env.HookKey, err = a.hook(c.Name); err != nil {
			return source{}, err
		}
	}
	if acc := s.account; acc != nil {
		env.Account = &connectors.Account{Name: acc.Name, Kind: acc.Kind, Server: acc.Server, Handle: acc.Handle, Secret: acc.Token, ClientID: acc.ClientID, ClientSecret: acc.ClientSecret}
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

// answer says who answers a mention: the account of the source that saw it first.
func (a *App) answer(m desk.Mention) work.Answer {
	s, ok := a.sources[m.Source]
	if !ok || s.account == nil {
		return work.Answer{}
	}
	return work.Answer{
		Account: s.account.Name, Publish: s.account.Publish == "on", Replies: s.caps.Replies, Many: s.caps.Many,
		Limit: s.caps.Limit, Unit: unitWords(s.caps.Counts), Length: lengthOf(s.caps.Counts),
	}
}

// pageAnswer says the same to the pages.
func (a *App) pageAnswer(m *desk.Mention) web.Answer {
	w := a.answer(*m)
	out := web.Answer{Possible: w.Account != "" && w.Replies, As: w.Account, Max: w.Limit, Counts: a.sources[m.Source].caps.Counts, Length: w.Length}
	switch {
	case w.Account == "":
		out.Why = "No account answers on this source. Copy the reply and publish it there."
	case !w.Replies:
		out.Why = "This site takes no replies from outside. Copy the reply and publish it there."
	case !w.Publish:
		out.Hold = "Publishing is off for the account " + w.Account + ". An admin turns it on in the configuration."
	}
	if acc := a.sources[m.Source].account; acc != nil && acc.Handle != "" {
		out.As = "@" + acc.Handle
	}
	return out
}

func lengthOf(unit string) func(string) int {
	return func(s string) int { return text.Length(s, text.Unit(unit)) }
}

func unitWords(unit string) string {
	if unit == "bytes" {
		return "bytes"
	}
	return "characters"
}

// speaker finds who speaks for an account about a mention, and what the network promises.
func (a *App) speaker(_ context.Context, account string, parent desk.Mention) (outbox.Speaker, outbox.Terms, error) {
	s, ok := a.sources[parent.Source]
	if !ok || s.account == nil || s.account.Name != account {
		return nil, outbox.Terms{}, desk.Deniedf("The account %s does not answer on the source %s any more.", account, parent.Source)
	}
	replier, ok := s.connector.(connectors.Replier)
	if !ok {
		return nil, outbox.Terms{}, desk.Deniedf("The source %s takes no replies.", parent.Source)
	}
	return replier, terms(s.caps, cmp.Or(a.opt.ReplyTimeout, replyTimeout)), nil
}

// replyTimeout bounds one call that says something in public.
const replyTimeout = 20 * time.Second

// terms reads a network's promise as the outbox needs it.
func terms(c connectors.Capabilities, timeout time.Duration) outbox.Terms {
	t := outbox.Terms{Delay: c.Delay, Timeout: timeout}
	switch c.Certainty {
	case connectors.CertainReal, connectors.CertainUpsert:
		t.Resend = -1 // the second of two equal replies is dropped, or takes the place of the first
	case connectors.CertainWindow:
		t.Resend = c.Resend
	}
	return t
}
