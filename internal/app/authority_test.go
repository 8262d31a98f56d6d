package app

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
)

// authority is a network with an authorization server of RFC 6749 and 7636: codes work once and for the verifier they were asked with,
// refresh tokens rotate, and its posts are for the present access token alone.
type authority struct {
	*httptest.Server
	mu        sync.Mutex
	codes     map[string]url.Values
	n         int  // tokens handed out
	dead      bool // the consent was taken back
	stale     bool // the access token has run out before its time
	ends      int  // seconds until a new consent ends
	refreshes int
	since     []string // where polls began
}

func newAuthority(t *testing.T) *authority {
	a := &authority{codes: map[string]url.Values{}, ends: 90 * 24 * 3600}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /authorize", a.authorize)
	mux.HandleFunc("POST /token", a.token)
	mux.HandleFunc("GET /me", a.guarded(func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, `{"name":"@acme"}`) }))
	mux.HandleFunc("GET /posts", a.guarded(func(w http.ResponseWriter, r *http.Request) {
		a.since = append(a.since, r.FormValue("since"))
		_, _ = fmt.Fprint(w, `{}`)
	}))
	a.Server = httptest.NewServer(mux)
	t.Cleanup(a.Close)
	return a
}

func (a *authority) authorize(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	to, err := url.Parse(r.FormValue("redirect_uri"))
	if err != nil || r.FormValue("client_id") != "app" || r.FormValue("response_type") != "code" || r.FormValue("scope") != "read write" || r.FormValue("access_type") != "offline" {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	code := "pl4nted-code-" + strconv.Itoa(len(a.codes)+a.n)
	a.codes[code] = r.URL.Query()
	to.RawQuery = url.Values{"code": {code}, "state": {r.FormValue("state")}}.Encode()
	http.Redirect(w, r, to.String(), http.StatusFound)
}

func (a *authority) token(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	id, secret, _ := r.BasicAuth()
	fine := id == "app" && secret == "pl4nted-client"
	if r.PostFormValue("grant_type") == "refresh_token" {
		a.refreshes++
		fine = fine && !a.dead && r.PostFormValue("refresh_token") == fmt.Sprint("pl4nted-refresh-", a.n)
	} else {
		asked, ok := a.codes[r.PostFormValue("code")]
		delete(a.codes, r.PostFormValue("code"))
		sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
		fine = fine && ok && asked.Get("code_challenge") == base64.RawURLEncoding.EncodeToString(sum[:]) && asked.Get("redirect_uri") == r.PostFormValue("redirect_uri")
		a.dead = a.dead && !fine
	}
	if !fine {
		w.WriteHeader(http.StatusBadRequest)
		_ = json.NewEncoder(w).Encode(map[string]string{"error": "invalid_grant", "error_description": r.PostForm.Encode()})
		return
	}
	a.n, a.stale = a.n+1, false
	_ = json.NewEncoder(w).Encode(map[string]any{
		"access_token": fmt.Sprint("pl4nted-access-", a.n), "refresh_token": fmt.Sprint("pl4nted-refresh-", a.n), "expires_in": 3600, "refresh_token_expires_in": a.ends,
	})
}

// guarded lets in who carries the present access token.
func (a *authority) guarded(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.dead || a.stale || r.Header.Get("Authorization") != fmt.Sprint("Bearer pl4nted-access-", a.n) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		next(w, r)
	}
}

func (a *authority) set(change func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	change()
}

// kind is the network's connector: it counts its polls in its cursor.
func (a *authority) kind() connectors.Spec {
	api := func(account *connectors.Account, read *http.Client, sign func(context.Context, *http.Request, bool) error) *fetch.API {
		return &fetch.API{Base: account.Server, Read: read, Now: time.Now, Sign: sign, Refuse: func(r fetch.Reply) *fetch.Refusal {
			if r.Status == http.StatusUnauthorized {
				return &fetch.Refusal{Class: fetch.TokenExpired}
			}
			return nil
		}}
	}
	return connectors.Spec{
		Kind: "net", Summary: "A network of tests", Caps: connectors.Capabilities{Polls: true, Certainty: connectors.CertainNone},
		Login: &connectors.Login{Consent: &connectors.Consent{
			Endpoint: func(server string) (string, string) { return server + "/authorize", server + "/token" },
			Scopes:   []string{"read", "write"}, Params: map[string]string{"access_type": "offline"}, Basic: true,
			Finish: func(ctx context.Context, env connectors.LoginEnv, g desk.Grant) (desk.Grant, error) {
				var me struct{ Name string }
				sign := fetch.Bearer(func(context.Context, bool) (desk.Grant, error) { return g, nil })
				err := api(&env.Account, env.HTTP, sign).Get(ctx, "/me", nil, &me)
				g.Who = me.Name
				return g, err
			},
		}},
		New: func(env connectors.Env, decode func(any) error) (connectors.Connector, error) {
			return counter{api(env.Account, env.Read, fetch.Bearer(env.Account.Grants()))}, decode(&struct{}{})
		},
	}
}

type counter struct{ api *fetch.API }

// Poll moves the cursor by one.
func (c counter) Poll(ctx context.Context, since connectors.Cursor) (connectors.Batch, error) {
	var page struct{}
	if err := c.api.Get(ctx, "/posts", url.Values{"since": {string(since)}}, &page); err != nil {
		return connectors.Batch{}, err
	}
	n, _ := strconv.Atoi(strings.TrimPrefix(string(since), "c"))
	return connectors.Batch{Next: connectors.Cursor(fmt.Sprint("c", n+1))}, nil
}
