package googleplay

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/internal/desk"
)

// connect makes a connector for a network.
func connect(t *testing.T, h http.Handler) *Connector {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	env := connectortest.Env(t, "googleplay", nil)
	env.Account = account()
	env.Account.Keys = connectortest.Keys(desk.Grant{Access: connectortest.Secret})
	c, err := New(env, func(into any) error {
		o, ok := into.(*Options)
		if !ok {
			return errors.New("other options")
		}
		o.Server, o.Package = server.URL, "com.acme.shop"
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return c.(*Connector)
}

func outgoing(words string) desk.Outgoing {
	return desk.Outgoing{Key: "k", CreatedAt: connectortest.Now(), Account: "acme-play", Parent: parent("gp:1"), Text: words}
}

func TestReplyStops(t *testing.T) {
	t.Parallel()
	p := &play{}
	p.add("gp:1", "Lefagy indításkor", 2, connectortest.Now().Add(-time.Hour))
	c := connect(t, p)
	for words, sentence := range map[string]string{
		"Lásd: <b>itt</b>":       "between < and >",
		"Lásd: </b":              "between < and >",
		strings.Repeat("👍", 176): "352 characters",
	} {
		if _, err := c.Reply(t.Context(), outgoing(words)); !errors.Is(err, desk.ErrInvalid) || !strings.Contains(err.Error(), sentence) {
			t.Errorf("%.20q: %v", words, err)
		}
	}
	if r, err := c.Reply(t.Context(), outgoing("Kevesebb lesz: 3 < 5")); err != nil || r.Visibility != desk.VisiblePublic || p.witness("Kevesebb lesz: 3 < 5") != 1 {
		t.Errorf("a sign that opens no tag: %+v, %v", r, err)
	}
}

func TestAnotherHandIsRespected(t *testing.T) {
	t.Parallel()
	p := &play{}
	p.add("gp:1", "Lefagy indításkor", 2, connectortest.Now().Add(-time.Hour))
	c := connect(t, p)
	receipt, err := c.Reply(t.Context(), outgoing("Első"))
	if err != nil {
		t.Fatal(err)
	}
	p.answer("gp:1", "Written by hand")
	if _, err := c.Edit(t.Context(), outgoing("Második"), receipt); !errors.Is(err, desk.ErrDenied) || p.witness("Written by hand") != 1 {
		t.Errorf("editing over a person's answer: %v", err)
	}
}

// TestAgeIsNotDeath: what is too old to be asked for is not found either, and that must not count as removed.
func TestAgeIsNotDeath(t *testing.T) {
	t.Parallel()
	p := &play{}
	p.add("gp:1", "Már jó", 5, connectortest.Now().Add(-time.Hour))
	c := connect(t, p)
	old := parent("gp:old")
	old.PostedAt = connectortest.Now().Add(-8 * 24 * time.Hour)
	b, err := c.Recheck(t.Context(), []desk.Mention{parent("gp:1"), parent("gp:2"), old})
	if err != nil || len(b.Mentions) != 1 || b.Mentions[0].Text != "Már jó" || len(b.Gone) != 2 || b.Gone[0] != "gp:1#reply" || b.Gone[1] != "gp:2" {
		t.Errorf("got %+v, %v", b, err)
	}
	out := outgoing("Elnézést!")
	out.Parent = old
	if _, err := c.Reply(t.Context(), out); !errors.Is(err, desk.ErrDenied) || errors.Is(err, desk.ErrGone) || !strings.Contains(err.Error(), "Play Console") {
		t.Errorf("answering an old one: %v", err)
	}
	if found, err := c.Find(t.Context(), out); err == nil || found.Finding != desk.FoundNot {
		t.Errorf("reading back under an old one: %+v, %v", found, err)
	}
}

func TestGapAfterAWeek(t *testing.T) {
	t.Parallel()
	p := &play{}
	p.add("gp:1", "Lefagy", 2, connectortest.Now().Add(-time.Hour))
	c := connect(t, p)
	b, err := c.Poll(t.Context(), "")
	if err != nil || b.Gap != nil {
		t.Fatalf("first contact: %+v, %v", b, err)
	}
	c.now = func() time.Time { return connectortest.Now().Add(8 * 24 * time.Hour) }
	if b, err = c.Poll(t.Context(), b.Next); err != nil || b.Gap == nil || !b.Gap.Since.Equal(connectortest.Now()) {
		t.Errorf("after eight days of silence: %+v, %v", b, err)
	}
}

// TestPayloads feeds every example of the interface through what reads it.
func TestPayloads(t *testing.T) {
	t.Parallel()
	list, err := os.ReadFile("testdata/payloads/reviews.list.json")
	if err != nil {
		t.Fatal(err)
	}
	c := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("token") == "" {
			_, _ = w.Write(list)
		}
		_, _ = w.Write([]byte("{}")[:2*len(r.URL.Query()["token"])])
	}))
	b, err := c.Poll(t.Context(), "")
	if err != nil || len(b.Mentions) != 2 || b.Mentions[0].Title != "Cím" || b.Mentions[0].Text != "Lefagy indításkor" || b.Mentions[1].Text != "Javítjuk!" {
		t.Errorf("reviews.list.json: %v %+v", err, b)
	}
	var said struct {
		Body     map[string]string
		Response json.RawMessage
	}
	file, err := os.ReadFile("testdata/payloads/reply.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(file, &said); err != nil {
		t.Fatal(err)
	}
	c = connect(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(said.Response) }))
	s, err := c.put(t.Context(), outgoing(said.Body["replyText"]))
	if err != nil || s.Words != said.Body["replyText"] || s.Receipt.At.Unix() != 1795169400 {
		t.Errorf("reply.json: %+v, %v", s, err)
	}
}
