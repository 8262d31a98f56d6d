package demo

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/demonet"
	"github.com/earshotdesk/earshot/internal/desk"
)

func TestFind(t *testing.T) {
	t.Parallel()
	s := newStage(t, Options{Page: 2})
	root, other := s.say("mira", "@acme hello", ""), s.say("mira", "@acme hello", "")
	s.say("mira", "We look into it.", root.ID)  // a customer quotes us
	s.say("acme", "We look into it.", other.ID) // the same words elsewhere
	for i := range 5 {
		s.say("acme", fmt.Sprintf("Remark %d", i), root.ID)
	}
	out := s.outgoing(root, "We look into it.")
	out.StartedAt = time.Now()
	expect := func(why string, want desk.Finding) desk.Receipt {
		t.Helper()
		found, err := s.Find(t.Context(), out)
		if err != nil || found.Finding != want {
			t.Errorf("%s: %+v, %v; want %s", why, found, err, want)
		}
		return found.Receipt
	}
	expect("before it is said", desk.FoundAbsent)
	mine := s.say("acme", "We look into it. ", root.ID)
	if r := expect("when it is there", desk.FoundIt); r.Remote != desk.RemoteID(mine.ID) {
		t.Errorf("found %s, want %s", r.Remote, mine.ID)
	}
	out.Known = []desk.Receipt{{Remote: desk.RemoteID(mine.ID)}}
	expect("when it is an earlier reply", desk.FoundAbsent)
	out.Known, out.StartedAt = nil, time.Now().Add(time.Hour)
	expect("when it is older than the attempt", desk.FoundAbsent)
	out.StartedAt = time.Now()
	if err := s.net.Delete("mira", root.ID); err != nil {
		t.Fatal(err)
	}
	expect("when the parent is gone", desk.FoundIt)
	s.moods(demonet.Moods{Limit: demonet.Fault{Next: 3, On: "reads"}})
	if found, err := s.Find(t.Context(), out); found.Finding != desk.FoundNot || class(err) != "transient 0s" {
		t.Errorf("when it cannot be asked: %+v, %v", found, err)
	}
}

func TestFindInModeration(t *testing.T) {
	t.Parallel()
	s := newStage(t, Options{})
	root := s.say("mira", "@acme hello", "")
	s.moods(demonet.Moods{Moderate: true})
	out := s.outgoing(root, "We look into it.")
	receipt, err := s.Reply(t.Context(), out)
	if err != nil || receipt.Visibility != desk.VisibleModerate {
		t.Fatalf("receipt %+v, %v; want one in moderation", receipt, err)
	}
	_, _, cursor := s.poll("")
	if err := s.net.Moderate(string(receipt.Remote), false); err != nil {
		t.Fatal(err)
	}
	out.StartedAt = time.Now()
	if found, err := s.Find(t.Context(), out); err != nil || found.Receipt.Visibility != desk.VisibleRejected {
		t.Errorf("found %+v, %v; want rejected", found, err)
	}
	second, err := s.Reply(t.Context(), s.outgoing(root, "Another try."))
	if err != nil {
		t.Fatal(err)
	}
	mentions, _, cursor := s.poll(cursor)
	if err := s.net.Moderate(string(second.Remote), true); err != nil {
		t.Fatal(err)
	}
	approved, _, _ := s.poll(cursor)
	if len(mentions) != 0 || len(approved) != 1 || approved[0].Remote != second.Remote {
		t.Errorf("told %v before and %v after approval; want only the latter", remotes(mentions), remotes(approved))
	}
}

func TestCapabilitiesFollowTheSettings(t *testing.T) {
	t.Parallel()
	for opt, want := range map[string]connectors.Certainty{"": connectors.CertainWindow, "read-back": connectors.CertainReadBack} {
		c := connect(t, "http://127.0.0.1:1", Options{Idempotency: opt, Delay: desk.Duration(time.Minute)})
		if caps := connectors.CapabilitiesOf(Spec(), c); caps.Certainty != want || caps.Delay != time.Minute {
			t.Errorf("idempotency %q: %+v", opt, caps)
		}
	}
}

// TestLostAnswers answers many posts while answers get lost, the network fails and limits, and follows the rules of the outbox:
// what is unknown is read back, found ends it, absent is tried again only where the network drops repetitions.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	for _, certainty := range []string{idempotencyReal, idempotencyReadBack} {
		t.Run(certainty, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, Options{Idempotency: certainty})
			s.moods(demonet.Moods{
				IgnoreKeys: certainty == idempotencyReadBack,
				Lose:       demonet.Fault{Chance: 0.3}, FailAfter: demonet.Fault{Chance: 0.2}, FailBefore: demonet.Fault{Chance: 0.2},
				Limit: demonet.Fault{Chance: 0.2, On: "all"}, Busy: demonet.Fault{Chance: 0.1},
			})
			dice := rand.New(rand.NewPCG(1, 2))
			published, undecided := 0, 0
			for i := range 150 {
				root := s.say("mira", fmt.Sprintf("@acme parcel %d", i), "")
				done := s.publish(s.outgoing(root, "We look into it."), dice)
				public := s.repliesTo(root)
				switch {
				case public > 1, done && public != 1:
					t.Fatalf("parcel %d: done %v, %d public replies", i, done, public)
				case done:
					published++
				default:
					undecided++
				}
			}
			t.Logf("%d published, %d undecided", published, undecided)
			if published < 100 || certainty == idempotencyReal && undecided > 0 {
				t.Errorf("%d published, %d undecided", published, undecided)
			}
		})
	}
}

// publish is the outbox in small: it tells whether the reply is certainly public.
func (s *stage) publish(out desk.Outgoing, dice *rand.Rand) bool {
	s.t.Helper()
	for range 200 {
		_, err := s.Reply(s.t.Context(), out)
		switch kind := class(err); {
		case err == nil:
			return true
		case kind == "unknown":
			if out.StartedAt.IsZero() {
				out.StartedAt = time.Now()
			}
			if dice.IntN(2) == 0 && s.opt.Idempotency == idempotencyReal {
				continue // crashed before it could look: with a key the next attempt settles it
			}
			found, err := s.Find(s.t.Context(), out)
			if err == nil && found.Finding == desk.FoundIt {
				return true
			}
			if err == nil && s.opt.Idempotency == idempotencyReadBack {
				return false // unconfirmed: a person decides
			}
		case kind[:5] != "trans":
			s.t.Fatalf("publishing: %v", err)
		}
	}
	s.t.Fatal("publishing does not end")
	return false
}
