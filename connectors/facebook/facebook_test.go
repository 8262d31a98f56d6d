package facebook

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/connectors/internal/graph"
	"github.com/earshotdesk/earshot/internal/desk"
)

// connect makes the connector over a handler.
func connect(t *testing.T, h http.Handler) *Connector {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	env := connectortest.Env(t, "facebook", nil)
	env.Account = &connectors.Account{
		Name: "minta", Handle: "mintabolt", Server: server.URL, Keys: connectortest.Keys(desk.Grant{Access: connectortest.Secret}),
	}
	c, err := New(env, func(any) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	return c.(*Connector)
}

// eva is the comment in [newNetwork], as it is stored.
func eva() desk.Mention {
	return desk.Mention{Site: site, Remote: "9007199254740993", Thread: postID, Parent: postID, Kind: desk.KindComment, Text: "Mikor szállítják?"}
}

func TestTheTokenOfAPersonIsRefused(t *testing.T) {
	t.Parallel()
	n := newNetwork()
	n.person = true
	c := connect(t, n)
	for what, err := range map[string]error{"check": c.Check(t.Context()), "poll": second(c.Poll(t.Context(), ""))} {
		if !errors.Is(err, desk.ErrDenied) || !strings.Contains(err.Error(), "that of a person") {
			t.Errorf("%s: got %v", what, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestCheckComparesThePage(t *testing.T) {
	t.Parallel()
	c := connect(t, newNetwork())
	if err := c.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.account.Handle = "other-shop"
	if err := c.Check(t.Context()); !errors.Is(err, desk.ErrInvalid) || !strings.Contains(err.Error(), "Minta Bolt") {
		t.Errorf("got %v", err)
	}
}

func TestCommentsAreReadWhenSomethingHappened(t *testing.T) {
	t.Parallel()
	n := newNetwork()
	c := connect(t, n)
	var cursor connectors.Cursor
	poll := func() int {
		n.asked = nil
		b, err := c.Poll(t.Context(), cursor)
		if err != nil {
			t.Fatal(err)
		}
		cursor = b.Next
		return len(slices.DeleteFunc(n.asked, func(s string) bool { return !strings.HasSuffix(s, "/comments") }))
	}
	poll()
	readings := 0
	for range 2 * graph.LookAnyhow {
		readings += poll()
	}
	if readings != 2 {
		t.Errorf("in %d quiet polls the comments were read %d times, want 2", 2*graph.LookAnyhow, readings)
	}
	n.add(thing{id: "900001_7000009", from: "5", parent: evaID, text: "Én is várom", at: connectortest.Now()})
	if got := poll(); got != 1 {
		t.Errorf("after a new comment they were read %d times", got)
	}
}

func TestManyPostsTakeSeveralPolls(t *testing.T) {
	t.Parallel()
	n := newNetwork()
	for i := range 23 {
		n.add(thing{id: fmt.Sprintf("%s_8%03d", pageID, i), from: pageID, text: "Új!", at: connectortest.Now().Add(-time.Hour)})
	}
	c := connect(t, n)
	var cursor connectors.Cursor
	for polls := 1; ; polls++ {
		b, err := c.Poll(t.Context(), cursor)
		if err != nil {
			t.Fatal(err)
		}
		if cursor = b.Next; !b.More {
			if polls != 3 {
				t.Errorf("it took %d polls", polls)
			}
			return
		}
	}
}

func TestRecheck(t *testing.T) {
	t.Parallel()
	n := newNetwork()
	n.add(thing{id: "900001_7000009", from: "5", parent: evaID, text: "Én is várom", at: connectortest.Now()})
	c := connect(t, n)
	other := eva()
	other.Remote, other.Parent = "7000009", eva().Remote
	known := []desk.Mention{eva(), other, {Site: site, Remote: postID, Thread: postID, Ours: true}}
	n.things[1].text = "Mikor szállítják végre?"
	b, err := c.Recheck(t.Context(), known)
	if err != nil || len(b.Mentions) != 3 || len(b.Gone) != 0 {
		t.Fatalf("got %+v, %v", b, err)
	}
	for _, m := range b.Mentions {
		if m.Remote == eva().Remote && m.Text != "Mikor szállítják végre?" || m.Remote == postID && !m.Ours {
			t.Errorf("got %+v", m)
		}
	}
	n.remove("900001_7000009") // spoils the common answer
	b, err = c.Recheck(t.Context(), known)
	if err != nil || len(b.Mentions) != 2 || !slices.Equal(b.Gone, []desk.RemoteID{"7000009"}) {
		t.Errorf("got %+v, %v", b, err)
	}
}

// TestNothingIsGoneForWhoMayNotRead: what is missing and what may not be seen are told in the same words.
func TestNothingIsGoneForWhoMayNotRead(t *testing.T) {
	t.Parallel()
	blind := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/published_posts") {
			refuse(w, 403, 10, 0)
			return
		}
		refuse(w, 400, 100, 33)
	})
	b, err := connect(t, blind).Recheck(t.Context(), []desk.Mention{eva()})
	if !errors.Is(err, desk.ErrDenied) || len(b.Gone) != 0 {
		t.Errorf("got %+v, %v", b, err)
	}
}

func TestThread(t *testing.T) {
	t.Parallel()
	n := newNetwork()
	n.add(thing{id: "900001_7000009", from: pageID, parent: evaID, text: "Holnap!", at: connectortest.Now()})
	all, err := connect(t, n).Thread(t.Context(), eva())
	var words []string
	for _, m := range all {
		words = append(words, m.Text)
	}
	if want := []string{"Megérkezett az új kollekció!", "Mikor szállítják?", "Holnap!"}; err != nil || !slices.Equal(words, want) || !all[2].Ours {
		t.Errorf("got %q, %v", words, err)
	}
}

func TestSettingsAreChecked(t *testing.T) {
	t.Parallel()
	env := connectortest.Env(t, "facebook", nil)
	if _, err := New(env, func(any) error { return nil }); !errors.Is(err, desk.ErrInvalid) {
		t.Errorf("without an account: got %v", err)
	}
	env.Account = &connectors.Account{Keys: connectortest.Keys(desk.Grant{})}
	for _, set := range []func(*Options){
		func(o *Options) { o.Posts = 101 }, func(o *Options) { o.Server = "graph.example" }, func(o *Options) { o.Version = "26/../me" },
		func(o *Options) { o.History = -1 },
	} {
		_, err := New(env, func(o any) error { set(o.(*Options)); return nil })
		if !errors.Is(err, desk.ErrInvalid) {
			t.Errorf("got %v", err)
		}
	}
}
