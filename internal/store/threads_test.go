package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
)

// What came in a thread within a span is counted, up to 500, for more threads at once than a statement takes arguments.
func TestThreads(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		now := at1
		s := e.open(t, clock(&now))
		in := func(thread desk.RemoteID, ours bool) func(*desk.Arrival) {
			return func(a *desk.Arrival) { a.Mention.Thread, a.Mention.Ours = thread, ours }
		}
		put(t, s, "src", mention("acme", "old", "long ago", in("slow", false)))
		now = now.Add(time.Hour)
		var all []desk.Arrival
		for i := range threadMost + 20 {
			all = append(all, mention("acme", desk.RemoteID(fmt.Sprint(i)), "words", in("storm", false)))
		}
		put(t, s, "src", append(all, mention("acme", "new", "now", in("slow", false)), mention("acme", "answer", "sorry", in("slow", true)))...)
		threads := []desk.RemoteID{"storm", "slow", "none"}
		for i := range 1200 {
			threads = append(threads, desk.RemoteID(fmt.Sprint("thread", i)))
		}
		got, err := s.Threads(t.Context(), "demo:example", threads, at1.Add(time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[desk.RemoteID]int{"storm": threadMost, "slow": 1}, got); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
}

// The pace of a thread costs the same however much is stored: a walk along an index that ends at its limit.
func TestThreadsPlan(t *testing.T) {
	t.Parallel()
	fresh := openDSN(t, "sqlite:"+t.TempDir()+"/fresh.db")
	known := openDSN(t, "sqlite:"+t.TempDir()+"/known.db")
	if err := known.Seed(t.Context(), SeedOptions{Mentions: 3000, Cases: 300, Seed: 1, Now: at1}); err != nil {
		t.Fatal(err)
	}
	for _, s := range []*Store{fresh, known} {
		got := plan(t, s, strings.Replace(threadNewest, "a.column1", "?", 1), []any{"a", "b", threadMost})
		if !strings.Contains(got, "mention_thread (site=? AND thread=?)") || strings.Contains(got, "TEMP B-TREE") {
			t.Errorf("%s: %s", s.dsn, got)
		}
	}
}
