package mastodon_test

import (
	"encoding/json"
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

// What the account says is told as ours, once, in the words of whoever wrote it: the address that replies get is not among them.
func TestOwnPosts(t *testing.T) {
	t.Parallel()
	for name, m := range moods() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, parent := stage(m)
			c := connect(t, f, m.config)
			_, cursor := walk(t, c, "")
			receipt, err := c.(connectors.Replier).Reply(t.Context(), outgoing(parent, "Elnézést!"))
			if err != nil {
				t.Fatal(err)
			}
			got, cursor := walk(t, c, cursor)
			if len(got) != 1 || !got[0].Ours || got[0].Remote != receipt.Remote || got[0].Text != "Elnézést!" || got[0].Visibility != desk.Public ||
				got[0].Parent != desk.RemoteID(parent.id) || got[0].Thread != desk.RemoteID(parent.id) || got[0].Kind != desk.KindComment {
				t.Fatalf("of a reply of ours came %+v", got)
			}
			if again, _ := walk(t, c, cursor); len(again) != 0 {
				t.Errorf("it came again: %q", texts(again))
			}
			said := f.posts[len(f.posts)-1]
			said.text, said.edited = "@eva@masik.example Küldünk másikat.", now()
			got, cursor = walk(t, c, cursor)
			if !slices.Equal(texts(got), []string{"Küldünk másikat."}) {
				t.Errorf("after a colleague changed it came %q", texts(got))
			}
			said.text, said.edited = "@eva@masik.example Elnézést!", now()
			f.remove(parent) // the server forgets what it answered; the words are the same
			if got, _ = walk(t, c, cursor); !slices.Equal(texts(got), []string{"Elnézést!"}) {
				t.Errorf("after the parent was removed came %q", texts(got))
			}
		})
	}
}

// What a colleague says in private is told as private, where the server lists it.
func TestOwnPrivatePosts(t *testing.T) {
	t.Parallel()
	f := newFake(now, false, true)
	asked := f.say("mira", "@acme my number is 555", nil, time.Hour)
	asked.visibility = "direct"
	f.say("acme", "@mira thank you", asked, time.Minute).visibility = "direct"
	got, _ := walk(t, connect(t, f, ""), "")
	if len(got) != 2 || got[0].Ours || !got[1].Ours || got[0].Visibility != desk.Private || got[1].Visibility != desk.Private || got[1].Text != "thank you" {
		t.Errorf("came %+v", got)
	}
}

// The first contact goes back as far as is wanted, and asks once in a poll whose the token is.
func TestOwnHistory(t *testing.T) {
	t.Parallel()
	f := newFake(now, false, true)
	for day := 20; day >= 0; day-- {
		f.say("acme", fmt.Sprintf("%d days ago", day), nil, time.Duration(day)*24*time.Hour+time.Hour)
	}
	got, _ := walk(t, connect(t, f, "history: 5d\npage: 2\n"), "")
	if want := []string{"0 days ago", "1 days ago", "2 days ago", "3 days ago", "4 days ago"}; !slices.Equal(texts(got), want) {
		t.Errorf("came %q", texts(got))
	}
	asked := slices.DeleteFunc(f.requests(t), func(r string) bool { return strings.Contains(r, "notifications") })
	if len(asked) != 4 || !strings.HasSuffix(asked[0], "verify_credentials") || !strings.Contains(asked[1], "exclude_reblogs=true") {
		t.Errorf("asked for %q", asked)
	}
	if got, _ = walk(t, connect(t, f, "own: false\n"), ""); len(got) != 0 {
		t.Errorf("although nobody wants it came %q", texts(got))
	}
}

// The token of another account must not make its posts look like those of customers.
func TestOwnPostsOfAnother(t *testing.T) {
	t.Parallel()
	f := newFake(now, false, true)
	f.say("mira", "Good morning", nil, time.Hour)
	f.user("acme").token, f.user("mira").token = "none", "token-of-acme"
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	env := connectortest.Env(t, "mastodon", nil)
	env.Account = &connectors.Account{Server: server.URL, Handle: "acme", Keys: connectortest.Keys(desk.Grant{Access: "token-of-acme"})}
	b, err := create(t, env, "{}").Poll(t.Context(), "")
	if len(b.Mentions) != 0 || err == nil || !strings.Contains(err.Error(), "belongs to @mira") {
		t.Errorf("came %q, %v", texts(b.Mentions), err)
	}
}

// The company's own posts in the examples are told as its own.
func TestOwnPayloads(t *testing.T) {
	t.Parallel()
	var around struct{ Ancestors, Descendants []json.RawMessage }
	if err := json.Unmarshal(payload(t, "context.json"), &around); err != nil {
		t.Fatal(err)
	}
	page, err := json.Marshal(append(around.Descendants, around.Ancestors...))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/verify_credentials"):
			_, _ = w.Write([]byte(`{"id": "14715", "acct": "mintabolt"}`))
		case r.URL.Path == "/api/v1/accounts/14715/statuses" && r.FormValue("max_id") == "":
			_, _ = w.Write(page)
		case strings.HasSuffix(r.URL.Path, "/context"):
			_, _ = w.Write(payload(t, "context.json"))
		default:
			_, _ = w.Write([]byte("[]"))
		}
	}))
	t.Cleanup(server.Close)
	env := connectortest.Env(t, "mastodon", nil)
	env.Account = &connectors.Account{Server: server.URL, Handle: "mintabolt", Keys: connectortest.Keys(desk.Grant{Access: connectortest.Secret})}
	got, _ := walk(t, create(t, env, "{}"), "")
	if len(got) != 2 || !got[0].Ours || !got[1].Ours || got[0].Parent != "115586126728896492" || got[0].Thread != "115586038209478945" || strings.HasPrefix(got[0].Text, "@") {
		t.Errorf("came %+v", got)
	}
}
