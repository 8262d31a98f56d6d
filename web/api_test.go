package web_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/earshotdesk/earshot/internal/desk"
)

// ask calls the API with a token and decodes the answer.
func (s *site) ask(path, token string, status int) map[string]any {
	s.t.Helper()
	resp := s.user("").do("GET", path, nil, "Authorization", token)
	var out map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		s.t.Fatalf("GET %s: %v", path, err)
	}
	if resp.StatusCode != status {
		s.t.Errorf("GET %s: status %d, want %d: %v", path, resp.StatusCode, status, out)
	}
	if kind := resp.Header.Get("Content-Type"); status >= 400 && kind != "application/problem+json" {
		s.t.Errorf("GET %s: an error of type %q", path, kind)
	}
	return out
}

// call is ask with a method and a body.
func (s *site) call(method, path, body string, status int) map[string]any {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer key")
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := s.client.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var out map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		s.t.Fatalf("%s %s: %v", method, path, err)
	}
	if resp.StatusCode != status {
		s.t.Errorf("%s %s: status %d, want %d: %v", method, path, resp.StatusCode, status, out)
	}
	return out
}

func withToken(t *testing.T) *site {
	t.Helper()
	m := sampled()
	m.tokens[hashOf("key")] = desk.Token{Hash: hashOf("key"), Kind: desk.TokenAPI, Name: "reports", User: "ZH"}
	return newSite(t, m)
}

func TestAPIReads(t *testing.T) {
	t.Parallel()
	s := withToken(t)
	seen := 0
	for path := "/api/v1/mentions?limit=6"; ; {
		page := s.ask(path, "Bearer key", 200)
		seen += len(page["mentions"].([]any))
		next, ok := page["next"].(float64)
		if !ok {
			break
		}
		path = "/api/v1/mentions?limit=6&before=" + json.Number(strings.TrimSuffix(jsonOf(t, next), ".0")).String()
	}
	if seen != len(sayings) {
		t.Errorf("the pages hold %d mentions, want %d", seen, len(sayings))
	}
	cases := s.ask("/api/v1/cases?column=awaiting", "Bearer key", 200)["cases"].([]any)
	one := cases[0].(map[string]any)
	full := s.ask("/api/v1/cases/"+one["id"].(string), "Bearer key", 200)
	if reply := full["replies"].([]any)[0].(map[string]any); reply["state"] != "awaiting_approval" {
		t.Errorf("the reply is %v", reply)
	}
	m := s.ask("/api/v1/mentions/"+sampleID(16), "Bearer key", 200)
	if v := m["verdict"].(map[string]any); v["urgency"].(map[string]any)["label"] != "critical" {
		t.Errorf("the verdict is %v", v)
	}
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestAPIRefuses(t *testing.T) {
	t.Parallel()
	s := withToken(t)
	for _, token := range []string{"", "Bearer", "Bearer wrong", "Basic key"} {
		s.ask("/api/v1/mentions", token, http.StatusUnauthorized)
	}
	for path, says := range map[string]string{
		"/api/v1/mentions?sentiment=angry": "query.sentiment", "/api/v1/mentions?limit=0": "query.limit", "/api/v1/mentions?limit=many": "query.limit",
		"/api/v1/mentions?colour=red": "colour", "/api/v1/cases": "query.column", "/api/v1/cases?column=attic": "query.column",
		"/api/v1/mentions?since=yesterday": "write a date such as", "/api/v1/cases?column=new&after=nonsense": "The page marker is damaged.",
	} {
		if got := jsonOf(t, s.ask(path, "Bearer key", 422)); !strings.Contains(got, says) {
			t.Errorf("%s: %s does not say %q", path, got, says)
		}
	}
	s.ask("/api/v1/mentions/none", "Bearer key", 404)
	s.ask("/api/v1/nothing", "Bearer key", 404)
	s.users["ZH"].Brands = []string{"globex"}
	s.ask("/api/v1/mentions/"+sampleID(16), "Bearer key", 404)
	if got := s.ask("/api/v1/mentions", "Bearer key", 200)["mentions"].([]any); len(got) != 0 {
		t.Errorf("%d mentions of another brand", len(got))
	}
}

func TestAPIDescribesItself(t *testing.T) {
	t.Parallel()
	s := newSite(t, newMemory())
	doc := s.ask("/api/openapi.json", "", 200)
	paths := doc["paths"].(map[string]any)
	for _, p := range []string{"/api/v1/mentions", "/api/v1/mentions/{id}", "/api/v1/cases", "/api/v1/cases/{id}", "/api/v1/replies/{id}"} {
		if paths[p] == nil {
			t.Errorf("the description lacks %s", p)
		}
	}
}

func TestOperations(t *testing.T) {
	t.Parallel()
	s := newSite(t, sampled())
	s.get("/board", 200)
	stranger := s.user("")
	for _, path := range []string{"/healthz", "/readyz"} {
		stranger.get(path, 200)
	}
	has(t, stranger.get("/metrics", 200), "body", `earshot_http_request_seconds_count{route="GET /board",status="200"} 1`)
	resp := stranger.do("GET", "/assets/any/app.css", nil)
	if resp.StatusCode != 200 || resp.Header.Get("Cache-Control") != "no-cache" {
		t.Errorf("an old address of the style: %d, %q", resp.StatusCode, resp.Header.Get("Cache-Control"))
	}
}
