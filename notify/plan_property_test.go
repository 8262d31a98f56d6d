package notify

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Whatever happens in whatever order: no generation is said twice, a plan at the same moment over its own result says nothing, a
// plan that sees the same happenings again says nothing, and in the end every open case was said as open in its present group.
func TestPlanKeepsItsPromises(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t, desk.Route{Target: "a", Routes: []desk.Route{
			{Match: desk.Condition{Urgency: []string{"critical"}}, Target: "b", GroupBy: []string{"case"}, Continue: true},
			{Match: desk.Condition{Urgency: []string{"high", "critical"}}, GroupBy: []string{"brand"}, GroupWait: dur(0)},
		}})
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			w.now = w.now.Add(time.Duration(rapid.IntRange(0, 7200).Draw(t, "seconds")) * time.Second)
			var in Input
			for range rapid.IntRange(0, 3).Draw(t, "happenings") {
				in.Cases = append(in.Cases, drawCase(t, w))
			}
			w.plan(in)
			if again := w.plan(Input{}); len(again) != 0 {
				t.Fatalf("the same moment said %d more notices, the first: %+v", len(again), again[0])
			}
			if again := w.plan(in); len(again) != 0 {
				t.Fatalf("the same happenings said %d more notices, the first: %+v", len(again), again[0])
			}
			checkDue(t, w)
		}
		settle(w)
		checkSaid(t, w)
	})
}

func drawCase(t *rapid.T, w *world) desk.NoticeCase {
	id := fmt.Sprintf("c%d", rapid.IntRange(1, 5).Draw(t, "case"))
	c := aCase(id, state(rapid.SampledFrom(desk.CaseStates()).Draw(t, "state")),
		urgency(rapid.SampledFrom([]string{"low", "normal", "high", "critical"}).Draw(t, "urgency")))
	c.Head.Verdict.Products = []desk.Named{{Name: rapid.SampledFrom([]string{"Vac S5", "Buds 2"}).Draw(t, "product")}}
	if c.State.Open() && rapid.IntRange(0, 3).Draw(t, "snooze") == 0 {
		c.SnoozedUntil = w.now.Add(time.Duration(rapid.IntRange(1, 300).Draw(t, "minutes")) * time.Minute)
	}
	c.Version = w.cases[c.ID].Version + 1
	w.cases[c.ID] = c
	return c
}

// checkDue says that no group waits for a moment that has passed.
func checkDue(t *rapid.T, w *world) {
	for key, g := range w.groups {
		if !g.DueAt.IsZero() && !g.DueAt.After(w.now) {
			t.Fatalf("group %s is due at %v, it is %v", key, g.DueAt, w.now)
		}
	}
}

// settle lets every wait run out.
func settle(w *world) {
	for range 20 {
		w.after(time.Hour)
	}
}

func checkSaid(t *rapid.T, w *world) {
	seen := make(map[string]bool)
	for _, b := range w.said {
		key := fmt.Sprintf("%s#%d", b.Group, b.Generation)
		if seen[key] {
			t.Fatalf("%s was said twice", key)
		}
		seen[key] = true
		if b.Anchor > b.Generation || b.Anchor < 1 {
			t.Fatalf("%s rewrites the message of generation %d", key, b.Anchor)
		}
	}
	for _, c := range w.cases {
		var in []string
		for _, b := range w.tree.groupsOf(&c) {
			in = append(in, b.key)
		}
		for key, g := range w.groups {
			i := slices.IndexFunc(g.Members, func(m desk.NoticeMember) bool { return m.Subject == string(c.ID) })
			switch belongs := slices.Contains(in, key) && c.State.Open(); {
			case belongs && (i < 0 || g.Members[i].SaidState != c.State):
				t.Fatalf("case %s is %s and was not said so in %s", c.ID, c.State, key)
			case !belongs && i >= 0 && g.Members[i].SaidState.Open():
				t.Fatalf("case %s is %s but still stands as open in %s", c.ID, c.State, key)
			}
		}
	}
}
