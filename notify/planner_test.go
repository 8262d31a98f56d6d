package notify_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/realsrv"
	"github.com/earshotdesk/earshot/internal/store"
	"github.com/earshotdesk/earshot/notify"
)

// planned is the store as the planner wants it.
type planned struct{ *store.Store }

func (p planned) Update(ctx context.Context, fn func(notify.Tx) error) error {
	return p.Store.Update(ctx, func(tx *store.Tx) error { return fn(tx) })
}

// told is a target that remembers.
type told struct {
	mu      sync.Mutex
	notices []notify.Notice
	err     error
}

func (f *told) Notify(_ context.Context, n notify.Notice) (desk.Receipt, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return desk.Receipt{}, f.err
	}
	f.notices = append(f.notices, n)
	if n.Receipt.Remote != "" {
		return n.Receipt, nil
	}
	return desk.Receipt{Remote: desk.RemoteID(fmt.Sprint("message", n.Generation)), Channel: "C1"}, nil
}

func (f *told) causes() (out []notify.Cause) {
	for _, n := range f.notices {
		out = append(out, n.Cause)
	}
	return out
}

// rig is a desk of store, planner, sender and one target, whose clock the test turns.
type rig struct {
	*testing.T
	now    time.Time
	store  *store.Store
	target *told
	plan   *notify.Planner
	send   notify.Sender
}

func engines(t *testing.T, test func(t *testing.T, dsn string)) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, "sqlite:"+filepath.Join(t.TempDir(), "desk.db"))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, realsrv.Postgres(t))
	})
}

func newRig(t *testing.T, dsn string, route desk.Route) *rig {
	r := &rig{T: t, now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), target: &told{}}
	clock := func() time.Time { return r.now }
	s, err := store.Open(t.Context(), store.Options{DSN: dsn, Now: clock, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	tree, err := notify.Compile(route, []string{"team"})
	if err != nil {
		t.Fatal(err)
	}
	r.store, r.plan = s, notify.NewPlanner(notify.PlannerOptions{Store: planned{s}, Tree: tree})
	r.send = notify.Sender{Log: s, Targets: map[string]notify.Notifier{"team": r.target}, Now: clock}
	return r
}

func (r *rig) update(fn func(ctx context.Context, tx *store.Tx) error) {
	r.Helper()
	if err := r.store.Update(r.Context(), func(tx *store.Tx) error { return fn(r.Context(), tx) }); err != nil {
		r.Fatal(err)
	}
}

// opens stores a mention and a case that it opens.
func (r *rig) opens(id desk.CaseID, text string) {
	r.Helper()
	r.update(func(ctx context.Context, tx *store.Tx) error {
		m := desk.Mention{Site: "demo", Remote: desk.RemoteID(id), Kind: desk.KindPost, Text: text, Source: "demo", Brand: "acme", SeenAt: r.now}
		landed, err := tx.PutArrivals(ctx, "demo", []desk.Arrival{{Mention: m}})
		if err != nil {
			return err
		}
		c := desk.Case{ID: id, Brand: "acme", Site: "demo", Head: landed[0].ID, State: desk.CaseNew, Urgency: "normal", OpenedAt: r.now}
		if err := tx.InsertCase(ctx, &c); err != nil {
			return err
		}
		tx.Emit(desk.Event{What: desk.EventMentionNew, Mention: landed[0].ID, Case: id})
		tx.Emit(desk.Event{What: desk.EventCaseOpened, Mention: landed[0].ID, Case: id})
		return tx.Join(ctx, landed[0].ID, id)
	})
}

func (r *rig) moves(id desk.CaseID, to desk.CaseState) {
	r.Helper()
	r.update(func(ctx context.Context, tx *store.Tx) error {
		c, err := tx.Case(ctx, desk.Everything, id)
		if err != nil {
			return err
		}
		tx.Emit(desk.Event{What: desk.EventCaseMoved, Case: id, From: string(c.State), To: string(to)})
		if err := c.Move(to, r.now); err != nil {
			return err
		}
		return tx.UpdateCase(ctx, &c)
	})
}

// run lets time pass, plans, and makes one attempt at everything that is due in the outbox.
func (r *rig) run(d time.Duration) {
	r.Helper()
	r.now = r.now.Add(d)
	if err := r.plan.Drain(r.Context()); err != nil {
		r.Fatal(err)
	}
	for {
		due, err := r.store.ClaimEntries(r.Context(), desk.EntryNotice, "test", time.Minute, 10)
		if err != nil {
			r.Fatal(err)
		}
		for _, e := range due {
			if err := r.store.SettleEntry(r.Context(), e, r.send.Act(r.Context(), e)); err != nil {
				r.Fatal(err)
			}
		}
		if len(due) == 0 {
			return
		}
	}
}

func (r *rig) wantCauses(want ...notify.Cause) {
	r.Helper()
	if diff := cmp.Diff(want, r.target.causes()); diff != "" {
		r.Fatalf("told (-want +got):\n%s", diff)
	}
}

func TestFromEventToMessage(t *testing.T) {
	engines(t, func(t *testing.T, dsn string) {
		r := newRig(t, dsn, desk.Route{Target: "team"})
		r.opens("c1", "It smokes.")
		r.run(0)
		r.wantCauses()
		r.run(time.Minute)
		r.wantCauses(notify.First)
		first := r.target.notices[0]
		if first.Receipt.Remote != "" || len(first.Cards) != 1 || first.Cards[0].Excerpt != "It smokes." || first.Counts.New != 1 {
			t.Errorf("first notice: %+v", first)
		}
		r.moves("c1", desk.CaseTaken)
		r.run(time.Minute)
		r.moves("c1", desk.CaseResolved)
		r.run(time.Minute)
		r.wantCauses(notify.First, notify.Moved, notify.Resolved)
		for _, n := range r.target.notices[1:] {
			if n.Receipt.Remote != "message1" || n.Receipt.Channel != "C1" {
				t.Errorf("generation %d rewrites %+v, want the first message", n.Generation, n.Receipt)
			}
		}
		if last := r.target.notices[2].Cards[0]; last.State != desk.CaseResolved || last.Excerpt != "" {
			t.Errorf("the last card is %s and quotes %q", last.State, last.Excerpt)
		}
		r.run(24 * time.Hour)
		r.wantCauses(notify.First, notify.Moved, notify.Resolved)
	})
}

func TestFirstContactTellsNobody(t *testing.T) {
	engines(t, func(t *testing.T, dsn string) {
		r := newRig(t, dsn, desk.Route{Target: "team", GroupWait: new(desk.Duration)})
		r.update(func(ctx context.Context, tx *store.Tx) error {
			var in []desk.Arrival
			for i := range 500 {
				m := desk.Mention{Site: "demo", Remote: desk.RemoteID(fmt.Sprint(i)), Text: "Dreadful.", Source: "demo", Brand: "acme", SeenAt: r.now}
				in = append(in, desk.Arrival{Mention: m, Verdict: desk.Verdict{Urgency: desk.Tag{Label: "critical"}}})
			}
			landed, err := tx.PutArrivals(ctx, "demo", in)
			for _, l := range landed {
				tx.Emit(desk.Event{What: desk.EventMentionNew, Mention: l.ID, Brand: "acme"})
			}
			return err
		})
		r.run(0)
		r.run(24 * time.Hour)
		r.wantCauses()
		if pending, err := r.store.NoticesPending(t.Context()); err != nil || pending {
			t.Errorf("500 old mentions leave work behind: %t, %v", pending, err)
		}
	})
}

// Several processes plan at once: each generation is written once and nothing is lost.
func TestPlannersSideBySide(t *testing.T) {
	engines(t, func(t *testing.T, dsn string) {
		r := newRig(t, dsn, desk.Route{Target: "team", GroupWait: new(desk.Duration), GroupBy: []string{"case"}})
		const cases = 60
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for range 40 {
					if err := r.plan.Step(context.Background()); err != nil {
						t.Error(err)
					}
				}
			})
		}
		for i := range cases {
			r.opens(desk.CaseID(fmt.Sprint("c", i)), "It smokes.")
		}
		wg.Wait()
		r.run(0)
		told := make(map[string]int)
		for _, n := range r.target.notices {
			told[n.Group]++
		}
		if len(r.target.notices) != cases || len(told) != cases {
			t.Errorf("%d notices in %d groups, want %d", len(r.target.notices), len(told), cases)
		}
	})
}

