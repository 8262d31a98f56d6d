package bluesky

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/realsrv"
)

// TestRealConversation walks the whole way on a real network: mention, poll, reply, thread, and the end of the mention.
func TestRealConversation(t *testing.T) {
	t.Parallel()
	acme, mira := realsrv.Citizens(t, "acme", "mira")
	c, _ := as(t, acme, Options{Notifications: true, Own: true, Query: []string{"zqkettle"}, Followers: true})
	if err := c.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	uri := mira.Say(acme, "my zqkettle leaks")
	began := time.Now()
	m, cursor := polled(t, c, "", uri)
	t.Logf("polled %v after it was said", time.Since(began).Round(time.Millisecond))
	if m.Kind != desk.KindPost || m.Ours || m.Author.Handle != mira.Handle || m.Language != "en" || m.PostedAt.IsZero() {
		t.Errorf("the mention is %+v", m)
	}

	out := outgoing(m, "Sorry! See https://acme.example, @"+mira.Handle+" #kettle")
	first, err := c.Reply(t.Context(), out)
	if err != nil {
		t.Fatal(err)
	}
	until(t, "the thread shows the reply", func() bool {
		thread, err := c.Thread(t.Context(), m)
		return err == nil && len(thread) == 2 && thread[1].Remote == first.Remote && thread[1].Parent == m.Remote && thread[1].Ours
	})
	again, err := c.Reply(t.Context(), out)
	if err != nil || again != first {
		t.Errorf("the same reply again: %+v, %v; first it was %+v", again, err, first)
	}
	if n := acme.Said()[out.Text]; n != 1 {
		t.Errorf("it was said %d times", n)
	}
	var there struct{ Value written }
	acme.Get("com.atproto.repo.getRecord", url.Values{"repo": {acme.DID}, "collection": {postType}, "rkey": {rkey(out)}}, &there)
	if len(there.Value.Facets) != 3 || there.Value.Facets[1].Features[0].DID != mira.DID {
		t.Errorf("of link, mention and tag the record has %+v", there.Value.Facets)
	}
	mine, _ := polled(t, c, cursor, string(first.Remote))
	if !mine.Ours || mine.Parent != m.Remote || mine.Thread != m.Remote {
		t.Errorf("our own answer comes back as %+v", mine)
	}

	mira.Remove(uri)
	until(t, "the network says that the post is gone", func() bool {
		b, err := c.Recheck(t.Context(), []desk.Mention{m, mine})
		if err != nil || len(b.Mentions)+len(b.Gone) != 2 {
			t.Fatalf("looking again at 2: %d are there, %v gone, %v", len(b.Mentions), b.Gone, err)
		}
		return slices.Equal(b.Gone, []desk.RemoteID{m.Remote})
	})
	late := outgoing(m, "Too late")
	if _, err := c.Reply(t.Context(), late); !errors.Is(err, desk.ErrGone) || acme.Said()["Too late"] != 0 {
		t.Errorf("answering what is gone: %v, said %d times", err, acme.Said()["Too late"])
	}
	for range 2 {
		if err := c.Delete(t.Context(), out, first); err != nil || len(acme.Said()) != 0 {
			t.Errorf("deleting: %v; left is %v", err, acme.Said())
		}
	}
}

// polled polls until a post is told.
func polled(t *testing.T, c *Connector, since connectors.Cursor, uri string) (m desk.Mention, next connectors.Cursor) {
	t.Helper()
	until(t, "the poll tells "+uri, func() bool {
		b, err := c.Poll(t.Context(), since)
		if err != nil || len(b.Poison) > 0 {
			t.Fatalf("polling: %v, %v", err, b.Poison)
		}
		since = b.Next
		i := slices.IndexFunc(b.Mentions, func(m desk.Mention) bool { return string(m.Remote) == uri })
		if i >= 0 {
			m = b.Mentions[i]
		}
		return i >= 0
	})
	return m, since
}

func outgoing(parent desk.Mention, words string) desk.Outgoing {
	return desk.Outgoing{Key: "key of " + words, CreatedAt: time.Now(), Account: "acme", Parent: parent, Text: words}
}

