package instagram

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/internal/desk"
)

// connect makes the connector over a handler.
func connect(t *testing.T, h http.Handler, set func(*Options)) *Connector {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	env := connectortest.Env(t, "instagram", nil)
	env.Account = &connectors.Account{
		Name: "minta", Handle: "mintabolt", Server: server.URL, Keys: connectortest.Keys(desk.Grant{Access: connectortest.Secret}),
	}
	c, err := New(env, func(o any) error {
		if set != nil {
			set(o.(*Options))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return c.(*Connector)
}

func outgoing(parent desk.Mention, text string) desk.Outgoing {
	return desk.Outgoing{Key: "k", CreatedAt: connectortest.Now(), Account: "minta", Parent: parent, Text: text}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, way := range []string{byInstagram, byFacebook} {
		c := connect(t, newNetwork(), func(o *Options) { o.Login = way })
		if err := c.Check(t.Context()); err != nil {
			t.Errorf("%s: %v", way, err)
		}
		c.account.Handle = "other"
		if err := c.Check(t.Context()); !errors.Is(err, desk.ErrInvalid) || !strings.Contains(err.Error(), "@mintabolt") {
			t.Errorf("%s: got %v", way, err)
		}
	}
	nobody := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"id": "1"}`)) })
	for _, way := range []string{byInstagram, byFacebook} {
		if err := connect(t, nobody, func(o *Options) { o.Login = way }).Check(t.Context()); !errors.Is(err, desk.ErrDenied) {
			t.Errorf("%s: a token of something else: got %v", way, err)
		}
	}
}

func TestRepliesOnFurtherPagesAreRead(t *testing.T) {
	t.Parallel()
	n := newNetwork()
	n.few = 1
	for _, id := range []string{"1", "2", "3"} {
		n.add(thing{id: id, by: "v", parent: evaID, text: "Engem is érdekel", at: connectortest.Now()})
	}
	b, err := connect(t, n, nil).Poll(t.Context(), "")
	if err != nil || len(b.Mentions) != 5 {
		t.Fatalf("got %d mentions, %v", len(b.Mentions), err)
	}
	for _, m := range b.Mentions[2:] {
		if m.Parent != evaID || m.Thread != mediaID {
			t.Errorf("got %+v", m)
		}
	}
}

// TestOldPostsAreReadWhenSomebodyComments: the list does not say when something last happened, only how much.
func TestOldPostsAreReadWhenSomebodyComments(t *testing.T) {
	t.Parallel()
	n := newNetwork()
	n.posted = connectortest.Now().Add(-90 * 24 * time.Hour)
	n.things[0].at = n.posted.Add(time.Hour)
	c := connect(t, n, nil)
	b, err := c.Poll(t.Context(), "")
	if err != nil || len(b.Mentions) != 0 {
		t.Fatalf("first contact: got %+v, %v", b.Mentions, err)
	}
	n.add(thing{id: "1", by: "v", text: "Van még?", at: connectortest.Now()})
	b, err = c.Poll(t.Context(), b.Next)
	if err != nil || len(b.Mentions) != 1 || b.Mentions[0].Text != "Van még?" {
		t.Errorf("got %+v, %v", b.Mentions, err)
	}
}

func TestRecheck(t *testing.T) {
	t.Parallel()
	n := newNetwork()
	n.add(thing{id: "1", by: "v", parent: evaID, text: "Van még?", at: connectortest.Now()})
	c := connect(t, n, nil)
	n.things[0].text = "Mennyi?"
	known := []desk.Mention{eva(), {Site: site, Remote: "2", Thread: mediaID, Kind: desk.KindComment}, {Site: site, Remote: mediaID, Kind: desk.KindPost, Ours: true}}
	b, err := c.Recheck(t.Context(), known)
	if err != nil || len(b.Mentions) != 2 || b.Mentions[0].Text != "Mennyi?" || !b.Mentions[1].Ours || !slices.Equal(b.Gone, []desk.RemoteID{"2"}) {
		t.Errorf("got %+v, %v", b, err)
	}
	blind := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, evaID) {
			refuse(w, 400, 100, 33)
			return
		}
		refuse(w, 403, 10, 0)
	})
	b, err = connect(t, blind, nil).Recheck(t.Context(), []desk.Mention{eva()})
	if !errors.Is(err, desk.ErrDenied) || len(b.Gone) != 0 {
		t.Errorf("whoever may not read sees nothing gone: got %+v, %v", b, err)
	}
}

func TestThread(t *testing.T) {
	t.Parallel()
	n := newNetwork()
	n.add(thing{id: "1", by: "mintabolt", parent: evaID, text: "1490 Ft", at: connectortest.Now()})
	all, err := connect(t, n, nil).Thread(t.Context(), eva())
	var words []string
	for _, m := range all {
		words = append(words, m.Text)
	}
	if want := []string{"Új!", "Mennyi az ára? 😍", "1490 Ft"}; err != nil || !slices.Equal(words, want) || !all[2].Ours {
		t.Errorf("got %q, %v", words, err)
	}
}

func TestReplyStops(t *testing.T) {
	t.Parallel()
	n := newNetwork()
	n.things[0].hidden = true
	n.add(thing{id: "1", by: "v", parent: evaID, text: "Van még?", at: connectortest.Now()})
	c := connect(t, n, nil)
	under := eva()
	under.Remote, under.Parent = "1", evaID
	post := desk.Mention{Site: site, Remote: mediaID, Thread: mediaID, Kind: desk.KindPost}
	for want, parent := range map[string]desk.Mention{"hidden": eva(), "is hidden": under, "answer the comments": post} {
		_, err := c.Reply(t.Context(), outgoing(parent, "1490 Ft"))
		if !errors.Is(err, desk.ErrDenied) || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	if n.count("1490 Ft") != 0 {
		t.Error("something left")
	}
}

// TestAnswersToRepliesGoUnderTheComment: that is where Instagram puts them.
func TestAnswersToRepliesGoUnderTheComment(t *testing.T) {
	t.Parallel()
	n := newNetwork()
	n.add(thing{id: "1", by: "v", parent: evaID, text: "Van még?", at: connectortest.Now()})
	n.add(thing{id: "2", by: "w", parent: evaID, text: "@v van", at: connectortest.Now()})
	c := connect(t, n, nil)
	under := eva()
	under.Remote, under.Parent = "1", evaID
	out := outgoing(under, "@v van")
	if found, err := c.Find(t.Context(), out); err != nil || found.Finding != desk.FoundAbsent {
		t.Errorf("the same words by another: got %+v, %v", found, err)
	}
	r, err := c.Reply(t.Context(), out)
	if err != nil || n.things[n.find(string(r.Remote))].parent != evaID || r.URL == "" {
		t.Fatalf("got %+v, %v", r, err)
	}
	if found, err := c.Find(t.Context(), out); err != nil || found.Receipt.Remote != r.Remote {
		t.Errorf("got %+v, %v", found, err)
	}
	if err := c.Delete(t.Context(), out, desk.Receipt{Remote: "2"}); !errors.Is(err, desk.ErrDenied) || n.find("2") < 0 {
		t.Errorf("deleting another's comment: %v", err)
	}
	if err := c.Delete(t.Context(), out, r); err != nil || n.find(string(r.Remote)) >= 0 {
		t.Errorf("deleting: %v", err)
	}
	n.things[n.find("2")].by = ""
	if found, err := c.Find(t.Context(), out); err != nil || found.Finding != desk.FoundNot {
		t.Errorf("the same words by nobody: got %+v, %v", found, err)
	}
}

func TestSettingsAreChecked(t *testing.T) {
	t.Parallel()
	env := connectortest.Env(t, "instagram", nil)
	if _, err := New(env, func(any) error { return nil }); !errors.Is(err, desk.ErrInvalid) {
		t.Errorf("without an account: got %v", err)
	}
	env.Account = &connectors.Account{Keys: connectortest.Keys(desk.Grant{})}
	for _, set := range []func(*Options){
		func(o *Options) { o.Posts = 101 }, func(o *Options) { o.Login = "threads" }, func(o *Options) { o.Server = "x" }, func(o *Options) { o.History = -1 },
	} {
		if _, err := New(env, func(o any) error { set(o.(*Options)); return nil }); !errors.Is(err, desk.ErrInvalid) {
			t.Errorf("got %v", err)
		}
	}
}
