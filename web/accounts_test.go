package web_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/web"
)

// consents connects accounts by a network's page at address; with none it needs nobody's consent.
type consents struct {
	mu      sync.Mutex
	address string
	begun   map[string]string // state: who must come back
	said    []string
	fail    error
}

func (c *consents) Connect(_ context.Context, actor *desk.User, by, account, redirect string) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fail != nil {
		return "", c.fail
	}
	c.said = append(c.said, string(actor.ID)+" connects "+account+" by "+redirect)
	if c.address == "" {
		return "", nil
	}
	if c.begun == nil {
		c.begun = map[string]string{}
	}
	c.begun["s1"] = by
	return c.address + "?" + url.Values{"state": {"s1"}, "redirect_uri": {redirect}}.Encode(), nil
}

func (c *consents) Finish(_ context.Context, _ *desk.User, by string, back url.Values) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if state := back.Get("state"); state == "" || c.begun[state] != by {
		return "", desk.Invalidf("this consent was not begun here; begin again")
	}
	delete(c.begun, back.Get("state"))
	if back.Get("error") != "" {
		return "acme-play", desk.Deniedf("the consent was declined at the network; nothing was changed")
	}
	c.said = append(c.said, "finished with "+back.Get("code"))
	return "acme-play", nil
}

func (c *consents) Disconnect(_ context.Context, actor *desk.User, account string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.said = append(c.said, string(actor.ID)+" forgets "+account)
	return nil
}

func with(c *consents) func(*web.Options) {
	return func(o *web.Options) { o.Accounts, o.BaseURL = c, "https://desk.example" }
}

func TestAccountsPage(t *testing.T) {
	t.Parallel()
	s := newSite(t, sampled(), with(&consents{}))
	doc := s.user("TA").get("/accounts", 200)
	for row, want := range map[string][]string{
		"acme-social": {"Connected", "@acme", "no end known", "Publishing is on", "Connect again"},
		"acme-page":   {"Ends in 4 days", "Acme Kft.", "Publishing is off"},
		"acme-play":   {"Not connected", "Connect"},
		"acme-video":  {"Needs a person"},
		"acme-sky":    {"Connected", "@acme.example", "Sign in now"},
		"acme-forum":  {"By its token"},
	} {
		for _, words := range want {
			has(t, doc, "tbody tr:contains('"+row+"')", words)
		}
	}
	hasNot(t, doc, "tr:contains('acme-forum') form")
	refused := sampled()
	refused.accounts[5].NeedsHuman = "The network does not take the token."
	has(t, newSite(t, refused, with(&consents{})).user("TA").get("/accounts", 200), "tr:contains('acme-forum') form button", "Try its token again")
	has(t, doc, ".notice", "acme-play is not connected yet")
	has(t, doc, ".notice", "acme-video needs a person. The network says that this consent has ended.")
	has(t, doc, ".notice", "The access of acme-page ends: 25 Nov, 13:00.")
	has(t, doc, ".copy", "https://desk.example/accounts/callback")
	hasNot(t, doc, ".is-warn:contains('desk.url')")
	has(t, doc, ".rail a[href='/accounts']", "Accounts")

	one := s.user("TA").get("/accounts/acme-social", 200)
	has(t, one, ".facts", "@acme")
	has(t, one, ".facts", "write:statuses")
	has(t, one, "form[action='/accounts/acme-social/disconnect']", "Forget it")
	s.user("TA").get("/accounts/nobody", 404)
	hasNot(t, s.user("ZH").get("/accounts/acme-social", 200), "form[action^='/accounts']")

	reader := s.user("ZH").get("/accounts", 200)
	has(t, reader, "tbody", "Needs a person")
	hasNot(t, reader, "form[action^='/accounts']")
	hasNot(t, reader, ".rail a[href='/accounts']")
	has(t, s.user("ZH").get("/sources", 200), ".notice:has(a[href='/accounts'])", "3 accounts need a person: acme-page, acme-play, acme-video.")
	has(t, newSite(t, sampled()).user("TA").get("/accounts", 200), ".is-warn", "desk.url is not set")
}

