package outbox_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/outbox"
)

// begun is the entry of a stage whose first call left some time ago, in its nth attempt.
func (s *stage) begun(t *testing.T, ago time.Duration, attempts int, reclaimed bool) desk.Entry {
	t.Helper()
	e := s.claim(t)
	if _, err := s.book.Begin(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	e.StartedAt, e.Attempts, e.Reclaimed, e.Error = noon.Add(-ago), attempts, reclaimed, "before"
	return e
}

// A reply whose call left is looked for, and what follows depends on the network and on how late it is.
func TestAgain(t *testing.T) {
	t.Parallel()
	const forever, never, window = -1, 0, time.Hour
	const giveUp = lease + 15*time.Minute + time.Second
	receipt := desk.Receipt{Remote: "p1", At: noon}
	waiting := func(d time.Duration) desk.Settlement { return desk.Settlement{State: desk.EntryWaiting, NextAt: in(d)} }
	free := func(d time.Duration) desk.Settlement {
		return desk.Settlement{State: desk.EntryWaiting, NextAt: in(d), Free: true}
	}
	done := desk.Settlement{State: desk.EntryDone, Receipt: receipt}
	unconfirmed := desk.Settlement{State: desk.EntryUnconfirmed}
	limited := &desk.Transient{After: time.Minute, Err: errors.New("limit")}
	boom := errors.New("boom")
	type is struct {
		resend    time.Duration
		ago       time.Duration
		attempts  int
		reclaimed bool
		found     desk.Finding
		findErr   error
		replyErr  error
		said      int // calls that say something
		want      desk.Settlement
	}
	absent := desk.FoundAbsent
	for name, tt := range map[string]is{
		"found":                                        {never, 22 * time.Second, 2, false, desk.FoundIt, nil, nil, 0, done},
		"found after a crash":                          {never, 2 * time.Minute, 2, true, desk.FoundIt, nil, nil, 0, done},
		"after a crash, too early":                     {forever, 30 * time.Second, 2, true, absent, nil, nil, 0, free(52 * time.Second)},
		"after a crash, just late enough":              {forever, lease + timeout + delay, 2, true, absent, nil, nil, 1, done},
		"absent, real key":                             {forever, 22 * time.Second, 2, false, absent, nil, nil, 1, done},
		"absent, within the window":                    {window, 22 * time.Second, 2, false, absent, nil, nil, 1, done},
		"absent, the window would end during the call": {window, window - timeout, 2, false, absent, nil, nil, 0, waiting(delay + 4*time.Second)},
		"absent, after the window":                     {window, window, 4, false, absent, nil, nil, 0, unconfirmed},
		"absent, first look":                           {never, 22 * time.Second, 2, false, absent, nil, nil, 0, waiting(delay + 4*time.Second)},
		"absent, many attempts, first look":            {never, 22 * time.Second, 9, false, absent, nil, nil, 0, waiting(delay + 8*time.Second)},
		"absent, second look after a long pause":       {never, time.Hour, 3, false, absent, nil, nil, 0, waiting(delay + 8*time.Second)},
		"absent, third look, late enough":              {never, lease + timeout + delay, 4, false, absent, nil, nil, 0, unconfirmed},
		"sent again, unknown":                          {forever, 22 * time.Second, 2, false, absent, nil, &desk.Unknown{Err: boom}, 1, waiting(timeout + delay)},
		"sent again, unknown for the ninth time":       {forever, 5 * time.Minute, 9, false, absent, nil, &desk.Unknown{Err: boom}, 1, waiting(64 * time.Second)},
		"sent again, asked to wait":                    {forever, 22 * time.Second, 2, false, absent, nil, limited, 1, waiting(time.Minute)},
		"sent again, passing":                          {forever, 22 * time.Second, 3, false, absent, nil, &desk.Transient{Err: boom}, 1, waiting(8 * time.Second)},
		"sent again, refused early":                    {forever, 22 * time.Second, 2, false, absent, nil, desk.ErrGone, 1, waiting(delay + 4*time.Second)},
		"sent again, refused late":                     {forever, 2 * time.Minute, 4, false, absent, nil, desk.ErrGone, 1, unconfirmed},
		"sent again often, not late":                   {forever, 10 * time.Minute, 11, false, absent, nil, nil, 1, done},
		"sent again often and long":                    {forever, giveUp, 11, false, absent, nil, nil, 0, unconfirmed},
		"long ago, hardly tried":                       {forever, 24 * time.Hour, 2, false, absent, nil, nil, 1, done},
		"cannot look":                                  {never, 22 * time.Second, 2, false, "", boom, nil, 0, waiting(4 * time.Second)},
		"cannot look, asked to wait":                   {never, 22 * time.Second, 2, false, "", limited, nil, 0, waiting(time.Minute)},
		"the network does not say":                     {forever, 22 * time.Second, 2, false, desk.FoundNot, nil, nil, 0, waiting(4 * time.Second)},
		"an error counts more than a finding":          {forever, 22 * time.Second, 2, false, desk.FoundIt, boom, nil, 0, waiting(4 * time.Second)},
		"cannot look for long":                         {never, giveUp, 4, false, "", boom, nil, 0, unconfirmed},
		"cannot look, after a long pause":              {never, 24 * time.Hour, 2, true, "", boom, nil, 0, waiting(4 * time.Second)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, atNoon)
			s.terms.Resend = tt.resend
			s.wall.find = func(context.Context, desk.Outgoing) (desk.Found, error) {
				return desk.Found{Finding: tt.found, Receipt: receipt}, tt.findErr
			}
			s.wall.reply = func(context.Context, desk.Outgoing) (desk.Receipt, error) { return receipt, tt.replyErr }
			e := s.begun(t, tt.ago, tt.attempts, tt.reclaimed)
			got := s.pub.Act(t.Context(), e)
			want(t, got, tt.want)
			if len(s.wall.said) != tt.said {
				t.Fatalf("said %d times, want %d", len(s.wall.said), tt.said)
			}
			if tt.said > 0 && (s.wall.said[0].Key != e.Key || !s.wall.said[0].StartedAt.Equal(e.StartedAt)) {
				t.Errorf("sent again as %+v, want the same key and the start of the first call", s.wall.said[0])
			}
		})
	}
}

