package x

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
)

func into[T any](t *testing.T, data []byte) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// TestPayloads feeds every example of the folder through the code that reads its like.
func TestPayloads(t *testing.T) {
	t.Parallel()
	me := self{ID: "111", Handle: "mintabolt"}
	lists := func(mentions int) func(*testing.T, []byte) {
		return func(t *testing.T, data []byte) {
			p := into[page](t, data)
			w := walk{c: &Connector{now: connectortest.Now}, at: place{Me: me}}
			w.tell(&p)
			if p.Meta == nil || len(w.batch.Mentions) != mentions || len(w.batch.Poison) != 0 {
				t.Errorf("got %+v", w.batch)
			}
		}
	}
	tests := map[string]func(t *testing.T, data []byte){
		"users.mentions.json": lists(1), "search.recent.json": lists(1), "search.recent.empty.json": lists(0),
		"errors.json": problems,
		"create.reply.response.json": func(t *testing.T, data []byte) {
			said := into[struct{ Data post }](t, data)
			if said.Data.ID != "1985000000000000099" || bare(said.Data.Text) != "Kedves Éva, sajnáljuk! Írjon DM-ben." {
				t.Errorf("got %+v", said)
			}
		},
		"create.reply.request.json": func(t *testing.T, data []byte) {
			want := into[struct {
				URL  string
				Body struct {
					Text  string
					Reply map[string]string
				}
			}](t, data)
			var got []byte
			c, _ := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPost {
					got = make([]byte, r.ContentLength)
					_, _ = r.Body.Read(got)
					_, _ = w.Write(read(t, "create.reply.response.json"))
					return
				}
				_, _ = w.Write(read(t, "users.mentions.json"))
			}), nil)
			if _, err := c.Reply(t.Context(), outgoing(eva(), want.Body.Text)); err != nil {
				t.Fatal(err)
			}
			sent := into[struct {
				Text  string
				Reply map[string]string
			}](t, got)
			if sent.Text != want.Body.Text || sent.Reply["in_reply_to_tweet_id"] != want.Body.Reply["in_reply_to_tweet_id"] {
				t.Errorf("sent %+v", sent)
			}
		},
	}
	files, err := filepath.Glob("testdata/payloads/*.json")
	if err != nil || len(files) != len(tests) {
		t.Fatalf("%d files for %d readers, %v", len(files), len(tests), err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		if tests[name] == nil {
			t.Fatalf("nobody reads %s", name)
		}
		t.Run(name, func(t *testing.T) { tests[name](t, read(t, name)) })
	}
}

// problems checks what each refusal means; where the status alone says it, ours is nil.
func problems(t *testing.T, data []byte) {
	want := []fetch.Class{"", fetch.Duplicate, "", "", "", fetch.QuotaExhausted}
	all := into[[]struct {
		Status  int
		Headers map[string]string
		Body    json.RawMessage
		Means   string
	}](t, data)
	if len(all) != len(want) {
		t.Fatalf("%d errors", len(all))
	}
	for i, one := range all {
		h := http.Header{}
		for name, value := range one.Headers {
			h.Set(name, value)
		}
		no := refuse(fetch.Reply{Status: one.Status, Body: one.Body, Header: h})
		if no != nil && no.Class != want[i] || no == nil && want[i] != "" {
			t.Errorf("%s: got %+v, want %q", one.Means, no, want[i])
		}
		if one.Headers != nil && fetch.ResetAfter(h, time.Unix(1795289000, 0)) != 1000*time.Second {
			t.Errorf("%s: %v", one.Means, fetch.ResetAfter(h, time.Unix(1795289000, 0)))
		}
	}
	if gone := into[page](t, all[3].Body); len(gone.Errors) != 1 || !gone.Errors[0].gone() || desk.RemoteID(gone.Errors[0].ID) != "456" {
		t.Errorf("a deleted post within a good answer: %+v", gone)
	}
}
