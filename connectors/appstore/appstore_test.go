package appstore

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

// payload reads an example of what Apple sends.
func payload(t *testing.T, name string, into any) {
	t.Helper()
	b, err := os.ReadFile("testdata/payloads/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// connect makes a connector of App Store Connect for a server.
func connect(t *testing.T, base string) *Connect {
	t.Helper()
	_, secret := newKey(t)
	env := connectortest.Env(t, "appstore", nil)
	env.Account = &connectors.Account{Name: "a", Secret: secret}
	c, err := New(env, func(into any) error {
		*into.(*Options) = Options{App: "123456789", Mode: modeConnect, KeyID: "KEY1", Server: base}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return c.(*Connect)
}

func TestPayloads(t *testing.T) {
	t.Parallel()
	var l list
	payload(t, "asc.customerReviews.json", &l)
	c := connect(t, "")
	it := c.item(l.Data[0], l.Included)
	if len(it.Tell) != 2 || it.Tell[0].Text != "Indításkor lefagy." || it.Tell[1].Text != "Javítjuk!" || !it.Tell[1].Ours || it.Tell[0].Rating.Value != 2 {
		t.Errorf("got %+v", it)
	}
	var made struct {
		Response struct {
			Body struct{ Data response }
		}
	}
	payload(t, "asc.response.create.json", &made)
	if s := made.Response.Body.Data.standing(); s.Words != "Javítjuk!" || s.Receipt.Visibility != desk.VisibleModerate || s.Receipt.At.IsZero() {
		t.Errorf("an answer that is not published yet: %+v", s)
	}
	for name, want := range map[string]int{"rss.no-entry.json": 0, "rss.single-entry-is-object.json": 1, "rss.two-entries.json": 2} {
		body, err := os.ReadFile("testdata/payloads/" + name)
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.Contains(r.URL.Path, "page=1/") {
				_, _ = w.Write(body)
				return
			}
			_, _ = w.Write([]byte(`{"feed":{}}`))
		}))
		defer server.Close()
		f, err := New(connectortest.Env(t, "appstore", nil), func(into any) error { *into.(*Options) = Options{App: "1", Server: server.URL}; return nil })
		if err != nil {
			t.Fatal(err)
		}
		if b, err := f.Poll(t.Context(), ""); err != nil || len(b.Mentions) != want {
			t.Errorf("%s: %d mentions, %v", name, len(b.Mentions), err)
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	var all []struct {
		Status  int
		Headers map[string]string
		Body    json.RawMessage
	}
	payload(t, "asc.errors.json", &all)
	want := map[int]error{401: desk.ErrDenied, 403: desk.ErrDenied, 404: desk.ErrNotFound, 409: desk.ErrInvalid}
	for _, one := range all {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			for name, value := range one.Headers {
				w.Header().Set(name, value)
			}
			w.WriteHeader(one.Status)
			_, _ = w.Write(one.Body)
		}))
		_, err := connect(t, server.URL).Poll(t.Context(), "")
		server.Close()
		if class, ok := want[one.Status]; ok && !errors.Is(err, class) {
			t.Errorf("%d: got %v, want %v", one.Status, err, class)
		}
		if one.Status == 403 && !strings.Contains(err.Error(), "Admin") {
			t.Errorf("403 does not say which role the key needs: %v", err)
		}
		if wait, ok := errors.AsType[*desk.Transient](err); one.Status == 429 && (!ok || wait.After != 15*time.Minute) {
			t.Errorf("429 with the quota spent: %v", err)
		}
	}
	if spent("user-hour-lim:3500;user-hour-rem:500;") || !spent("user-hour-lim:3500;user-hour-rem:0;") || spent("") {
		t.Error("the quota is misread")
	}
}

func TestLinksToOtherHostsGetNoToken(t *testing.T) {
	t.Parallel()
	asked := false
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer other.Close()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{"data": []any{item{id: "1", words: "x", stars: 1, at: connectortest.Now()}.data()}, "links": map[string]string{"next": other.URL + "/v1/x"}})
	}))
	defer server.Close()
	if _, err := connect(t, server.URL).Poll(t.Context(), ""); !errors.Is(err, desk.ErrDenied) || asked {
		t.Errorf("asked the other host: %v, %v", asked, err)
	}
}

func TestTokenIsKeptAWhile(t *testing.T) {
	t.Parallel()
	_, secret := newKey(t)
	now := connectortest.Now()
	s := &signer{key: secret, keyID: "K", now: func() time.Time { return now }}
	token := func(renew bool) string {
		r := httptest.NewRequest("GET", "/", nil)
		if err := s.sign(t.Context(), r, renew); err != nil {
			t.Fatal(err)
		}
		return r.Header.Get("Authorization")
	}
	first := token(false)
	now = now.Add(10 * time.Minute)
	if token(false) != first || token(true) == first {
		t.Error("a token is kept for minutes, and renewed when it was refused")
	}
	second := token(false)
	now = now.Add(15 * time.Minute)
	if token(false) == second {
		t.Error("a token was used after its end")
	}
	for _, bad := range []desk.Secret{"", connectortest.Secret, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"} {
		s := &signer{key: bad, now: time.Now}
		err := s.sign(t.Context(), httptest.NewRequest("GET", "/", nil), false)
		if !errors.Is(err, desk.ErrDenied) || strings.Contains(err.Error(), connectortest.Secret) {
			t.Errorf("a key that is none: %v", err)
		}
	}
}

func TestRecheck(t *testing.T) {
	t.Parallel()
	key, secret := newKey(t)
	s := &store{key: &key.PublicKey}
	s.add("1", "Régi", 2, connectortest.Now())
	server := httptest.NewServer(s)
	defer server.Close()
	c := connect(t, server.URL)
	c.api.Sign = (&signer{key: secret, keyID: "KEY1", issuer: "issuer", now: connectortest.Now}).sign
	b, err := c.Recheck(t.Context(), []desk.Mention{{Remote: "1"}, {Remote: "2"}})
	if err != nil || len(b.Mentions) != 1 || len(b.Gone) != 2 {
		t.Fatalf("got %+v, %v; want the review, no answer under it, and another gone", b, err)
	}
	if b.Gone[0] != "1#reply" || b.Gone[1] != "2" {
		t.Errorf("gone: %v", b.Gone)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]Options{
		"no app": {}, "name for a number": {App: "acme"}, "mode": {App: "1", Mode: "api"}, "no account": {App: "1", Mode: modeConnect, KeyID: "k"},
		"country": {App: "1", Countries: []string{"hungary"}}, "country twice": {App: "1", Countries: []string{"hu", "HU"}}, "history": {App: "1", History: -1},
	} {
		_, err := New(connectortest.Env(t, "appstore", nil), func(into any) error { *into.(*Options) = o; return nil })
		if !errors.Is(err, desk.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
