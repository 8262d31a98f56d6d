package notify

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
)

var t0 = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// world is a store of groups in memory, moved by hand.
type world struct {
	t      tester
	tree   *Tree
	now    time.Time
	cases  map[desk.CaseID]desk.NoticeCase
	groups map[string]desk.NoticeGroup
	said   []body
}

// tester is what *testing.T and *rapid.T share.
type tester interface {
	Helper()
	Fatal(args ...any)
}

func newWorld(t tester, r desk.Route) *world {
	return &world{t: t, tree: mustCompile(t, r), now: t0, cases: map[desk.CaseID]desk.NoticeCase{}, groups: map[string]desk.NoticeGroup{}}
}

// plan runs a plan over everything at the present moment and returns what it said.
func (w *world) plan(in Input) []body {
	w.t.Helper()
	in.Now = w.now
	for _, g := range w.groups {
		in.Groups = append(in.Groups, g)
	}
	out := Plan(w.tree, in)
	for _, g := range out.Groups {
		w.groups[g.Key] = g
	}
	var said []body
	for _, e := range out.Entries {
		var b body
		if err := json.Unmarshal(e.Body, &b); err != nil {
			w.t.Fatal(err)
		}
		said = append(said, b)
	}
	w.said = append(w.said, said...)
	return said
}

// set puts a case as it is now and plans.
func (w *world) set(c desk.NoticeCase) []body {
	c.Version = w.cases[c.ID].Version + 1
	w.cases[c.ID] = c
	return w.plan(Input{Cases: []desk.NoticeCase{c}})
}

// after lets time pass and plans what is due.
func (w *world) after(d time.Duration) []body {
	w.now = w.now.Add(d)
	return w.plan(Input{})
}

// want compares what was said with causes and counts.
func want(t *testing.T, got []body, causes ...Cause) {
	t.Helper()
	var have []Cause
	for _, b := range got {
		have = append(have, b.Cause)
	}
	if diff := cmp.Diff(causes, have); diff != "" {
		t.Fatalf("said (-want +got):\n%s", diff)
	}
}

func state(s desk.CaseState) func(*desk.NoticeCase) {
	return func(c *desk.NoticeCase) { c.State = s }
}

func urgency(u string) func(*desk.NoticeCase) { return func(c *desk.NoticeCase) { c.Urgency = u } }

func TestALifeOfAGroup(t *testing.T) {
	t.Parallel()
	w := newWorld(t, desk.Route{Target: "slack"})
	want(t, w.set(aCase("1")))
	want(t, w.after(30*time.Second))
	want(t, w.set(aCase("2")))
	got := w.after(30 * time.Second) // group_wait since the first of them
	want(t, got, First)
	if got[0].Counts != (Counts{New: 2, Fresh: 2}) || len(got[0].Cases) != 2 || got[0].Anchor != 1 {
		t.Fatalf("the first notice tells %+v of cases %v, anchor %d", got[0].Counts, got[0].Cases, got[0].Anchor)
	}
	w.after(2 * time.Minute)
	want(t, w.set(aCase("3"))) // news wait for group_interval
	got = w.after(3 * time.Minute)
	want(t, got, News)
	if got[0].Counts != (Counts{New: 3, Fresh: 1}) || got[0].Anchor != 1 {
		t.Fatalf("news tell %+v, anchor %d", got[0].Counts, got[0].Anchor)
	}
	w.after(time.Minute)
	want(t, w.set(aCase("1", state(desk.CaseTaken))), Moved)
	want(t, w.set(aCase("2", state(desk.CaseAnswered)))) // quick moves are gathered
	want(t, w.after(moveWait), Moved)
	w.after(time.Minute)
	w.set(aCase("1", state(desk.CaseResolved)))
	w.set(aCase("2", state(desk.CaseResolved)))
	w.set(aCase("3", state(desk.CaseDismissed)))
	got = w.after(moveWait)
	want(t, got, Resolved)
	if got[0].Counts.Closed != 2 || got[0].Counts.Open() != 0 {
		t.Fatalf("the last notice tells %+v", got[0].Counts)
	}
	g := w.groups[w.said[0].Group]
	if len(g.Members) != 0 || !g.DueAt.IsZero() {
		t.Fatalf("a finished group keeps %d members and is due at %v", len(g.Members), g.DueAt)
	}
	w.after(time.Hour)
	w.set(aCase("4"))
	got = w.after(time.Minute)
	want(t, got, First)
	if got[0].Anchor != got[0].Generation {
		t.Errorf("a new life of the group rewrites the old message: anchor %d of generation %d", got[0].Anchor, got[0].Generation)
	}
}

func TestWhatIsOverBeforeItIsSaidIsNeverSaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t, desk.Route{Target: "slack"})
	w.set(aCase("1"))
	want(t, w.set(aCase("1", state(desk.CaseDismissed))))
	want(t, w.after(24*time.Hour))
	w.set(aCase("2"))
	want(t, w.plan(Input{Gone: []desk.CaseID{"2"}})) // its case was deleted
	want(t, w.after(24*time.Hour))
}

func TestCriticalDoesNotWait(t *testing.T) {
	t.Parallel()
	w := newWorld(t, desk.Route{Target: "slack"})
	want(t, w.set(aCase("1", urgency("critical"))), First)
	w.after(time.Minute)
	want(t, w.set(aCase("2", urgency("critical")))) // a storm waits for the interval
	want(t, w.after(4*time.Minute), News)

	w = newWorld(t, desk.Route{Target: "slack"})
	w.set(aCase("1"))
	want(t, w.after(time.Minute), First)
	w.after(time.Second)
	want(t, w.set(aCase("1", urgency("critical"))), News) // became critical
}

