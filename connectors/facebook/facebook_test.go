package facebook

import (
	"context"
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
	for range 2 * lookAnyhow {
		readings += poll()
	}
	if readings != 2 {
		t.Errorf("in %d quiet polls the comments were read %d times, want 2", 2*lookAnyhow, readings)
	}
	n.add(thing{id: "900001_7000009", from: "5", parent: evaID, text: "Én is várom", at: connectortest.Now()})
	if got := poll(); got != 1 {
		t.Errorf("after a new comment they were read %d times", got)
	}
}

func TestManyPostsTakeSeveralPolls(t *testing.T) {
	t.Parallel()
	n := newNetwork()
	for i := range 2*postsAPoll + 3 {
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

// vendor is Facebook as a login sees it.
func vendor(pages string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case version + "/oauth/access_token":
			q := r.URL.Query()
			if q.Get("fb_exchange_token") != "short" || q.Get("client_secret") != connectortest.Secret || q.Get("client_id") != "app" || q.Get("grant_type") != "fb_exchange_token" {
				refuse(w, 400, 190, 0)
				return
			}
			_, _ = w.Write([]byte(`{"access_token": "long", "token_type": "bearer", "expires_in": 5183944}`))
		case version + "/me/accounts":
			if r.Header.Get("Authorization") != "Bearer long" {
				refuse(w, 400, 190, 0)
				return
			}
			_, _ = w.Write([]byte(pages))
		default:
			http.NotFound(w, r)
		}
	})
}

func TestLogin(t *testing.T) {
	t.Parallel()
	const two = `{"data": [{"id": "1", "name": "Minta Bolt", "username": "mintabolt", "access_token": "page-1", "tasks": ["MODERATE", "MESSAGING"]},
		{"id": "2", "name": "Másik", "access_token": "page-2", "tasks": ["ANALYZE"]}]}`
	for name, tt := range map[string]struct{ pages, handle, token, complaint string }{
		"by username":   {two, "@mintabolt", "page-1", ""},
		"by number":     {two, "1", "page-1", ""},
		"by name":       {two, "minta bolt", "page-1", ""},
		"the only one":  {`{"data": [{"id": "1", "name": "Minta", "access_token": "page-1"}]}`, "", "page-1", ""},
		"which":         {two, "", "", "Minta Bolt (1), Másik (2)"},
		"none":          {`{"data": []}`, "", "", "manages no Page"},
		"another":       {two, "other", "", "no Page is called other"},
		"no moderation": {two, "2", "", "MODERATE"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(vendor(tt.pages))
			defer server.Close()
			env := loginEnv(t, server.URL, tt.handle)
			g, err := login().Consent.Finish(t.Context(), env, desk.Grant{Access: "short", Scopes: []string{"pages_show_list"}})
			if tt.complaint != "" {
				if !errors.Is(err, desk.ErrDenied) || !strings.Contains(err.Error(), tt.complaint) {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil || g.Access.Reveal() != tt.token || !g.Ends().IsZero() || g.Who != "Minta Bolt" && g.Who != "Minta" || g.Extra["page"] != "1" {
				t.Errorf("got %+v, %v", g, err)
			}
		})
	}
}

func loginEnv(t *testing.T, server, handle string) connectors.LoginEnv {
	env := connectortest.Env(t, "facebook", nil)
	return connectors.LoginEnv{HTTP: env.Read, Now: env.Now, Account: connectors.Account{
		Name: "minta", Handle: handle, Server: server, ClientID: "app", ClientSecret: connectortest.Secret,
	}}
}

func TestLoginShowsNoSecret(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(vendor(""))
	defer server.Close()
	_, err := login().Consent.Finish(t.Context(), loginEnv(t, server.URL, ""), desk.Grant{Access: "long-" + connectortest.Secret})
	if err == nil || strings.Contains(err.Error(), connectortest.Secret) {
		t.Errorf("got %v", err)
	}
	if _, err := login().Refresh(context.Background(), connectors.LoginEnv{}, desk.Grant{}); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("refresh: got %v", err)
	}
	authorize, token := login().Consent.Endpoint("")
	if authorize != "https://www.facebook.com/v26.0/dialog/oauth" || token != "https://graph.facebook.com/v26.0/oauth/access_token" {
		t.Errorf("got %s, %s", authorize, token)
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
