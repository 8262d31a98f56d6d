package mastodon_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

// walk polls until there is no more.
func walk(t *testing.T, c connectors.Connector, since connectors.Cursor) ([]desk.Mention, connectors.Cursor) {
	t.Helper()
	var all []desk.Mention
	for range 100 {
		b, err := c.Poll(t.Context(), since)
		if err != nil {
			t.Fatal(err)
		}
		all, since = append(all, b.Mentions...), b.Next
		if !b.More {
			return all, since
		}
	}
	t.Fatal("there is always more")
	return nil, ""
}

func texts(all []desk.Mention) []string {
	var out []string
	for _, m := range all {
		out = append(out, strings.TrimPrefix(m.Text, "@acme "))
	}
	return out
}

// Whatever the number of mentions between two polls, all come, once, in the order in which they were said.
func TestNothingIsSkipped(t *testing.T) {
	t.Parallel()
	for name, m := range moods() {
		for _, page := range []int{1, 2, 7, 40} {
			t.Run(fmt.Sprintf("%s, %d a page", name, page), func(t *testing.T) {
				t.Parallel()
				f := newFake(now, m.gts, m.header)
				c := connect(t, f, fmt.Sprintf("page: %d\n", page))
				var want []string
				say := func(n int) {
					for range n {
						words := fmt.Sprintf("mention %d", len(want))
						f.say("mira", "@acme "+words, nil, time.Minute)
						want = append(want, words)
					}
				}
				say(33)
				got, cursor := walk(t, c, "")
				slices.SortFunc(got, func(a, b desk.Mention) int { return strings.Compare(string(a.Remote), string(b.Remote)) }) // from the newest back
				for _, n := range []int{1, 0, 2, 57, 3} {
					say(n)
					more, next := walk(t, c, cursor)
					got, cursor = append(got, more...), next
				}
				if !slices.Equal(texts(got), want) {
					t.Errorf("%d of %d mentions came, or in another order: %q", len(got), len(want), texts(got))
				}
				for _, asked := range f.requests(t) {
					if strings.Contains(asked, "since_id") {
						t.Fatalf("%s skips what lies between the anchor and the newest", asked)
					}
				}
			})
		}
	}
}

// A first contact that the rate limit interrupts goes on where it stopped.
func TestAFirstContactSurvivesTheRateLimit(t *testing.T) {
	t.Parallel()
	f := newFake(now, false, true)
	for i := range 500 {
		f.say("mira", fmt.Sprintf("@acme %d", i), nil, time.Minute)
	}
	f.say("mira", "@acme long ago", nil, 40*24*time.Hour)
	c := connect(t, f, "")
	seen := map[desk.RemoteID]int{}
	var cursor connectors.Cursor
	limited := 0
	for range 100 {
		f.mu.Lock()
		f.left = 2
		f.mu.Unlock()
		b, err := c.Poll(t.Context(), cursor)
		if transient, ok := errors.AsType[*desk.Transient](err); ok && transient.After == 4*time.Minute {
			limited++
		} else if err != nil {
			t.Fatal(err)
		}
		cursor = b.Next
		for _, m := range b.Mentions {
			seen[m.Remote]++
		}
		if err == nil && !b.More {
			break
		}
	}
	if len(seen) != 500 || limited == 0 {
		t.Errorf("%d of 500 mentions came, %d polls met the limit", len(seen), limited)
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s came %d times", id, n)
		}
	}
}

func TestEditsAndDeletionsOfNewMentions(t *testing.T) {
	t.Parallel()
	f := newFake(now, true, false)
	c := connect(t, f, "")
	var posts []*post
	for i := range 3 {
		posts = append(posts, f.say("mira", fmt.Sprintf("@acme %d", i), nil, time.Minute))
	}
	_, cursor := walk(t, c, "")
	posts[1].text, posts[1].edited = "@acme no, one", now()
	f.remove(posts[2]) // the newest: where the last poll stopped
	got, cursor := walk(t, c, cursor)
	if len(got) != 1 || got[0].Text != "@acme no, one" || got[0].EditedAt.IsZero() {
		t.Fatalf("after an edit came %q", texts(got))
	}
	f.say("mira", "@acme 3", nil, 0)
	if got, _ = walk(t, c, cursor); !slices.Equal(texts(got), []string{"3"}) {
		t.Errorf("after a deletion came %q", texts(got))
	}
}

