package mastodon_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/internal/desk"
)

// real is a server out there, of any kind, as plain HTTP.
type real struct{ url, company, customer string }

// ask calls the server as somebody and returns the id of what it answers with.
func (i real) ask(t *testing.T, token, method, path string, form url.Values) (id, acct string) {
	t.Helper()
	req, err := http.NewRequest(method, i.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var is struct{ ID, Acct string }
	if err := json.NewDecoder(resp.Body).Decode(&is); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %s, %v", method, path, resp.Status, err)
	}
	return is.ID, is.Acct
}

// TestARealServer has a short conversation on a server of any kind: its address in EARSHOT_MASTODON_URL, the company's token in
// EARSHOT_MASTODON_TOKEN, a customer's in EARSHOT_MASTODON_TOKEN2. What is said there is deleted at the end.
func TestARealServer(t *testing.T) {
	t.Parallel()
	i := real{strings.TrimRight(os.Getenv("EARSHOT_MASTODON_URL"), "/"), os.Getenv("EARSHOT_MASTODON_TOKEN"), os.Getenv("EARSHOT_MASTODON_TOKEN2")}
	if i.url == "" || i.company == "" || i.customer == "" {
		t.Skip("no real server; set EARSHOT_MASTODON_URL, EARSHOT_MASTODON_TOKEN and EARSHOT_MASTODON_TOKEN2")
	}
	i.visit(t)
}

// The same conversation on the fake, so that the test above is known to work when a server comes along.
func TestTheConversationOnTheFake(t *testing.T) {
	t.Parallel()
	for name, m := range moods() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(time.Now, m.gts, m.header)
			server := httptest.NewServer(f)
			t.Cleanup(server.Close)
			real{server.URL, f.user("acme").token, f.user("mira").token}.visit(t)
		})
	}
}

// visit is the conversation.
func (i real) visit(t *testing.T) {
	t.Helper()
	_, name := i.ask(t, i.company, http.MethodGet, "/api/v1/accounts/verify_credentials", nil)
	env := connectortest.Env(t, "mastodon", nil)
	env.Now = time.Now
	env.Account = &connectors.Account{Server: i.url, Handle: name, Keys: connectortest.Keys(desk.Grant{Access: desk.Secret(i.company)})}
	c := create(t, env, "{}")
	if err := c.(connectors.Checker).Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, cursor := walk(t, c, "")
	asked, _ := i.ask(t, i.customer, http.MethodPost, "/api/v1/statuses", url.Values{"status": {"@" + name + " where is my parcel? " + desk.NewID()}})
	var got []desk.Mention
	for tries := 0; len(got) == 0 && tries < 50; tries++ {
		<-time.After(100 * time.Millisecond) // a server tells in its own time
		got, cursor = walk(t, c, cursor)
	}
	if len(got) != 1 || got[0].Remote != desk.RemoteID(asked) {
		t.Fatalf("the mention %s came as %+v", asked, got)
	}
	if again, _ := walk(t, c, cursor); len(again) != 0 {
		t.Errorf("it came again: %+v", again)
	}
	converse(t, c, got[0])
	i.ask(t, i.customer, http.MethodDelete, "/api/v1/statuses/"+asked, nil)
	if b, err := c.(connectors.Rechecker).Recheck(t.Context(), got); err != nil || len(b.Gone) != 1 {
		t.Errorf("after its deletion: %+v, %v", b, err)
	}
	if _, err := c.(connectors.Replier).Reply(t.Context(), desk.Outgoing{Key: desk.NewID(), Text: "too late", Parent: got[0]}); err == nil {
		t.Error("what is gone was answered")
	}
}

// converse replies to a mention, edits the reply, finds it both times, and deletes it.
func converse(t *testing.T, c connectors.Connector, m desk.Mention) {
	t.Helper()
	r, ok := c.(replier)
	if !ok {
		t.Fatal("it cannot answer")
	}
	out := desk.Outgoing{Key: desk.NewID(), Text: "Sorry! <3 *now* https://acme.example/a?b=1 " + desk.NewID(), Parent: m}
	receipt, err := r.Reply(t.Context(), out)
	if err != nil {
		t.Fatal(err)
	}
	out.StartedAt = time.Now()
	find := func(want desk.Finding) {
		t.Helper()
		if found, err := r.Find(t.Context(), out); err != nil || found.Finding != want || want == desk.FoundIt && found.Receipt.Remote != receipt.Remote {
			t.Errorf("found %+v, %v; it is %s, and it is %s", found, err, receipt.Remote, want)
		}
	}
	find(desk.FoundIt)
	if thread, err := c.(connectors.Threader).Thread(t.Context(), m); err != nil || len(thread) != 2 || !thread[1].Ours {
		t.Errorf("the conversation is %+v, %v", thread, err)
	}
	out.Text = "Sorry, again! " + desk.NewID()
	if receipt, err = r.Edit(t.Context(), out, receipt); err != nil {
		t.Fatal(err)
	}
	find(desk.FoundIt)
	for range 2 {
		if err := r.Delete(t.Context(), out, receipt); err != nil {
			t.Error(err)
		}
	}
	find(desk.FoundAbsent)
}