func TestSourceTroublesReachTheRoot(t *testing.T) {
	engines(t, func(t *testing.T, dsn string) {
		r := newRig(t, dsn, desk.Route{Target: "team"})
		emit := func(what, subject string) {
			r.update(func(_ context.Context, tx *store.Tx) error {
				tx.Emit(desk.Event{What: what, Subject: subject})
				return nil
			})
			r.run(time.Minute)
		}
		emit(desk.EventSourceFailing, "masto")
		emit(desk.EventSourceFailing, "masto")
		emit(desk.EventSourceOK, "masto")
		var said []string
		for _, n := range r.target.notices {
			said = append(said, n.Trouble.Text())
		}
		if diff := cmp.Diff([]string{"Source masto is failing.", "Source masto has recovered."}, said); diff != "" {
			t.Errorf("said (-want +got):\n%s", diff)
		}
	})
}

// A target that refuses everything kills its notices; that is told once, and the death of that telling is not.
func TestDeadNoticesDoNotBreed(t *testing.T) {
	engines(t, func(t *testing.T, dsn string) {
		r := newRig(t, dsn, desk.Route{Target: "team"})
		r.target.err = desk.Deniedf("The token was revoked.")
		r.opens("c1", "It smokes.")
		for range 30 {
			r.run(time.Minute)
		}
		r.target.err = nil
		for range 30 {
			r.run(time.Minute)
		}
		rows := 0
		r.update(func(ctx context.Context, tx *store.Tx) error {
			groups, err := tx.NoticeGroups(ctx, []string{"desk/outbox"}, []string{"c1"}, r.now, 10)
			for _, g := range groups {
				rows += int(g.Generation)
			}
			return err
		})
		if rows != 2 || len(r.target.notices) != 0 {
			t.Errorf("%d generations were planned and %d notices told, want the case's and one about its death", rows, len(r.target.notices))
		}
	})
}
