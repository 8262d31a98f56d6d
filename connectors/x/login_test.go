package x

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/internal/desk"
)

func TestLogin(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(newNetwork())
	defer server.Close()
	env := connectortest.Env(t, "x", nil)
	le := connectors.LoginEnv{HTTP: env.Read, Now: env.Now, Account: connectors.Account{Handle: "@MintaBolt", Server: server.URL}}
	g, err := login().Consent.Finish(t.Context(), le, desk.Grant{Access: connectortest.Secret, Refresh: "r"})
	if err != nil || g.Who != "@mintabolt" || g.Extra["id"] != meID || g.Refresh != "r" {
		t.Errorf("got %+v, %v", g, err)
	}
	le.Account.Handle = "other"
	if _, err := login().Consent.Finish(t.Context(), le, desk.Grant{Access: connectortest.Secret}); !errors.Is(err, desk.ErrDenied) || !strings.Contains(err.Error(), "@mintabolt") {
		t.Errorf("another account: %v", err)
	}
	authorize, token := login().Consent.Endpoint("")
	if authorize != "https://x.com/i/oauth2/authorize" || token != "https://api.x.com/2/oauth2/token" {
		t.Errorf("got %s, %s", authorize, token)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	c, purse := connect(t, newNetwork(), nil)
	if err := c.Check(t.Context()); err != nil || spent(t, purse) != priceUser {
		t.Errorf("got %v; it cost %d", err, spent(t, purse))
	}
	c.account.Handle = "other"
	if err := c.Check(t.Context()); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("got %v", err)
	}
}
