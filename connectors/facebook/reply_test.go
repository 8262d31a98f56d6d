package facebook

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/internal/desk"
)

func outgoing(parent desk.Mention, text string) desk.Outgoing {
	return desk.Outgoing{Key: "k", CreatedAt: connectortest.Now(), Account: "minta", Parent: parent, Text: text}
}

func TestReplyStopsWhereNobodyMayAnswer(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		set  func(*thing)
		want string
	}{
		"hidden": {func(c *thing) { c.hidden = true }, "hidden"},
		"closed": {func(c *thing) { c.closed = true }, "no answers"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := newNetwork()
			tt.set(&n.things[1])
			_, err := connect(t, n).Reply(t.Context(), outgoing(eva(), "Holnap!"))
			if !errors.Is(err, desk.ErrDenied) || !strings.Contains(err.Error(), tt.want) || n.count("Holnap!") != 0 {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestReplyNeverWritesToAComment: a message sent to the address of a comment replaces its words.
func TestReplyNeverWritesToAComment(t *testing.T) {
	t.Parallel()
	n := newNetwork()
	c := connect(t, n)
	r, err := c.Reply(t.Context(), outgoing(eva(), "Holnap!"))
	if err != nil || r.Remote != "7000101" || r.Visibility != desk.VisiblePublic || n.things[1].text != "Mikor szállítják?" {
		t.Fatalf("got %+v, %v", r, err)
	}
	for _, call := range n.asked {
		if strings.HasPrefix(call, "POST ") && !strings.HasSuffix(call, "/comments") {
			t.Errorf("it called %s", call)
		}
	}
	// An answer to a reply comes to stand beside it.
	other := eva()
	other.Remote, other.Parent = "7000101", eva().Remote
	r, err = c.Reply(t.Context(), outgoing(other, "Délután."))
	if err != nil || n.things[n.find("900001_"+string(r.Remote))].parent != evaID {
		t.Errorf("got %+v, %v", r, err)
	}
	found, err := c.Find(t.Context(), outgoing(other, "Délután."))
	if err != nil || found.Receipt.Remote != r.Remote {
		t.Errorf("reading back found %+v, %v", found, err)
	}
}

func TestReplyToAPost(t *testing.T) {
	t.Parallel()
	n := newNetwork()
	c := connect(t, n)
	parent := desk.Mention{Site: site, Remote: postID, Thread: postID, Kind: desk.KindPost, Text: "Megérkezett!"}
	r, err := c.Reply(t.Context(), outgoing(parent, "Nézzék meg!"))
	if err != nil || r.Remote == "" {
		t.Fatal(err)
	}
	if found, err := c.Find(t.Context(), outgoing(parent, "Nézzék meg!")); err != nil || found.Receipt.Remote != r.Remote {
		t.Errorf("got %+v, %v", found, err)
	}
}

// TestOnlyWhatStandsThereIsPublished: whatever the network says to the call, the answer is read back under its parent.
func TestOnlyWhatStandsThereIsPublished(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ said, back string }{
		"an edit":        {`{"success": true}`, ``},
		"elsewhere":      {`{"id": "900001_5"}`, `{"id": "900001_5", "parent": {"id": "900001_6"}, "message": "Holnap!"}`},
		"no parent":      {`{"id": "900001_5"}`, `{"id": "900001_5", "message": "Holnap!"}`},
		"cannot be read": {`{"id": "900001_5"}`, `<html>`},
		"another":        {`{"id": "900001_5"}`, `{"id": "900001_8", "parent": {"id": "` + evaID + `"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch {
				case r.Method == http.MethodPost:
					_, _ = w.Write([]byte(tt.said))
				case strings.HasSuffix(r.URL.Path, evaID):
					_, _ = w.Write([]byte(`{"id": "` + evaID + `", "can_comment": true}`))
				default:
					_, _ = w.Write([]byte(tt.back))
				}
			}))
			_, err := c.Reply(t.Context(), outgoing(eva(), "Holnap!"))
			if _, ok := errors.AsType[*desk.Unknown](err); !ok {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestNobodysWordsAreNotOurs(t *testing.T) {
	t.Parallel()
	n := newNetwork()
	n.add(thing{id: "900001_7000009", from: "5", parent: evaID, text: "Holnap!", at: connectortest.Now()})
	c := connect(t, n)
	out := outgoing(eva(), "Holnap!")
	out.StartedAt = connectortest.Now()
	if found, err := c.Find(t.Context(), out); err != nil || found.Finding != desk.FoundAbsent {
		t.Errorf("the same words by another: got %+v, %v", found, err)
	}
	receipt := desk.Receipt{Remote: "7000009"}
	if _, err := c.Edit(t.Context(), outgoing(eva(), "Mégsem"), receipt); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("editing another's comment: %v", err)
	}
	if err := c.Delete(t.Context(), out, receipt); !errors.Is(err, desk.ErrDenied) || n.count("Holnap!") != 1 {
		t.Errorf("deleting another's comment: %v", err)
	}
	n.things[slices.IndexFunc(n.things, func(one thing) bool { return one.text == "Holnap!" })].from = ""
	if found, err := c.Find(t.Context(), out); err != nil || found.Finding != desk.FoundNot {
		t.Errorf("the same words by nobody: got %+v, %v", found, err)
	}
	out.StartedAt = connectortest.Now().Add(time.Hour)
	if found, err := c.Find(t.Context(), out); err != nil || found.Finding != desk.FoundAbsent {
		t.Errorf("older than the first call: got %+v, %v", found, err)
	}
}

// TestAnEditIsReadBack: what the network says to an edit is no proof.
func TestAnEditIsReadBack(t *testing.T) {
	t.Parallel()
	n := newNetwork()
	deaf := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && !strings.HasSuffix(r.URL.Path, "/comments") {
			say(w, map[string]bool{"success": true})
			return
		}
		n.ServeHTTP(w, r)
	})
	c := connect(t, deaf)
	r, err := c.Reply(t.Context(), outgoing(eva(), "Holnap!"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Edit(t.Context(), outgoing(eva(), "Ma!"), r)
	if _, ok := errors.AsType[*desk.Unknown](err); !ok {
		t.Errorf("got %v", err)
	}
}
