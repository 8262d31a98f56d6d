package reddit

import (
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

// Spec describes the kind reddit.
func Spec() connectors.Spec {
	return connectors.Spec{
		Kind:     "reddit",
		Title:    "Reddit",
		Group:    connectors.GroupForums,
		Summary:  "Reddit: searches, subreddits and the inbox, answered with a comment; needs an app that Reddit approved",
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
		Polls: true, Replies: true, Many: true, Edit: true, Delete: true,
		Limit: 10000, Counts: "codepoints",
		Certainty: connectors.CertainReadBack, Delay: 10 * time.Second,
		Cost:       "Free up to 100 requests a minute; commercial use needs a contract with Reddit.",
		NoTraining: true, Forgets: true, SeesEdits: true, SeesGone: true,
	}
}

// login asks a person for consent; the access lasts an hour and is renewed for as long as the person does not take it back.
func login() *connectors.Login {
	return &connectors.Login{Consent: &connectors.Consent{
		Endpoint: func(server string) (authorize, token string) {
			if server == "" {
				server = webServer
			}
			server = strings.TrimRight(server, "/")
			return server + "/api/v1/authorize", server + "/api/v1/access_token"
		},
		Scopes: []string{"identity", "read", "submit", "edit", "privatemessages", "history"},
		Params: map[string]string{"duration": "permanent"},
		Basic:  true,
		Finish: finish,
	}}
}

// finish learns whose the grant is, and refuses one of somebody else.
func finish(ctx context.Context, env connectors.LoginEnv, g desk.Grant) (desk.Grant, error) {
	base := apiServer
	if env.Account.Server != "" {
		base = strings.TrimRight(env.Account.Server, "/")
	}
	api := &fetch.API{
		Base: base, Read: env.HTTP, Now: env.Now, Refuse: refuse,
		Header: map[string]string{"User-Agent": agent(&env.Account, ""), "Authorization": "Bearer " + g.Access.Reveal()},
	}
	var me struct {
		Name string `json:"name"`
	}
	if err := api.Get(ctx, "/api/v1/me", nil, &me); err != nil {
		return desk.Grant{}, err
	}
	if want := desk.CleanHandle(env.Account.Handle); want != "" {
		if err := sameUser(me.Name, want); err != nil {
			return desk.Grant{}, err
		}
	}
	g.Who = "u/" + me.Name
	return g, nil
}
