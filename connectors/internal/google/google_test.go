package google_test

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
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/connectors/internal/google"
	"github.com/earshotdesk/earshot/internal/desk"
)

const scope = "https://www.googleapis.com/auth/androidpublisher"

// keyFile writes a service account's file for a token address, and returns the key that it holds.
func keyFile(t *testing.T, tokens string) (string, *rsa.PrivateKey) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	file, err := json.MarshalIndent(map[string]string{
		"type": "service_account", "client_email": "desk@acme.iam.gserviceaccount.com", "private_key_id": "k1",
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), "token_uri": tokens,
	}, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(file), key
}

// verified returns what a signed assertion claims, nil when its signature is not the key's.
func verified(assertion string, key *rsa.PrivateKey) map[string]any {
	parts := strings.Split(assertion, ".")
	if len(parts) != 3 {
		return nil
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if err != nil || rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, sum[:], signature) != nil {
		return nil
	}
	body, err := base64.RawURLEncoding.DecodeString(parts[1])
	var claims map[string]any
	if err != nil || json.Unmarshal(body, &claims) != nil {
		return nil
	}
	return claims
}

func env(t *testing.T, secret string) connectors.LoginEnv {
	return connectors.LoginEnv{
		Account: connectors.Account{Name: "play", Secret: desk.Secret(secret)},
		HTTP:    connectortest.Env(t, "googleplay", nil).Read, Now: connectortest.Now,
	}
}

func TestServiceAccount(t *testing.T) {
	t.Parallel()
	var key *rsa.PrivateKey
	server := httptest.NewServer(nil)
	t.Cleanup(server.Close)
	file, key := keyFile(t, server.URL+"/token")
	server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		claims := verified(r.FormValue("assertion"), key)
		if r.FormValue("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer" || claims["aud"] != server.URL+"/token" ||
			claims["scope"] != scope || claims["iss"] != "desk@acme.iam.gserviceaccount.com" {
			t.Errorf("asked with %v", claims)
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"access_token":"ya29.x","expires_in":3599,"token_type":"Bearer"}`)
	})
	g, err := google.Open(scope)(t.Context(), env(t, file))
	if err != nil || g.Access.Reveal() != "ya29.x" || !g.Expires.Equal(connectortest.Now().Add(3599*time.Second)) || g.Who != "desk@acme.iam.gserviceaccount.com" {
		t.Errorf("got %+v, %v", g, err)
	}
	if end := g.Ends(); !end.Equal(g.Expires) {
		t.Errorf("it ends %v", end)
	}
}

func TestServiceAccountRefused(t *testing.T) {
	t.Parallel()
	status, body := 0, ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body+r.FormValue("assertion"))
	}))
	t.Cleanup(server.Close)
	file, _ := keyFile(t, server.URL+"/token")
	for name, c := range map[string]struct {
		status  int
		body    string
		passing bool
	}{
		"deleted": {400, `{"error":"invalid_grant","error_description":"Invalid JWT Signature."}`, false},
		"busy":    {503, "", true},
		"often":   {429, "", true},
		"garbage": {200, "<html>", true},
	} {
		status, body = c.status, c.body
		_, err := google.Open(scope)(t.Context(), env(t, file))
		_, passing := errors.AsType[*desk.Transient](err)
		if passing != c.passing || !c.passing && !errors.Is(err, desk.ErrDenied) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && (strings.Contains(err.Error(), "eyJ") || strings.Contains(err.Error(), "JWT")) {
			t.Errorf("%s: Google's answer stands in the error: %v", name, err)
		}
	}
	half := strings.Replace(file, "-----BEGIN PRIVATE KEY-----\\n", "-----BEGIN PRIVATE KEY-----\\nAAAA", 1)
	for name, secret := range map[string]string{
		"a word": "ya29.token", "other JSON": `{"type":"authorized_user"}`, "nothing": "", "broken key": half,
		"no key": `{"type":"service_account","client_email":"a@b"}`,
	} {
		if _, err := google.Open(scope)(t.Context(), env(t, secret)); !errors.Is(err, desk.ErrDenied) || secret != "" && strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestConsent(t *testing.T) {
	t.Parallel()
	c := google.Consent(scope)
	if a, b := c.Endpoint(""); a != "https://accounts.google.com/o/oauth2/v2/auth" || b != "https://oauth2.googleapis.com/token" {
		t.Errorf("Google's addresses are %s and %s", a, b)
	}
	if a, b := c.Endpoint("http://127.0.0.1:9/"); a != "http://127.0.0.1:9/o/oauth2/v2/auth" || b != "http://127.0.0.1:9/token" {
		t.Errorf("another's are %s and %s", a, b)
	}
	if c.Params["access_type"] != "offline" || c.Params["prompt"] != "consent" || len(c.Scopes) != 1 || c.Scopes[0] != scope {
		t.Errorf("asked for %v with %v", c.Scopes, c.Params)
	}
}
