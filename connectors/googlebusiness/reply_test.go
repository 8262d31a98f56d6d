package googlebusiness

import (
	"encoding/json"
	"errors"
	"io"
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

// connect makes a connector for a network.
func connect(t *testing.T, h http.Handler) *Connector {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	env := connectortest.Env(t, "googlebusiness", nil)
	env.Account = account()
	env.Account.Keys = connectortest.Keys(desk.Grant{Access: connectortest.Secret})
	c, err := New(env, func(into any) error {
		o, ok := into.(*Options)
		if !ok {
			return errors.New("other options")
		}
		o.Server, o.Locations = server.URL, []Location{{ID: shopA, Name: "Fő utca"}, {ID: shopB}}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return c.(*Connector)
}

func outgoing(words string) desk.Outgoing {
	return desk.Outgoing{Key: "k", CreatedAt: connectortest.Now(), Account: "acme-google", Parent: parent("AbFvOq1"), Text: words}
}

func TestModerationIsFollowed(t *testing.T) {
	t.Parallel()
	g := newGBP()
	g.add(shopA, "AbFvOq1", "TWO", "Lassú volt.", connectortest.Now().Add(-time.Hour))
	name := shopA + "/reviews/AbFvOq1"
	c := connect(t, g)
	out := outgoing("Elnézést kérünk!")
	receipt, err := c.Reply(t.Context(), out)
	if err != nil || receipt.Visibility != desk.VisibleModerate || receipt.Remote != "locations/2/reviews/AbFvOq1#reply" {
		t.Fatalf("got %+v, %v", receipt, err)
	}
	for state, want := range map[string]desk.ReplyVisibility{approved: desk.VisiblePublic, pending: desk.VisibleModerate, rejected: desk.VisibleRejected, "": desk.VisibleUnknown, "NEW_STATE": desk.VisibleUnknown} {
		g.answer(name, out.Text, state)
		found, err := c.Find(t.Context(), out)
		if err != nil || found.Finding != desk.FoundIt || found.Receipt.Visibility != want {
			t.Errorf("%q: %+v, %v", state, found, err)
		}
		if said := strings.Contains(found.Receipt.Note, "generic violation"); said != (state == rejected) {
			t.Errorf("%q: note %q", state, found.Receipt.Note)
		}
	}
	g.answer(name, out.Text, rejected)
	again, err := c.Reply(t.Context(), out)
	if err != nil || again.Visibility != desk.VisibleRejected {
		t.Errorf("the same words once rejected: %+v, %v", again, err)
	}
	if better, err := c.Reply(t.Context(), outgoing("Sajnáljuk.")); err != nil || better.Visibility != desk.VisibleModerate || g.witness("Sajnáljuk.") != 1 {
		t.Errorf("other words in place of rejected ones: %+v, %v", better, err)
	}
}

// TestDecidedIsTold: what Google decided of an answer is told by the next poll, although no word changed.
func TestDecidedIsTold(t *testing.T) {
	t.Parallel()
	g := newGBP()
	g.add(shopA, "AbFvOq1", "TWO", "Lassú volt.", connectortest.Now().Add(-time.Minute))
	g.lists[shopB] = nil // may be read, and has none
	c := connect(t, g)
	var at connectors.Cursor
	for i, step := range []struct {
		state string
		told  int
	}{{pending, 2}, {pending, 0}, {approved, 2}, {approved, 0}} {
		g.answer(shopA+"/reviews/AbFvOq1", "Elnézést!", step.state)
		b, err := c.Poll(t.Context(), at)
		if err != nil || len(b.Mentions) != step.told {
			t.Errorf("poll %d, %s: told %d, want %d; %v", i, step.state, len(b.Mentions), step.told, err)
		}
		at = b.Next
	}
}

func TestAnotherHandIsRespected(t *testing.T) {
	t.Parallel()
	g := newGBP()
	g.add(shopA, "AbFvOq1", "TWO", "Lassú volt.", connectortest.Now().Add(-time.Hour))
	c := connect(t, g)
	receipt, err := c.Reply(t.Context(), outgoing("Első"))
	if err != nil {
		t.Fatal(err)
	}
	g.answer(shopA+"/reviews/AbFvOq1", "Written by hand", approved)
	if _, err := c.Edit(t.Context(), outgoing("Második"), receipt); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("editing over a person's answer: %v", err)
	}
	if err := c.Delete(t.Context(), outgoing("Első"), receipt); !errors.Is(err, desk.ErrDenied) || g.witness("Written by hand") != 1 {
		t.Errorf("deleting a person's answer: %v", err)
	}
	g.remove(shopA + "/reviews/AbFvOq1")
	if err := c.Delete(t.Context(), outgoing("Első"), receipt); err != nil {
		t.Errorf("deleting under a review that went: %v", err)
	}
	if _, err := c.Edit(t.Context(), outgoing("Második"), receipt); !errors.Is(err, desk.ErrGone) {
		t.Errorf("editing under a review that went: %v", err)
	}
}

func TestReplyStops(t *testing.T) {
	t.Parallel()
	g := newGBP()
	g.add(shopA, "AbFvOq1", "FIVE", "Lassú volt.", connectortest.Now().Add(-time.Hour))
	c := connect(t, g)
	if _, err := c.Reply(t.Context(), outgoing("Elnézést!")); !errors.Is(err, desk.ErrDenied) || !strings.Contains(err.Error(), "edited") {
		t.Errorf("the stars changed since: %v", err)
	}
	if _, err := c.Reply(t.Context(), outgoing(strings.Repeat("ő", 2049))); !errors.Is(err, desk.ErrInvalid) || !strings.Contains(err.Error(), "4098 bytes") {
		t.Errorf("too long: %v", err)
	}
	elsewhere := outgoing("Elnézést!")
	elsewhere.Parent.Remote = "locations/77/reviews/AbFvOq1"
	if _, err := c.Reply(t.Context(), elsewhere); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("a location that is not ours: %v", err)
	}
	unverified := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == "PUT" {
			refuse(w, 400, "FAILED_PRECONDITION")
			return
		}
		g.mu.Lock()
		g.lists[shopA][0]["starRating"] = "TWO"
		g.mu.Unlock()
		g.ServeHTTP(w, r)
	}))
	if _, err := unverified.Reply(t.Context(), outgoing("Elnézést!")); !errors.Is(err, desk.ErrDenied) || !strings.Contains(err.Error(), "verif") {
		t.Errorf("an unverified location: %v", err)
	}
}

