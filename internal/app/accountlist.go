package app

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// listedAccount is an account as `earshot account list --format json` prints it.
type listedAccount struct {
	Name       string     `json:"name"`
	Kind       string     `json:"kind"`
	Handle     string     `json:"handle,omitempty"`
	Login      string     `json:"login"` // token, open or consent
	Connected  bool       `json:"connected"`
	Who        string     `json:"who,omitempty"`
	Publish    bool       `json:"publish"`
	Scopes     []string   `json:"scopes,omitempty"`
	Renews     bool       `json:"renews"`
	Expires    *time.Time `json:"expires,omitempty"` // when a person must act
	Stage      string     `json:"stage,omitempty"`
	NeedsHuman string     `json:"needs_human,omitempty"`
}

// Accounts prints the configured accounts and how they stand.
func Accounts(ctx context.Context, opt Options, asJSON bool) error {
	a, err := Open(ctx, opt)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	states, err := a.accountStates(ctx)
	if err != nil {
		return err
	}
	now := time.Now()
	if asJSON {
		all := make([]listedAccount, 0, len(states))
		for _, s := range states {
			all = append(all, listedAccount{
				Name: s.Name, Kind: s.Kind, Handle: s.Handle, Login: s.Login, Connected: a.connected(&s), Who: s.Who, Publish: s.Publish, Scopes: s.Scopes,
				Renews: s.Renews, Expires: moment(s.ExpiresAt), Stage: string(s.Stage(now)), NeedsHuman: s.NeedsHuman,
			})
		}
		enc := json.NewEncoder(opt.Out)
		enc.SetIndent("", "  ")
		return enc.Encode(all)
	}
	w := tabwriter.NewWriter(opt.Out, 0, 8, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "NAME\tKIND\tHANDLE\tWHO\tPUBLISH\tSCOPES\tENDS\tNEEDS A PERSON")
	for _, s := range states {
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", s.Name, s.Kind, dash(s.Handle), dash(s.Who), onOff(s.Publish), dash(strings.Join(s.Scopes, " ")), ends(&s), a.care(&s))
	}
	return w.Flush()
}

// accountStates lists the configured accounts with what the store knows of them.
func (a *App) accountStates(ctx context.Context) ([]desk.AccountState, error) {
	known, err := a.store.ListAccounts(ctx)
	if err != nil {
		return nil, err
	}
	states := a.accounts()
	for i, s := range states {
		for _, k := range known {
			if k.Name == s.Name {
				k.Kind, k.Site, k.Handle, k.Login, k.Publish = s.Kind, s.Site, s.Handle, s.Login, s.Publish
				states[i] = k
			}
		}
	}
	return states, nil
}

// connected tells whether an account has something to call its network with.
func (a *App) connected(s *desk.AccountState) bool {
	return !s.Connected.IsZero() || s.HasToken || a.accountOf(s.Name).Token != ""
}

func (a *App) care(s *desk.AccountState) string {
	switch {
	case s.NeedsHuman != "":
		return s.NeedsHuman
	case s.Missing():
		return "Not connected yet: earshot account connect " + s.Name
	case s.Stage(time.Now()) != desk.StageWell:
		return "It ends soon: earshot account connect " + s.Name
	}
	return "no"
}

// printAccount says how an account stands after it was connected.
func (a *App) printAccount(ctx context.Context, account string) error {
	states, err := a.accountStates(ctx)
	if err != nil {
		return err
	}
	for _, s := range states {
		if s.Name != account {
			continue
		}
		as := ""
		if s.Who != "" {
			as = " as " + s.Who
		}
		if s.Connected.IsZero() {
			_, err := fmt.Fprintf(a.opt.Out, "%s carries its token as it is; there is nothing to connect.\n", account)
			return err
		}
		_, err := fmt.Fprintf(a.opt.Out, "%s is connected%s.\nScopes: %s\nEnds: %s\nPublish: %s\n", account, as, dash(strings.Join(s.Scopes, " ")), ends(&s), onOff(s.Publish))
		return err
	}
	return nil
}

func ends(s *desk.AccountState) string {
	switch {
	case !s.ExpiresAt.IsZero():
		return s.ExpiresAt.Format(time.DateOnly)
	case s.Renews:
		return "renews itself"
	}
	return "-"
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
