package bluesky

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/internal/desk"
)

// signing is a sign-in at a server that always answers the same.
func signing(t *testing.T, status int, body string) (connectors.LoginEnv, *[]string) {
	t.Helper()
	var asked []string
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent, _ := io.ReadAll(r.Body)
		asked = append(asked, r.Method+" "+r.URL.Path+" "+r.Header.Get("Authorization")+" "+strings.TrimSpace(string(sent)))
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(h.Close)
	env := connectortest.Env(t, "bluesky", nil)
	acc := account(nil)
	acc.Server = h.URL + "/"
	return connectors.LoginEnv{Account: *acc, HTTP: env.Publish, Now: env.Now}, &asked
}

func token(claims string) string {
	return "e30." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".x"
}

func sessionAnswer(pds string) string {
	return fmt.Sprintf(`{"did":"did:plc:acme","handle":"acme.example","accessJwt":%q,"refreshJwt":%q,"active":true,
	"didDoc":{"service":[{"id":"#other","serviceEndpoint":"https://other.example"},{"id":"#atproto_pds","type":"AtprotoPersonalDataServer","serviceEndpoint":%q}]}}`,
		token(`{"exp":1795176000,"scope":"com.atproto.appPass"}`), token(`{"exp":1802944800}`), pds)
}

func TestLogin(t *testing.T) {
	t.Parallel()
	env, asked := signing(t, 200, sessionAnswer("https://morel.host.example/"))
	g, err := login().Open(t.Context(), env)
	if err != nil {
		t.Fatal(err)
	}
	if g.Extra["did"] != "did:plc:acme" || g.Extra["handle"] != "acme.example" || g.Extra["pds"] != "https://morel.host.example" || g.Who != "@acme.example" {
		t.Errorf("the grant names %s, %s at %s", g.Extra["did"].Reveal(), g.Extra["handle"].Reveal(), g.Extra["pds"].Reveal())
	}
	if !g.Expires.Equal(time.Unix(1795176000, 0)) || !g.RefreshExpires.Equal(time.Unix(1802944800, 0)) || g.Scopes[0] != "com.atproto.appPass" {
		t.Errorf("it lasts until %v and %v, for %v", g.Expires, g.RefreshExpires, g.Scopes)
	}
	g.Extra["pds"] = "" // as an old grant has it
	if _, err := login().Refresh(t.Context(), env, g); err != nil {
		t.Fatal(err)
	}
	want := []string{
		`POST /xrpc/com.atproto.server.createSession  {"identifier":"acme.example","password":"` + connectortest.Secret + `"}`,
		`POST /xrpc/com.atproto.server.refreshSession Bearer ` + g.Refresh.Reveal() + ` `,
	}
	if len(*asked) != 2 || (*asked)[0] != want[0] || (*asked)[1] != want[1] {
		t.Errorf("asked %q, want %q", *asked, want)
	}
}

// A server may not send the session of an account on TLS to one without, nor to what is no server.
func TestTrusted(t *testing.T) {
	t.Parallel()
	for named, ok := range map[string]bool{
		"https://pds.example": true, "http://pds.example": false, "file:///etc/passwd": false, "https://user@pds.example": false, "": false, "https://": false,
	} {
		if trusted(named, "https://bsky.social") != ok {
			t.Errorf("%q: want %v", named, ok)
		}
	}
	if !trusted("http://localhost:2583", "http://127.0.0.1:2583") {
		t.Error("a server without TLS may name another one")
	}
}

func TestLoginRefused(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]struct {
		status int
		class  error
		words  string
	}{
		`{"error":"AuthenticationRequired","message":"Invalid identifier or password"}`: {401, desk.ErrDenied, "app password"},
		`{"error":"AuthFactorTokenRequired","message":"x"}`:                             {401, desk.ErrDenied, "main password"},
		`{"error":"AccountTakedown","message":"x"}`:                                     {400, desk.ErrDenied, "suspended"},
		`{"error":"ExpiredToken","message":"Token has expired"}`:                        {400, desk.ErrDenied, "ExpiredToken"},
		`{"error":"RateLimitExceeded","message":"x"}`:                                   {429, nil, "too often"},
		`{"error":"InternalServerError","message":"` + connectortest.Secret + `"}`:      {500, nil, "trouble"},
		`{"handle":"acme.example"}`:                                                     {200, nil, "does not say whose"},
		`<html>`:                                                                        {200, nil, "JSON"},
	} {
		env, _ := signing(t, want.status, body)
		_, err := login().Open(t.Context(), env)
		_, passing := errors.AsType[*desk.Transient](err)
		if want.class != nil && !errors.Is(err, want.class) || want.class == nil && !passing || !strings.Contains(fmt.Sprint(err), want.words) {
			t.Errorf("%s: %v", body, err)
		}
		if strings.Contains(fmt.Sprint(err), connectortest.Secret) {
			t.Errorf("the password stands in the error: %v", err)
		}
	}
	env, asked := signing(t, 200, sessionAnswer(""))
	env.Account.Secret = ""
	if _, err := login().Open(t.Context(), env); !errors.Is(err, desk.ErrDenied) || len(*asked) != 0 {
		t.Errorf("without a password: %v, asked %q", err, *asked)
	}
}

func TestSessionOfNobody(t *testing.T) {
	t.Parallel()
	_, c, m := stage(t, nil)
	c.grants = account(connectortest.Keys(desk.Grant{Access: connectortest.Secret})).Grants()
	if _, err := c.Reply(t.Context(), replyTo(m, "Hello")); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("%v", err)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	for want, spoil := range map[string]func(o *Options){
		"nothing to read": func(o *Options) { o.Notifications, o.Own = false, false },
		"empty search":    func(o *Options) { o.Query = []string{" "} },
		"language codes":  func(o *Options) { o.Langs = []string{"magyarul"} },
		"language":        func(o *Options) { o.Langs = []string{"hu", "sk", "cs", "el"} },
		"1m at least":     func(o *Options) { o.Overlap = 0 },
	} {
		env := connectortest.Env(t, "bluesky", nil)
		env.Account = account(connectortest.Keys(grant()))
		_, err := New(env, func(into any) error { spoil(into.(*Options)); return nil })
		if !errors.Is(err, desk.ErrInvalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	env := connectortest.Env(t, "bluesky", nil)
	if _, err := New(env, func(any) error { return nil }); !errors.Is(err, desk.ErrInvalid) {
		t.Errorf("without an account: %v", err)
	}
}
