package fetch_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
)

// caller is an API against a handler, with a token that may be renewed.
func caller(t *testing.T, h http.HandlerFunc) (*fetch.API, *int) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	both := clients(fetch.Options{})
	renewals := 0
	token := "stale"
	return &fetch.API{
		Base: server.URL, Read: both.Read, Publish: both.Publish, Now: time.Now,
		Sign: fetch.Bearer(func(_ context.Context, renew bool) (desk.Grant, error) {
			if renew {
				renewals++
				token = "fresh"
			}
			return desk.Grant{Access: desk.Secret(token)}, nil
		}),
		Refuse: func(r fetch.Reply) *fetch.Refusal {
			var body struct{ Error string }
			if !r.JSON(&body) || body.Error == "" {
				return nil
			}
			classes := map[string]fetch.Class{"ExpiredToken": fetch.TokenExpired, "Slow": fetch.RateLimited, "Twice": fetch.Duplicate, "Broken": fetch.Trouble, "Removed": fetch.AuthRevoked}
			class, ok := classes[body.Error]
			if !ok {
				class = fetch.Invalid
			}
			return &fetch.Refusal{Class: class, Code: body.Error}
		},
	}, &renewals
}

func TestAPIRenewsOnce(t *testing.T) {
	t.Parallel()
	for name, refuse := range map[string]func(http.ResponseWriter){
		"by status": func(w http.ResponseWriter) { w.WriteHeader(http.StatusUnauthorized) },
		"by word":   func(w http.ResponseWriter) { http.Error(w, `{"error":"ExpiredToken"}`, http.StatusBadRequest) },
	} {
		asked := 0
		api, renewals := caller(t, func(w http.ResponseWriter, r *http.Request) {
			asked++
			if r.Header.Get("Authorization") != "Bearer fresh" {
				refuse(w)
				return
			}
			_, _ = io.WriteString(w, `{"id":"1"}`)
		})
		var got struct{ ID string }
		if err := api.Get(t.Context(), "/x", nil, &got); err != nil || got.ID != "1" || *renewals != 1 {
			t.Errorf("%s: %v, %+v after %d renewals", name, err, got, *renewals)
		}
		if err := api.Send(t.Context(), "POST", "/x", nil, map[string]string{"a": "b"}, &got); err != nil || asked != 3 {
			t.Errorf("%s: sending: %v, asked %d times", name, err, asked)
		}
	}
	always, renewals := caller(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
	if err := always.Get(t.Context(), "/x", nil, nil); !errors.Is(err, desk.ErrDenied) || *renewals != 1 {
		t.Errorf("a token that is never taken: %v after %d renewals", err, *renewals)
	}
}

// What a network revoked is told to whoever keeps the credentials; the caller hears the network's own reason, and nothing is sent twice.
func TestAPITellsOfRevokedAccess(t *testing.T) {
	t.Parallel()
	asked := 0
	api, renewals := caller(t, func(w http.ResponseWriter, _ *http.Request) {
		asked++
		http.Error(w, `{"error":"Removed"}`, http.StatusBadRequest)
	})
	for i, call := range []func() error{
		func() error { return api.Get(t.Context(), "/x", nil, nil) },
		func() error { return api.Send(t.Context(), "POST", "/x", nil, nil, nil) },
	} {
		err := call()
		if no, ok := errors.AsType[*fetch.Refusal](err); !ok || no.Class != fetch.AuthRevoked || asked != i+1 || *renewals != i+1 {
			t.Errorf("call %d: %v, asked %d times, told %d times", i, err, asked, *renewals)
		}
	}
}

func TestAPIReadsRefusals(t *testing.T) {
	t.Parallel()
	body := ""
	header := map[string]string{}
	api, _ := caller(t, func(w http.ResponseWriter, _ *http.Request) {
		for name, value := range header {
			w.Header().Set(name, value)
		}
		_, _ = io.WriteString(w, body)
	})
	body = `{"error":"Slow"}`
	header["X-RateLimit-Reset"] = time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	var passing *desk.Transient
	if err := api.Get(t.Context(), "/x", nil, nil); !errors.As(err, &passing) || passing.After < 50*time.Minute {
		t.Errorf("throttled in a 200: %v", err)
	}
	if err := api.Send(t.Context(), "POST", "/x", nil, nil, nil); !errors.As(err, &passing) {
		t.Errorf("throttled send: %v", err)
	}
	var unknown *desk.Unknown
	for _, word := range []string{"Twice", "Broken"} {
		body = `{"error":"` + word + `"}`
		if err := api.Send(t.Context(), "POST", "/x", nil, nil, nil); !errors.As(err, &unknown) {
			t.Errorf("%s: %v, want *desk.Unknown", word, err)
		}
	}
	body = `{"error":"it said s3cret"}`
	if err := api.Get(t.Context(), "/x", nil, nil); !errors.Is(err, desk.ErrInvalid) || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("got %v", err)
	}
	body = `<html>s3cret`
	var into struct{}
	if err := api.Get(t.Context(), "/x", nil, &into); err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("no JSON: %v", err)
	}
	if err := api.Send(t.Context(), "POST", "/x", nil, nil, &into); !errors.As(err, &unknown) {
		t.Errorf("a send whose answer cannot be read: %v", err)
	}
}

