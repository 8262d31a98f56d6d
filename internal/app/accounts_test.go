package app

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

// newConsentWorld is a desk with one account of a network that wants a person's consent, and an admin's browser.
func newConsentWorld(t *testing.T) (*world, *authority) {
	t.Helper()
	a := newAuthority(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "desk.yaml")
	check(t, os.WriteFile(file, fmt.Appendf(nil, `
desk: {name: Test desk, listen: "127.0.0.1:0", private_networks: [127.0.0.0/8], key_file: %s/desk.key}
database: "sqlite:%s/desk.db"
brands: [{name: acme, title: Acme}]
accounts: [{name: acme-net, kind: net, server: %q, handle: acme, client_id: app, client_secret: pl4nted-client}]
sources: [{name: talk, kind: net, account: acme-net, brand: acme, every: 1h}]
notify: {targets: [{name: console, kind: console}], route: {target: console, group_wait: 0s}}
`, dir, dir, a.URL), 0o600))
	jar, err := cookiejar.New(nil)
	check(t, err)
	opt := Options{Config: file, Version: "test", more: []connectors.Spec{a.kind()}}
	return &world{t: t, out: &syncBuffer{}, http: &http.Client{Jar: jar, Timeout: 10 * time.Second}, app: &App{opt: opt}}, a
}

func (w *world) signInAdmin() {
	w.t.Helper()
	who := operator()
	_, secret, err := w.app.work.AddUser(w.t.Context(), &who, desk.User{Email: "admin@example.com", Name: "Ada", Role: desk.RoleAdmin})
	check(w.t, err)
	w.post("/invite/"+secret.Reveal(), url.Values{"password": {"correct horse battery"}, "again": {"correct horse battery"}})
}

// connect walks through the consent as a browser would, and returns the page where it ends.
func (w *world) connect() string {
	w.t.Helper()
	page := w.post("/accounts/acme-net/connect", nil)
	link, ok := page.Find("main a.btn--primary").Attr("href")
	if !ok {
		w.t.Fatalf("there is no way on: %s", page.Find("main").Text())
	}
	resp, err := w.http.Get(link)
	check(w.t, err)
	return w.page(link, resp).Find("main, .toasts").Text()
}

func (w *world) pollTalk(what string, done func(s desk.SourceState) bool) {
	w.t.Helper()
	check(w.t, w.app.store.DueNow(w.t.Context(), "talk"))
	w.until(what, func() bool { return done(w.source("talk")) })
}

func (w *world) account() desk.AccountState {
	w.t.Helper()
	list, err := w.app.store.ListAccounts(w.t.Context())
	check(w.t, err)
	return list[0]
}

// TestConsentThroughThePages is the life of a consent: given, renewed, taken back, given again; the source goes on where it stood.
func TestConsentThroughThePages(t *testing.T) {
	t.Parallel()
	w, a := newConsentWorld(t)
	w.start()
	w.signInAdmin()
	w.until("the source asks for the account", func() bool { return strings.Contains(w.source("talk").Error, "not connected yet") })
	if text := w.get("/sources").Find(".notice").Text(); !strings.Contains(text, "acme-net is not connected yet") {
		t.Errorf("the page of sources says %q", text)
	}
	if text := w.connect(); !strings.Contains(text, "The account is connected") || !strings.Contains(text, "@acme") {
		t.Errorf("the way ends at %s", text)
	}
	w.until("the source is read", func() bool { return w.source("talk").Cursor == "c1" })
	if s := w.account(); s.Who != "@acme" || !s.Renews || s.NeedsHuman != "" || s.ExpiresAt.IsZero() {
		t.Errorf("the account: %+v", s)
	}

	a.set(func() { a.dead = true })
	w.pollTalk("the account needs a person", func(desk.SourceState) bool { return w.account().NeedsHuman != "" })
	w.until("a colleague is told", func() bool { return strings.Contains(w.out.String(), "Account acme-net needs a person") })
	if text := w.get("/accounts").Find(".notice").Text(); !strings.Contains(text, "acme-net needs a person.") {
		t.Errorf("the page of accounts says %q", text)
	}
	w.connect()
	w.until("the source goes on", func() bool { return w.source("talk").Cursor == "c2" })
	w.until("a colleague is told that it is well", func() bool { return strings.Contains(w.out.String(), "Account acme-net needs nobody any more") })

	a.set(func() { a.stale, a.refreshes = true, 0 })
	w.pollTalk("the source is read with renewed access", func(s desk.SourceState) bool { return s.Cursor == "c3" })
	a.set(func() {
		if got := strings.Join(a.since, ","); got != ",c1,c2" || a.refreshes != 1 {
			t.Errorf("polls began at %q, want the beginning once; %d refreshes, want 1", got, a.refreshes)
		}
	})
	for _, hidden := range []string{"pl4nted", "code_verifier"} {
		if strings.Contains(w.out.String(), hidden) || strings.Contains(w.get("/accounts").Text()+w.source("talk").Error, hidden) {
			t.Errorf("%s shows", hidden)
		}
	}
}

