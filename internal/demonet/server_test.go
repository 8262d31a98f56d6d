package demonet

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type client struct {
	t   *testing.T
	url string
}

func serve(t *testing.T, n *Network) client {
	t.Helper()
	srv := httptest.NewServer(n.Handler(true))
	t.Cleanup(srv.Close)
	return client{t, srv.URL}
}

// call sends a request as acme and returns the status and the body; status 0 means that the connection was cut.
func (c client) call(method, path, body string, header ...string) (int, map[string]any, http.Header) {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.url+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	req.GetBody = nil
	req.Header.Set("Authorization", "Bearer acme-token")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, nil
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	var into map[string]any
	if strings.HasPrefix(res.Header.Get("Content-Type"), "application/json") {
		if err := json.Unmarshal(data, &into); err != nil {
			c.t.Fatal(err)
		}
	} else {
		into = map[string]any{"page": string(data)}
	}
	return res.StatusCode, into, res.Header
}

func TestFaults(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		moods  string
		status int // of the first attempt
		public int // posts after the first attempt
		header string
	}{
		{"well", `{}`, 201, 1, ""},
		{"lost", `{"lose":{"next":1}}`, 0, 1, ""},
		{"limited", `{"limit":{"next":1},"retry_after":7}`, 429, 0, "7"},
		{"limited without a time", `{"limit":{"next":1}}`, 429, 0, ""},
		{"busy", `{"busy":{"next":1}}`, 503, 0, ""},
		{"failed before", `{"fail_before":{"next":1}}`, 500, 0, ""},
		{"failed after", `{"fail_after":{"next":1}}`, 500, 1, ""},
		{"reads are spared", `{"lose":{"next":1,"on":"reads"}}`, 201, 1, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := stage(t, "")
			c := serve(t, n)
			if status, body, _ := c.call("PUT", "/control/moods", tt.moods); status != 200 {
				t.Fatalf("setting moods: %d %v", status, body)
			}
			status, body, header := c.call("POST", "/api/v1/posts", `{"text":"hello"}`, "Idempotency-Key", "one")
			if status != tt.status || len(n.All()) != tt.public || header.Get("Retry-After") != tt.header {
				t.Errorf("first attempt: %d %v, %d posts, Retry-After %q", status, body, len(n.All()), header.Get("Retry-After"))
			}
			status, _, _ = c.call("POST", "/api/v1/posts", `{"text":"hello"}`, "Idempotency-Key", "one")
			if (status != 200 && status != 201) || len(n.All()) != 1 {
				t.Errorf("second attempt with the key: %d, %d posts; want one post", status, len(n.All()))
			}
		})
	}
}

func TestIgnoredKeyDoubles(t *testing.T) {
	t.Parallel()
	n := stage(t, "")
	c := serve(t, n)
	c.call("PUT", "/control/moods", `{"ignore_keys":true}`)
	for range 2 {
		if status, _, _ := c.call("POST", "/api/v1/posts", `{"text":"hello"}`, "Idempotency-Key", "one"); status != 201 {
			t.Errorf("status %d, want 201", status)
		}
	}
	if got := len(n.All()); got != 2 {
		t.Errorf("%d posts, want 2", got)
	}
}

