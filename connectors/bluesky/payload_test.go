package bluesky

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
)

// payload reads an answer of the real network.
func payload(t *testing.T, name string, into any) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "payloads", name))
	if err == nil {
		err = json.Unmarshal(b, into)
	}
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// TestPayloads reads every recorded answer the way the connector does. One that nobody reads here fails.
func TestPayloads(t *testing.T) {
	t.Parallel()
	files, err := os.ReadDir(filepath.Join("testdata", "payloads"))
	if err != nil || len(files) < 15 {
		t.Fatalf("%d payloads, %v", len(files), err)
	}
	for _, f := range files {
		switch name := f.Name(); {
		case strings.HasPrefix(name, "listNotifications"), strings.HasPrefix(name, "getPosts."):
			readList(t, name)
		case name == "getPostThread.json":
			readThread(t, name)
		case name == "createSession.response.json":
			var a answer
			if payload(t, name, &a); a.DID == "" || a.Handle != "mybolt.test" || a.AccessJwt == "" || a.RefreshJwt == "" {
				t.Errorf("%s: %+v", name, a)
			}
		case name == "createRecord.reply.request.json":
			readRequest(t, name)
		case name == "createRecord.reply.response.json":
			var there ref
			if payload(t, name, &there); !strings.HasPrefix(there.URI, "at://") {
				t.Errorf("%s: %+v", name, there)
			}
		case strings.HasSuffix(name, ".error.json"):
			var e observed
			payload(t, name, &e)
			e.judge(t, name)
		case name == "errors.observed.json":
			var all []observed
			if payload(t, name, &all); len(all) < 10 {
				t.Errorf("%s: %d errors", name, len(all))
			}
			for _, e := range all {
				e.judge(t, e.Call)
			}
		default:
			t.Errorf("nobody reads %s", name)
		}
	}
}

func readList(t *testing.T, name string) {
	t.Helper()
	var l list
	payload(t, name, &l)
	_, c, _ := stage(t, nil)
	want := map[string]int{"listNotifications.page1.json": 2, "listNotifications.page2.json": 1, "getPosts.json": 1}[name]
	items := append(l.Notifications, l.Posts...)
	if len(items) != want {
		t.Errorf("%s: %d items, want %d", name, len(items), want)
	}
	for _, raw := range items {
		item := c.item(session{did: us}, raw)
		if item.Poison != nil || item.At.IsZero() || item.Tell[0].Text == "" || item.Tell[0].Author.Handle == "" {
			t.Errorf("%s: %+v", name, item)
		}
	}
}

func readThread(t *testing.T, name string) {
	t.Helper()
	var body json.RawMessage
	payload(t, name, &body)
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) }))
	t.Cleanup(h.Close)
	_, c, m := stage(t, nil)
	c.env.Account.Server = h.URL
	thread, err := c.Thread(t.Context(), m)
	if err != nil || len(thread) != 2 || thread[1].Text != "Mikor lesz készleten?" || thread[1].Parent != thread[0].Remote || thread[1].Kind != desk.KindComment {
		t.Errorf("%s: %+v, %v", name, thread, err)
	}
}

func readRequest(t *testing.T, name string) {
	t.Helper()
	var sent struct{ Record written }
	payload(t, name, &sent)
	if r := sent.Record; r.Text != "Köszönjük a kérdést!" || r.Reply == nil || r.Reply.Parent.CID == "" || r.Reply.Root.URI == r.Reply.Parent.URI {
		t.Errorf("%s: %+v", name, sent.Record)
	}
}

// observed is an error that a real server gave.
type observed struct {
	Call       string
	Status     int
	HTTPStatus int `json:"httpStatus"`
	Headers    map[string]string
	Body       json.RawMessage
}

// judge asks what the error means to the desk when it comes to a read.
func (o observed) judge(t *testing.T, what string) {
	t.Helper()
	status := o.Status + o.HTTPStatus
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for name, value := range o.Headers {
			w.Header().Set(name, value)
		}
		w.WriteHeader(status)
		_, _ = w.Write(o.Body)
	}))
	t.Cleanup(h.Close)
	env := connectortest.Env(t, "bluesky", nil)
	api := &fetch.API{Base: h.URL, Read: env.Read, Now: env.Now, Refuse: refuse}
	err := api.Get(t.Context(), "/xrpc/x", nil, nil)
	var said struct{ Error string }
	_ = json.Unmarshal(o.Body, &said)
	want := map[string]error{
		"InvalidToken": desk.ErrDenied, "ExpiredToken": desk.ErrDenied, "AuthMissing": desk.ErrDenied, "AuthenticationRequired": desk.ErrDenied,
		"InvalidRequest": desk.ErrInvalid, "NotFound": desk.ErrNotFound, "RecordNotFound": desk.ErrNotFound,
	}[said.Error]
	passing, ok := errors.AsType[*desk.Transient](err)
	switch {
	case said.Error == "" && status == http.StatusOK && err == nil: // deleting twice
	case said.Error == "InvalidSwap" && coded(err, "InvalidSwap"):
	case said.Error == "RateLimitExceeded" && ok && passing.After > 0:
	case status >= 500 && ok:
	case want != nil && errors.Is(err, want):
	default:
		t.Errorf("%s (%d %s): %v", what, status, said.Error, err)
	}
}

// TestLengths takes every vector of the network's own library through a reply: what is within both limits is said, and nothing else.
func TestLengths(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(filepath.Join("..", "..", "internal", "text", "testdata", "length-vectors.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vectors []struct {
			Name, Text string
			Bluesky    struct {
				GraphemeLength, UTF8Bytes int
				Valid                     bool
			}
		}
	}
	if err := json.Unmarshal(raw, &file); err != nil || len(file.Vectors) < 20 {
		t.Fatalf("%d vectors, %v", len(file.Vectors), err)
	}
	said, refused := 0, 0
	for _, v := range file.Vectors {
		if strings.TrimSpace(v.Text) == "" {
			continue
		}
		s, c, m := stage(t, nil)
		_, err := c.Reply(t.Context(), replyTo(m, v.Text))
		fits := v.Bluesky.Valid
		if fits != (err == nil) || s.count(v.Text) != map[bool]int{true: 1}[fits] || err != nil && !errors.Is(err, desk.ErrInvalid) {
			t.Errorf("%s, %d graphemes in %d bytes: %v", v.Name, v.Bluesky.GraphemeLength, v.Bluesky.UTF8Bytes, err)
		}
		if fits {
			said++
		} else {
			refused++
		}
	}
	if said == 0 || refused == 0 {
		t.Errorf("%d were said, %d refused: the vectors show nothing", said, refused)
	}
}
