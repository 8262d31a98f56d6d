package github

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
)

// open makes a grant of the account's secret: a personal access token is one already, the private key of a GitHub App opens its
// installation for an hour (https://docs.github.com/apps).
func open(ctx context.Context, env connectors.LoginEnv) (desk.Grant, error) {
	secret := strings.TrimSpace(env.Account.Secret.Reveal())
	if !strings.HasPrefix(secret, "-----BEGIN") {
		return desk.Grant{Access: desk.Secret(secret), Who: desk.CleanHandle(env.Account.Handle)}, nil
	}
	badge, err := badge(env.Account.ClientID, secret, env.Now())
	if err != nil {
		return desk.Grant{}, err
	}
	c := &Connector{opt: Options{Server: env.Account.Server}}
	base, err := c.place()
	if err != nil {
		return desk.Grant{}, err
	}
	api := &fetch.API{
		Base: base, Read: env.HTTP, Publish: env.HTTP, Now: env.Now, Refuse: refuse,
		Header: map[string]string{"Authorization": "Bearer " + badge, "Accept": "application/vnd.github+json"},
	}
	var where []struct {
		ID json.Number `json:"id"`
	}
	if err := api.Get(ctx, c.rest+"/app/installations", nil, &where); err != nil {
		return desk.Grant{}, fmt.Errorf("asking where the app is installed: %w", err)
	}
	if len(where) != 1 {
		return desk.Grant{}, desk.Deniedf("the app of the account %s is installed in %d places; it must be one, so that it is clear for whom it speaks", env.Account.Name, len(where))
	}
	var made struct {
		Token   desk.Secret `json:"token"`
		Expires time.Time   `json:"expires_at"`
	}
	if err := api.Send(ctx, http.MethodPost, c.rest+"/app/installations/"+where[0].ID.String()+"/access_tokens", nil, nil, &made); err != nil {
		return desk.Grant{}, fmt.Errorf("asking for the token of the installation: %w", err)
	}
	if made.Token == "" || made.Expires.IsZero() {
		return desk.Grant{}, &desk.Transient{Err: errors.New("asking for the token of the installation: there was none in the answer")}
	}
	return desk.Grant{Access: made.Token, Expires: made.Expires, Who: desk.CleanHandle(env.Account.Handle)}, nil
}

// badge is what an app shows for itself: a JWT (RFC 7519) signed with its key, good for some minutes and from a minute ago on, for clocks differ.
func badge(app, key string, now time.Time) (string, error) {
	if app == "" {
		return "", desk.Deniedf("the private key of a GitHub App needs the app's id beside it, in client_id")
	}
	private, err := privateKey(key)
	if err != nil {
		return "", err
	}
	claims, err := json.Marshal(map[string]any{"iat": now.Add(-time.Minute).Unix(), "exp": now.Add(8 * time.Minute).Unix(), "iss": app})
	if err != nil {
		return "", fmt.Errorf("writing the app's claims: %w", err)
	}
	enc := base64.RawURLEncoding
	signed := enc.EncodeToString([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." + enc.EncodeToString(claims)
	sum := sha256.Sum256([]byte(signed))
	sign, err := rsa.SignPKCS1v15(rand.Reader, private, crypto.SHA256, sum[:])
	if err != nil {
		return "", desk.Deniedf("the private key of the GitHub App cannot sign")
	}
	return signed + "." + enc.EncodeToString(sign), nil
}

// privateKey reads an RSA key in PEM. What is wrong with it is not quoted.
func privateKey(s string) (*rsa.PrivateKey, error) {
	broken := desk.Deniedf("the private key of the GitHub App cannot be read; name the .pem file that GitHub gave, in token_file")
	block, _ := pem.Decode([]byte(s))
	if block == nil {
		return nil, broken
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if private, ok := key.(*rsa.PrivateKey); err == nil && ok {
		return private, nil
	}
	return nil, broken
}

// sameLogin compares logins. An app's ends in [bot] in one of GitHub's interfaces and not in the other.
func sameLogin(a, b string) bool {
	plain := func(s string) string { return strings.TrimSuffix(strings.ToLower(s), "[bot]") }
	return a != "" && plain(a) == plain(b)
}
