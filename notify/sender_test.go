package notify

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
)

// journal is a log in memory.
type journal struct {
	group desk.NoticeGroup
	cards map[desk.CaseID]desk.Card
	err   error
}

func (j *journal) NoticeGroup(context.Context, string) (desk.NoticeGroup, error) {
	if j.group.Key == "" && j.err == nil {
		return desk.NoticeGroup{}, desk.ErrNotFound
	}
	return j.group, j.err
}

func (j *journal) NoticeCards(_ context.Context, _ desk.Scope, ids []desk.CaseID) (out []desk.Card, err error) {
	for _, id := range ids {
		if c, ok := j.cards[id]; ok {
			out = append(out, c)
		}
	}
	return out, j.err
}

func (j *journal) KeepReceipt(_ context.Context, _ string, generation int64, r desk.Receipt) error {
	j.group.Receipt, j.group.Delivered = r, generation
	return j.err
}

// target does what the test says and keeps the last notice.
type target struct {
	last  *Notice
	calls int
	do    func(ctx context.Context) (desk.Receipt, error)
}

func (f *target) Notify(ctx context.Context, n Notice) (desk.Receipt, error) {
	f.calls++
	f.last = &n
	return f.do(ctx)
}

func fine(context.Context) (desk.Receipt, error) { return desk.Receipt{Remote: "1", At: t0}, nil }

func entryOf(b body) desk.Entry {
	return desk.Entry{Kind: desk.EntryNotice, Body: b.encode(), Attempts: 1, CreatedAt: t0}
}

func TestHowAttemptsEnd(t *testing.T) {
	t.Parallel()
	b := body{Group: "g", Target: "team", Generation: 2, Anchor: 1, Cause: News, Counts: Counts{New: 1}}
	refuses := func(err error) func(context.Context) (desk.Receipt, error) {
		return func(context.Context) (desk.Receipt, error) { return desk.Receipt{}, err }
	}
	later := func(d time.Duration, free bool, text string) desk.Settlement {
		return desk.Settlement{State: desk.EntryWaiting, NextAt: t0.Add(d), Error: text, Free: free}
	}
	for _, tc := range []struct {
		name  string
		entry desk.Entry
		do    func(context.Context) (desk.Receipt, error)
		want  desk.Settlement
	}{
		{"said", entryOf(b), fine, desk.Settlement{State: desk.EntryDone, Receipt: desk.Receipt{Remote: "1", At: t0}}},
		{"the target asks to wait", entryOf(b), refuses(&desk.Transient{After: 7 * time.Second, Err: errors.New("slow")}), later(7*time.Second, true, "slow")},
		{"it may pass", entryOf(b), refuses(&desk.Transient{Err: errors.New("down")}), later(15*time.Second, false, "down")},
		{"the third time", func() desk.Entry { e := entryOf(b); e.Attempts = 3; return e }(), refuses(&desk.Transient{Err: errors.New("down")}), later(time.Minute, false, "down")},
		{"the hundredth time", func() desk.Entry { e := entryOf(b); e.Attempts = 100; return e }(), refuses(&desk.Transient{Err: errors.New("down")}), later(15*time.Minute, false, "down")},
		{"too old", func() desk.Entry { e := entryOf(b); e.CreatedAt = t0.Add(-25 * time.Hour); return e }(), refuses(&desk.Transient{Err: errors.New("down")}),
			desk.Settlement{State: desk.EntryDead, Error: "Given up after 24h0m0s: down"}},
		{"refused", entryOf(b), refuses(desk.Deniedf("The token was revoked.")), desk.Settlement{State: desk.EntryDead, Error: "The token was revoked."}},
		{"broken", entryOf(b), func(context.Context) (desk.Receipt, error) { panic("oh") },
			desk.Settlement{State: desk.EntryDead, Error: "the target team broke on this notice"}},
		{"no body", desk.Entry{Body: []byte("{")}, fine, desk.Settlement{State: desk.EntryDead, Error: "The notice cannot be read: unexpected end of JSON input"}},
		{"a target that went away", entryOf(body{Target: "old"}), fine, desk.Settlement{State: desk.EntryCancelled, Error: `The target "old" is configured no more.`}},
	} {
		s := Sender{Log: &journal{}, Targets: map[string]Notifier{"team": &target{do: tc.do}}, Now: func() time.Time { return t0 }}
		if diff := cmp.Diff(tc.want, s.Act(t.Context(), tc.entry)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
}

func TestWhatNeedNotBeSaid(t *testing.T) {
	t.Parallel()
	group := func(generation, anchor, delivered int64) desk.NoticeGroup {
		return desk.NoticeGroup{Key: "g", Generation: generation, Anchor: anchor, Delivered: delivered, Receipt: desk.Receipt{Remote: "7"}}
	}
	for _, tc := range []struct {
		name  string
		b     body
		group desk.NoticeGroup
		calls int
		state desk.EntryState
		from  desk.RemoteID // message that is rewritten
	}{
		{"delivered before", body{Generation: 2, Anchor: 1, Cause: News}, group(2, 1, 2), 0, desk.EntryDone, ""},
		{"a move that a later notice tells", body{Generation: 2, Anchor: 1, Cause: Moved, Counts: Counts{New: 1}}, group(3, 1, 1), 0, desk.EntryCancelled, ""},
		{"news are said all the same", body{Generation: 2, Anchor: 1, Cause: News, Counts: Counts{New: 1}}, group(3, 1, 1), 1, desk.EntryDone, "7"},
		{"the later notice begins another message", body{Generation: 2, Anchor: 1, Cause: Moved, Counts: Counts{New: 1}}, group(3, 3, 1), 1, desk.EntryDone, "7"},
		{"over before anybody knew", body{Generation: 2, Anchor: 1, Cause: Resolved, Counts: Counts{Closed: 1}}, group(2, 1, 0), 0, desk.EntryCancelled, ""},
		{"the first of a new message", body{Generation: 3, Anchor: 3, Cause: First, Counts: Counts{New: 1}}, group(3, 3, 2), 1, desk.EntryDone, ""},
		{"a repeat after the first was given up", body{Generation: 2, Anchor: 1, Cause: Repeat, Counts: Counts{New: 1}}, group(2, 1, 0), 1, desk.EntryDone, ""},
	} {
		tc.b.Group, tc.b.Target = "g", "team"
		f := &target{do: fine}
		s := Sender{Log: &journal{group: tc.group}, Targets: map[string]Notifier{"team": f}, Now: func() time.Time { return t0 }}
		got := s.Act(t.Context(), entryOf(tc.b))
		if got.State != tc.state || f.calls != tc.calls {
			t.Errorf("%s: %s after %d calls (%s), want %s after %d", tc.name, got.State, f.calls, got.Error, tc.state, tc.calls)
		}
		if f.last != nil && f.last.Receipt.Remote != tc.from {
			t.Errorf("%s: rewrites %q, want %q", tc.name, f.last.Receipt.Remote, tc.from)
		}
	}
}

func TestASlowTargetIsTriedAgainAndAStopIsNotAnAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hangs := &target{do: func(ctx context.Context) (desk.Receipt, error) {
			<-ctx.Done()
			return desk.Receipt{}, ctx.Err()
		}}
		s := Sender{Log: &journal{}, Targets: map[string]Notifier{"team": hangs}}
		e := entryOf(body{Group: "g", Target: "team", Generation: 1, Anchor: 1, Cause: First})
		e.CreatedAt = time.Now()
		start := time.Now()
		got := s.Act(t.Context(), e)
		if took := time.Since(start); took != 30*time.Second || got.State != desk.EntryWaiting || got.Free {
			t.Errorf("after %s: %+v", took, got)
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if got := s.Act(ctx, e); got.State != desk.EntryWaiting || !got.Free {
			t.Errorf("stopped: %+v", got)
		}
	})
}

