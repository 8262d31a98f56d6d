package graph_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/connectors/internal/graph"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
)

func TestRefuse(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]fetch.Class{
		`{"error": {"code": 190, "error_subcode": 458}}`:        fetch.AuthRevoked,
		`{"error": {"code": 190, "error_subcode": 459}}`:        fetch.AuthRevoked,
		`{"error": {"code": 190, "error_subcode": 464}}`:        fetch.AuthRevoked,
		`{"error": {"code": 190, "error_subcode": 467}}`:        fetch.TokenExpired,
		`{"error": {"code": 190}}`:                              fetch.TokenExpired,
		`{"error": {"code": 1}}`:                                fetch.Trouble,
		`{"error": {"code": 2, "is_transient": true}}`:          fetch.Trouble,
		`{"error": {"code": 99, "is_transient": true}}`:         fetch.Trouble,
		`{"error": {"code": 99}}`:                               fetch.Invalid,
		`{"error": {"code": 100}}`:                              fetch.Invalid,
		`{"error": {"code": 299}}`:                              fetch.Forbidden,
		`{"error": {"code": 613}}`:                              fetch.RateLimited,
		`{"error": {"code": 80002}}`:                            fetch.RateLimited,
		`{"error": {"code": 803}}`:                              fetch.Missing,
		`{"error": {"code": 24, "error_subcode": 2207006}}`:     fetch.Gone,
		`{"error": {"code": 100, "error_subcode": 33}}`:         fetch.Gone,
		`{"error": {"code": 506, "message": "said it before"}}`: fetch.Duplicate,
	} {
		if no := graph.Refuse(fetch.Reply{Status: 400, Body: []byte(body)}); no == nil || no.Class != want {
			t.Errorf("%s: got %+v, want %s", body, no, want)
		}
	}
	for status, body := range map[int]string{200: `{"data": []}`, 500: `{"error": {"code": 99}}`, 429: `{"error": "slow down"}`, 502: "<html>"} {
		if no := graph.Refuse(fetch.Reply{Status: status, Body: []byte(body)}); no != nil {
			t.Errorf("%d %s: got %+v", status, body, no)
		}
	}
	if no := graph.Refuse(fetch.Reply{Status: 200, Body: []byte(`{"error": {"message": "x"}}`)}); no == nil || no.Class != fetch.Trouble {
		t.Errorf("an error within 200: got %+v", no)
	}
	limited := fetch.Reply{Status: 400, Body: []byte(`{"error": {"code": 4}}`), Header: http.Header{"X-App-Usage": {`{"call_count": 100}`}}}
	if no := graph.Refuse(limited); no == nil || no.After != 15*time.Minute {
		t.Errorf("got %+v", no)
	}
}

func TestRest(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]time.Duration{
		`{"call_count": 89, "total_time": 20, "total_cputime": 0}`: 0,
		`{"call_count": 1, "total_time": 20, "total_cputime": 90}`: 15 * time.Minute,
		`{"call_count": "many"}`:                                   0, ``: 0, `[]`: 0, `{"estimated_time_to_regain_access": 1e300}`: 24 * time.Hour,
	} {
		if got := graph.Rest(http.Header{"X-App-Usage": {header}}); got != want {
			t.Errorf("%s: got %v, want %v", header, got, want)
		}
	}
	business := http.Header{"X-Business-Use-Case-Usage": {`{"1": [{"call_count": 3}], "2": [{"call_count": 99, "estimated_time_to_regain_access": 40}, {"total_time": 95}]}`}}
	if got := graph.Rest(business); got != 40*time.Minute {
		t.Errorf("got %v", got)
	}
}

// TestCallsCarryNoToken checks that the token goes by the header, with the proof that the app's secret is known, also to later pages.
func TestCallsCarryNoToken(t *testing.T) {
	t.Parallel()
	var queries []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		queries = append(queries, r.URL.RawQuery)
		if r.Header.Get("Authorization") != "Bearer "+connectortest.Secret || len(r.FormValue("appsecret_proof")) != 64 {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if r.FormValue("after") == "" {
			_, _ = w.Write([]byte(`{"data": [1], "paging": {"cursors": {"after": "x"}, "next": "https://elsewhere.example/?access_token=` + connectortest.Secret + `"}}`))
			return
		}
		_, _ = w.Write([]byte(`{"error": {"code": 190, "error_subcode": 460}}`))
	}))
	defer server.Close()
	env := connectortest.Env(t, "test", nil)
	env.Account = &connectors.Account{ClientSecret: "app-secret", Keys: connectortest.Keys(desk.Grant{Access: connectortest.Secret})}
	c := graph.New(env, server.URL)
	list, err := c.List(t.Context(), "/me/x", nil, "")
	if err != nil || list.After != "x" || len(list.Data) != 1 {
		t.Fatalf("got %+v, %v", list, err)
	}
	_, err = c.List(t.Context(), "/me/x", nil, list.After)
	if !errors.Is(err, desk.ErrDenied) || !strings.Contains(err.Error(), "password") || strings.Contains(err.Error(), connectortest.Secret) {
		t.Errorf("got %v", err)
	}
	for _, q := range queries {
		if strings.Contains(q, connectortest.Secret) || strings.Contains(err.Error(), strings.Split(q, "appsecret_proof=")[1]) {
			t.Errorf("a secret stands in %s, or in %v", q, err)
		}
	}
}

func TestMoment(t *testing.T) {
	t.Parallel()
	want := time.Date(2026, 11, 20, 9, 10, 0, 0, time.UTC)
	for _, s := range []string{`"2026-11-20T09:10:00+0000"`, `"2026-11-20T10:10:00+01:00"`, `1795165800`} {
		var m graph.Moment
		if err := json.Unmarshal([]byte(s), &m); err != nil || !m.Equal(want) {
			t.Errorf("%s: got %v, %v", s, m, err)
		}
	}
	var m graph.Moment
	if err := json.Unmarshal([]byte(`"yesterday"`), &m); err == nil {
		t.Error("yesterday is no moment")
	}
}

func TestBase(t *testing.T) {
	t.Parallel()
	if got, err := graph.Base("", "", "https://graph.facebook.com/", "v26.0"); err != nil || got != "https://graph.facebook.com/v26.0" {
		t.Errorf("got %s, %v", got, err)
	}
	for _, bad := range [][2]string{{"ftp://x", "v26.0"}, {"https://u:p@x", "v26.0"}, {"x", "v26.0"}, {"https://x?q", "v26.0"}, {"https://x", "26"}, {"https://x", "v2/../"}} {
		if got, err := graph.Base(bad[0], "", "", bad[1]); !errors.Is(err, desk.ErrInvalid) {
			t.Errorf("%v: got %s, %v", bad, got, err)
		}
	}
}
