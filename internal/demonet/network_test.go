package demonet

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
)

// stage opens a network on a file (or in memory when path is empty) with the accounts acme and mira.
func stage(t *testing.T, path string) *Network {
	t.Helper()
	n, err := Open(Options{Data: path, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = n.Close() })
	for _, handle := range []string{"acme", "mira"} {
		if _, _, err := n.Join(Account{Handle: handle}, handle+"-token"); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// left returns a copy of a log that is open: what a process that was killed right now would have left.
func left(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), filepath.Base(path))
	if err := os.WriteFile(copied, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return copied
}

func say(t *testing.T, n *Network, handle string, d Draft) Post {
	t.Helper()
	p, _, err := n.Publish(handle, d)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestLogSurvivesSuddenEnd(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "demo.db")
	n := stage(t, path)
	root := say(t, n, "mira", Draft{Text: "Where is my parcel, @acme?", Key: "k"})
	reply := say(t, n, "acme", Draft{Text: "We look into it.", Parent: root.ID})
	gone := say(t, n, "mira", Draft{Text: "Forget it."})
	if _, err := n.Edit("mira", root.ID, "Where is my parcel, @acme? It is Friday."); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(n.Delete("mira", gone.ID), n.Lock(reply.ID, true), n.SetMoods(Moods{Moderate: true})); err != nil {
		t.Fatal(err)
	}
	again := stage(t, left(t, path))
	if diff := cmp.Diff(n.All(), again.All()); diff != "" {
		t.Errorf("posts after a restart (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(n.changes, again.changes); diff != "" {
		t.Errorf("changes after a restart (-before +after):\n%s", diff)
	}
	if !again.Moods().Moderate || !again.locked(root.ID) {
		t.Error("moods or locks were forgotten")
	}
	if a, ok := again.Who("acme-token"); !ok || a.Handle != "acme" {
		t.Error("the token was forgotten")
	}
	if p, replayed, err := again.Publish("mira", Draft{Text: "Where is my parcel, @acme?", Key: "k"}); err != nil || !replayed || p.ID != root.ID {
		t.Errorf("repeating the key gave %v, %v, %v; want the first post", p.ID, replayed, err)
	}
	if next := say(t, again, "mira", Draft{Text: "Hello"}); compareID(&next, again.last) != 0 || next.ID <= gone.ID {
		t.Errorf("id %s is not above %s", next.ID, gone.ID)
	}
}

func TestTornLastLine(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "demo.db")
	n := stage(t, path)
	say(t, n, "mira", Draft{Text: "first"})
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	say(t, n, "mira", Draft{Text: "second"})
	full, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for cut := len(whole); cut < len(full); cut += 7 {
		torn := filepath.Join(t.TempDir(), "torn.db")
		if err := os.WriteFile(torn, full[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		again := stage(t, torn)
		say(t, again, "mira", Draft{Text: "third"})
		third := stage(t, left(t, torn))
		if got := texts(third.All()); !slices.Equal(got, []string{"first", "third"}) {
			t.Fatalf("cut at byte %d: posts %q", cut, got)
		}
	}
}

func TestDamageIsNotHidden(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "demo.db")
	say(t, stage(t, path), "mira", Draft{Text: "first"})
	path = left(t, path)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(data), "first", "fIrst", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(Options{Data: path}); err == nil || !strings.Contains(err.Error(), "demo.db:5: this line does not match its checksum") {
		t.Errorf("opening a damaged log: %v", err)
	}
}

func TestPaging(t *testing.T) {
	t.Parallel()
	n := stage(t, "")
	var want []string
	for i := range 25 {
		p := say(t, n, "mira", Draft{Text: strings.Repeat("x", i+1) + " #Acme"})
		want = append(want, p.ID)
		say(t, n, "mira", Draft{Text: "about #acmenot and mail@acme"})
	}
	var forward, back []string
	for from := "0"; ; {
		posts, more := n.List(Query{Any: []string{"#acme"}, MinID: from, Limit: 10})
		forward = append(forward, ids(posts)...)
		if !more {
			break
		}
		from = posts[len(posts)-1].ID
	}
	for to := ""; ; {
		posts, more := n.List(Query{Any: []string{"#acme"}, MaxID: to, Limit: 10})
		back = append(back, ids(posts)...)
		if !more {
			break
		}
		to = posts[len(posts)-1].ID
	}
	slices.Reverse(back)
	if diff := cmp.Diff(want, forward); diff != "" {
		t.Errorf("forward (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, back); diff != "" {
		t.Errorf("backward (-want +got):\n%s", diff)
	}
	for _, bad := range []string{"x", "-1", "99999999999999999999999"} {
		if posts, _ := n.List(Query{MinID: bad, Limit: 5}); len(posts) > 0 {
			t.Errorf("min_id %q found %d posts", bad, len(posts))
		}
	}
}

func TestVisibility(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	n, err := Open(Options{Now: func() time.Time { return now }, Moods: &Moods{Moderate: true, Delay: desk.Duration(time.Minute)}})
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range []string{"acme", "mira"} {
		if _, _, err := n.Join(Account{Handle: h}, h); err != nil {
			t.Fatal(err)
		}
	}
	root := say(t, n, "mira", Draft{Text: "@acme hello"})
	reply := say(t, n, "acme", Draft{Text: "Good day", Parent: root.ID, Guest: true})
	sees := func(viewer string) bool { _, err := n.Get(reply.ID, viewer); return err == nil }
	if sees("acme") {
		t.Error("a delayed reply is seen by its author at once")
	}
	now = now.Add(time.Minute)
	if !sees("acme") || sees("") || sees("mira") {
		t.Error("a pending reply is for its author alone")
	}
	if err := n.Moderate(reply.ID, true); err != nil {
		t.Fatal(err)
	}
	if !sees("") {
		t.Error("an approved reply is not public")
	}
	changes, next, _ := n.Changes(0, []string{"from:acme"}, 10, "")
	if len(changes) != 1 || changes[0].What != "appeared" || next != 1 {
		t.Errorf("changes %+v, next %d; want one appearance", changes, next)
	}
}

func texts(posts []Post) []string {
	var all []string
	for _, p := range posts {
		all = append(all, p.Text)
	}
	return all
}

func ids(posts []Post) []string {
	var all []string
	for _, p := range posts {
		all = append(all, p.ID)
	}
	return all
}