func TestANoticeTellsHowThingsAreNow(t *testing.T) {
	t.Parallel()
	taken := aCase("1", state(desk.CaseTaken), func(c *desk.NoticeCase) { c.OwnerName = "Nóra"; c.Head.URL = "https://x.example/1" }).Card
	gone := aCase("2", func(c *desk.NoticeCase) { c.Head.GoneAt = t0; c.Head.Author.Name = "Anna" }).Card
	j := &journal{group: desk.NoticeGroup{Key: "g", Labels: map[string]string{"product": "Vac S5", "brand": "acme", "source": "", "case": "1"}},
		cards: map[desk.CaseID]desk.Card{"1": taken, "2": gone}}
	f := &target{do: fine}
	s := Sender{Log: j, Targets: map[string]Notifier{"team": f}, Desk: "Acme desk",
		Links: Links{Case: func(id desk.CaseID) string { return "https://desk/cases/" + string(id) }, Board: "https://desk/board"}}
	b := body{Group: "g", Target: "team", Generation: 1, Anchor: 1, Cause: First, At: t0, Cases: []desk.CaseID{"1", "deleted", "2"}, Counts: Counts{New: 3, Fresh: 3}}
	if got := s.Act(t.Context(), entryOf(b)); got.State != desk.EntryDone {
		t.Fatalf("%+v", got)
	}
	want := Notice{
		Desk: "Acme desk", URL: "https://desk/board", Target: "team", Group: "g", Generation: 1, Cause: First, At: t0, Loud: true,
		Labels: []Label{{"brand", "acme"}, {"product", "Vac S5"}}, Counts: b.Counts,
		Cards: []Card{
			{Case: "1", URL: "https://desk/cases/1", State: desk.CaseTaken, Owner: "Nóra", Brand: "acme", Product: "Vac S5", Site: "Mastodon",
				Urgency: "normal", Sentiment: "negative", Excerpt: "The blue light blinks.", Link: "https://x.example/1"},
			{Case: "2", URL: "https://desk/cases/2", State: desk.CaseNew, Brand: "acme", Product: "Vac S5", Site: "Mastodon",
				Urgency: "normal", Sentiment: "negative", Gone: true},
		},
	}
	if diff := cmp.Diff(want, *f.last); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}

// An entry must have nothing to purge.
func TestEntriesHoldNoText(t *testing.T) {
	t.Parallel()
	w := newWorld(t, desk.Route{Target: "slack", GroupWait: dur(0), GroupBy: []string{"case"}})
	c := aCase("1", urgency("critical"), func(c *desk.NoticeCase) {
		c.Head.Author.Name, c.Head.Text, c.OwnerName = "Anna Schmidt", "It smokes", "Nóra"
	})
	out := Plan(w.tree, Input{Now: t0, Cases: []desk.NoticeCase{c}})
	all, err := json.Marshal(out)
	if err != nil || len(out.Entries) != 1 {
		t.Fatalf("%d entries, %v", len(out.Entries), err)
	}
	text := string(all) + string(out.Entries[0].Body)
	for _, secret := range []string{"Anna", "smokes", "Nóra"} {
		if strings.Contains(text, secret) {
			t.Errorf("%q is in what is stored: %s", secret, text)
		}
	}
}