func TestRepeats(t *testing.T) {
	t.Parallel()
	w := newWorld(t, desk.Route{Target: "slack"})
	w.set(aCase("1"))
	want(t, w.after(time.Minute), First)
	want(t, w.after(4*time.Hour-time.Second))
	want(t, w.after(time.Second), Repeat)
	want(t, w.after(2*time.Hour))
	want(t, w.set(aCase("1", state(desk.CaseTaken))), Moved) // touched: the span begins again
	want(t, w.after(2*time.Hour))
	want(t, w.after(2*time.Hour), Repeat)
	want(t, w.set(aCase("1", state(desk.CaseTaken), func(c *desk.NoticeCase) { c.SnoozedUntil = w.now.Add(9 * time.Hour) })))
	want(t, w.after(moveWait), Moved)
	want(t, w.after(8*time.Hour)) // asleep
	want(t, w.after(time.Hour), Repeat)
	w = newWorld(t, desk.Route{Target: "slack", RepeatInterval: dur(0)})
	w.set(aCase("1"))
	want(t, w.after(time.Minute), First)
	want(t, w.after(1000*time.Hour))
}

func TestASnoozedCaseIsSaidWhenItWakes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, desk.Route{Target: "slack", GroupWait: dur(0)})
	want(t, w.set(aCase("1", func(c *desk.NoticeCase) { c.SnoozedUntil = t0.Add(time.Hour) })))
	got := w.set(aCase("2"))
	want(t, got, First)
	if diff := cmp.Diff([]desk.CaseID{"2"}, got[0].Cases); diff != "" {
		t.Errorf("shown (-want +got):\n%s", diff)
	}
	want(t, w.after(59*time.Minute))
	want(t, w.after(time.Minute), News)
}

func TestAnsweredStaysInItsMessageForAWhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t, desk.Route{Target: "slack", GroupWait: dur(0)})
	w.set(aCase("1"))
	w.after(time.Minute)
	got := w.set(aCase("1", state(desk.CaseAnswered)))
	want(t, got, Resolved)
	if got[0].Counts.Answered != 1 || len(got[0].Cases) != 1 {
		t.Fatalf("answered: %+v %v", got[0].Counts, got[0].Cases)
	}
	gone := aCase("1", state(desk.CaseAnswered), func(c *desk.NoticeCase) { c.Head.GoneAt = t0 })
	w.after(time.Hour)
	want(t, w.set(gone), Moved) // its text must leave the message
	got = w.after(answeredStay)
	want(t, got, Moved)
	if got[0].Counts != (Counts{Closed: 1}) {
		t.Fatalf("after %s the notice still tells %+v", answeredStay, got[0].Counts)
	}
	want(t, w.after(answeredStay))
	reopened := aCase("1")
	w.set(reopened)
	if last := w.said[len(w.said)-1]; last.Cause != First || last.Anchor != last.Generation {
		t.Errorf("reopened after it left: %s, anchor %d of %d; want a message of its own", last.Cause, last.Anchor, last.Generation)
	}
}

func TestACaseThatChangesItsGroupLeavesTheOldMessage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, desk.Route{Target: "slack", GroupWait: dur(0)})
	want(t, w.set(aCase("1")), First)
	w.after(time.Minute)
	other := aCase("1", func(c *desk.NoticeCase) { c.Head.Verdict.Products = []desk.Named{{Name: "Buds 2"}} })
	got := w.set(other)
	want(t, got, First, Resolved)
	if got[0].Group == got[1].Group || got[1].Counts != (Counts{Closed: 1}) {
		t.Errorf("new group %s, old group %s with %+v", got[0].Group, got[1].Group, got[1].Counts)
	}
}

func TestTroublesAreSaidOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, desk.Route{Target: "ops", Routes: []desk.Route{{Target: "slack"}}})
	fails, ok := Happening{Source: "masto"}, Happening{Source: "masto", OK: true}
	got := w.plan(Input{Troubles: []Happening{fails}})
	want(t, got, First)
	if got[0].Target != "ops" {
		t.Errorf("told %s, want the root's target", got[0].Target)
	}
	want(t, w.plan(Input{Troubles: []Happening{fails}}))
	want(t, w.after(100*time.Hour))
	want(t, w.plan(Input{Troubles: []Happening{ok}}), Resolved)
	want(t, w.after(time.Hour))
	want(t, w.plan(Input{Troubles: []Happening{ok}}))
	got = w.plan(Input{Troubles: []Happening{fails}})
	want(t, got, First)
	if got[0].Anchor != 3 {
		t.Errorf("failing again rewrites the old message (anchor %d)", got[0].Anchor)
	}
	want(t, w.plan(Input{Troubles: []Happening{{Entry: "e1"}, {Entry: "e2"}}}))
	got = w.after(time.Minute)
	want(t, got, First)
	if got[0].Counts.Fresh != 2 {
		t.Errorf("two dead acts were counted as %d", got[0].Counts.Fresh)
	}
	want(t, w.after(100*time.Hour))
}

func TestWithoutATargetNobodyIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t, desk.Route{})
	w.set(aCase("1", urgency("critical")))
	w.plan(Input{Troubles: []Happening{{Source: "x"}}})
	want(t, w.after(time.Hour))
	if len(w.said) != 0 || len(w.groups) != 0 {
		t.Errorf("said %d notices in %d groups", len(w.said), len(w.groups))
	}
}
