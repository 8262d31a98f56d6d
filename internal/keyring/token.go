package keyring

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/oauth2"

	"github.com/earshotdesk/earshot/internal/desk"
)

// config is what the token endpoint and the page of consent are asked with.
func (c *Consent) config(client Client, redirect string) *oauth2.Config {
	style := oauth2.AuthStyleInParams // said, not found out: finding out sends a code or a refresh token twice
	if c.Basic {
		style = oauth2.AuthStyleInHeader
	}
	return &oauth2.Config{
		ClientID: client.ID, ClientSecret: client.Secret.Reveal(), RedirectURL: redirect, Scopes: c.Scopes,
		Endpoint: oauth2.Endpoint{AuthURL: c.Authorize, TokenURL: c.Token, AuthStyle: style},
	}
}

// refreshToken renews a grant as RFC 6749 section 6 says.
func (r *Ring) refreshToken(ctx context.Context, c *Consent, client Client, old desk.Grant) (desk.Grant, error) {
	ctx = context.WithValue(ctx, oauth2.HTTPClient, r.o.HTTP)
	token, err := c.config(client, "").TokenSource(ctx, &oauth2.Token{RefreshToken: old.Refresh.Reveal()}).Token()
	if err != nil {
		return desk.Grant{}, tokenError("renewing the access", c.Token, err)
	}
	g := r.grantOf(token, nil)
	if g.RefreshExpires.IsZero() && g.Refresh == old.Refresh {
		g.RefreshExpires = old.RefreshExpires
	}
	return g, nil
}

// exchange turns the code of a consent into a grant.
func (r *Ring) exchange(ctx context.Context, c *Consent, client Client, redirect, code, verifier string) (desk.Grant, error) {
	ctx = context.WithValue(ctx, oauth2.HTTPClient, r.o.HTTP)
	token, err := c.config(client, redirect).Exchange(ctx, code, oauth2.VerifierOption(verifier))
	if err != nil {
		return desk.Grant{}, tokenError("exchanging the code", c.Token, err)
	}
	return r.grantOf(token, c.Scopes), nil
}

// grantOf reads a token answer. Absent scopes are those that were asked for (RFC 6749 section 5.1). Two names for the end of a refresh
// token are common, none is standard.
func (r *Ring) grantOf(t *oauth2.Token, asked []string) desk.Grant {
	now := r.o.Now()
	g := desk.Grant{Access: desk.Secret(t.AccessToken), Refresh: desk.Secret(t.RefreshToken), Scopes: asked}
	g.Expires = in(now, cmp.Or(t.ExpiresIn, seconds(t.Extra("expires_in"))))
	g.RefreshExpires = in(now, cmp.Or(seconds(t.Extra("refresh_token_expires_in")), seconds(t.Extra("refresh_expires_in"))))
	if said, ok := t.Extra("scope").(string); ok && said != "" {
		g.Scopes = strings.FieldsFunc(said, func(r rune) bool { return r == ' ' || r == ',' })
	}
	return g
}

// in is the moment so many seconds from now; zero when there are none. More than a century is for ever.
func in(now time.Time, s int64) time.Time {
	if s <= 0 || s > 100*365*24*3600 {
		return time.Time{}
	}
	return now.Add(time.Duration(s) * time.Second)
}

func seconds(v any) int64 {
	switch n := v.(type) {
	case float64:
		return int64(n)
	case int64:
		return n
	case string:
		s, _ := strconv.ParseInt(n, 10, 64) // what is no number says nothing
		return s
	}
	return 0
}

// spoken are the errors of RFC 6749 that are repeated by name. Everything else that an endpoint says may hold what it was sent.
func spoken() []string {
	return []string{"invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope", "access_denied"}
}

