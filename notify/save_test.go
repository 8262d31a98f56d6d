package notify

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
)

// ledger notes what is written.
type ledger struct {
	Tx
	saved   []string
	entries int
}

func (l *ledger) SaveNoticeGroup(_ context.Context, g desk.NoticeGroup, gone []string) error {
	for _, m := range g.Members {
		l.saved = append(l.saved, "+"+m.Subject)
	}
	for _, subject := range gone {
		l.saved = append(l.saved, "-"+subject)
	}
	return nil
}

func (l *ledger) Enqueue(context.Context, desk.Entry, string) (bool, error) {
	l.entries++
	return true, nil
}

// In a group of thousands the writes are as many as what moved.
func TestOnlyWhatMovedIsWritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t, desk.Route{Target: "slack", GroupWait: dur(0)})
	var in Input
	for i := range 2_000 {
		in.Cases = append(in.Cases, aCase(fmt.Sprint("c", i)))
	}
	first := w.plan(in)
	want(t, first, First)
	if first[0].Counts.New != 2_000 || len(first[0].Cases) != MaxCards {
		t.Fatalf("the notice counts %+v and shows %d", first[0].Counts, len(first[0].Cases))
	}
	var had []desk.NoticeGroup
	for _, g := range w.groups {
		had = append(had, g)
	}
	w.now = w.now.Add(moveWait)
	taken, done := aCase("c7", state(desk.CaseTaken)), aCase("c8", state(desk.CaseResolved))
	out := Plan(w.tree, Input{Now: w.now, Groups: slices.Clone(had), Cases: []desk.NoticeCase{taken, done}})
	var l ledger
	if err := save(t.Context(), &l, had, out); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"+c7", "-c8"}, l.saved); diff != "" || l.entries != 1 {
		t.Errorf("%d entries; written (-want +got):\n%s", l.entries, diff)
	}
	l = ledger{}
	if err := save(t.Context(), &l, out.Groups, Plan(w.tree, Input{Now: w.now, Groups: out.Groups})); err != nil || len(l.saved)+l.entries > 0 {
		t.Errorf("nothing moved, yet written: %v, %d entries, %v", l.saved, l.entries, err)
	}
}

func BenchmarkPlanInAGroupOfTenThousand(b *testing.B) {
	tree := mustCompile(b, desk.Route{Target: "slack", GroupWait: dur(0)})
	var in Input
	for i := range 10_000 {
		in.Cases = append(in.Cases, aCase(fmt.Sprint("c", i)))
	}
	in.Now = t0
	in.Groups = Plan(tree, in).Groups
	in.Cases, in.Now = in.Cases[:1], t0.Add(moveWait)
	in.Cases[0].State = desk.CaseTaken
	for b.Loop() {
		Plan(tree, in)
	}
}
