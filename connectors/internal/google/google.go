// Package google is what the kinds that speak with Google's interfaces share.
//
// It owns how an account comes to its grant, by the consent of a person or by the key of a service account, and how Google's
// refusals are read. It promises that no key, token or answer of Google stands in an error.
package google

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/jwt"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

// Google's own addresses for consent and tokens.
const (
	authorizeURL = "https://accounts.google.com/o/oauth2/v2/auth"
	tokenURL     = "https://oauth2.googleapis.com/token"
)

// Consent describes Google's consent page for one scope. Google hands out a refresh token only when it is asked for offline access,
// and again only when it shows its page again.
func Consent(scope string) *connectors.Consent {
	return &connectors.Consent{
		Endpoint: func(server string) (string, string) {
			if server = strings.TrimRight(server, "/"); server != "" {
				return server + "/o/oauth2/v2/auth", server + "/token"
			}
			return authorizeURL, tokenURL
		},
		Scopes: []string{scope},
		Params: map[string]string{"access_type": "offline", "prompt": "consent"},
	}
}

// serviceKey is the file that Google Cloud gives for a service account.
type serviceKey struct {
	Type         string `json:"type"`
	ClientEmail  string `json:"client_email"`
	PrivateKeyID string `json:"private_key_id"`
	PrivateKey   string `json:"private_key"`
	TokenURI     string `json:"token_uri"`
}

// Open makes a grant of the key of a service account, which is the account's secret. Its error wraps [desk.ErrDenied] when the key
// is none or is no longer taken.
func Open(scope string) func(ctx context.Context, env connectors.LoginEnv) (desk.Grant, error) {
	return func(ctx context.Context, env connectors.LoginEnv) (desk.Grant, error) {
		key, err := readKey(env.Account)
		if err != nil {
			return desk.Grant{}, err
		}
		conf := jwt.Config{
			Email: key.ClientEmail, PrivateKey: []byte(key.PrivateKey), PrivateKeyID: key.PrivateKeyID,
			Scopes: []string{scope}, TokenURL: key.TokenURI,
		}
		token, err := conf.TokenSource(context.WithValue(ctx, oauth2.HTTPClient, env.HTTP)).Token()
		if err != nil {
			return desk.Grant{}, refusedKey(ctx, env.Account.Name, err)
		}
		if token.AccessToken == "" {
			return desk.Grant{}, &desk.Transient{Err: errors.New("there was no token in what Google answered to the key of the service account")}
		}
		g := desk.Grant{Access: desk.Secret(token.AccessToken), Scopes: []string{scope}, Who: key.ClientEmail}
		if span, ok := token.Extra("expires_in").(float64); ok && span > 0 {
			g.Expires = env.Now().Add(time.Duration(span) * time.Second)
		}
		return g, nil
	}
}

// readKey reads the account's secret as a service account's key.
func readKey(a connectors.Account) (serviceKey, error) {
	var key serviceKey
	if json.Unmarshal([]byte(a.Secret.Reveal()), &key) != nil || key.Type != "service_account" || key.ClientEmail == "" {
		return key, desk.Deniedf("the token of the account %s is no key of a service account; name the JSON file that Google Cloud gave for it in token_file", a.Name)
	}
	block, _ := pem.Decode([]byte(key.PrivateKey))
	if block == nil {
		return key, desk.Deniedf("the service account's file of the account %s holds no private key", a.Name)
	}
	if _, err := x509.ParsePKCS8PrivateKey(block.Bytes); err != nil {
		return key, desk.Deniedf("the private key in the service account's file of the account %s is broken", a.Name)
	}
	if key.TokenURI == "" {
		key.TokenURI = tokenURL
	}
	return key, nil
}

// refusedKey says what became of a key. Google's answer is not quoted.
func refusedKey(ctx context.Context, account string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	no, ok := errors.AsType[*oauth2.RetrieveError](err)
	switch {
	case !ok:
		return &desk.Transient{Err: errors.New("the address at which Google gives tokens could not be reached")}
	case no.Response.StatusCode == 429 || no.Response.StatusCode >= 500:
		return &desk.Transient{Err: errors.New("the address at which Google gives tokens has trouble of its own")}
	}
	return desk.Deniedf("Google does not take the service account's key of the account %s: it was deleted, or the clock of this machine is wrong", account)
}
