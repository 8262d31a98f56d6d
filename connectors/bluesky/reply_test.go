package bluesky

import (
	"encoding/json"
	"errors"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/internal/desk"
)

// stage is a server in memory with one mention, and a connector to it.
func stage(t *testing.T, opt func(*Options)) (*server, *Connector, desk.Mention) {
	t.Helper()
	s, uri := newServer()
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	env := connectortest.Env(t, "bluesky", nil)
	env.Account = account(connectortest.Keys(grant()))
	env.Account.Server = h.URL
	c, err := New(env, func(into any) error {
		if opt != nil {
			opt(into.(*Options))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, c.(*Connector), desk.Mention{Site: "bluesky", Remote: desk.RemoteID(uri), Text: "@acme.example the parcel never came"}
}

func replyTo(m desk.Mention, words string) desk.Outgoing {
	return desk.Outgoing{Key: "01K", CreatedAt: connectortest.Now(), Account: "acme", Parent: m, Text: words}
}

// The whole record, byte for byte: places are bytes of UTF-8, a handle of nobody and a number are no links, the root is the parent's.
func TestRecord(t *testing.T) {
	t.Parallel()
	s, c, m := stage(t, nil)
	root := ref{"at://" + them + "/" + postType + "/3root22222222", "cid-root"}
	r := s.records[string(m.Remote)]
	r.Reply, r.Langs = &reply{Root: root, Parent: root}, []string{"hu", "not a language", "en-GB"}
	s.records[string(m.Remote)] = r
	receipt, err := c.Reply(t.Context(), replyTo(m, "Jó, 👍 @mira.example! acme.hu/csomag és https://a.example/?q=ő. #szállítás #123 @nobody.example @acme"))
	if err != nil {
		t.Fatal(err)
	}
	var got, want any
	if err := json.Unmarshal(s.last, &got); err != nil {
		t.Fatal(err)
	}
	const expected = `{"$type":"app.bsky.feed.post","text":"Jó, 👍 @mira.example! acme.hu/csomag és https://a.example/?q=ő. #szállítás #123 @nobody.example @acme",
	"langs":["hu","en-GB"],"createdAt":"2026-11-20T12:00:00.000Z",
	"reply":{"root":{"uri":"at://did:plc:mira/app.bsky.feed.post/3root22222222","cid":"cid-root"},
	         "parent":{"uri":"at://did:plc:mira/app.bsky.feed.post/3mention22222","cid":"cid-@acme.example the parcel never came"}},
	"facets":[
	 {"index":{"byteStart":10,"byteEnd":23},"features":[{"$type":"app.bsky.richtext.facet#mention","did":"did:plc:mira"}]},
	 {"index":{"byteStart":25,"byteEnd":39},"features":[{"$type":"app.bsky.richtext.facet#link","uri":"https://acme.hu/csomag"}]},
	 {"index":{"byteStart":44,"byteEnd":67},"features":[{"$type":"app.bsky.richtext.facet#link","uri":"https://a.example/?q=ő"}]},
	 {"index":{"byteStart":69,"byteEnd":82},"features":[{"$type":"app.bsky.richtext.facet#tag","tag":"szállítás"}]}]}`
	if err := json.Unmarshal([]byte(expected), &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the record differs (-want +got):\n%s", diff)
	}
	name := rkey(replyTo(m, ""))
	if want := "https://bsky.app/profile/acme.example/post/" + name; receipt.URL != want || !receipt.At.Equal(connectortest.Now()) {
		t.Errorf("the receipt is %+v", receipt)
	}
}

func TestLangsOfTheSource(t *testing.T) {
	t.Parallel()
	s, c, m := stage(t, func(o *Options) { o.Langs = []string{"sk"} })
	if _, err := c.Reply(t.Context(), replyTo(m, "Ďakujeme")); err != nil || !strings.Contains(string(s.last), `"langs":["sk"]`) {
		t.Errorf("%v: %s", err, s.last)
	}
}

// Names are TIDs: 13 digits whose first leaves the top bit free; they sort as replies were made and differ by key.
func TestNames(t *testing.T) {
	t.Parallel()
	valid := regexp.MustCompile(`^[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}$`)
	at := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	var names []string
	for i := range 500 {
		out := desk.Outgoing{Key: "k" + string(rune('a'+i%26)), CreatedAt: at.Add(time.Duration(i) * 36 * time.Hour)}
		name := rkey(out)
		if !valid.MatchString(name) {
			t.Fatalf("%s is no TID", name)
		}
		names = append(names, name)
	}
	if !slices.IsSorted(names) {
		t.Error("names do not sort by time")
	}
	seen := map[string]bool{}
	for i := range 1000 {
		seen[rkey(desk.Outgoing{Key: string(rune(0x4e00 + i)), CreatedAt: at})] = true
	}
	if len(seen) != 1000 {
		t.Errorf("1000 replies of one moment have %d names", len(seen))
	}
	if zero := rkey(desk.Outgoing{}); !valid.MatchString(zero) {
		t.Errorf("%s is no TID", zero)
	}
	// The network's own library named a record of this moment 3n2tturisy225; the last digits are less than a millisecond or random.
	if got := rkey(desk.Outgoing{Key: "x", CreatedAt: time.Date(2026, 11, 21, 19, 35, 10, 542e6, time.UTC)}); got[:8] != "3n2tturi" {
		t.Errorf("%s is not the name of its moment", got)
	}
}

func TestWhatTakesNoReply(t *testing.T) {
	t.Parallel()
	s, c, m := stage(t, nil)
	refused := func(what string, out desk.Outgoing, class error, words string) {
		t.Helper()
		_, err := c.Reply(t.Context(), out)
		if !errors.Is(err, class) || !strings.Contains(err.Error(), words) || s.puts != 0 {
			t.Errorf("%s: %v, written %d times", what, err, s.puts)
		}
	}
	refused("too many graphemes", replyTo(m, strings.Repeat("é", 301)), desk.ErrInvalid, "301 characters")
	refused("too many bytes", replyTo(m, strings.Repeat("👨‍👩‍👧‍👦", 121)), desk.ErrInvalid, "3025 bytes")
	s.gated[string(m.Remote)] = true
	refused("gated", replyTo(m, "Hello"), desk.ErrDenied, "certain people")
	s.gated, s.blocked = nil, true
	refused("blocked", replyTo(m, "Hello"), desk.ErrDenied, "blocked")
	s.blocked = false
	s.remove(string(m.Remote))
	refused("gone", replyTo(m, "Hello"), desk.ErrGone, "no longer there")
}

// A record of ours that has the name and says something else is neither replaced nor taken for the reply.
func TestNameIsTaken(t *testing.T) {
	t.Parallel()
	s, c, m := stage(t, nil)
	out := replyTo(m, "Hello")
	s.say(us, rkey(out), "Something else", connectortest.Now())
	_, err := c.Reply(t.Context(), out)
	if _, ok := errors.AsType[*desk.Unknown](err); !ok || s.count("Something else") != 1 || s.count("Hello") != 0 {
		t.Errorf("%v", err)
	}
	found, err := c.Find(t.Context(), out)
	if found.Finding != desk.FoundNot || !errors.Is(err, desk.ErrConflict) {
		t.Errorf("reading back: %+v, %v", found, err)
	}
}

func TestDeleteOnlyOurs(t *testing.T) {
	t.Parallel()
	s, c, m := stage(t, nil)
	if err := c.Delete(t.Context(), desk.Outgoing{}, desk.Receipt{Remote: m.Remote}); !errors.Is(err, desk.ErrDenied) || s.count(m.Text) != 1 {
		t.Errorf("deleting theirs: %v", err)
	}
}

// More in one millisecond than a page holds: the rest of it is left out by the network itself, and the walk goes on.
func TestMoreInAMomentThanAPageHolds(t *testing.T) {
	t.Parallel()
	s, c, _ := stage(t, func(o *Options) { o.Own = false })
	s.limit = 3
	at := connectortest.Now().Add(-2 * time.Hour)
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		s.say(them, "3same2222222"+name, "same "+name, at)
	}
	s.say(them, "3older2222222", "older", at.Add(-time.Minute))
	var told []string
	var since connectors.Cursor
	for range 10 {
		b, err := c.Poll(t.Context(), since)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range b.Mentions {
			told = append(told, m.Text)
		}
		since = b.Next
		if !b.More {
			break
		}
	}
	if want := []string{"@acme.example the parcel never came", "same e", "same d", "same c", "older"}; !slices.Equal(told, want) {
		t.Errorf("told %q, asked %v", told, s.asked)
	}
}
