package work_test

import (
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/work"
)

// Triage is told how fast a thread runs: what came within the hour, in this batch and before, and how old the counts are.
func TestPace(t *testing.T) {
	type told struct {
		ThreadHour int
		Age        time.Duration
		Likes      int64
	}
	var mu sync.Mutex
	seen := map[string]told{}
	judge := func(o *work.Options) {
		inner := o.Judge
		o.Judge = func(in desk.TriageInput) desk.Verdict {
			mu.Lock()
			defer mu.Unlock()
			seen[in.Text] = told{in.Context.ThreadHour, in.Age, in.Counts.Likes}
			return inner(in)
		}
	}
	said := func(words string, ago time.Duration) func(*desk.Mention) {
		return func(m *desk.Mention) {
			m.Text, m.Counts.Likes = words, 7
			if ago > 0 {
				m.PostedAt = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC).Add(-ago)
			}
		}
	}
	b := setup(t, "sqlite:"+t.TempDir()+"/desk.db", judge)
	b.bring(post("1", "eve", under("root"), said("one", 0)), post("2", "bob", under("root"), said("two", 30*time.Minute)),
		post("3", "ann", under("root"), said("long ago", 5*time.Hour)), post("4", "joe", said("alone", time.Minute)))
	b.now = b.now.Add(10 * time.Minute)
	b.bring(post("5", "kim", under("root"), said("later", 2*time.Minute)))
	b.now = b.now.Add(3 * time.Hour)
	b.bring(post("6", "lee", under("root"), said("much later", 0)))
	want := map[string]told{
		"one": {1, 0, 7}, "two": {1, 30 * time.Minute, 7}, "long ago": {2, 5 * time.Hour, 7}, "alone": {0, time.Minute, 7},
		"later": {3, 12 * time.Minute, 7}, "much later": {0, 0, 7},
	}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