func TestAPISendsCredentialsNowhereElse(t *testing.T) {
	t.Parallel()
	api, _ := caller(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, `{"q":"`+r.URL.RawQuery+`"}`) })
	var got struct{ Q string }
	if err := api.Get(t.Context(), api.Base+"/next?page=2", url.Values{"limit": {"5"}}, &got); err != nil || got.Q != "limit=5&page=2" {
		t.Errorf("a link to the same host: %v %q", err, got.Q)
	}
	if err := api.Get(t.Context(), "https://elsewhere.example/next", nil, nil); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("a link to another host: %v", err)
	}
}

func TestResetAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		header map[string]string
		want   time.Duration
	}{
		"seconds":        {map[string]string{"Retry-After": "30", "X-RateLimit-Reset": "500"}, 30 * time.Second},
		"ISO moment":     {map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "2026-11-20T12:05:00.000Z"}, 5 * time.Minute},
		"unix moment":    {map[string]string{"RateLimit-Remaining": "0", "RateLimit-Reset": "1795176060"}, time.Minute},
		"span":           {map[string]string{"X-Ratelimit-Remaining": "0.0", "X-Ratelimit-Reset": "42"}, 42 * time.Second},
		"some remain":    {map[string]string{"X-RateLimit-Remaining": "7", "X-RateLimit-Reset": "42"}, 0},
		"longer than ok": {map[string]string{"X-Rate-Limit-Reset": "9999999"}, 7 * 24 * time.Hour},
		"garbage":        {map[string]string{"X-RateLimit-Reset": "NaN"}, 0},
		"the past":       {map[string]string{"X-RateLimit-Reset": "2020-01-01T00:00:00Z"}, 0},
	} {
		h := http.Header{}
		for k, v := range c.header {
			h.Set(k, v)
		}
		if got := fetch.ResetAfter(h, now); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestAPIAsksWithACondition(t *testing.T) {
	t.Parallel()
	api, _ := caller(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"1"`)
		if r.Header.Get("If-None-Match") == `"1"` || r.URL.Path == "/odd" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = io.WriteString(w, `{}`)
	})
	first, err := api.Ask(t.Context(), "/x", nil)
	if err != nil || first.Status != http.StatusOK {
		t.Fatalf("%+v, %v", first, err)
	}
	again, err := api.AskWith(t.Context(), "/x", nil, map[string]string{"If-None-Match": first.Header.Get("ETag")})
	if err != nil || again.Status != http.StatusNotModified {
		t.Errorf("%+v, %v", again, err)
	}
	if r, err := api.Ask(t.Context(), "/odd", nil); err == nil {
		t.Errorf("304 to a request without a condition: %+v", r)
	}
}

// A secret in the path stands in no error, though nothing about it looks like one.
func TestSecretsInPathsAreNotShown(t *testing.T) {
	t.Parallel()
	const word = "123:plain-word"
	for name, handler := range map[string]http.HandlerFunc{
		"refused": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) },
		"classed": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) },
		"no HTTP": func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) },
		"no JSON": func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.URL.Path) },
		"elsewhere": func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/bot"+word+"/getMe" {
				http.Redirect(w, r, "/over-there", http.StatusFound)
				return
			}
			http.Error(w, r.Referer(), http.StatusNotFound)
		},
	} {
		api, _ := caller(t, handler)
		api.Sign = func(_ context.Context, r *http.Request, _ bool) error {
			fetch.InPath(r, "/bot", word)
			return nil
		}
		api.Refuse = func(a fetch.Reply) *fetch.Refusal {
			if a.Status == http.StatusTeapot {
				return &fetch.Refusal{Class: fetch.Forbidden}
			}
			return nil
		}
		var into struct{}
		for what, err := range map[string]error{
			"get": api.Get(t.Context(), "/getMe", nil, &into), "send": api.Send(t.Context(), http.MethodPost, "/getMe", nil, nil, &into),
		} {
			if err == nil || strings.Contains(err.Error(), "plain-word") {
				t.Errorf("%s, %s: %v", name, what, err)
			}
			if name == "refused" && !strings.Contains(err.Error(), "/bot***/getMe") {
				t.Errorf("%s, %s does not say where: %v", name, what, err)
			}
		}
	}
}