// tokenError says in a sentence of ours what went wrong at a token endpoint.
func tokenError(doing, endpoint string, err error) error {
	where := hostOf(endpoint)
	answer, ok := errors.AsType[*oauth2.RetrieveError](err)
	if !ok {
		return unreached(doing, where, err)
	}
	status := answer.Response.StatusCode
	switch code := codeOf(answer); {
	case status >= 500, status == http.StatusTooManyRequests, status == http.StatusRequestTimeout, code == "server_error", code == "temporarily_unavailable", code == "slow_down":
		after, _ := strconv.Atoi(answer.Response.Header.Get("Retry-After")) // a date is rare here and worth no more than the usual pause
		return &desk.Transient{After: time.Duration(min(max(after, 0), 3600)) * time.Second, Err: fmt.Errorf("%s: %s answers with status %d", doing, where, status)}
	case code == "invalid_grant":
		return desk.Deniedf("%s: %s says that this consent has ended or was taken back (invalid_grant); connect the account again", doing, where)
	case code == "invalid_client", code == "unauthorized_client":
		return desk.Deniedf("%s: %s does not take the app (%s); look at client_id and client_secret of the account", doing, where, code)
	case slices.Contains(spoken(), code):
		return desk.Deniedf("%s: %s refuses it (%s)", doing, where, code)
	}
	return desk.Deniedf("%s: %s refuses it with status %d", doing, where, status)
}

// codeOf reads the error of an answer; one in JSON also where the endpoint says that it is something else.
func codeOf(a *oauth2.RetrieveError) string {
	var said struct {
		Error string `json:"error"`
	}
	if a.ErrorCode == "" && json.Unmarshal(a.Body, &said) == nil {
		return said.Error
	}
	return a.ErrorCode
}

// unreached is a call that brought no answer of a token endpoint. Sentences of the desk's own client come through.
func unreached(doing, where string, err error) error {
	var pass *desk.Transient
	var web *url.Error
	switch {
	case errors.As(err, &pass):
		return &desk.Transient{After: pass.After, Err: fmt.Errorf("%s: %w", doing, pass.Err)}
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("%s: %w", doing, context.Canceled)
	case errors.Is(err, desk.ErrDenied), errors.Is(err, desk.ErrInvalid):
		return fmt.Errorf("%s: %s may not be called; look at desk.private_networks and at the server of the account", doing, where)
	case errors.As(err, &web):
		return &desk.Transient{Err: fmt.Errorf("%s: %s could not be reached", doing, where)}
	}
	return &desk.Transient{Err: fmt.Errorf("%s: %s answered with something that is no token", doing, where)}
}

// hostOf names a server without what else stands in its address.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "the network"
	}
	return u.Host
}

// clean makes sure that an error of a kind's own login holds no secret of the account.
func (k *Key) clean(h *held, err error) error {
	secrets := []desk.Secret{h.secret, h.grant.Access, h.grant.Refresh, k.client(h).Secret}
	for name, s := range h.grant.Extra {
		if strings.Contains(name, "token") || strings.Contains(name, "secret") || strings.Contains(name, "key") {
			secrets = append(secrets, s) // others are names and addresses, which sentences may say
		}
	}
	return without(err, secrets...)
}

// without replaces an error that holds a secret by one that does not.
func without(err error, secrets ...desk.Secret) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	holds := slices.ContainsFunc(secrets, func(s desk.Secret) bool { return len(s) >= 6 && strings.Contains(text, s.Reveal()) })
	if !holds {
		return err
	}
	const plain = "the network refused the login in words that are not repeated here"
	var pass *desk.Transient
	switch {
	case errors.Is(err, desk.ErrDenied):
		return desk.Deniedf(plain)
	case errors.As(err, &pass):
		return &desk.Transient{After: pass.After, Err: errors.New(plain)}
	}
	return errors.New(plain)
}

// sentence makes an error one that stands by itself.
func sentence(err error) string {
	text := err.Error()
	first, size := utf8.DecodeRuneInString(text)
	text = string(unicode.ToUpper(first)) + text[size:]
	if strings.HasSuffix(text, ".") {
		return text
	}
	return text + "."
}