// What takes no reply gets none: a reply would be accepted and shown to nobody.
func TestRealGatesAndBlocks(t *testing.T) {
	t.Parallel()
	acme, mira := realsrv.Citizens(t, "acme", "mira")
	c, _ := as(t, acme, Options{Notifications: true})
	gated := mira.Say(acme, "I talk to nobody")
	mira.Write("app.bsky.feed.threadgate", gated[strings.LastIndex(gated, "/")+1:], map[string]any{"post": gated, "allow": []string{}})
	m, _ := polled(t, c, "", gated)
	until(t, "the gate is shown", func() bool {
		var l struct {
			Posts []struct{ Viewer struct{ ReplyDisabled bool } }
		}
		acme.Get("app.bsky.feed.getPosts", url.Values{"uris": {gated}}, &l)
		return len(l.Posts) == 1 && l.Posts[0].Viewer.ReplyDisabled
	})
	if _, err := c.Reply(t.Context(), outgoing(m, "Hello?")); !errors.Is(err, desk.ErrDenied) || errors.Is(err, desk.ErrGone) {
		t.Errorf("answering behind a gate: %v", err)
	}
	mira.Write("app.bsky.graph.block", "", map[string]any{"subject": acme.DID})
	until(t, "the block counts", func() bool {
		b, err := c.Recheck(t.Context(), []desk.Mention{m})
		if err != nil || len(b.Gone) > 0 {
			t.Fatalf("what is hidden by a block: %+v, %v", b, err)
		}
		return len(b.Mentions) == 0
	})
	if _, err := c.Reply(t.Context(), outgoing(m, "Hello?")); !errors.Is(err, desk.ErrDenied) || !strings.Contains(err.Error(), "blocked") {
		t.Errorf("answering who has blocked us: %v", err)
	}
	if said := acme.Said(); len(said) != 0 {
		t.Errorf("said all the same: %v", said)
	}
}

// The real limit on sessions: the 31st in five minutes is refused, with the seconds to wait.
func TestRealRateLimit(t *testing.T) {
	t.Parallel()
	server := realsrv.PDS(t, true)
	acme := realsrv.Join(t, server, "acme")
	_, keys := as(t, acme, Options{Own: true})
	keys.env.Account.Secret = "not-the-password"
	var mu sync.Mutex
	var waits []time.Duration
	denied := 0
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 8 {
				_, err := login().Open(t.Context(), keys.env)
				mu.Lock()
				if wait, ok := errors.AsType[*desk.Transient](err); ok {
					waits = append(waits, wait.After)
				} else if errors.Is(err, desk.ErrDenied) {
					denied++
				} else {
					t.Errorf("signing in with a wrong password: %v", err)
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if denied != 30 || len(waits) != 2 {
		t.Errorf("%d were denied and %d limited, of 32", denied, len(waits))
	}
	for _, wait := range waits {
		if wait <= 0 || wait > 5*time.Minute {
			t.Errorf("asked to wait %v", wait)
		}
	}
}

// A session whose access is not taken any more is refreshed, and the call that noticed goes through.
func TestRealRefresh(t *testing.T) {
	t.Parallel()
	server := realsrv.PDS(t, false)
	acme := realsrv.Join(t, server, "acme")
	c, keys := as(t, acme, Options{Own: true})
	g, err := keys.Grant(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	life, whole := time.Until(g.Expires), time.Until(g.RefreshExpires)
	if life < time.Hour || life > 3*time.Hour || whole < 80*24*time.Hour || g.Who != "@"+acme.Handle || !slices.Equal(g.Scopes, []string{"com.atproto.appPass"}) {
		t.Errorf("the grant is of %s, for %v, access lasts %v, all of it %v", g.Who, g.Scopes, life, whole)
	}
	keys.grant.Access += "x"
	out := outgoing(desk.Mention{Remote: "at://did:plc:x/app.bsky.feed.post/3aaaaaaaaaaaa"}, "x")
	found, err := c.Find(t.Context(), out)
	if err != nil || found.Finding != desk.FoundAbsent || keys.refreshed != 0 { // the server does not mind who reads a record
		t.Errorf("reading back what was never said: %+v, %v", found, err)
	}
	gone := desk.Receipt{Remote: desk.RemoteID("at://" + acme.DID + "/" + postType + "/3aaaaaaaaaaaa")}
	if err := c.Delete(t.Context(), out, gone); err != nil || keys.refreshed != 1 {
		t.Errorf("with an access that is not taken: %v, refreshed %d times", err, keys.refreshed)
	}
	if keys.grant.Access == g.Access+"x" || keys.grant.Extra["did"] != desk.Secret(acme.DID) {
		t.Error("what came of it is no session of the same account")
	}
}
