package github

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/internal/desk"
)

func appKey(t *testing.T) (*rsa.PrivateKey, desk.Secret) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key, desk.Secret(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
}

// shown checks a badge as GitHub does and returns its claims.
func shown(t *testing.T, r *http.Request, key *rsa.PublicKey) (claims struct {
	Iss      string
	Iat, Exp int64
}) {
	t.Helper()
	parts := strings.Split(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), ".")
	if len(parts) != 3 {
		t.Fatalf("no badge: %q", r.Header.Get("Authorization"))
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	sign, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], sign) != nil {
		t.Error("the badge is not signed with the app's key")
	}
	body, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || json.Unmarshal(body, &claims) != nil {
		t.Errorf("the claims cannot be read: %s", body)
	}
	return claims
}

func TestOpenAnInstallation(t *testing.T) {
	t.Parallel()
	key, secret := appKey(t)
	places := `[{"id": 9007199254740993}]`
	base := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		claims := shown(t, r, &key.PublicKey)
		if now := connectortest.Now().Unix(); claims.Iss != "Iv1.app" || claims.Iat >= now || claims.Exp <= now || claims.Exp > now+600 {
			t.Errorf("claims %+v", claims)
		}
		switch r.Method + " " + r.URL.Path {
		case "GET /api/v3/app/installations":
			_, _ = io.WriteString(w, places)
		case "POST /api/v3/app/installations/9007199254740993/access_tokens":
			_, _ = io.WriteString(w, `{"token":"ghs_1","expires_at":"2026-11-20T13:00:00Z"}`)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	env := connectors.LoginEnv{HTTP: connectortest.Env(t, "github", nil).Read, Now: connectortest.Now}
	env.Account = connectors.Account{Name: "app", Handle: "acme-desk[bot]", Server: base, ClientID: "Iv1.app", Secret: secret}
	g, err := Spec().Login.Open(t.Context(), env)
	if err != nil || g.Access != "ghs_1" || !g.Expires.Equal(connectortest.Now().Add(time.Hour)) || g.Who != "acme-desk[bot]" {
		t.Errorf("%+v, %v", g, err)
	}
	places = `[{"id":1},{"id":2}]`
	if _, err := open(t.Context(), env); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("two installations: %v", err)
	}
}

func TestSecretsThatOpenNothing(t *testing.T) {
	t.Parallel()
	env := connectors.LoginEnv{HTTP: connectortest.Env(t, "github", nil).Read, Now: connectortest.Now}
	for name, a := range map[string]connectors.Account{
		"no id": {Secret: "-----BEGIN RSA PRIVATE KEY-----"}, "no key": {ClientID: "1", Secret: "-----BEGIN nothing"},
		"another key": {ClientID: "1", Secret: "-----BEGIN RSA PRIVATE KEY-----\nYWJj\n-----END RSA PRIVATE KEY-----\n"},
	} {
		env.Account = a
		if _, err := open(t.Context(), env); !errors.Is(err, desk.ErrDenied) || strings.Contains(err.Error(), "YWJj") {
			t.Errorf("%s: %v", name, err)
		}
	}
	env.Account = connectors.Account{Secret: " github_pat_1\n", Handle: "acme"}
	if g, err := open(t.Context(), env); err != nil || g.Access != "github_pat_1" || !g.Expires.IsZero() {
		t.Errorf("a personal token: %+v, %v", g, err)
	}
	if !sameLogin("Acme-desk[bot]", "acme-desk") || sameLogin("", "[bot]") || sameLogin("a", "b") {
		t.Error("logins are not compared as GitHub means them")
	}
}

// TestCheck: the token must be that of the handle, or nothing we say would be known as ours.
func TestCheck(t *testing.T) {
	t.Parallel()
	who := "mintabolt"
	c := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, `{"data":{"viewer":{"login":"`+who+`"}}}`)
	}))
	if err := c.Check(t.Context()); err != nil {
		t.Error(err)
	}
	who = "other"
	if err := c.Check(t.Context()); !errors.Is(err, desk.ErrInvalid) {
		t.Errorf("another's token: %v", err)
	}
}