func TestChanceIsRepeatable(t *testing.T) {
	t.Parallel()
	draw := func() (hits []bool) {
		n := stage(t, "")
		if err := n.SetMoods(Moods{Lose: Fault{Chance: 0.5}}); err != nil {
			t.Fatal(err)
		}
		for range 40 {
			o, err := n.foresee(true)
			if err != nil {
				t.Fatal(err)
			}
			hits = append(hits, o.loses)
		}
		return hits
	}
	if diff := cmp.Diff(draw(), draw()); diff != "" {
		t.Errorf("the same seed and log gave other faults:\n%s", diff)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	n := stage(t, "")
	root := say(t, n, "mira", Draft{Text: "@acme hello"})
	gone := say(t, n, "mira", Draft{Text: "@acme bye"})
	locked := say(t, n, "mira", Draft{Text: "@acme no"})
	if err := n.Delete("mira", gone.ID); err != nil {
		t.Fatal(err)
	}
	if err := n.Lock(locked.ID, true); err != nil {
		t.Fatal(err)
	}
	c := serve(t, n)
	c.call("POST", "/api/v1/posts", `{"text":"a"}`, "Idempotency-Key", "taken")
	before := len(n.All())
	tests := []struct {
		method, path, body string
		status             int
		code               string
		header             []string
	}{
		{"GET", "/api/v1/posts/1", "", 404, "not_found", nil},
		{"GET", "/api/v1/posts/" + gone.ID, "", 410, "gone", nil},
		{"GET", "/api/v1/posts?limit=0", "", 400, "bad_parameter", nil},
		{"GET", "/api/v1/nothing", "", 404, "no_endpoint", nil},
		{"POST", "/api/v1/posts", `{"text":"a","parent":"` + gone.ID + `"}`, 410, "gone", nil},
		{"POST", "/api/v1/posts", `{"text":"a","parent":"` + locked.ID + `"}`, 403, "locked", nil},
		{"POST", "/api/v1/posts", `{"text":"a","parent":"77"}`, 404, "not_found", nil},
		{"POST", "/api/v1/posts", `{"text":"  "}`, 422, "empty", nil},
		{"POST", "/api/v1/posts", `{"text":"` + strings.Repeat("é", 501) + `"}`, 422, "too_long", nil},
		{"POST", "/api/v1/posts", `{"words":"a"}`, 400, "bad_json", nil},
		{"POST", "/api/v1/posts", `{"text":"b"}`, 422, "key_reused", []string{"Idempotency-Key", "taken"}},
		{"POST", "/api/v1/posts", `{"text":"a"}`, 401, "bad_token", []string{"Authorization", "Bearer wrong"}},
		{"POST", "/api/v1/posts", `{"text":"a"}`, 401, "no_token", []string{"Authorization", ""}},
		{"PUT", "/api/v1/posts/" + root.ID, `{"text":"a"}`, 403, "not_yours", nil},
		{"DELETE", "/api/v1/posts/" + root.ID, "", 403, "not_yours", nil},
		{"POST", "/api/v1/accounts", `{"handle":"acme"}`, 409, "handle_taken", nil},
		{"POST", "/api/v1/accounts", `{"handle":"not so"}`, 422, "bad_handle", nil},
		{"PUT", "/control/moods", `{"lose":{"chance":2}}`, 422, "bad_moods", nil},
		{"PUT", "/control/moods", `{"slow":"2d"}`, 422, "bad_moods", nil},
		{"POST", "/control/approve", `{"id":"` + root.ID + `"}`, 409, "not_pending", nil},
	}
	for _, tt := range tests {
		status, body, _ := c.call(tt.method, tt.path, tt.body, tt.header...)
		if status != tt.status || body["error"] != tt.code || body["processed"] != false {
			t.Errorf("%s %s %s: %d %v, want %d %s", tt.method, tt.path, tt.body, status, body, tt.status, tt.code)
		}
	}
	if after := len(n.All()); after != before {
		t.Errorf("%d posts came of refused requests", after-before)
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	n := stage(t, "")
	root := say(t, n, "mira", Draft{Text: "@acme <b>where</b> is it?", Language: "en"})
	reply := say(t, n, "acme", Draft{Text: "On its way.", Parent: root.ID})
	c := serve(t, n)
	status, body, header := c.call("GET", "/@acme/"+reply.ID, "")
	page, _ := body["page"].(string)
	for _, want := range []string{"&lt;b&gt;where", "On its way.", `id="p` + reply.ID + `" class="post reply here"`, `href="/site.css"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
	if status != 200 || !strings.Contains(header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("status %d, headers %v", status, header)
	}
	for path, want := range map[string]int{
		"/": 200, "/@mira": 200, "/site.css": 200, "/@mira/" + reply.ID: 404, "/@nobody": 404, "/mira": 404, "/@acme/1": 404,
	} {
		if status, _, _ := c.call("GET", path, ""); status != want {
			t.Errorf("GET %s: %d, want %d", path, status, want)
		}
	}
	public := httptest.NewServer(n.Handler(false))
	defer public.Close()
	if status, _, _ := (client{t, public.URL}).call("GET", "/control/posts", ""); status != 404 {
		t.Errorf("without leave the control API answers %d", status)
	}
}
