package telegram_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/connectors/telegram"
	"github.com/earshotdesk/earshot/internal/desk"
)

// bot is what a connector of this kind can do.
type bot interface {
	connectors.Connector
	connectors.Replier
	connectors.Editor
	connectors.Deleter
	connectors.Checker
}

// connect makes a connector for a server; the clock is the test's to move.
func connect(t *testing.T, h http.Handler, config string, clock *time.Time) bot {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	env := connectortest.Env(t, "telegram", nil)
	if clock != nil {
		env.Now = func() time.Time { return *clock }
	}
	env.Account = &connectors.Account{Handle: "acme_bot", Keys: connectortest.Keys(desk.Grant{Access: connectortest.Secret})}
	c, err := telegram.New(env, decoder("server: "+server.URL+"\n"+config))
	if err != nil {
		t.Fatal(err)
	}
	b, ok := c.(bot)
	if !ok {
		t.Fatal("it cannot do all that it should")
	}
	return b
}

func decoder(config string) func(any) error {
	return func(options any) error {
		return yaml.NewDecoder(strings.NewReader(config), yaml.Strict()).Decode(options)
	}
}

func poll(t *testing.T, c bot, since connectors.Cursor) connectors.Batch {
	t.Helper()
	b, err := c.Poll(t.Context(), since)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func texts(b connectors.Batch) (all []string) {
	for _, m := range b.Mentions {
		all = append(all, m.Text)
	}
	return all
}

// A batch that was fetched but not stored comes again: Telegram hears of it only by the poll after the one that stored it.
func TestNothingIsConfirmedBeforeItIsStored(t *testing.T) {
	t.Parallel()
	f := newFake()
	c := connect(t, f, "page: 2\n", nil)
	for _, words := range []string{"one", "two", "three"} {
		f.say(words, nil)
	}
	for range 2 { // the first time the desk dies before it stores the batch
		if b := poll(t, c, ""); !slices.Equal(texts(b), []string{"one", "two"}) || !b.More {
			t.Fatalf("came %q, more: %v", texts(b), b.More)
		}
	}
	stored := poll(t, c, "").Next
	for range 2 {
		if b := poll(t, c, stored); !slices.Equal(texts(b), []string{"three"}) || b.More {
			t.Fatalf("after the first batch was stored came %q", texts(b))
		}
	}
	if len(f.updates) != 1 {
		t.Errorf("%d updates are unconfirmed, one should be", len(f.updates))
	}
}

func TestEdits(t *testing.T) {
	t.Parallel()
	f := newFake()
	c := connect(t, f, "", nil)
	s := f.say("one", nil)
	f.edit(s, "two")
	b := poll(t, c, "")
	if !slices.Equal(texts(b), []string{"two"}) || b.Mentions[0].EditedAt.IsZero() {
		t.Errorf("edited before it was seen: %+v", b.Mentions)
	}
	f.edit(s, "three")
	if b = poll(t, c, b.Next); !slices.Equal(texts(b), []string{"three"}) || b.Mentions[0].Remote != parentOf(s).Remote {
		t.Errorf("edited after: %+v", b.Mentions)
	}
}

func TestAGapIsSaid(t *testing.T) {
	t.Parallel()
	f := newFake()
	clock := connectortest.Now()
	c := connect(t, f, "", &clock)
	b := poll(t, c, "")
	clock = clock.Add(23 * time.Hour)
	if b = poll(t, c, b.Next); b.Gap != nil {
		t.Errorf("after less than a day: %+v", b.Gap)
	}
	before := clock
	clock = clock.Add(25 * time.Hour)
	if b = poll(t, c, b.Next); b.Gap == nil || !b.Gap.Since.Equal(before) {
		t.Errorf("after more than a day: %+v", b.Gap)
	}
}

// After a week of silence Telegram numbers updates anew, perhaps from below; an old offset would throw them away.
func TestNumbersStartAnewAfterAWeek(t *testing.T) {
	t.Parallel()
	f := newFake()
	clock := connectortest.Now()
	c := connect(t, f, "", &clock)
	f.say("one", nil)
	at := poll(t, c, "").Next
	for range 8 * 4 {
		clock = clock.Add(6 * time.Hour)
		at = poll(t, c, at).Next
	}
	f.next = 5
	f.say("after a week", nil)
	b := poll(t, c, at)
	if !slices.Equal(texts(b), []string{"after a week"}) {
		t.Fatalf("came %q", texts(b))
	}
	if again := poll(t, c, b.Next); len(again.Mentions) != 0 || len(f.updates) != 0 {
		t.Errorf("came again: %q, %d unconfirmed", texts(again), len(f.updates))
	}
}

// Silence while the desk was away is no silence that Telegram knows to be read.
func TestAnOffsetIsNotForgottenBeforeItWasSaid(t *testing.T) {
	t.Parallel()
	f := newFake()
	clock := connectortest.Now()
	c := connect(t, f, "", &clock)
	f.say("one", nil)
	at := poll(t, c, "").Next
	clock = clock.Add(10 * 24 * time.Hour)
	if b := poll(t, c, at); len(b.Mentions) != 0 || b.Gap == nil {
		t.Errorf("came again %q, gap %v", texts(b), b.Gap)
	}
}

func TestOnlyTheChatsThatAreNamed(t *testing.T) {
	t.Parallel()
	for config, want := range map[string]int{
		"page: 100": 1, "chats: ['@Mintabolt_csoport']": 1, "chats: ['" + group + "']": 1, "chats: ['@other', '-5']": 0, "kinds: [channel_post]": 1,
	} {
		f := newFake()
		f.say("one", nil)
		f.mu.Lock()
		f.tell("message", object{"message_id": 1, "date": 1, "text": "psst", "chat": object{"id": 99, "type": "private", "username": "kovacs_eva"}})
		f.mu.Unlock()
		b := poll(t, connect(t, f, config, nil), "")
		if len(b.Mentions) != want || len(b.Poison) != 0 {
			t.Errorf("%s: %q, %v", config, texts(b), b.Poison)
		}
		if asked := strings.Join(f.asked, " "); strings.Contains(config, "kinds") == strings.Contains(asked, "edited_message") {
			t.Errorf("%s: asked %s", config, asked)
		}
	}
}

// A group that becomes a supergroup has another number; a list that names the old one goes on to mean it.
func TestAGroupThatMoves(t *testing.T) {
	t.Parallel()
	f := newFake()
	c := connect(t, f, "chats: ['-77']\n", nil)
	f.tell("message", object{"message_id": 3, "date": 1, "chat": object{"id": -77, "type": "group", "title": "x"}, "migrate_to_chat_id": json.Number(group)})
	b := poll(t, c, "")
	f.say("over here", nil)
	if b = poll(t, c, b.Next); !slices.Equal(texts(b), []string{"over here"}) {
		t.Errorf("came %q", texts(b))
	}
	f.moved = group
	out := desk.Outgoing{Key: "k", Text: "Holnap!", Parent: desk.Mention{Remote: "-77/3"}}
	if _, err := c.Reply(t.Context(), out); !errors.Is(err, desk.ErrDenied) || !strings.Contains(err.Error(), group) {
		t.Errorf("answering in the old group: %v", err)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	f := newFake()
	c := connect(t, f, "", nil)
	if err := c.Check(t.Context()); err != nil {
		t.Error(err)
	}
	f.hook = "https://elsewhere.example/hook"
	if err := c.Check(t.Context()); !errors.Is(err, desk.ErrDenied) || !strings.Contains(err.Error(), "webhook") {
		t.Errorf("with a webhook: %v", err)
	}
	f.reader = "another"
	if _, err := c.Poll(t.Context(), ""); err == nil || !strings.Contains(err.Error(), "another program") || strings.Contains(err.Error(), connectortest.Secret) {
		t.Errorf("with another reader: %v", err)
	}
}

func TestReplies(t *testing.T) {
	t.Parallel()
	f := newFake()
	c := connect(t, f, "", nil)
	parent := f.say("mikor jön?", nil)
	out := desk.Outgoing{Key: "k", Text: "Holnap!", Parent: parentOf(parent)}
	receipt, err := c.Reply(t.Context(), out)
	want := desk.Receipt{
		Remote: group + "/56", URL: "https://t.me/mintabolt_csoport/56", At: connectortest.Now().Add(-time.Hour), Visibility: desk.VisiblePublic,
	}
	if err != nil || receipt != want || f.witness("Holnap!") != 1 {
		t.Errorf("the receipt is %+v, %v", receipt, err)
	}
	parent.gone = true
	if _, err := c.Reply(t.Context(), out); !errors.Is(err, desk.ErrGone) || f.witness("Holnap!") != 1 {
		t.Errorf("answering what was deleted: %v", err)
	}
	for text, want := range map[string]error{strings.Repeat("👍", 2049): desk.ErrInvalid, strings.Repeat("👍", 2048): desk.ErrGone} {
		out.Text = text
		if _, err := c.Reply(t.Context(), out); !errors.Is(err, want) {
			t.Errorf("%d runes: %v", len([]rune(text)), err)
		}
	}
	for _, id := range []desk.RemoteID{"55", "x/55", "-1/x", "/", "1e3/5", "-/5"} {
		out.Text, out.Parent.Remote = "x", id
		if _, err := c.Reply(t.Context(), out); !errors.Is(err, desk.ErrInvalid) {
			t.Errorf("%s: %v", id, err)
		}
	}
}

// Every example of the documentation means something here.
func TestPayloads(t *testing.T) {
	t.Parallel()
	read := func(name string) []byte {
		data, err := os.ReadFile(filepath.Join("testdata", "payloads", name))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	var sent struct{ Response json.RawMessage }
	var refusals []struct {
		Status int
		Body   json.RawMessage
	}
	if err := errors.Join(json.Unmarshal(read("sendMessage.json"), &sent), json.Unmarshal(read("errors.json"), &refusals)); err != nil {
		t.Fatal(err)
	}
	c := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/sendMessage") {
			_, _ = w.Write(sent.Response)
			return
		}
		_, _ = w.Write(read("getUpdates.json"))
	}), "", nil)
	if b := poll(t, c, ""); len(b.Mentions) != 2 || len(b.Poison) != 0 || b.Mentions[0].Text != "@mintabolt mikor érkezik?" || !b.Mentions[1].Ours {
		t.Errorf("%+v", b)
	}
	out := desk.Outgoing{Key: "k", Text: "Holnap!", Parent: desk.Mention{Remote: "-1001234567890/55"}}
	if receipt, err := c.Reply(t.Context(), out); err != nil || receipt.Remote != "-1001234567890/60" {
		t.Errorf("%+v, %v", receipt, err)
	}
	classes := map[string]error{
		"Unauthorized": desk.ErrDenied, "kicked": desk.ErrDenied, "not found": desk.ErrGone, "too long": desk.ErrInvalid, "Conflict": desk.ErrDenied,
	}
	for _, no := range refusals {
		c := connect(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(no.Status); _, _ = w.Write(no.Body) }), "", nil)
		_, err := c.Reply(t.Context(), out)
		transient, is := errors.AsType[*desk.Transient](err)
		if is != (no.Status == 429) || is && transient.After != 14*time.Second {
			t.Errorf("%s: %v", no.Body, err)
		}
		for words, class := range classes {
			if strings.Contains(string(no.Body), words) && !errors.Is(err, class) {
				t.Errorf("%s: %v", no.Body, err)
			}
		}
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	account := &connectors.Account{Handle: "acme_bot", Keys: connectortest.Keys(desk.Grant{})}
	for config, fine := range map[string]bool{
		"{}": true, "page: 101": false, "chats: ['@']": false, "kinds: [poll]": false, "server: api.telegram.org": false, "server: https://u:p@x.example": false,
	} {
		env := connectortest.Env(t, "telegram", nil)
		env.Account = account
		if _, err := telegram.New(env, decoder(config)); (err == nil) != fine || err != nil && !errors.Is(err, desk.ErrInvalid) {
			t.Errorf("%s: %v", config, err)
		}
	}
	if _, err := telegram.New(connectortest.Env(t, "telegram", nil), decoder("{}")); !errors.Is(err, desk.ErrInvalid) {
		t.Errorf("without an account: %v", err)
	}
}