// TestConsentOfAnotherSession brings somebody else's callback into the admin's browser.
func TestConsentOfAnotherSession(t *testing.T) {
	t.Parallel()
	w, a := newConsentWorld(t)
	w.start()
	w.signInAdmin()
	address, err := w.app.keys.Begin(t.Context(), "acme-net", "the session of somebody else", w.desk+"/accounts/callback")
	check(t, err)
	resp, err := w.http.Get(address)
	check(t, err)
	body, err := io.ReadAll(resp.Body)
	check(t, err)
	check(t, resp.Body.Close())
	if resp.StatusCode != http.StatusUnprocessableEntity || !bytes.Contains(body, []byte("was not begun here")) {
		t.Errorf("it answers %s", resp.Status)
	}
	if s := w.account(); !s.Missing() {
		t.Error("the account was connected to somebody else's consent")
	}
	a.set(func() {
		if a.n != 0 {
			t.Error("the code was exchanged")
		}
	})
}

// TestConnectFromTheCommandLine gives the consent through a loopback address.
func TestConnectFromTheCommandLine(t *testing.T) {
	t.Parallel()
	w, _ := newConsentWorld(t)
	opt := w.app.opt
	out, in := io.Pipe()
	opt.Out, opt.Err = in, w.out
	ended := make(chan error, 1)
	go func() {
		ended <- Connect(context.Background(), opt, "acme-net", 0)
		_ = in.Close()
	}()
	lines := bufio.NewScanner(out)
	var redirect, said string
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		said += line + "\n"
		switch {
		case strings.HasSuffix(line, "/callback"):
			redirect = line
		case strings.Contains(line, "/authorize?"):
			w.wantStatus(redirect+"?state=forged&code=x", http.StatusBadRequest) // a stranger on this machine ends nothing
			w.wantStatus(line, http.StatusOK)
		}
	}
	check(t, <-ended)
	if !regexp.MustCompile(`acme-net is connected as @acme\.\nScopes: read write\nEnds: \d{4}-\d\d-\d\d\nPublish: off`).MatchString(said) {
		t.Errorf("it says:\n%s", said)
	}
	var listed bytes.Buffer
	opt.Out = &listed
	check(t, Accounts(t.Context(), opt, true))
	var all []listedAccount
	check(t, json.Unmarshal(listed.Bytes(), &all))
	if len(all) != 1 || !all[0].Connected || all[0].Who != "@acme" || all[0].Publish || all[0].Login != "consent" || !all[0].Renews || all[0].Stage != "" {
		t.Errorf("listed: %s", listed.String())
	}
	listed.Reset()
	check(t, Disconnect(t.Context(), opt, "acme-net"))
	check(t, Accounts(t.Context(), opt, false))
	if text := listed.String(); !strings.Contains(text, "is forgotten") || !strings.Contains(text, "Not connected yet: earshot account connect acme-net") {
		t.Errorf("afterwards: %s", text)
	}
	if strings.Contains(said+listed.String()+w.out.String(), "pl4nted") {
		t.Error("a secret shows")
	}
}

func (w *world) wantStatus(address string, want int) {
	w.t.Helper()
	resp, err := w.http.Get(address)
	check(w.t, err)
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != want {
		w.t.Errorf("the callback answers %s, want %d", resp.Status, want)
	}
}

// TestOnceTellsOfAccounts: a desk that a timer starts has no hour in which to look after its accounts.
func TestOnceTellsOfAccounts(t *testing.T) {
	t.Parallel()
	w, _ := newConsentWorld(t)
	opt := w.app.opt
	opt.Out, opt.Err = w.out, w.out
	a, err := openFor(t.Context(), opt, "acme-net")
	check(t, err)
	ends := time.Now().Add(12 * time.Hour)
	check(t, a.store.PutGrant(t.Context(), desk.GrantRow{Account: "acme-net", Ends: ends, EndsSince: ends.Add(-60 * 24 * time.Hour)}, false))
	check(t, a.Close())
	for range 2 {
		_ = Serve(t.Context(), opt, allRoles(), true) // the source fails: there is no grant behind the row
	}
	if n := strings.Count(w.out.String(), "The access of account acme-net ends on"); n != 1 {
		t.Errorf("it was told %d times\n%s", n, w.out.String())
	}
}
