package youtube

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/internal/desk"
)

func outgoing(words string) desk.Outgoing {
	return desk.Outgoing{Key: "k", CreatedAt: connectortest.Now(), Account: "acme-youtube", Parent: parent("UgyTHREAD"), Text: words}
}

func TestReplyStops(t *testing.T) {
	t.Parallel()
	n := &tube{}
	open := n.add("UgyTHREAD", "Mennyibe kerül?", connectortest.Now().Add(-time.Hour))
	c, _ := connect(t, n, nil)
	writes := func() int { return strings.Count(strings.Join(n.calls, "\n"), "POST") }
	for sentence, set := range map[string]func(){
		"no answers": func() { open.closed, open.private = true, false },
		"not public": func() { open.closed, open.private = false, true },
	} {
		set()
		if _, err := c.Reply(t.Context(), outgoing("1490 Ft")); !errors.Is(err, desk.ErrDenied) || !strings.Contains(err.Error(), sentence) {
			t.Errorf("%s: %v", sentence, err)
		}
	}
	open.closed, open.private = false, false
	gone := outgoing("1490 Ft")
	gone.Parent = parent("UgyTHREAD.9xGONE")
	if _, err := c.Reply(t.Context(), gone); !errors.Is(err, desk.ErrGone) || writes() != 0 {
		t.Errorf("an answer that went: %v", err)
	}
	if _, err := c.Reply(t.Context(), outgoing(strings.Repeat("👍", 5001))); !errors.Is(err, desk.ErrInvalid) || writes() != 0 {
		t.Errorf("too long: %v", err)
	}
	said := n.answer(open, "UCeva", "Halló?", connectortest.Now())
	under := outgoing("1490 Ft")
	under.Parent = parent(desk.RemoteID(said.id))
	if r, err := c.Reply(t.Context(), under); err != nil || rootOf(r.Remote) != "UgyTHREAD" || !strings.Contains(r.URL, "lc=UgyTHREAD.9x") || writes() != 1 {
		t.Errorf("under an answer: %+v, %v", r, err)
	}
}

// TestFindReadsTheWholeThread: the answer may stand on any page, and equal words may be somebody else's or older.
func TestFindReadsTheWholeThread(t *testing.T) {
	t.Parallel()
	n := &tube{status: "heldForReview"}
	open := n.add("UgyTHREAD", "Mennyibe kerül?", connectortest.Now().Add(-time.Hour))
	n.answer(open, ownChannel, "1490 Ft", connectortest.Now().Add(-50*time.Minute))
	for i := range 120 {
		n.answer(open, "UCeva", fmt.Sprint("Halló ", i), connectortest.Now().Add(-time.Minute))
	}
	n.answer(open, "UCeva", "1490 Ft", connectortest.Now())
	c, _ := connect(t, n, nil)
	out := outgoing("1490 Ft")
	out.StartedAt = connectortest.Now()
	if found, err := c.Find(t.Context(), out); err != nil || found.Finding != desk.FoundAbsent {
		t.Errorf("before it was said: %+v, %v", found, err)
	}
	receipt, err := c.Reply(t.Context(), out)
	if err != nil || receipt.Visibility != desk.VisibleModerate {
		t.Fatalf("held for review: %+v, %v", receipt, err)
	}
	if found, err := c.Find(t.Context(), out); err != nil || found.Receipt.Remote != receipt.Remote || found.Receipt.Visibility != desk.VisibleModerate {
		t.Errorf("after: %+v, %v", found, err)
	}
	out.Known = []desk.Receipt{receipt}
	if found, err := c.Find(t.Context(), out); err != nil || found.Finding != desk.FoundAbsent {
		t.Errorf("one that is known: %+v, %v", found, err)
	}
	thread, err := c.Thread(t.Context(), parent("UgyTHREAD"))
	if err != nil || len(thread) != 124 || thread[0].Remote != "UgyTHREAD" || !thread[1].Ours {
		t.Errorf("the conversation has %d comments, %v", len(thread), err)
	}
	n.threads = nil
	if found, err := c.Find(t.Context(), out); err != nil || found.Finding != desk.FoundAbsent {
		t.Errorf("when the thread is gone: %+v, %v", found, err)
	}
	if _, err := c.Thread(t.Context(), parent("UgyTHREAD")); !errors.Is(err, desk.ErrGone) {
		t.Errorf("its conversation: %v", err)
	}
}

func TestRecheck(t *testing.T) {
	t.Parallel()
	n := &tube{}
	open := n.add("UgyTHREAD", "Mennyibe kerül?", connectortest.Now().Add(-time.Hour))
	said := n.answer(open, "UCeva", "Halló?", connectortest.Now().Add(-time.Minute))
	said.words, said.edited = "Halló!!", connectortest.Now()
	c, _ := connect(t, n, nil)
	known := []desk.Mention{parent("UgyTHREAD"), parent(desk.RemoteID(said.id)), parent("UgyGONE")}
	b, err := c.Recheck(t.Context(), known)
	if err != nil || len(b.Mentions) != 2 || b.Mentions[1].Text != "Halló!!" || len(b.Gone) != 1 || b.Gone[0] != "UgyGONE" || b.Spend.Units != 1 {
		t.Errorf("got %+v, %v", b, err)
	}
	c, _ = connect(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "{}") }), nil)
	if b, err := c.Recheck(t.Context(), known); err == nil || len(b.Gone) != 0 {
		t.Errorf("an answer that is no list made %v disappear, %v", b.Gone, err)
	}
}

func TestConsentLearnsTheChannel(t *testing.T) {
	t.Parallel()
	items := `[{"id":"UCminta","snippet":{"title":"Minta Bolt","customUrl":"@mintabolt"}}]`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RequestURI() != "/youtube/v3/channels?mine=true&part=snippet" || r.Header.Get("Authorization") != "Bearer ya29.x" {
			t.Errorf("asked %s", r.URL.RequestURI())
		}
		_, _ = io.WriteString(w, `{"kind":"youtube#channelListResponse","items":`+items+`}`)
	}))
	t.Cleanup(server.Close)
	env := connectors.LoginEnv{Account: connectors.Account{Server: server.URL}, HTTP: connectortest.Env(t, "youtube", nil).Read, Now: connectortest.Now}
	end := connectortest.Now().Add(7 * 24 * time.Hour)
	g, err := Spec().Login.Consent.Finish(t.Context(), env, desk.Grant{Access: "ya29.x", Refresh: "1//x", RefreshExpires: end})
	if err != nil || g.Who != "@mintabolt" || g.Extra[channelKey].Reveal() != "UCminta" || !g.Ends().Equal(end) {
		t.Errorf("got %+v, %v", g, err)
	}
	items = "[]"
	if _, err := Spec().Login.Consent.Finish(t.Context(), env, desk.Grant{Access: "ya29.x"}); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("no channel: %v", err)
	}
}

func TestWhoWeAre(t *testing.T) {
	t.Parallel()
	c, _ := connect(t, &tube{}, nil)
	c.account.Keys = connectortest.Keys(desk.Grant{Access: "x"})
	if _, err := c.Poll(t.Context(), ""); !errors.Is(err, desk.ErrDenied) || !strings.Contains(err.Error(), "connect it again") {
		t.Errorf("a grant that does not say whose it is: %v", err)
	}
	c.account.Handle = "UCother"
	if own, err := c.own(t.Context()); err != nil || own != "UCother" {
		t.Errorf("by the handle: %s, %v", own, err)
	}
}
