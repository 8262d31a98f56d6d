package keyring

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/seal"
	"github.com/earshotdesk/earshot/internal/store"
)

// planted begins every secret of these tests: where it shows, something leaks.
const planted = "pl4nted-"

// authority is an authorization server that rotates refresh tokens: the last one works, all others are dead.
type authority struct {
	*httptest.Server
	mu        sync.Mutex
	n         int // tokens handed out
	refreshes int // requests of grant_type=refresh_token
	codes     map[string]url.Values
	scope     string
	lasts     int // seconds
	consent   int // seconds until the consent ends; 0 does not say
	mood      func(w http.ResponseWriter, r *http.Request) bool
}

func newAuthority(t *testing.T) *authority {
	a := &authority{codes: map[string]url.Values{}, lasts: 3600}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /authorize", a.authorize)
	mux.HandleFunc("POST /token", a.token)
	a.Server = httptest.NewServer(mux)
	t.Cleanup(a.Close)
	return a
}

func (a *authority) authorize(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	code := planted + "code-" + strconv.Itoa(len(a.codes))
	a.codes[code] = r.URL.Query()
	to, err := url.Parse(r.FormValue("redirect_uri"))
	if err != nil {
		http.Error(w, "bad redirect", http.StatusBadRequest)
		return
	}
	to.RawQuery = url.Values{"code": {code}, "state": {r.FormValue("state")}}.Encode()
	http.Redirect(w, r, to.String(), http.StatusFound)
}

func (a *authority) token(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if r.PostFormValue("grant_type") == "refresh_token" {
		a.refreshes++
	}
	if a.mood != nil && a.mood(w, r) {
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if !a.takes(r) {
		w.WriteHeader(http.StatusBadRequest)
		_ = json.NewEncoder(w).Encode(map[string]string{"error": "invalid_grant", "error_description": "I was sent " + r.PostFormValue("refresh_token") + r.PostFormValue("code")})
		return
	}
	a.n++
	out := map[string]any{"access_token": a.access(), "refresh_token": a.refresh(), "expires_in": a.lasts, "token_type": "Bearer"}
	if a.scope != "" {
		out["scope"] = a.scope
	}
	if a.consent > 0 {
		out["refresh_token_expires_in"] = a.consent
	}
	_ = json.NewEncoder(w).Encode(out)
}

func (a *authority) access() string  { return planted + "access-" + strconv.Itoa(a.n) }
func (a *authority) refresh() string { return planted + "refresh-" + strconv.Itoa(a.n) }

// takes checks a code with PKCE and redirect, or that a refresh token is the last one.
func (a *authority) takes(r *http.Request) bool {
	if r.PostFormValue("client_id") != "app" || r.PostFormValue("client_secret") != planted+"client" {
		return false
	}
	if r.PostFormValue("grant_type") == "refresh_token" {
		return r.PostFormValue("refresh_token") == a.refresh()
	}
	asked, ok := a.codes[r.PostFormValue("code")]
	delete(a.codes, r.PostFormValue("code"))
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	return ok && asked.Get("code_challenge_method") == "S256" && asked.Get("code_challenge") == base64.RawURLEncoding.EncodeToString(sum[:]) &&
		asked.Get("redirect_uri") == r.PostFormValue("redirect_uri")
}

// turns sets how it answers from now on; nil is well.
func (a *authority) turns(mood func(w http.ResponseWriter, r *http.Request) bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.mood = mood
}

func (a *authority) asked() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.refreshes
}

// rig is a store, a clock and a network.
type rig struct {
	*testing.T
	mu    sync.Mutex
	clock time.Time
	net   *authority
	store *store.Store
	box   *seal.Box
	log   bytes.Buffer
	acc   Account
}

func newRig(t *testing.T) *rig {
	return newRigOn(t, "sqlite:"+filepath.Join(t.TempDir(), "desk.db"))
}

func newRigOn(t *testing.T, dsn string) *rig {
	r := &rig{T: t, clock: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), net: newAuthority(t)}
	var err error
	if r.box, err = seal.Open(filepath.Join(t.TempDir(), "key")); err != nil {
		t.Fatal(err)
	}
	r.store, err = store.Open(t.Context(), store.Options{DSN: dsn, Now: r.now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.store.Close() })
	if err := r.store.SyncAccounts(t.Context(), []desk.AccountState{{Name: "acme", Kind: "net", Site: "net:acme", Login: desk.LoginConsent}}); err != nil {
		t.Fatal(err)
	}
	r.acc = Account{Name: "acme", Client: Client{"app", planted + "client"}, Login: &Login{Consent: &Consent{
		Authorize: r.net.URL + "/authorize", Token: r.net.URL + "/token", Scopes: []string{"read", "write"},
	}}}
	return r
}

func (r *rig) now() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.clock
}

func (r *rig) later(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.clock = r.clock.Add(d)
}

// ring is a process of its own.
func (r *rig) ring() *Ring {
	return New(Options{
		Store: r.store, Box: func() (Box, error) { return r.box, nil }, HTTP: &http.Client{Timeout: 10 * time.Second}, Now: r.now,
		Log: slog.New(slog.NewTextHandler(&lockedWriter{r: r}, nil)),
	}, []Account{r.acc})
}

type lockedWriter struct{ r *rig }

func (w *lockedWriter) Write(b []byte) (int, error) {
	w.r.mu.Lock()
	defer w.r.mu.Unlock()
	return w.r.log.Write(b)
}

// connect walks through the consent as a browser would.
func (r *rig) connect(ring *Ring) error {
	r.Helper()
	address, err := ring.Begin(r.Context(), "acme", "session", "http://desk.example/accounts/callback")
	if err != nil {
		return err
	}
	_, err = ring.Finish(r.Context(), "session", r.browse(address))
	return err
}

func (r *rig) browse(address string) url.Values {
	r.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Get(address)
	if err != nil {
		r.Fatal(err)
	}
	_ = resp.Body.Close()
	to, err := url.Parse(resp.Header.Get("Location"))
	if err != nil {
		r.Fatal(err)
	}
	return to.Query()
}

func (r *rig) grant(ring *Ring) desk.Grant {
	r.Helper()
	g, err := ring.Key("acme").Grant(r.Context())
	if err != nil {
		r.Fatalf("no grant: %v", err)
	}
	return g
}

func (r *rig) state() desk.AccountState {
	r.Helper()
	list, err := r.store.ListAccounts(context.Background())
	if err != nil || len(list) != 1 {
		r.Fatalf("%v %v", list, err)
	}
	return list[0]
}

// wantClean fails when a secret stands in an error, in the log, or in what the store shows of the account.
func (r *rig) wantClean(errs ...error) {
	r.Helper()
	text := r.log.String() + r.state().NeedsHuman
	for _, err := range errs {
		if err != nil {
			text += err.Error()
		}
	}
	if strings.Contains(text, planted) {
		r.Errorf("a secret shows: %s", text)
	}
}