// A post that reaches the server late stands in the tag where it was written, not on top.
func TestLatePostsOfATag(t *testing.T) {
	t.Parallel()
	f := newFake(now, false, true)
	c := connect(t, f, "tags: [{tag: acme}]\n")
	f.say("mira", "early #acme", nil, 90*time.Minute)
	before := f.id()
	f.say("mira", "on time #acme", nil, time.Minute)
	_, cursor := walk(t, c, "")
	f.say("eva@masik.example", "late #acme", nil, 30*time.Minute).id = before
	f.posts[1], f.posts[2] = f.posts[2], f.posts[1]
	if got, _ := walk(t, c, cursor); !slices.Equal(texts(got), []string{"late #acme"}) {
		t.Errorf("came %q", texts(got))
	}
}

// Whoever wants no history gets none, of mentions or of tags.
func TestNoHistory(t *testing.T) {
	t.Parallel()
	f := newFake(now, false, true)
	f.say("mira", "@acme long ago #acme", nil, time.Hour)
	c := connect(t, f, "history: 0s\ntags: [{tag: acme}]\n")
	got, cursor := walk(t, c, "")
	f.say("mira", "@acme now", nil, 0)
	f.say("mira", "here #acme", nil, 0)
	more, _ := walk(t, c, cursor)
	if len(got) != 0 || !slices.Equal(texts(more), []string{"now", "here #acme"}) {
		t.Errorf("first came %q, then %q", texts(got), texts(more))
	}
}

func TestConversations(t *testing.T) {
	t.Parallel()
	f := newFake(now, false, true)
	root := f.say("acme", "Sale!", nil, time.Hour)
	first := f.say("mira", "@acme is it over?", root, 50*time.Minute)
	answer := f.say("acme", "@mira no", first, 40*time.Minute)
	last := f.say("mira", "@acme thanks", answer, 30*time.Minute)
	c := connect(t, f, "")
	got, _ := walk(t, c, "")
	for _, m := range got {
		if m.Remote != desk.RemoteID(root.id) && (m.Thread != desk.RemoteID(root.id) || m.Parent == "" || m.Kind != desk.KindComment) {
			t.Errorf("%q stands in thread %s under %s, the conversation began with %s", m.Text, m.Thread, m.Parent, root.id)
		}
	}
	threader, ok := c.(connectors.Threader)
	if !ok {
		t.Fatal("it is no Threader")
	}
	thread, err := threader.Thread(t.Context(), desk.Mention{Remote: desk.RemoteID(first.id)})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{root.id, first.id, answer.id, last.id}
	var have []string
	for _, m := range thread {
		have = append(have, string(m.Remote))
		if m.Ours != (m.Author.Handle == "acme") || m.Thread != desk.RemoteID(root.id) {
			t.Errorf("%+v", m)
		}
	}
	if !slices.Equal(have, want) {
		t.Errorf("the conversation is %v, want %v", have, want)
	}
}

// Only the server's word that a post is not there is a deletion; both kinds of server say it.
func TestRecheck(t *testing.T) {
	t.Parallel()
	for name, m := range moods() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(now, m.gts, m.header)
			same, edited, gone := f.say("mira", "@acme 1", nil, time.Hour), f.say("mira", "@acme 2", nil, time.Hour), f.say("mira", "@acme 3", nil, time.Hour)
			c := connect(t, f, "")
			known, _ := walk(t, c, "")
			edited.text, edited.edited = "@acme two", now()
			f.remove(gone)
			known[0].Thread = "root"
			r, ok := c.(connectors.Rechecker)
			if !ok {
				t.Fatal("it is no Rechecker")
			}
			b, err := r.Recheck(t.Context(), known)
			if err != nil || len(b.Mentions) != 2 || !slices.Equal(b.Gone, []desk.RemoteID{desk.RemoteID(gone.id)}) {
				t.Fatalf("%+v, %v", b, err)
			}
			for _, m := range b.Mentions {
				if m.Remote == desk.RemoteID(edited.id) && m.Text != "@acme two" || m.Remote == desk.RemoteID(same.id) && m.Thread != "root" {
					t.Errorf("%+v", m)
				}
			}
			f.mu.Lock()
			f.left = 1
			f.mu.Unlock()
			if b, err = r.Recheck(t.Context(), known); m.gts && (err == nil || len(b.Gone) > 0) {
				t.Errorf("under the rate limit: %+v, %v", b, err)
			}
		})
	}
}
