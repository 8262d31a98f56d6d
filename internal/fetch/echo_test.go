package fetch_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
)

// A server may put whatever it was sent where others have a code: an error must not repeat it.
func TestCodesThatEchoSecretsAreNotShown(t *testing.T) {
	t.Parallel()
	const app, hex, long = "abcd-efgh-ijkl-mnop", "0123456789abcdef", "EAAGm0PX4ZCpsBAKZCq7"
	basic := base64.StdEncoding.EncodeToString([]byte("client:" + app))
	for name, c := range map[string]struct {
		code string
		head string
		body any
	}{
		"the token":               {"SesameStreet", "Bearer SesameStreet", nil},
		"the header":              {"Bearer.SesameStreet", "Bearer.SesameStreet", nil},
		"a part of it":            {"token-SesameStr", "Bearer SesameStreet", nil},
		"Basic":                   {app, "Basic " + basic, nil},
		"Basic as it was sent":    {strings.TrimRight(basic, "="), "Basic " + basic, nil},
		"a password in JSON":      {app, "", map[string]string{"password": app}},
		"a code in a form":        {"4/code-of-consent", "", url.Values{"code": {"4/code-of-consent"}}},
		"digits from elsewhere":   {hex, "", nil},
		"a token from elsewhere":  {long, "", nil},
		"a token behind its name": {"token:" + long, "", nil},
	} {
		api, _ := caller(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			_ = json.NewEncoder(w).Encode(map[string]string{"error": c.code})
		})
		api.Sign = nil
		err := api.SendWith(t.Context(), http.MethodPost, "/x", map[string]string{"Authorization": c.head}, c.body, nil)
		if err == nil || strings.Contains(err.Error(), c.code) || !strings.Contains(err.Error(), "refuses: not understood") {
			t.Errorf("%s: %v", name, err)
		}
	}
	api, _ := caller(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"error":"commentThreadsDisabled"}`)
	})
	if err := api.Get(t.Context(), "/x", nil, nil); err == nil || !strings.Contains(err.Error(), "(commentThreadsDisabled)") {
		t.Errorf("a plain code is shown: %v", err)
	}
}

// A redirect that wants the body sent again must not carry it to another host: it may be a code, a refresh token, an app password.
func TestRedirectsKeepBodiesAtHome(t *testing.T) {
	t.Parallel()
	var got atomic.Value
	got.Store("")
	other := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got.Store(r.Method + " " + string(body))
	})
	home := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/307", "/308":
			http.Redirect(w, r, other.URL+"/token", map[string]int{"/307": 307, "/308": 308}[r.URL.Path])
		case "/302":
			http.Redirect(w, r, other.URL+"/token", http.StatusFound)
		case "/home":
			http.Redirect(w, r, "/in", http.StatusTemporaryRedirect)
		case "/in":
			_, _ = io.Copy(w, r.Body)
		}
	})
	c := clients(fetch.Options{}).Read
	post := func(path string) (string, error) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, home.URL+path, strings.NewReader("refresh_token="+secret))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := fetch.Do(c, req)
		if err != nil {
			return "", err
		}
		body, err := fetch.Body(resp)
		return string(body), err
	}
	for _, path := range []string{"/307", "/308"} {
		if _, err := post(path); err == nil || !strings.Contains(err.Error(), "redirects to another host") || strings.Contains(err.Error(), secret) || got.Load() != "" {
			t.Errorf("%s: %v; the other host saw %q", path, err, got.Load())
		}
	}
	if _, err := post("/302"); err != nil || got.Load() != "GET " {
		t.Errorf("302: %v; the other host saw %q", err, got.Load())
	}
	if body, err := post("/home"); err != nil || !strings.Contains(body, secret) {
		t.Errorf("the same host gets it: %q, %v", body, err)
	}
}

// A server that repeats the account's token, as a name, in a link or in a text, does so for nobody to see.
func TestAnswersThatRepeatTheToken(t *testing.T) {
	t.Parallel()
	const token = "EAAGm0PX4ZCpsBAKZCq7"
	api, _ := caller(t, func(w http.ResponseWriter, r *http.Request) {
		said := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		_, _ = io.WriteString(w, `{"name":"`+said+`","next":"https://x.example/?access_token=`+said+`&limit=9"}`)
	})
	api.Sign = fetch.Bearer(func(context.Context, bool) (desk.Grant, error) { return desk.Grant{Access: token}, nil })
	var got struct{ Name, Next string }
	if err := api.Get(t.Context(), "/me", nil, &got); err != nil || got.Name != "***" || got.Next != "https://x.example/?access_token=***&limit=9" {
		t.Errorf("read: %+v, %v", got, err)
	}
	if err := api.Send(t.Context(), http.MethodPost, "/me", nil, nil, &got); err != nil || got.Name != "***" {
		t.Errorf("sent: %+v, %v", got, err)
	}
	api.Sign, api.Header = nil, map[string]string{"Authorization": "Bearer " + token} // a login: the answer may be the token
	if err := api.Get(t.Context(), "/me", nil, &got); err != nil || got.Name != token {
		t.Errorf("in a login: %+v, %v", got, err)
	}
}
