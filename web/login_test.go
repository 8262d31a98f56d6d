package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/web"
)

func TestSignIn(t *testing.T) {
	t.Parallel()
	m := newMemory()
	hash, err := web.HashPassword("correct horse battery")
	if err != nil {
		t.Fatal(err)
	}
	m.users["NK"].Hash = hash
	s := newSite(t, m, func(o *web.Options) { o.Secure = true }).user("")
	if to := s.do("GET", "/stream?q=x", nil).Header.Get("Location"); to != "/login?next=%2Fstream%3Fq%3Dx" {
		t.Errorf("sent to %q", to)
	}
	for _, email := range []string{"nora@acme.example", "nobody@acme.example"} {
		resp := s.do("POST", "/login", url.Values{"email": {email}, "password": {"wrong"}})
		has(t, s.page(resp, http.StatusUnauthorized), "#login-err", "E-mail and password do not match.")
	}
	resp := s.do("POST", "/login", url.Values{"email": {" Nora@acme.example"}, "password": {"correct horse battery"}, "next": {"//elsewhere.example"}})
	if resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != "/board" {
		t.Fatalf("signed in: %d to %q", resp.StatusCode, resp.Header.Get("Location"))
	}
	c := resp.Cookies()[0]
	if !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || c.Name != "__Host-earshot" {
		t.Errorf("the cookie is %+v", c)
	}
	for h := range m.sessions {
		if strings.Contains(h, c.Value) {
			t.Error("the store holds the secret itself")
		}
	}
	if _, ok := m.sessions[hashOf(c.Value)]; !ok {
		t.Error("the session is not stored under the hash of its secret")
	}
}

func TestSignInIsLimited(t *testing.T) {
	t.Parallel()
	s := newSite(t, newMemory()).user("")
	form := url.Values{"email": {"zuzana@acme.example"}, "password": {"guess"}}
	for range 8 {
		s.page(s.do("POST", "/login", form), http.StatusUnauthorized)
	}
	resp := s.do("POST", "/login", form)
	has(t, s.page(resp, http.StatusTooManyRequests), "h1", "Too many tries")
	if resp.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
}

func TestSignOut(t *testing.T) {
	t.Parallel()
	s := newSite(t, newMemory())
	s.post("/logout", url.Values{})
	if resp := s.do("GET", "/board", nil); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("after signing out: %d", resp.StatusCode)
	}
}

func TestInvitation(t *testing.T) {
	t.Parallel()
	m := newMemory()
	s := newSite(t, m)
	admin := s.user("TA")
	doc := admin.page(admin.do("POST", "/users", url.Values{"name": {"Judit Balogh"}, "email": {"judit@acme.example"}, "role": {"manager"}, "brands": {"acme, globex"}}), 200)
	link := doc.Find(".copy").Text()
	path := link[strings.Index(link, "/invite/"):]
	guest := s.user("")
	has(t, guest.get(path, 200), "form", "judit@acme.example")
	guest.get(path, 200) // looking uses nothing up
	for _, bad := range []url.Values{{"password": {"short"}, "again": {"short"}}, {"password": {"long enough 1"}, "again": {"long enough 2"}}} {
		has(t, guest.page(guest.do("POST", path, bad), 422), "#invite-err", "password")
	}
	good := url.Values{"password": {"a long sentence"}, "again": {"a long sentence"}}
	if to := guest.post(path, good); to != "/board" {
		t.Errorf("accepted: sent to %q", to)
	}
	guest.page(guest.do("POST", path, good), 404)
	doc = admin.get("/users", 200)
	has(t, doc, "table", "Judit Balogh")
	if strings.Contains(doc.Text(), "/invite/") {
		t.Error("the invitation is shown twice")
	}
	has(t, admin.page(admin.do("POST", "/users", url.Values{"name": {"X"}, "email": {"judit@acme.example"}, "role": {"agent"}}), 409), "main", "is here already")
	has(t, admin.page(admin.do("POST", "/users", url.Values{"name": {"X"}, "email": {"no address"}, "role": {"agent"}}), 422), "main", "is not an e-mail address")
}

func TestExpiredSessionAndDisabledUser(t *testing.T) {
	t.Parallel()
	m := newMemory()
	s := newSite(t, m)
	m.users["NK"].Disabled = true
	if resp := s.do("GET", "/board", nil); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("a disabled person got %d", resp.StatusCode)
	}
	old := m.sessions[hashOf("session-DP")]
	old.Expires = noon.Add(-time.Second)
	m.sessions[old.Hash] = old
	if resp := s.user("DP").do("GET", "/board", nil); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("an old session got %d", resp.StatusCode)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	s := newSite(t, newMemory())
	s.post("/settings", url.Values{"theme": {"dark"}, "density": {"comfortable"}, "locale": {"en"}})
	doc := s.get("/board", 200)
	has(t, doc, `html[data-theme=dark][data-density=comfortable][lang=en]`, "")
	if resp := s.do("POST", "/settings", url.Values{"theme": {"pink"}}); resp.StatusCode != 422 {
		t.Errorf("a theme that does not exist: %d", resp.StatusCode)
	}
}
