package x

import (
	"errors"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/internal/desk"
)

func TestOnlyWhoAskedIsAnswered(t *testing.T) {
	t.Parallel()
	n := newNetwork()
	c, purse := connect(t, n, nil)
	silent := eva()
	silent.Extra = nil
	for text, price := range map[string]string{"Elnézést!": "0.015", "Elnézést! Itt: www.mintabolt.hu": "0.2"} {
		_, err := c.Reply(t.Context(), outgoing(silent, text))
		if !errors.Is(err, desk.ErrDenied) || !strings.Contains(err.Error(), price+" US$") || len(n.asked) != 0 || spent(t, purse) != 0 {
			t.Errorf("got %v; it asked %v", err, n.asked)
		}
	}
	// What X sent says it too, as long as it is kept.
	silent.Raw = []byte(`{"id": "1985000000000000002", "text": "@MintaBolt hibás", "created_at": "2026-11-20T09:00:00Z", "entities": {"mentions": [{"username": "MintaBolt"}]}}`)
	if r, err := c.Reply(t.Context(), outgoing(silent, "Elnézést!")); err != nil || r.URL != "https://x.com/mintabolt/status/"+string(r.Remote) {
		t.Errorf("got %+v, %v", r, err)
	}
	if got := spent(t, purse); got != pricePost+priceSummons {
		t.Errorf("a reply cost %d", got)
	}
}

func TestRepliesAreWithinTheBudget(t *testing.T) {
	t.Parallel()
	n := newNetwork()
	c, purse := connect(t, n, nil)
	spend(t, purse, 24_990_000) // reading stopped long ago
	_, err := c.Reply(t.Context(), outgoing(eva(), "Elnézést!"))
	if !errors.Is(err, desk.ErrDenied) || !strings.Contains(err.Error(), "1 December") || len(n.asked) != 0 {
		t.Errorf("got %v; it asked %v", err, n.asked)
	}
	spend(t, purse, -5_000)
	if _, err := c.Reply(t.Context(), outgoing(eva(), "Elnézést!")); err != nil || spent(t, purse) != 25_000_000 {
		t.Errorf("got %v; spent are %d", err, spent(t, purse))
	}
}

func TestWhatXSaysToAReply(t *testing.T) {
	t.Parallel()
	var unknown *desk.Unknown
	var passing *desk.Transient
	for name, tt := range map[string]struct {
		status int
		body   string
		is     func(error) bool
		says   string
		paid   int64
	}{
		"said before":  {403, `{"detail": "You are not allowed to create a Tweet with duplicate content.", "type": "about:blank", "status": 403}`, func(err error) bool { return errors.As(err, &unknown) }, "said before", priceSummons},
		"not summoned": {403, `{"detail": "no", "type": "about:blank", "status": 403}`, func(err error) bool { return errors.Is(err, desk.ErrDenied) }, "mentioned or quoted", 0},
		"no credits":   {402, `{"title": "CreditsDepleted", "type": "https://api.x.com/2/problems/credits"}`, func(err error) bool { return errors.As(err, &passing) }, "buy credits", 0},
		"without id":   {201, `{"data": {}}`, func(err error) bool { return errors.As(err, &unknown) }, "which post", priceSummons},
		"no JSON":      {201, `<html>`, func(err error) bool { return errors.As(err, &unknown) }, "JSON", priceSummons},
	} {
		c, purse := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodPost {
				_, _ = w.Write([]byte(`{"data": [{"id": "` + evaID + `", "text": "x"}]}`))
				return
			}
			w.WriteHeader(tt.status)
			_, _ = w.Write([]byte(tt.body))
		}), nil)
		_, err := c.Reply(t.Context(), outgoing(eva(), "Elnézést!"))
		if err == nil || !tt.is(err) || !strings.Contains(err.Error(), tt.says) || spent(t, purse) != pricePost+tt.paid {
			t.Errorf("%s: got %v; it cost %d", name, err, spent(t, purse))
		}
	}
}

// TestFindComparesWords: X puts handles before them, and links of its own in place of links.
func TestFindComparesWords(t *testing.T) {
	t.Parallel()
	n := newNetwork()
	c, purse := connect(t, n, nil)
	n.add(tweet{id: "1985000000000000050", by: meID, parent: "1", text: "Írjon ide: https://t.co/xyz vagy hívjon", at: connectortest.Now()})
	n.add(tweet{id: "1985000000000000051", by: meID, parent: evaID, text: "@kovacs_eva @other Írjon ide: https://t.co/xyz vagy hívjon", at: connectortest.Now()})
	out := outgoing(eva(), "Írjon ide: mintabolt.example/segitseg vagy hívjon")
	out.StartedAt = connectortest.Now()
	found, err := c.Find(t.Context(), out)
	if err != nil || found.Finding != desk.FoundIt || found.Receipt.Remote != "1985000000000000051" || spent(t, purse) != 2*pricePost {
		t.Errorf("got %+v, %v; it cost %d", found, err, spent(t, purse))
	}
	if q := n.asked[0].Query(); q.Get("start_time") != "2026-11-20T11:50:00Z" {
		t.Errorf("it asked %v", q)
	}
	out.Text = "Mást"
	n.page = 1
	if found, err := c.Find(t.Context(), out); err != nil || found.Finding != desk.FoundAbsent {
		t.Errorf("got %+v, %v", found, err)
	}
}

func TestDeletingCosts(t *testing.T) {
	t.Parallel()
	n := newNetwork()
	c, purse := connect(t, n, nil)
	r := desk.Receipt{Remote: evaID}
	for range 2 {
		if err := c.Delete(t.Context(), outgoing(eva(), "x"), r); err != nil || spent(t, purse) != priceDelete {
			t.Errorf("got %v; it cost %d", err, spent(t, purse))
		}
	}
	kept, _ := connect(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"data": {"deleted": false}}`)) }), nil)
	if err := kept.Delete(t.Context(), outgoing(eva(), "x"), r); err == nil {
		t.Error("what was not deleted counts as deleted")
	}
}

func TestEditedPostsAreAnsweredAtTheirPresentVersion(t *testing.T) {
	t.Parallel()
	n := newNetwork()
	n.add(tweet{id: "1985000000000000077", by: "222", text: "@mintabolt javítva", at: connectortest.Now()})
	c, _ := connect(t, n, nil)
	parent := eva()
	parent.Extra["id"] = "1985000000000000077"
	r, err := c.Reply(t.Context(), outgoing(parent, "Elnézést!"))
	if err != nil || n.posts[n.find(string(r.Remote))].parent != "1985000000000000077" {
		t.Fatalf("got %+v, %v", r, err)
	}
	if found, err := c.Find(t.Context(), outgoing(parent, "Elnézést!")); err != nil || found.Receipt.Remote != r.Remote {
		t.Errorf("got %+v, %v", found, err)
	}
}

// read returns an example.
func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/payloads/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
