package mastodon

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
	"github.com/earshotdesk/earshot/internal/text"
)

// scopes are the least that reading and answering take.
func scopes() []string {
	return []string{"read:accounts", "read:notifications", "read:search", "read:statuses", "write:statuses"}
}

// login is the consent of the account's owner on its own server. The server hands an app to anybody, and its tokens do not end.
func login() *connectors.Login {
	return &connectors.Login{Consent: &connectors.Consent{
		Endpoint: func(server string) (authorize, token string) {
			base := strings.TrimRight(server, "/")
			return base + "/oauth/authorize", base + "/oauth/token"
		},
		Scopes:   scopes(),
		Register: register,
		Finish:   finish,
	}}
}

// register makes an app on the account's server.
func register(ctx context.Context, env connectors.LoginEnv, redirect string) (string, desk.Secret, error) {
	if _, err := host(env.Account.Server); err != nil {
		return "", "", err
	}
	var app struct {
		ID     string      `json:"client_id"`
		Secret desk.Secret `json:"client_secret"`
	}
	form := url.Values{"client_name": {"Earshot"}, "redirect_uris": {redirect}, "scopes": {strings.Join(scopes(), " ")}}
	if err := server(env).Send(ctx, http.MethodPost, "/api/v1/apps", nil, form, &app); err != nil {
		return "", "", fmt.Errorf("registering with the server: %w", err)
	}
	if app.ID == "" || app.Secret == "" {
		return "", "", desk.Invalidf("%s does not hand out apps as a Mastodon server does", fetch.RedactURL(env.Account.Server))
	}
	return app.ID, app.Secret, nil
}

// finish learns whose the grant is, and refuses one of another account than the configured.
func finish(ctx context.Context, env connectors.LoginEnv, g desk.Grant) (desk.Grant, error) {
	api := server(env)
	api.Sign = fetch.Bearer(func(context.Context, bool) (desk.Grant, error) { return g, nil })
	var who person
	if err := api.Get(ctx, "/api/v1/accounts/verify_credentials", nil, &who); err != nil {
		return desk.Grant{}, fmt.Errorf("asking whose the token is: %w", err)
	}
	want, _, _ := strings.Cut(desk.CleanHandle(env.Account.Handle), "@")
	if who.Acct == "" || want != "" && !strings.EqualFold(who.Acct, want) {
		return desk.Grant{}, desk.Deniedf("the person signed in as @%s, but the account is @%s; sign out there and try again", text.Line(who.Acct), want)
	}
	g.Who = "@" + text.Line(who.Acct)
	return g, nil
}

func server(env connectors.LoginEnv) *fetch.API {
	return &fetch.API{Base: strings.TrimRight(env.Account.Server, "/"), Read: env.HTTP, Publish: env.HTTP, Now: env.Now, Refuse: refuse}
}
