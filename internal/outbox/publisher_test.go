package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/outbox"
)

const (
	lease   = time.Minute
	timeout = 20 * time.Second
	delay   = 2 * time.Second
)

// noon is when tests of single attempts happen.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// stage is a publisher with an entry that its worker holds.
type stage struct {
	book  *book
	wall  *speaker
	terms outbox.Terms
	err   error // of finding the speaker
	pub   *outbox.Publisher
}

func newStage(t *testing.T, now func() time.Time) *stage {
	t.Helper()
	s := &stage{book: newBook(t, now), wall: &speaker{}, terms: outbox.Terms{Delay: delay, Timeout: timeout}}
	s.pub = &outbox.Publisher{
		Ledger: s.book, Lease: lease, Now: now, Log: slog.New(slog.DiscardHandler),
		Speaker: func(context.Context, string, desk.Mention) (outbox.Speaker, outbox.Terms, error) {
			return s.wall, s.terms, s.err
		},
	}
	s.book.send("r1", "case/1")
	return s
}

// claim takes the entry as a worker does.
func (s *stage) claim(t *testing.T) desk.Entry {
	t.Helper()
	entries, err := s.book.ClaimEntries(t.Context(), desk.EntryPublish, "worker", lease, 1)
	if err != nil || len(entries) != 1 {
		t.Fatalf("claimed %d entries, %v", len(entries), err)
	}
	return entries[0]
}

func atNoon() time.Time { return noon }

func in(d time.Duration) time.Time { return noon.Add(d) }

// want compares a settlement but for its sentence, and says whether it has one where a person needs it.
func want(t *testing.T, got, want desk.Settlement) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(desk.Settlement{}, "Error")); diff != "" {
		t.Errorf("settlement (-want +got), which says %q:\n%s", got.Error, diff)
	}
	if got.State != desk.EntryDone && got.Error == "" {
		t.Errorf("a %s settlement says nothing", got.State)
	}
}

func TestFirstCall(t *testing.T) {
	t.Parallel()
	passing := &desk.Transient{Err: errors.New("busy")}
	receipt := desk.Receipt{Remote: "p1", At: noon}
	refused := desk.Settlement{State: desk.EntryDead, NotSent: true}
	unknown := desk.Settlement{State: desk.EntryWaiting, NextAt: in(timeout + delay)}
	for name, tt := range map[string]struct {
		err  error
		want desk.Settlement
	}{
		"done":                       {nil, desk.Settlement{State: desk.EntryDone, Receipt: receipt}},
		"denied":                     {desk.Deniedf("locked"), refused},
		"invalid":                    {fmt.Errorf("publishing: %w", desk.ErrInvalid), refused},
		"gone":                       {fmt.Errorf("publishing: %w", desk.ErrGone), refused},
		"not found":                  {desk.ErrNotFound, refused},
		"passing":                    {passing, desk.Settlement{State: desk.EntryWaiting, NextAt: in(2 * time.Second), NotSent: true}},
		"asked to wait":              {fmt.Errorf("x: %w", &desk.Transient{After: 30 * time.Second, Err: errors.New("limit")}), desk.Settlement{State: desk.EntryWaiting, NextAt: in(30 * time.Second), NotSent: true, Free: true}},
		"unknown":                    {&desk.Unknown{Err: errors.New("cut off")}, unknown},
		"unknown holds a transient":  {fmt.Errorf("publishing: %w", &desk.Unknown{Err: passing}), unknown},
		"unknown holds a refusal":    {&desk.Unknown{Err: desk.ErrDenied}, unknown},
		"transient holds an unknown": {&desk.Transient{Err: &desk.Unknown{Err: errors.New("cut off")}}, unknown},
		"of no class":                {errors.New("surprise"), unknown},
		"conflict":                   {desk.ErrConflict, unknown},
		"cancelled":                  {context.Canceled, unknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, atNoon)
			s.wall.reply = func(context.Context, desk.Outgoing) (desk.Receipt, error) {
				if got := s.book.reply("r1").State; got != desk.ReplyPublishing {
					t.Errorf("the call leaves while the reply is %s", got)
				}
				return receipt, tt.err
			}
			e := s.claim(t)
			got := s.pub.Act(t.Context(), e)
			if tt.err != nil {
				got.Receipt = desk.Receipt{}
			}
			want(t, got, tt.want)
			if err := s.pub.Settle(t.Context(), e, got); err != nil {
				t.Error(err)
			}
			if started := !s.book.entry("r1").StartedAt.IsZero(); started == tt.want.NotSent {
				t.Errorf("on record that a call left: %v, want %v", started, !tt.want.NotSent)
			}
		})
	}
}

