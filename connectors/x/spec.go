package x

import (
	"cmp"
	"context"
	_ "embed"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
)

//go:embed sample.yaml
var sample string

// Spec describes the kind x.
func Spec() connectors.Spec {
	return connectors.Spec{
		Kind:     site,
		Title:    "X",
		Group:    connectors.GroupSocial,
		Summary:  "X: mentions of an account and what a search finds, within a budget; answers who mentioned or quoted it",
		Sample:   sample,
		Caps:     capabilities(),
		Login:    login(),
		Rechecks: 100,
		Options:  &Options{},
		New:      New,
	}
}

func capabilities() connectors.Capabilities {
	return connectors.Capabilities{
		Polls: true, Replies: true, Many: true, Delete: true,
		Limit: 280, Counts: "weighted",
		Certainty: connectors.CertainReadBack, Delay: 15 * time.Second, Window: window,
		Cost:       "0.005 US$ for each post read and 0.010 for its author, 0.010 for a reply (and 0.005 for the look before it), 0.010 for a deletion.",
		Currency:   "US$",
		NoTraining: true, SeesEdits: true, SeesGone: true, Forgets: true,
	}
}

// login asks a person who is signed in as the account. Each refresh gives a new refresh token.
func login() *connectors.Login {
	return &connectors.Login{Consent: &connectors.Consent{
		Endpoint: func(server string) (authorize, token string) {
			api := strings.TrimRight(cmp.Or(server, home), "/")
			return strings.Replace(api, home, "https://x.com", 1) + "/i/oauth2/authorize", api + "/2/oauth2/token"
		},
		Scopes: []string{"tweet.read", "users.read", "tweet.write", "offline.access"},
		Basic:  true,
		Finish: finish,
	}}
}

// finish asks once whose the grant is, so that nobody has to pay for that again.
func finish(ctx context.Context, env connectors.LoginEnv, g desk.Grant) (desk.Grant, error) {
	api := &fetch.API{
		Base: strings.TrimRight(cmp.Or(env.Account.Server, home), "/"), Read: env.HTTP, Now: env.Now, Refuse: refuse,
		Header: map[string]string{"Authorization": "Bearer " + g.Access.Reveal()},
	}
	me, err := whose(ctx, api)
	if err != nil {
		return desk.Grant{}, err
	}
	g.Who, g.Extra = "@"+me.Handle, map[string]desk.Secret{"id": desk.Secret(me.ID), "username": desk.Secret(me.Handle)}
	return g, same(me, env.Account.Handle)
}
