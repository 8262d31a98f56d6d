package appstore

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// tokenTime is how long a token lasts. Apple takes none that is to last more than 20 minutes.
const tokenTime = 15 * time.Minute

// signer puts a token on requests. Its key is the account's; it is read when the first request is made.
type signer struct {
	key           desk.Secret
	keyID, issuer string
	now           func() time.Time

	mu    sync.Mutex
	token string
	until time.Time
}

func (s *signer) sign(_ context.Context, r *http.Request, renew bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if renew || s.token == "" || now.After(s.until) || now.Before(s.until.Add(-tokenTime)) {
		token, err := s.make(now)
		if err != nil {
			return err
		}
		s.token, s.until = token, now.Add(tokenTime-time.Minute)
	}
	r.Header.Set("Authorization", "Bearer "+s.token)
	return nil
}

// make signs a new token with ES256, RFC 7518.
func (s *signer) make(now time.Time) (string, error) {
	key, err := parseKey(s.key)
	if err != nil {
		return "", err
	}
	claims := map[string]any{"iat": now.Unix(), "exp": now.Add(tokenTime).Unix(), "aud": "appstoreconnect-v1"}
	if s.issuer != "" {
		claims["iss"] = s.issuer
	} else {
		claims["sub"] = "user"
	}
	head, err := segment(map[string]string{"alg": "ES256", "kid": s.keyID, "typ": "JWT"})
	if err != nil {
		return "", err
	}
	body, err := segment(claims)
	if err != nil {
		return "", err
	}
	signed := head + "." + body
	sum := sha256.Sum256([]byte(signed))
	r, t, err := ecdsa.Sign(rand.Reader, key, sum[:])
	if err != nil {
		return "", fmt.Errorf("signing a token for App Store Connect: %w", err)
	}
	var mark [64]byte
	r.FillBytes(mark[:32])
	t.FillBytes(mark[32:])
	return signed + "." + base64.RawURLEncoding.EncodeToString(mark[:]), nil
}

func segment(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("writing a token for App Store Connect: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b), nil
}

// parseKey reads the key as App Store Connect gives it. What is wrong with it is not quoted.
func parseKey(secret desk.Secret) (*ecdsa.PrivateKey, error) {
	block, _ := pem.Decode([]byte(secret.Reveal()))
	if block == nil {
		return nil, desk.Deniedf("the account's token is no key of App Store Connect: name the file AuthKey_….p8, as it was downloaded, by token_file")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	key, ok := parsed.(*ecdsa.PrivateKey)
	if err != nil || !ok || key.Curve != elliptic.P256() {
		return nil, desk.Deniedf("the account's token is a key, but not one of App Store Connect")
	}
	return key, nil
}
