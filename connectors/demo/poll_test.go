package demo

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/demonet"
	"github.com/earshotdesk/earshot/internal/desk"
)

func TestPollTellsEverythingOnce(t *testing.T) {
	t.Parallel()
	s := newStage(t, Options{Page: 3, Overlap: desk.Duration(time.Minute)})
	var want []desk.RemoteID
	for i := range 47 { // more than a poll of five pages of three takes
		p := s.say("mira", fmt.Sprintf("Parcel %d is late, @acme", i), "")
		s.say("mira", "nothing to do with it", "")
		want = append(want, desk.RemoteID(p.ID))
	}
	mentions, gone, cursor := s.poll("")
	if diff := cmp.Diff(want, remotes(mentions)); diff != "" || len(gone) > 0 {
		t.Errorf("first contact (-want +got):\n%s gone %v", diff, gone)
	}
	for range 2 {
		mentions, gone, cursor = s.poll(cursor)
		if len(mentions)+len(gone) > 0 {
			t.Errorf("a further poll told %v, gone %v", remotes(mentions), gone)
		}
	}
	reply := s.say("acme", "We look into it.", string(want[0]))
	follow := s.say("mira", "Thank you, waiting.", reply.ID)
	mentions, _, _ = s.poll(cursor)
	if diff := cmp.Diff([]desk.RemoteID{desk.RemoteID(reply.ID), desk.RemoteID(follow.ID)}, remotes(mentions)); diff != "" {
		t.Errorf("replies (-want +got):\n%s", diff)
	}
	if !mentions[0].Ours || mentions[1].Ours || mentions[1].Kind != desk.KindComment || mentions[1].Thread != want[0] {
		t.Errorf("replies read as %+v", mentions)
	}
}

func TestMentionFields(t *testing.T) {
	t.Parallel()
	s := newStage(t, Options{})
	p, _, err := s.net.Publish("mira", demonet.Draft{Text: "@acme\nszörnyű", Language: "hu", Likes: 3, Shares: 2})
	if err != nil {
		t.Fatal(err)
	}
	mentions, _, _ := s.poll("")
	mira := p.Author
	got := mentions[0]
	if len(got.Raw) == 0 || got.Author.ID == "" {
		t.Error("a mention needs raw bytes and its author's id")
	}
	got.Raw, got.Author.ID = nil, ""
	want := desk.Mention{
		Site: "demo:acme.example", Remote: desk.RemoteID(p.ID), Kind: desk.KindPost, Thread: desk.RemoteID(p.ID),
		Author: desk.Author{Handle: mira, Name: "MIRA", URL: s.url + "/@mira", Followers: 12},
		Text:   "@acme\nszörnyű", Language: "hu", URL: s.url + "/@mira/" + p.ID, PostedAt: p.CreatedAt,
		Visibility: desk.Public, Counts: desk.Counts{Likes: 3, Shares: 2},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("mention (-want +got):\n%s", diff)
	}
}