// What is not the network's doing is tried for a while, too, and then a person is asked.
func TestAgainWithoutTheNetwork(t *testing.T) {
	t.Parallel()
	breaks := map[string]func(*stage){
		"recalling": func(s *stage) { s.book.failing("recall", desk.ErrNotFound) },
		"speaker":   func(s *stage) { s.err = desk.Deniedf("account removed") },
		"panic": func(s *stage) {
			s.wall.find = func(context.Context, desk.Outgoing) (desk.Found, error) { panic("sesame") }
		},
	}
	for name, hurt := range breaks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for ago, wanted := range map[time.Duration]desk.Settlement{
				time.Minute: {State: desk.EntryWaiting, NextAt: in(16 * time.Second)},
				time.Hour:   {State: desk.EntryUnconfirmed},
			} {
				s := newStage(t, atNoon)
				hurt(s)
				want(t, s.pub.Act(t.Context(), s.begun(t, ago, 4, false)), wanted)
			}
		})
	}
}

// Being told to stop in the middle of looking says nothing about the reply, however late it is.
func TestStoppedWhileLooking(t *testing.T) {
	t.Parallel()
	s := newStage(t, atNoon)
	ctx, stop := context.WithCancel(t.Context())
	s.wall.find = func(ctx context.Context, _ desk.Outgoing) (desk.Found, error) {
		stop()
		return desk.Found{}, ctx.Err()
	}
	want(t, s.pub.Act(ctx, s.begun(t, time.Hour, 9, false)), desk.Settlement{State: desk.EntryWaiting, NextAt: noon, Free: true})
}

func TestGiveUpIsASetting(t *testing.T) {
	t.Parallel()
	s := newStage(t, atNoon)
	s.pub.GiveUp = time.Second
	s.wall.find = func(context.Context, desk.Outgoing) (desk.Found, error) { return desk.Found{}, errors.New("down") }
	want(t, s.pub.Act(t.Context(), s.begun(t, lease+2*time.Second, 4, false)), desk.Settlement{State: desk.EntryUnconfirmed})
}

func TestBackoff(t *testing.T) {
	t.Parallel()
	for attempts, want := range map[int]time.Duration{
		-1: 2 * time.Second, 0: 2 * time.Second, 1: 2 * time.Second, 2: 4 * time.Second, 9: 512 * time.Second, 10: 15 * time.Minute, 1 << 30: 15 * time.Minute,
	} {
		if got := outbox.Backoff(attempts); got != want {
			t.Errorf("after %d attempts: %v, want %v", attempts, got, want)
		}
	}
}