func TestFirstCallPanics(t *testing.T) {
	t.Parallel()
	s := newStage(t, atNoon)
	s.wall.reply = func(context.Context, desk.Outgoing) (desk.Receipt, error) { panic("token sesame") }
	got := s.pub.Act(t.Context(), s.claim(t))
	want(t, got, desk.Settlement{State: desk.EntryWaiting, NextAt: in(timeout + delay)})
	if strings.Contains(got.Error, "sesame") {
		t.Errorf("what the panic said is shown: %s", got.Error)
	}
}

// A call that hangs is cut by its timeout; being told to stop does not cut it.
func TestFirstCallHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, time.Now)
		s.wall.reply = func(ctx context.Context, _ desk.Outgoing) (desk.Receipt, error) {
			<-ctx.Done()
			return desk.Receipt{}, ctx.Err()
		}
		ctx, stop := context.WithCancel(t.Context())
		stop()
		began := time.Now()
		e := s.claim(t)
		got := s.pub.Act(ctx, e)
		if took := time.Since(began); took != timeout {
			t.Errorf("the call was cut after %v, want %v", took, timeout)
		}
		want(t, got, desk.Settlement{State: desk.EntryWaiting, NextAt: began.Add(2*timeout + delay)})
	})
}

// Whatever keeps an attempt from beginning, nothing leaves and that is on record.
func TestNothingBegins(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		begin, speaker error
		want           desk.Settlement
	}{
		"stopped":     {begin: &desk.Transient{After: 15 * time.Second, Err: errors.New("stopped")}, want: desk.Settlement{State: desk.EntryWaiting, NextAt: in(15 * time.Second), NotSent: true, Free: true}},
		"passing":     {begin: &desk.Transient{Err: errors.New("busy")}, want: desk.Settlement{State: desk.EntryWaiting, NextAt: in(2 * time.Second), NotSent: true}},
		"broken":      {begin: errors.New("disk"), want: desk.Settlement{State: desk.EntryWaiting, NextAt: in(2 * time.Second), NotSent: true}},
		"edited":      {begin: desk.Deniedf("edited"), want: desk.Settlement{State: desk.EntryDead, NotSent: true}},
		"reply gone":  {begin: desk.ErrNotFound, want: desk.Settlement{State: desk.EntryDead, NotSent: true}},
		"lease lost":  {begin: desk.ErrConflict, want: desk.Settlement{State: desk.EntryWaiting, NextAt: in(2 * time.Second), NotSent: true}},
		"no speaker":  {speaker: desk.Deniedf("account removed"), want: desk.Settlement{State: desk.EntryDead, NotSent: true}},
		"speaker odd": {speaker: errors.New("odd"), want: desk.Settlement{State: desk.EntryDead, NotSent: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, atNoon)
			s.err = tt.speaker
			s.book.failing("begin", tt.begin)
			want(t, s.pub.Act(t.Context(), s.claim(t)), tt.want)
			if len(s.wall.said)+s.wall.looks > 0 {
				t.Error("the network was called")
			}
		})
	}
}

// A worker that was held up until its lease was over does not call: its successor relies on that.
func TestTooLateToCall(t *testing.T) {
	t.Parallel()
	now := noon
	s := newStage(t, func() time.Time { return now })
	e := s.claim(t)
	now = in(lease)
	want(t, s.pub.Act(t.Context(), e), desk.Settlement{State: desk.EntryWaiting, NextAt: now, NotSent: true})
	if len(s.wall.said) > 0 {
		t.Error("the network was called")
	}
}
