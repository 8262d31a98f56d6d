package bluesky

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
)

// login opens sessions with the account's app password and keeps them going. The network allows 30 of the former in five minutes and
// 300 a day, so a session is refreshed for as long as that works: its access lasts two hours, what refreshes it 90 days.
func login() *connectors.Login {
	return &connectors.Login{
		Open: func(ctx context.Context, env connectors.LoginEnv) (desk.Grant, error) {
			who := desk.CleanHandle(env.Account.Handle)
			if who == "" || env.Account.Secret == "" {
				return desk.Grant{}, desk.Deniedf("the account %s needs its handle and, as token, an app password", env.Account.Name)
			}
			body := map[string]string{"identifier": who, "password": env.Account.Secret.Reveal()}
			return signIn(ctx, env, home(&env.Account), "createSession", nil, body)
		},
		Refresh: func(ctx context.Context, env connectors.LoginEnv, old desk.Grant) (desk.Grant, error) {
			server := cmp.Or(old.Extra["pds"].Reveal(), home(&env.Account))
			return signIn(ctx, env, server, "refreshSession", map[string]string{"Authorization": "Bearer " + old.Refresh.Reveal()}, nil)
		},
	}
}

// answer is what both calls give.
type answer struct {
	DID, Handle           string
	AccessJwt, RefreshJwt desk.Secret
	DidDoc                struct {
		Service []struct{ ID, ServiceEndpoint string }
	}
}

func signIn(ctx context.Context, env connectors.LoginEnv, server, call string, header map[string]string, body any) (desk.Grant, error) {
	api := &fetch.API{Base: server, Read: env.HTTP, Publish: env.HTTP, Now: env.Now, Refuse: refuse}
	var a answer
	err := api.SendWith(ctx, http.MethodPost, "/xrpc/com.atproto.server."+call, header, body, &a)
	if lost, ok := errors.AsType[*desk.Unknown](err); ok {
		err = &desk.Transient{Err: lost.Err} // a session too many does no harm
	}
	if err == nil && (a.DID == "" || a.AccessJwt == "") {
		err = &desk.Transient{Err: errors.New("the server opened a session, but does not say whose")}
	}
	if err != nil {
		return desk.Grant{}, fmt.Errorf("signing in: %w", err)
	}
	access, refresh := claims(a.AccessJwt), claims(a.RefreshJwt)
	g := desk.Grant{
		Access: a.AccessJwt, Refresh: a.RefreshJwt, Expires: access.end(), RefreshExpires: refresh.end(), Who: "@" + a.Handle,
		Extra: map[string]desk.Secret{"did": desk.Secret(a.DID), "handle": desk.Secret(a.Handle), "pds": desk.Secret(server)},
	}
	if access.Scope != "" {
		g.Scopes = []string{access.Scope}
	}
	for _, s := range a.DidDoc.Service {
		if strings.HasSuffix(s.ID, "#atproto_pds") && trusted(s.ServiceEndpoint, server) {
			g.Extra["pds"] = desk.Secret(strings.TrimRight(s.ServiceEndpoint, "/"))
		}
	}
	return g, nil
}

// trusted tells whether a server that another one names may be given the session: over TLS, unless that one went without, too.
func trusted(named, by string) bool {
	u, err := url.Parse(named)
	return err == nil && u.Host != "" && u.User == nil && (u.Scheme == "https" || u.Scheme == "http" && strings.HasPrefix(by, "http://"))
}

// claim is what a token says of itself. It is only read to know when to refresh; that it is true the server checks.
type claim struct {
	Exp   int64
	Scope string
}

func claims(token desk.Secret) (c claim) {
	parts := strings.Split(token.Reveal(), ".")
	if len(parts) != 3 {
		return claim{}
	}
	body, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || json.Unmarshal(body, &c) != nil {
		return claim{}
	}
	return c
}

func (c claim) end() time.Time {
	if c.Exp <= 0 {
		return time.Time{}
	}
	return time.Unix(c.Exp, 0).UTC()
}
