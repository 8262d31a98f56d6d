package instagram

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/internal/desk"
)

// vendor is Instagram as a login sees it. A token that contains the planted secret is not taken.
func vendor(status int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		switch {
		case strings.Contains(q.Get("access_token"), connectortest.Secret):
			refuse(w, 400, 190, 0)
		case status != 0 && r.URL.Path == "/refresh_access_token":
			w.WriteHeader(status)
		case r.URL.Path == "/access_token" && q.Get("grant_type") == "ig_exchange_token" && q.Get("client_secret") == connectortest.Secret && q.Get("access_token") == "short":
			_, _ = w.Write([]byte(`{"access_token": "long", "token_type": "bearer", "expires_in": 5184000}`))
		case r.URL.Path == "/refresh_access_token" && q.Get("grant_type") == "ig_refresh_token" && q.Get("access_token") == "long":
			_, _ = w.Write([]byte(`{"access_token": "longer", "token_type": "bearer", "expires_in": 5184000}`))
		case r.URL.Path == version+"/me" && r.Header.Get("Authorization") == "Bearer long":
			_, _ = w.Write([]byte(`{"user_id": "17841405822304914", "username": "mintabolt"}`))
		default:
			refuse(w, 400, 100, 0)
		}
	})
}

func loginEnv(t *testing.T, h http.Handler) connectors.LoginEnv {
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	env := connectortest.Env(t, "instagram", nil)
	return connectors.LoginEnv{HTTP: env.Read, Now: env.Now, Account: connectors.Account{
		Name: "minta", Handle: "@MintaBolt", Server: server.URL, ClientID: "app", ClientSecret: connectortest.Secret,
	}}
}

func TestLogin(t *testing.T) {
	t.Parallel()
	env := loginEnv(t, vendor(0))
	g, err := login().Consent.Finish(t.Context(), env, desk.Grant{Access: "short", Scopes: []string{"x"}})
	end := connectortest.Now().Add(60 * 24 * time.Hour)
	if err != nil || g.Access.Reveal() != "long" || g.Who != "@mintabolt" || !g.Ends().Equal(end) || !g.Expires.Equal(connectortest.Now().Add(renewal)) {
		t.Fatalf("got %+v, %v", g, err)
	}
	env.Now = func() time.Time { return connectortest.Now().Add(renewal) }
	g, err = login().Refresh(t.Context(), env, g)
	if err != nil || g.Access.Reveal() != "longer" || !g.Ends().Equal(end.Add(renewal)) || g.Who != "@mintabolt" || len(g.Scopes) != 1 {
		t.Errorf("refreshed: got %+v, %v", g, err)
	}
	env.Account.Handle = "other"
	if _, err := login().Consent.Finish(t.Context(), env, desk.Grant{Access: "short"}); !errors.Is(err, desk.ErrDenied) || !strings.Contains(err.Error(), "@mintabolt") {
		t.Errorf("another account: got %v", err)
	}
}

func TestLoginShowsNoSecret(t *testing.T) {
	t.Parallel()
	env := loginEnv(t, vendor(0))
	old := desk.Grant{Access: "x-" + connectortest.Secret}
	for what, f := range map[string]func() (desk.Grant, error){
		"finish":  func() (desk.Grant, error) { return login().Consent.Finish(t.Context(), env, old) },
		"refresh": func() (desk.Grant, error) { return login().Refresh(t.Context(), env, old) },
	} {
		if _, err := f(); !errors.Is(err, desk.ErrDenied) || strings.Contains(err.Error(), connectortest.Secret) {
			t.Errorf("%s: got %v", what, err)
		}
	}
}

// TestATokenIsUsedWhileItIsGood: trouble on the day of its renewal stops nobody.
func TestATokenIsUsedWhileItIsGood(t *testing.T) {
	t.Parallel()
	env := loginEnv(t, vendor(http.StatusServiceUnavailable))
	old := desk.Grant{Access: "long", RefreshExpires: connectortest.Now().Add(50 * 24 * time.Hour)}
	g, err := login().Refresh(t.Context(), env, old)
	if err != nil || g.Access.Reveal() != "long" || !g.Expires.Equal(connectortest.Now().Add(time.Hour)) {
		t.Errorf("got %+v, %v", g, err)
	}
	old.RefreshExpires = connectortest.Now().Add(time.Hour)
	if _, err := login().Refresh(t.Context(), env, old); err == nil {
		t.Error("a token about to end must not be passed off as good")
	}
}
