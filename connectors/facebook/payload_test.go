package facebook

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/connectors/internal/graph"
	"github.com/earshotdesk/earshot/internal/fetch"
)

// TestPayloads feeds every example of the folder through the code that reads its like.
func TestPayloads(t *testing.T) {
	t.Parallel()
	type list struct{ Data []json.RawMessage }
	read := map[string]func(t *testing.T, data []byte){
		"comments.stream.json": func(t *testing.T, data []byte) {
			l := into[list](t, data)
			for _, one := range l.Data {
				if item := commentItem(one, postID, pageID, connectortest.Now()); len(item.Tell) != 1 || item.Tell[0].Thread != postID {
					t.Errorf("got %+v", item)
				}
			}
		},
		"published_posts.json": posts, "tagged.json": posts,
		"errors.json": refusals,
		"http.ratelimit-headers.json": func(t *testing.T, data []byte) {
			h := http.Header{}
			for name, value := range into[map[string]string](t, data) {
				h.Set(name, value)
			}
			if d := graph.Rest(h); d.Minutes() != 19 {
				t.Errorf("got %v", d)
			}
		},
		"reply.response.json": func(t *testing.T, data []byte) {
			if c := into[comment](t, data); graph.Last(c.ID) != "7000003" {
				t.Errorf("got %+v", c)
			}
		},
		"reply.danger-edit-response.json": func(t *testing.T, data []byte) {
			if c := into[comment](t, data); c.ID != "" {
				t.Errorf("an edit was taken for a new comment: %+v", c)
			}
		},
		"reply.readback.json": func(t *testing.T, data []byte) {
			parent := eva()
			parent.Remote = "7000001"
			if !stands(into[comment](t, data), parent) {
				t.Error("the answer does not stand under its parent")
			}
		},
		"reply.request.json": func(t *testing.T, data []byte) {
			want := into[struct{ URL string }](t, data).URL
			parent := eva()
			parent.Remote, parent.Thread = "7000001", postID
			if got := home + "/" + graph.Version + graph.Path(address(parent), "comments"); got != want {
				t.Errorf("the call goes to %s, not %s", got, want)
			}
		},
		// Recommendations have no API since version 22, and deliveries by the network are not subscribed to: nothing here reads
		// these two, and polling sees what the second tells.
		"ratings.v21-and-older.json": valid, "webhook.feed.comment.json": valid,
	}
	files, err := filepath.Glob("testdata/payloads/*.json")
	if err != nil || len(files) != len(read) {
		t.Fatalf("%d files for %d readers, %v", len(files), len(read), err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil || read[filepath.Base(file)] == nil {
			t.Fatalf("nobody reads %s: %v", file, err)
		}
		t.Run(filepath.Base(file), func(t *testing.T) { read[filepath.Base(file)](t, data) })
	}
}

func into[T any](t *testing.T, data []byte) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func valid(t *testing.T, data []byte) { into[map[string]any](t, data) }

func posts(t *testing.T, data []byte) {
	for _, one := range into[struct{ Data []post }](t, data).Data {
		if m := one.mention(pageID, connectortest.Now()); m.Text == "" || m.PostedAt.IsZero() || !isPost(m.Remote) || m.Anonymous {
			t.Errorf("got %+v", m)
		}
	}
}

func refusals(t *testing.T, data []byte) {
	want := []fetch.Class{
		fetch.Invalid, fetch.TokenExpired, fetch.AuthRevoked, fetch.AuthRevoked, fetch.Forbidden, fetch.Forbidden, fetch.Gone,
		fetch.Duplicate, fetch.PolicyRejected, fetch.Forbidden, fetch.RateLimited, fetch.RateLimited,
	}
	all := into[[]struct {
		Status int
		Body   json.RawMessage
		Means  string
	}](t, data)
	if len(all) != len(want) {
		t.Fatalf("%d errors", len(all))
	}
	for i, one := range all {
		no := graph.Refuse(fetch.Reply{Status: one.Status, Body: one.Body})
		if no == nil || no.Class != want[i] {
			t.Errorf("%s: got %+v, want %s", one.Means, no, want[i])
		}
	}
}