func TestRecheck(t *testing.T) {
	t.Parallel()
	g := newGBP()
	g.add(shopA, "AbFvOq1", "FOUR", "Mégis jó.", connectortest.Now().Add(-time.Hour))
	c := connect(t, g)
	b, err := c.Recheck(t.Context(), []desk.Mention{parent("AbFvOq1"), parent("AbFvOq2"), {Remote: "locations/77/reviews/x"}})
	if err != nil || len(b.Mentions) != 1 || b.Mentions[0].Text != "Mégis jó." || b.Mentions[0].Extra["shop"] != "Fő utca" {
		t.Errorf("got %+v, %v", b.Mentions, err)
	}
	want := []desk.RemoteID{"locations/2/reviews/AbFvOq1#reply", "locations/2/reviews/AbFvOq2"}
	if len(b.Gone) != 2 || b.Gone[0] != want[0] || b.Gone[1] != want[1] {
		t.Errorf("gone: %v, want %v", b.Gone, want)
	}
	if err := c.Check(t.Context()); !errors.Is(err, desk.ErrDenied) || !strings.Contains(err.Error(), shopB) {
		t.Errorf("a location that may not be read: %v", err)
	}
}

// TestPayloads feeds every example of the interface through what reads it.
func TestPayloads(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/payloads/*.json")
	if err != nil || len(files) < 5 {
		t.Fatalf("%d payloads, %v", len(files), err)
	}
	body := map[string][]byte{}
	for _, f := range files {
		if body[filepath.Base(f)], err = os.ReadFile(f); err != nil {
			t.Fatal(err)
		}
	}
	c := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("pageToken") {
			_, _ = io.WriteString(w, "{}")
			return
		}
		_, _ = w.Write(body["reviews.list.json"])
	}))
	b, err := c.location(t.Context(), shopA, "")
	if err != nil || len(b.Mentions) != 3 || len(b.Poison) != 0 || b.Mentions[0].Text != "Lassú volt." || b.Mentions[1].Title != "★★★★★" {
		t.Errorf("reviews.list.json: %v %+v", err, b)
	}
	var rejection reply
	if err := json.Unmarshal(body["reply.rejected.json"], &rejection); err != nil || rejection.standing().Receipt.Visibility != desk.VisibleRejected {
		t.Errorf("reply.rejected.json: %v %+v", err, rejection)
	}
	var put struct {
		Body     map[string]string
		Response reply
	}
	if err := json.Unmarshal(body["updateReply.json"], &put); err != nil || !connectors.SameWords(put.Body["comment"], put.Response.Comment) || put.Response.standing().Receipt.Visibility != desk.VisibleModerate {
		t.Errorf("updateReply.json: %v %+v", err, put)
	}
	var refusals []struct {
		Status int
		Body   json.RawMessage
	}
	if err := json.Unmarshal(body["errors.json"], &refusals); err != nil {
		t.Fatal(err)
	}
	want := map[int]error{401: desk.ErrDenied, 403: desk.ErrDenied, 404: desk.ErrNotFound, 400: desk.ErrInvalid}
	for _, one := range refusals {
		c := connect(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(one.Status); _, _ = w.Write(one.Body) }))
		_, err := c.location(t.Context(), shopA, "")
		if _, passing := errors.AsType[*desk.Transient](err); one.Status == 429 && !passing || one.Status != 429 && !errors.Is(err, want[one.Status]) {
			t.Errorf("errors.json, %d: %v", one.Status, err)
		}
	}
}
