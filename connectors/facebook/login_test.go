package facebook

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/internal/desk"
)

// vendor is Facebook as a login sees it.
func vendor(pages string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case version + "/oauth/access_token":
			q := r.URL.Query()
			if q.Get("fb_exchange_token") != "short" || q.Get("client_secret") != connectortest.Secret || q.Get("client_id") != "app" || q.Get("grant_type") != "fb_exchange_token" {
				refuse(w, 400, 190, 0)
				return
			}
			_, _ = w.Write([]byte(`{"access_token": "long", "token_type": "bearer", "expires_in": 5183944}`))
		case version + "/me/accounts":
			if r.Header.Get("Authorization") != "Bearer long" {
				refuse(w, 400, 190, 0)
				return
			}
			_, _ = w.Write([]byte(pages))
		default:
			http.NotFound(w, r)
		}
	})
}

func TestLogin(t *testing.T) {
	t.Parallel()
	const two = `{"data": [{"id": "1", "name": "Minta Bolt", "username": "mintabolt", "access_token": "page-1", "tasks": ["MODERATE", "MESSAGING"]},
		{"id": "2", "name": "Másik", "access_token": "page-2", "tasks": ["ANALYZE"]}]}`
	for name, tt := range map[string]struct{ pages, handle, token, complaint string }{
		"by username":   {two, "@mintabolt", "page-1", ""},
		"by number":     {two, "1", "page-1", ""},
		"by name":       {two, "minta bolt", "page-1", ""},
		"the only one":  {`{"data": [{"id": "1", "name": "Minta", "access_token": "page-1"}]}`, "", "page-1", ""},
		"which":         {two, "", "", "Minta Bolt (1), Másik (2)"},
		"none":          {`{"data": []}`, "", "", "manages no Page"},
		"another":       {two, "other", "", "no Page is called other"},
		"no moderation": {two, "2", "", "MODERATE"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(vendor(tt.pages))
			defer server.Close()
			env := loginEnv(t, server.URL, tt.handle)
			g, err := login().Consent.Finish(t.Context(), env, desk.Grant{Access: "short", Scopes: []string{"pages_show_list"}})
			if tt.complaint != "" {
				if !errors.Is(err, desk.ErrDenied) || !strings.Contains(err.Error(), tt.complaint) {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil || g.Access.Reveal() != tt.token || !g.Ends().IsZero() || g.Who != "Minta Bolt" && g.Who != "Minta" || g.Extra["page"] != "1" {
				t.Errorf("got %+v, %v", g, err)
			}
		})
	}
}

func loginEnv(t *testing.T, server, handle string) connectors.LoginEnv {
	env := connectortest.Env(t, "facebook", nil)
	return connectors.LoginEnv{HTTP: env.Read, Now: env.Now, Account: connectors.Account{
		Name: "minta", Handle: handle, Server: server, ClientID: "app", ClientSecret: connectortest.Secret,
	}}
}

func TestLoginShowsNoSecret(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(vendor(""))
	defer server.Close()
	_, err := login().Consent.Finish(t.Context(), loginEnv(t, server.URL, ""), desk.Grant{Access: "long-" + connectortest.Secret})
	if err == nil || strings.Contains(err.Error(), connectortest.Secret) {
		t.Errorf("got %v", err)
	}
	if _, err := login().Refresh(context.Background(), connectors.LoginEnv{}, desk.Grant{}); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("refresh: got %v", err)
	}
	authorize, token := login().Consent.Endpoint("")
	if authorize != "https://www.facebook.com/v26.0/dialog/oauth" || token != "https://graph.facebook.com/v26.0/oauth/access_token" {
		t.Errorf("got %s, %s", authorize, token)
	}
}
