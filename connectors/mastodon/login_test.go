package mastodon_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/connectors/mastodon"
	"github.com/earshotdesk/earshot/internal/desk"
)

// The whole way: the app is registered, a person consents, the code becomes a token, and the token is the account's.
func TestConsent(t *testing.T) {
	t.Parallel()
	f := newFake(now, false, true)
	f.user("acme").token = connectortest.Secret
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	env := connectors.LoginEnv{
		Account: connectors.Account{Name: "acme", Server: server.URL + "/", Handle: "@acme@mastodon.example"}, HTTP: connectortest.Env(t, "mastodon", nil).Publish, Now: now,
	}
	consent := mastodon.Spec().Login.Consent
	if consent == nil || slices.Contains(consent.Scopes, "write") || !slices.Contains(consent.Scopes, "write:statuses") {
		t.Fatalf("asks for %+v", consent)
	}
	const back = "https://desk.example/back"
	id, secret, err := consent.Register(t.Context(), env, back)
	if err != nil || id != "app-1" || secret.Reveal() != "app-secret-1" {
		t.Fatalf("registered as %s, %v", id, err)
	}
	authorize, token := consent.Endpoint(env.Account.Server)
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Get(authorize + "?" + url.Values{"client_id": {id}, "redirect_uri": {back}, "response_type": {"code"}, "state": {"s"}}.Encode())
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	to, err := resp.Location()
	if err != nil || to.Query().Get("code") == "" || token != server.URL+"/oauth/token" {
		t.Fatalf("led to %v, %v; tokens at %s", to, err, token)
	}
	g, err := consent.Finish(t.Context(), env, desk.Grant{Access: connectortest.Secret, Scopes: consent.Scopes})
	if err != nil || g.Who != "@acme" || !g.Ends().IsZero() || g.Access.Reveal() != connectortest.Secret {
		t.Errorf("the grant is %+v, %v", g, err)
	}
	env.Account.Handle = "mira"
	if _, err := consent.Finish(t.Context(), env, desk.Grant{Access: connectortest.Secret}); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("another's consent: %v", err)
	}
	env.Account.Handle = "acme"
	_, err = consent.Finish(t.Context(), env, desk.Grant{Access: "wr0ng-Secret-0f-Nobody-11"})
	if !errors.Is(err, desk.ErrDenied) || strings.Contains(err.Error(), "wr0ng") {
		t.Errorf("a wrong token: %v", err)
	}
	env.Account.Server = "mastodon.example"
	if _, _, err := consent.Register(t.Context(), env, back); !errors.Is(err, desk.ErrInvalid) {
		t.Errorf("a server that is no address: %v", err)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	f := newFake(now, false, true)
	ask := func(config string) error {
		c, ok := connect(t, f, config).(connectors.Checker)
		if !ok {
			t.Fatal("it is no Checker")
		}
		return c.Check(t.Context())
	}
	if err := ask(""); err != nil {
		t.Error(err)
	}
	if err := ask("limit: 501\n"); !errors.Is(err, desk.ErrInvalid) || !strings.Contains(err.Error(), "500") {
		t.Errorf("a limit beyond the server's: %v", err)
	}
	c, ok := connect(t, f, "").(connectors.Checker)
	if !ok {
		t.Fatal("it is no Checker")
	}
	f.user("acme").acct = "other"
	if err := c.Check(t.Context()); !errors.Is(err, desk.ErrInvalid) || !strings.Contains(err.Error(), "@other") {
		t.Errorf("another's token: %v", err)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	account := &connectors.Account{Server: "https://mastodon.example", Handle: "acme", Keys: connectortest.Keys(desk.Grant{})}
	for config, fine := range map[string]bool{
		"{}": true, "page: 41": false, "limit: -1": false, "history: -1d": false, "idempotency: maybe": false, "tags: [{tag: '#acme'}]": false,
		"tags: [{tag: acme, none: ['a b']}]": false, "server: mastodon.example": false, "server: https://u:p@mastodon.example": false,
		"server: https://mastodon.example/web": false, "tags: [{tag: acme}]\nsearch: [x]": true, "idempotency: header": true,
	} {
		env := connectortest.Env(t, "mastodon", nil)
		env.Account = account
		if _, err := mastodon.New(env, decoder(config)); (err == nil) != fine || err != nil && !errors.Is(err, desk.ErrInvalid) {
			t.Errorf("%s: %v", config, err)
		}
	}
	for config, fine := range map[string]bool{
		"server: https://mastodon.example": false, "server: https://mastodon.example\ntags: [{tag: acme}]": true, "tags: [{tag: acme}]": false,
		"server: https://mastodon.example\ntags: [{tag: acme}]\nsearch: [x]": false,
	} {
		if _, err := mastodon.New(connectortest.Env(t, "mastodon", nil), decoder(config)); (err == nil) != fine {
			t.Errorf("without an account, %s: %v", config, err)
		}
	}
}
