package instagram

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/connectors/internal/graph"
	"github.com/earshotdesk/earshot/internal/desk"
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
	me := graph.Owner{ID: meID, Name: "mintabolt"}
	type list struct{ Data []json.RawMessage }
	// Mentions elsewhere come by webhooks alone, which are not subscribed to: nothing here reads these, nor answers them.
	unread := func(t *testing.T, data []byte) { into[map[string]any](t, data) }
	read := map[string]func(t *testing.T, data []byte){
		"comments.json": func(t *testing.T, data []byte) {
			for _, raw := range into[list](t, data).Data {
				one, m := item(raw, graph.Post{ID: mediaID}, me, connectortest.Now())
				if len(one.Tell) != 1 || one.Tell[0].Author.Handle != "kovacs.eva" || len(m.Replies.Data) != 1 {
					t.Fatalf("got %+v", one)
				}
				reply, _ := item(m.Replies.Data[0], graph.Post{ID: mediaID}, me, connectortest.Now())
				if len(reply.Tell) != 1 || !reply.Tell[0].Ours || reply.Tell[0].Parent != one.ID {
					t.Errorf("got %+v", reply)
				}
			}
		},
		"media.json": func(t *testing.T, data []byte) {
			for _, raw := range into[list](t, data).Data {
				if p := watched(raw, me, connectortest.Now()); p.Poison != nil || p.Mark != "2" || len(p.Tell) != 1 {
					t.Errorf("got %+v", p)
				}
			}
		},
		"reply.response.json": func(t *testing.T, data []byte) {
			if c := into[comment](t, data); c.ID != "17870913679156999" {
				t.Errorf("got %+v", c)
			}
		},
		"reply.request.json": func(t *testing.T, data []byte) {
			parent := desk.Mention{Remote: "17873440459141021", Parent: mediaID, Thread: mediaID}
			want := into[struct{ URL string }](t, data).URL
			if got := home + "/" + graph.Version + graph.Path(string(top(parent)), "replies"); got != want {
				t.Errorf("the call goes to %s, not %s", got, want)
			}
		},
		"mentioned_comment.json": func(t *testing.T, data []byte) {
			one := into[struct {
				Comment json.RawMessage `json:"mentioned_comment"`
			}](t, data)
			if got, _ := item(one.Comment, graph.Post{ID: mediaID}, me, connectortest.Now()); len(got.Tell) != 1 || !got.Tell[0].Anonymous {
				t.Errorf("got %+v", got)
			}
		},
		"webhook.comments.json": unread, "webhook.mentions.json": unread, "mention.reply.request.json": unread,
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