func TestConnectThroughThePages(t *testing.T) {
	t.Parallel()
	c := &consents{address: "https://network.example/authorize"}
	s := newSite(t, sampled(), with(c)).user("TA")
	begin := func() *url.URL {
		doc := s.page(s.do("POST", "/accounts/acme-play/connect", url.Values{}), 200)
		has(t, doc, "h2", "Continue at network.example")
		to, err := url.Parse(doc.Find("a.btn--primary").AttrOr("href", ""))
		if err != nil || to.Query().Get("redirect_uri") != "https://desk.example/accounts/callback" {
			t.Fatalf("the link leads to %s, %v", to, err)
		}
		return to
	}
	begin()
	has(t, s.page(s.do("GET", "/accounts/callback?state=forged&code=c", nil), 422), ".notice[role=alert]", "This consent was not begun here; begin again.")
	resp := s.do("GET", "/accounts/callback?state=s1&code=c7", nil)
	if to := resp.Header.Get("Location"); resp.StatusCode != http.StatusSeeOther || to != "/accounts?did=connected" {
		t.Errorf("the callback answers %d to %s", resp.StatusCode, to)
	}
	has(t, s.get("/accounts?did=connected", 200), ".toast", "The account is connected")
	s.page(s.do("GET", "/accounts/callback?state=s1&code=c7", nil), 422) // again
	begin()
	has(t, s.page(s.do("GET", "/accounts/callback?state=s1&error=access_denied&error_description=%3Cb%3Eevil", nil), 422), ".notice[role=alert]", "declined at the network")
	if to := s.post("/accounts/acme-social/disconnect", url.Values{}); to != "/accounts?did=disconnected" {
		t.Errorf("forgetting leads to %s", to)
	}
	if got := strings.Join(c.said, "; "); !strings.Contains(got, "TA connects acme-play by https://desk.example/accounts/callback; finished with c7") || !strings.HasSuffix(got, "TA forgets acme-social") {
		t.Errorf("done: %s", got)
	}

	c.address = ""
	if to := s.post("/accounts/acme-sky/connect", url.Values{}); to != "/accounts?did=connected" {
		t.Errorf("an account that needs no consent leads to %s", to)
	}
	c.fail = &desk.Transient{Err: errors.New("network.example could not be reached")}
	has(t, s.page(s.do("POST", "/accounts/acme-sky/connect", url.Values{}), 502), ".notice[role=alert]", "Network.example could not be reached.")
	c.fail = errors.New("a secret fault")
	if text := s.page(s.do("POST", "/accounts/acme-sky/connect", url.Values{}), 500).Text(); strings.Contains(text, "secret fault") {
		t.Error("a fault of ours is shown to people")
	}
}

// TestConsentInTheBrowser leaves for another site and comes back with the session, without any script: the policy must let a person
// through where a form may not lead.
func TestConsentInTheBrowser(t *testing.T) {
	t.Parallel()
	network := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if to, err := url.Parse(r.FormValue("redirect_uri")); err == nil && r.Referer() == "" {
			to.RawQuery = url.Values{"state": {r.FormValue("state")}, "code": {"c9"}}.Encode()
			http.Redirect(w, r, to.String(), http.StatusFound)
		}
	}))
	t.Cleanup(network.Close)
	c := &consents{address: strings.Replace(network.URL, "127.0.0.1", "localhost", 1)} // another site than the desk's
	s := newSite(t, sampled(), func(o *web.Options) { o.Accounts = c }).user("TA")
	ctx := chrome(t)
	s.signIn(ctx)
	do(t, ctx, chromedp.Navigate(s.URL+"/accounts"))
	eval[bool](t, ctx, `document.querySelector("form[action='/accounts/acme-play/connect'] button").click() ?? true`)
	until(t, ctx, `location.pathname === "/accounts/acme-play/connect" && document.querySelector("a.btn--primary")`)
	eval[bool](t, ctx, `document.querySelector("a.btn--primary").click() ?? true`)
	until(t, ctx, `location.pathname === "/accounts" && document.querySelector(".toast")?.textContent.includes("is connected")`)
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.said) != 2 || c.said[1] != "finished with c9" {
		t.Errorf("done: %q", c.said)
	}
}
