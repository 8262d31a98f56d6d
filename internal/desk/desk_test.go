package desk_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
)

func TestASecretStaysOne(t *testing.T) {
	t.Parallel()
	const word = "hunter2hunter2"
	s := desk.Secret(word)
	holder := struct {
		Token  desk.Secret
		Tokens map[string]desk.Secret
	}{s, map[string]desk.Secret{"a": s}}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T %v"} {
		for _, v := range []any{s, &s, holder, &holder, []desk.Secret{s}} {
			if text := fmt.Sprintf(verb, v); strings.Contains(strings.ToLower(text), word) || strings.Contains(strings.ToLower(text), fmt.Sprintf("%x", word)) {
				t.Errorf("%s of %T shows the secret: %s", verb, v, text)
			}
		}
	}
	if text, err := json.Marshal(holder); err != nil || strings.Contains(string(text), word) {
		t.Errorf("as JSON: %s, %v", text, err)
	}
	if s.Reveal() != word || s.String() != desk.Redacted || desk.Secret("").String() != "" {
		t.Errorf("reveals %q, prints %q, the empty one %q", s.Reveal(), s, desk.Secret(""))
	}
}

func TestDurations(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]time.Duration{
		"90s": 90 * time.Second, "1h30m": 90 * time.Minute, "7d": 168 * time.Hour, "1d12h": 36 * time.Hour, "0": 0, "-1s": -time.Second,
	} {
		if got, err := desk.ParseDuration(in); err != nil || got.Std() != want {
			t.Errorf("%q is %v, %v; want %v", in, got, err, want)
		}
	}
	for _, in := range []string{"", "d", "5", "7days", "99999d", "1d1d", "x", "1.5d"} {
		if got, err := desk.ParseDuration(in); !errors.Is(err, desk.ErrInvalid) {
			t.Errorf("%q is %v, %v; want a sentence", in, got, err)
		}
	}
}

func TestIdentifiersSortByTime(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	full, none := [10]byte{255, 255, 255, 255, 255, 255, 255, 255, 255, 255}, [10]byte{}
	before, after := desk.IDAt(at, full), desk.IDAt(at.Add(time.Millisecond), none)
	if len(before) != 26 || len(after) != 26 || before >= after {
		t.Errorf("%s and, a millisecond later, %s", before, after)
	}
	if a, b := desk.NewID(), desk.NewID(); a == b {
		t.Errorf("%s twice", a)
	}
}

// A case that comes back goes to its owner, or to everybody, and its clock runs anew.
func TestReopening(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for owner, want := range map[desk.UserID]desk.CaseState{"": desk.CaseNew, "u1": desk.CaseTaken} {
		c := desk.Case{State: desk.CaseTaken, Owner: owner, TakenAt: now.Add(-time.Hour)}
		if err := c.Move(desk.CaseResolved, now); err != nil {
			t.Fatal(err)
		}
		if err := c.Reopen(now.Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		wanted := desk.Case{State: want, Owner: owner, TakenAt: c.TakenAt, ChangedAt: now.Add(time.Minute), Reopened: 1}
		if diff := cmp.Diff(wanted, c); diff != "" {
			t.Errorf("owned by %q (-want +got):\n%s", owner, diff)
		}
	}
	c := desk.Case{State: desk.CaseResolved}
	if err := c.Move(desk.CaseDismissed, now); !errors.Is(err, desk.ErrConflict) || c.State != desk.CaseResolved {
		t.Errorf("a resolved case was dismissed: %v, it is %s", err, c.State)
	}
}

// What may be public already is never sent again by itself, and what is public stays so.
func TestNoWayBackFromPublic(t *testing.T) {
	t.Parallel()
	sends := []desk.ReplyState{desk.ReplyDraft, desk.ReplyAwaiting, desk.ReplyScheduled, desk.ReplyQueued, desk.ReplyPublishing}
	for _, from := range []desk.ReplyState{desk.ReplyUnconfirmed, desk.ReplyPublished} {
		for _, to := range sends {
			if from.Can(to) {
				t.Errorf("a reply that is %s can become %s", from, to)
			}
		}
	}
	// Nor does the desk send what a person posts by hand: it may be on the site already.
	for _, to := range append(sends[1:], desk.ReplyFailed, desk.ReplyUnconfirmed, desk.ReplyWithdrawn) {
		if desk.ReplyByHand.Can(to) {
			t.Errorf("a reply that is posted by hand can become %s", to)
		}
	}
	if !desk.ReplyByHand.Can(desk.ReplyPublished) || !desk.ReplyByHand.Can(desk.ReplyDraft) || !desk.ReplyDraft.Can(desk.ReplyByHand) || desk.ReplyQueued.Can(desk.ReplyByHand) {
		t.Error("by hand: a draft becomes it, and it becomes published or a draft again; what is queued does not")
	}
	r := desk.Reply{State: desk.ReplyQueued, ApprovedBy: "u1"}
	if err := r.Move(desk.ReplyDraft, time.Now()); err != nil || r.ApprovedBy != "" {
		t.Errorf("a draft keeps the approval of %q: %v", r.ApprovedBy, err)
	}
}
