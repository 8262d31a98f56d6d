package mastodon_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/internal/desk"
)

func payload(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "payloads", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// canned answers every path that begins with one of its keys; the longest wins.
func canned(t *testing.T, answers map[string][]byte) replier {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		best := ""
		for path := range answers {
			if strings.HasPrefix(r.Method+" "+r.URL.Path, path) && len(path) > len(best) {
				best = path
			}
		}
		if best == "" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(answers[best])
	}))
	t.Cleanup(server.Close)
	env := connectortest.Env(t, "mastodon", nil)
	env.Account = &connectors.Account{Server: server.URL, Handle: "mintabolt", Keys: connectortest.Keys(desk.Grant{Access: connectortest.Secret})}
	r, ok := create(t, env, "{}").(replier)
	if !ok {
		t.Fatal("it cannot answer")
	}
	return r
}

// Every example of the network's documentation means something here.
func TestPayloads(t *testing.T) {
	t.Parallel()
	var page struct {
		Body []struct {
			Status json.RawMessage `json:"status"`
		} `json:"body"`
	}
	if err := json.Unmarshal(payload(t, "notifications.json"), &page); err != nil {
		t.Fatal(err)
	}
	const eva = "/api/v1/statuses/115586126728896492"
	c := canned(t, map[string][]byte{
		"GET " + eva + "/context": payload(t, "context.json"), "GET " + eva: page.Body[0].Status,
		"POST /api/v1/statuses": payload(t, "status.create.response.json"), "PUT /api/v1/statuses": payload(t, "status.create.response.json"),
		"GET /api/v2/instance":                    payload(t, "instance.v2.partial.json"),
		"GET /api/v1/accounts/verify_credentials": []byte(`{"id": "14715", "acct": "mintabolt"}`),
	})
	if err := c.(connectors.Checker).Check(t.Context()); err != nil {
		t.Error(err)
	}
	parent := desk.Mention{Remote: "115586126728896492", Author: desk.Author{Handle: "eva@masik.example"}}
	out := desk.Outgoing{Key: "desk-reply-7f3a", Text: "Kedves Éva, sajnáljuk!", Parent: parent}
	receipt, err := c.Reply(t.Context(), out)
	want := desk.Receipt{
		Remote: "115586200000000001", URL: "https://mastodon.example/@mintabolt/115586200000000001",
		At: time.Date(2026, 11, 20, 9, 49, 1, 940e6, time.UTC), Visibility: desk.VisiblePublic,
	}
	if err != nil || receipt != want {
		t.Errorf("the receipt is %+v, %v", receipt, err)
	}
	thread, err := c.(connectors.Threader).Thread(t.Context(), parent)
	if err != nil || len(thread) != 3 || !thread[0].Ours || thread[1].Ours || !thread[2].Ours || thread[2].Parent != parent.Remote {
		t.Errorf("the conversation is %+v, %v", thread, err)
	}
}

// Every refusal of the examples is read as what it means.
func TestErrorPayloads(t *testing.T) {
	t.Parallel()
	var all []struct {
		Status  int               `json:"status"`
		Headers map[string]string `json:"headers"`
		Body    json.RawMessage   `json:"body"`
	}
	if err := json.Unmarshal(payload(t, "errors.json"), &all); err != nil {
		t.Fatal(err)
	}
	classes := map[int]error{401: desk.ErrDenied, 404: desk.ErrGone, 422: desk.ErrInvalid}
	for _, e := range all {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet {
				_, _ = w.Write([]byte(`{"id": "1", "content": "x", "visibility": "public", "created_at": "2026-11-20T09:00:00Z"}`))
				return
			}
			for name, value := range e.Headers {
				w.Header().Set(name, value)
			}
			w.WriteHeader(e.Status)
			_, _ = w.Write(e.Body)
		}))
		t.Cleanup(server.Close)
		env := connectortest.Env(t, "mastodon", nil)
		env.Account = &connectors.Account{Server: server.URL, Handle: "acme", Keys: connectortest.Keys(desk.Grant{Access: connectortest.Secret})}
		r, ok := create(t, env, "{}").(replier)
		if !ok {
			t.Fatal("it cannot answer")
		}
		_, err := r.Reply(t.Context(), desk.Outgoing{Key: "k", Text: "hello", Parent: desk.Mention{Remote: "1"}})
		if transient, ok := errors.AsType[*desk.Transient](err); e.Status == 429 && !ok || ok && e.Status != 429 {
			t.Errorf("%d %s: %v, %+v", e.Status, e.Body, err, transient)
		}
		if want := classes[e.Status]; want != nil && !errors.Is(err, want) {
			t.Errorf("%d %s: %v", e.Status, e.Body, err)
		}
		if strings.Contains(string(e.Body), "limit of 500") && !strings.Contains(err.Error(), "too long") {
			t.Errorf("%s: %v", e.Body, err)
		}
	}
}