func TestEditsAndDeletions(t *testing.T) {
	t.Parallel()
	s := newStage(t, Options{Page: 2})
	edited, deleted := s.say("mira", "@acme first", ""), s.say("mira", "@acme second", "")
	stray := s.say("mira", "not about you", "")
	known, _, cursor := s.poll("")
	for i := range 5 {
		if _, err := s.net.Edit("mira", edited.ID, fmt.Sprintf("@acme edit %d", i)); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range []string{deleted.ID, stray.ID} {
		if err := s.net.Delete("mira", id); err != nil {
			t.Fatal(err)
		}
	}
	recheck, err := s.Recheck(t.Context(), known)
	if err != nil {
		t.Fatal(err)
	}
	mentions, gone, cursor := s.poll(cursor)
	for name, got := range map[string]struct {
		mentions []desk.Mention
		gone     []desk.RemoteID
	}{"poll": {mentions, gone}, "recheck": {recheck.Mentions, recheck.Gone}} {
		if len(got.mentions) != 1 || got.mentions[0].Text != "@acme edit 4" || got.mentions[0].EditedAt.IsZero() {
			t.Errorf("%s told %+v, want the last wording", name, got.mentions)
		}
		if !slices.Equal(got.gone, []desk.RemoteID{desk.RemoteID(deleted.ID)}) {
			t.Errorf("%s told as gone %v, want %s", name, got.gone, deleted.ID)
		}
	}
	if mentions, gone, _ := s.poll(cursor); len(mentions)+len(gone) > 0 {
		t.Errorf("a further poll told %v, gone %v", mentions, gone)
	}
}

func TestLateAppearance(t *testing.T) {
	t.Parallel()
	s := newStage(t, Options{Overlap: desk.Duration(time.Hour)})
	root := s.say("mira", "@acme hello", "")
	s.moods(demonet.Moods{Delay: desk.Duration(time.Minute)})
	hidden := s.say("mira", "Are you there, @acme?", root.ID)
	later := s.say("mira", "@acme once more", "")
	mentions, _, cursor := s.poll("")
	if len(mentions) != 2 || mentions[1].Remote != desk.RemoteID(later.ID) {
		t.Fatalf("the hidden reply was told, or the later post was not: %v", remotes(mentions))
	}
	s.ahead(time.Minute)
	for _, want := range [][]desk.RemoteID{{desk.RemoteID(hidden.ID)}, nil} {
		mentions, _, cursor = s.poll(cursor)
		if diff := cmp.Diff(want, remotes(mentions)); diff != "" {
			t.Errorf("once it is there (-want +got):\n%s", diff)
		}
	}
	if thread, err := s.Thread(t.Context(), desk.Mention{Remote: desk.RemoteID(root.ID)}); err != nil || len(thread) != 2 {
		t.Errorf("thread %v, %v; want the root and the reply", remotes(thread), err)
	}
}

func TestBadItemsSpoilNothing(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/v1/changes" {
			fmt.Fprint(w, `{"changes":[],"more":false,"next":4}`)
			return
		}
		fmt.Fprint(w, `{"changes":4,"now":"2026-11-20T12:00:00Z","posts":[{"id":"10","text":7},{"text":"no id"},`+
			`{"id":"11","text":"@acme hi","created_at":"2026-11-20T11:59:59Z"}]}`)
	}))
	t.Cleanup(srv.Close)
	c := connect(t, srv.URL, Options{Overlap: desk.Duration(time.Hour)})
	b, err := c.Poll(t.Context(), "")
	if err != nil || len(b.Mentions) != 1 || len(b.Poison) != 2 || b.Poison[0].Remote != "10" {
		t.Fatalf("mentions %v, poison %v, error %v", b.Mentions, b.Poison, err)
	}
	if b, err = c.Poll(t.Context(), b.Next); err != nil || len(b.Mentions)+len(b.Poison) > 0 {
		t.Errorf("the second poll told %v, poison %v, error %v", b.Mentions, b.Poison, err)
	}
}

func TestNetworkStartedAnew(t *testing.T) {
	t.Parallel()
	old, fresh := newStage(t, Options{}), newStage(t, Options{})
	p := old.say("mira", "@acme hello", "")
	if _, err := old.net.Edit("mira", p.ID, "@acme hello!"); err != nil {
		t.Fatal(err)
	}
	_, _, cursor := old.poll("")
	fresh.say("mira", "@acme hello again", "")
	b, err := fresh.Poll(t.Context(), cursor)
	if err != nil || b.Gap == nil || len(b.Mentions) != 1 {
		t.Errorf("mentions %v, gap %v, error %v; want the new post and a gap", b.Mentions, b.Gap, err)
	}
}

func remotes(mentions []desk.Mention) []desk.RemoteID {
	var all []desk.RemoteID
	for _, m := range mentions {
		all = append(all, m.Remote)
	}
	return all
}
