package instagram

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/internal/graph"
	"github.com/earshotdesk/earshot/internal/desk"
)

// A token is good for 60 days, can be renewed once it is a day old, and only while it is good. It is renewed every week: for the keyring
// its access ends then, and the whole consent when the token does.
const renewal = 7 * 24 * time.Hour

func login() *connectors.Login {
	return &connectors.Login{
		Consent: &connectors.Consent{
			Endpoint: func(server string) (authorize, token string) {
				if server = strings.TrimRight(server, "/"); server != "" {
					return server + "/oauth/authorize", server + "/oauth/access_token"
				}
				return "https://www.instagram.com/oauth/authorize", "https://api.instagram.com/oauth/access_token"
			},
			Scopes: []string{"instagram_business_basic", "instagram_business_manage_comments"},
			Finish: finish,
		},
		Refresh: refresh,
	}
}

// finish trades the short token of the consent for a long one, and asks whose it is.
func finish(ctx context.Context, env connectors.LoginEnv, g desk.Grant) (desk.Grant, error) {
	base, err := graph.Base("", env.Account.Server, home, graph.Version)
	if err != nil {
		return desk.Grant{}, err
	}
	root := strings.TrimSuffix(base, "/"+graph.Version) // these calls have no version
	long, ends, err := graph.Exchange(ctx, graph.Signed(env, root, ""), "/access_token", url.Values{
		"grant_type": {"ig_exchange_token"}, "client_secret": {env.Account.ClientSecret.Reveal()}, "access_token": {g.Access.Reveal()},
	})
	if err != nil {
		return desk.Grant{}, err
	}
	var me struct {
		Username string `json:"username"`
	}
	if err := graph.Signed(env, base, long).Get(ctx, "/me", url.Values{"fields": {"user_id,username"}}, &me); err != nil {
		return desk.Grant{}, err
	}
	if h := desk.CleanHandle(env.Account.Handle); h != "" && !strings.EqualFold(h, me.Username) {
		return desk.Grant{}, desk.Deniedf("whoever agreed is signed in as @%s, but the account is @%s", graph.Word(me.Username), h)
	}
	return lasting(desk.Grant{Scopes: g.Scopes, Who: "@" + graph.Word(me.Username)}, long, ends, env.Now()), nil
}

// lasting puts a long token into a grant.
func lasting(g desk.Grant, token desk.Secret, ends, now time.Time) desk.Grant {
	g.Access, g.Refresh, g.RefreshExpires = token, token, ends
	g.Expires = now.Add(renewal)
	if !ends.IsZero() && ends.Before(g.Expires) {
		g.Expires = ends
	}
	return g
}

// refresh renews a token. When that fails for a passing reason while the old one is still good, the old one is used for another hour.
func refresh(ctx context.Context, env connectors.LoginEnv, old desk.Grant) (desk.Grant, error) {
	base, err := graph.Base("", env.Account.Server, home, graph.Version)
	if err != nil {
		return desk.Grant{}, err
	}
	root := strings.TrimSuffix(base, "/"+graph.Version)
	token, ends, err := graph.Exchange(ctx, graph.Signed(env, root, ""), "/refresh_access_token", url.Values{
		"grant_type": {"ig_refresh_token"}, "access_token": {old.Access.Reveal()},
	})
	_, passing := errors.AsType[*desk.Transient](err)
	if passing && old.RefreshExpires.After(env.Now().Add(24*time.Hour)) {
		old.Expires = env.Now().Add(time.Hour)
		return old, nil
	}
	if err != nil {
		return desk.Grant{}, err
	}
	return lasting(old, token, ends, env.Now()), nil
}
