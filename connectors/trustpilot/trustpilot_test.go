package trustpilot

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/internal/desk"
)

// connect makes a connector that speaks with a handler.
func connect(t *testing.T, h http.Handler, o Options) connectors.Connector {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	env := connectortest.Env(t, "trustpilot", nil)
	env.Account = &connectors.Account{Name: "a", ClientID: "key", Keys: connectortest.Keys(desk.Grant{Access: connectortest.Secret})}
	o.Server, o.Unit = server.URL, "507f191e810c19729de86bbb"
	c, err := New(env, func(into any) error { *into.(*Options) = o; return nil })
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestPayloads(t *testing.T) {
	t.Parallel()
	for name, mode := range map[string]string{"reviews.private.json": modePrivate, "all-reviews.public.json": modePublic} {
		body, err := os.ReadFile("testdata/payloads/" + name)
		if err != nil {
			t.Fatal(err)
		}
		c := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("page") == "1" {
				_, _ = w.Write(body)
				return
			}
			_, _ = w.Write([]byte(`{"reviews":[]}`))
		}), Options{Mode: mode})
		b, err := c.Poll(t.Context(), "")
		if err != nil || len(b.Mentions) != 2 {
			t.Fatalf("%s: %+v, %v", name, b.Mentions, err)
		}
		m, a := b.Mentions[0], b.Mentions[1]
		if m.Title != "Lassú" || m.Rating.Value != 2 || m.Language != "hu" || m.Author.Name != "Éva K." || m.URL != "https://www.trustpilot.com/reviews/507f191e810c19729de860ea" {
			t.Errorf("%s: the review is %+v", name, m)
		}
		if a.Remote != m.Remote+"#reply" || !a.Ours || a.Text != "Elnézést!" || a.Parent != m.Remote {
			t.Errorf("%s: the answer is %+v", name, a)
		}
		for _, secret := range []string{"eva@example.com", "ORD-1234"} {
			if strings.Contains(string(m.Raw), secret) {
				t.Errorf("%s: %s was kept", name, secret)
			}
		}
	}
	var reply struct {
		Body map[string]string
		URL  string
	}
	body, err := os.ReadFile("testdata/payloads/reply.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(body, &reply); err != nil || reply.Body["message"] == "" || !strings.HasSuffix(reply.URL, "/reply") {
		t.Errorf("%+v, %v", reply, err)
	}
}

func TestNobodyAnswersWithoutAUser(t *testing.T) {
	t.Parallel()
	p := &pilot{}
	p.add("1", "Késik", 2, connectortest.Now())
	c := connect(t, p, Options{})
	_, err := c.(connectors.Replier).Reply(t.Context(), desk.Outgoing{Parent: desk.Mention{Remote: "1"}, Text: "Elnézést!"})
	if !errors.Is(err, desk.ErrDenied) || p.witness("Elnézést!") != 0 {
		t.Errorf("got %v", err)
	}
	if connectors.CapabilitiesOf(Spec(), c).Replies {
		t.Error("a source without a business user says that it replies")
	}
}

func TestRecheck(t *testing.T) {
	t.Parallel()
	p := &pilot{}
	p.add("1", "Késik", 2, connectortest.Now())
	p.answer("1", "Elnézést!")
	b, err := connect(t, p, Options{}).(connectors.Rechecker).Recheck(t.Context(), []desk.Mention{{Remote: "1"}, {Remote: "2"}})
	if err != nil || len(b.Mentions) != 2 || len(b.Gone) != 1 || b.Gone[0] != "2" {
		t.Errorf("got %+v, %v", b, err)
	}
}

// TestLogin asks for tokens as Trustpilot hands them out: the span is a string.
func TestLogin(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		body   string
		class  error
	}{
		"well": {200, `{"access_token":"tok","expires_in":"359999"}`, nil}, "wrong secret": {401, "{}", desk.ErrDenied}, "not understood": {400, "{}", desk.ErrDenied},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			user, secret, ok := r.BasicAuth()
			if !ok || user != "key" || secret != connectortest.Secret || r.FormValue("grant_type") != "client_credentials" || r.URL.Path != tokenPath {
				t.Errorf("asked %s with %s", r.URL, user)
			}
			w.WriteHeader(c.status)
			_, _ = w.Write([]byte(c.body))
		}))
		env := connectors.LoginEnv{HTTP: connectortest.Env(t, "trustpilot", nil).Publish, Now: connectortest.Now,
			Account: connectors.Account{Name: "a", ClientID: "key", Secret: connectortest.Secret, Server: server.URL}}
		g, err := Spec().Login.Open(t.Context(), env)
		server.Close()
		if !errors.Is(err, c.class) || err == nil && (g.Access != "tok" || !g.Expires.Equal(connectortest.Now().Add(359999*time.Second))) {
			t.Errorf("%s: %+v, %v", name, g, err)
		}
		if err != nil && strings.Contains(err.Error(), connectortest.Secret) {
			t.Errorf("%s: the secret stands in %v", name, err)
		}
	}
	if _, err := Spec().Login.Open(t.Context(), connectors.LoginEnv{}); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("without key and secret: %v", err)
	}
	g, err := Spec().Login.Consent.Finish(t.Context(), connectors.LoginEnv{Now: connectortest.Now}, desk.Grant{Refresh: "r"})
	if err != nil || !g.RefreshExpires.Equal(connectortest.Now().Add(30*24*time.Hour)) {
		t.Errorf("a consent lasts 30 days: %+v, %v", g, err)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]Options{
		"no unit": {}, "unit": {Unit: "a/b"}, "mode": {Unit: "a", Mode: "both"}, "no account": {Unit: "a"}, "no key": {Unit: "a", Mode: modePublic},
		"user": {Unit: "a", Mode: modePublic, APIKey: "k", User: "x y"}, "overlap": {Unit: "a", Mode: modePublic, APIKey: "k", Overlap: -1},
	} {
		_, err := New(connectortest.Env(t, "trustpilot", nil), func(into any) error { *into.(*Options) = o; return nil })
		if !errors.Is(err, desk.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
