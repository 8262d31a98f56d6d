package demo

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/demonet"
	"github.com/earshotdesk/earshot/internal/desk"
)

// outgoing is an answer to a post, as the outbox hands it over.
func (s *stage) outgoing(p demonet.Post, text string) desk.Outgoing {
	return desk.Outgoing{
		Key: p.ID + " " + text, CreatedAt: time.Now(), Account: "acme-demo", Text: text,
		Parent: desk.Mention{Site: "demo:acme.example", Remote: desk.RemoteID(p.ID), Text: p.Text},
	}
}

// class names what the outbox would do about an error.
func class(err error) string {
	var unknown *desk.Unknown
	var transient *desk.Transient
	switch {
	case err == nil:
		return "done"
	case errors.As(err, &unknown):
		return "unknown"
	case errors.As(err, &transient):
		return fmt.Sprintf("transient %v", transient.After)
	case errors.Is(err, desk.ErrGone):
		return "gone"
	case errors.Is(err, desk.ErrDenied):
		return "denied"
	case errors.Is(err, desk.ErrConflict):
		return "conflict"
	case errors.Is(err, desk.ErrInvalid):
		return "invalid"
	}
	return "other"
}

func (s *stage) repliesTo(p demonet.Post) int {
	count := 0
	for _, other := range s.net.All() {
		if other.Parent == p.ID && other.State == demonet.StatePublic {
			count++
		}
	}
	return count
}

func TestReplyOutcomes(t *testing.T) {
	t.Parallel()
	once := demonet.Fault{Next: 1}
	onceReading := demonet.Fault{Next: 3, On: "reads"} // as often as a read is tried
	tests := []struct {
		name   string
		moods  demonet.Moods
		want   string
		public int
	}{
		{"well", demonet.Moods{}, "done", 1},
		{"lost answer", demonet.Moods{Lose: once}, "unknown", 1},
		{"failed after acting", demonet.Moods{FailAfter: once}, "unknown", 1},
		{"failed before acting", demonet.Moods{FailBefore: once}, "unknown", 0},
		{"busy and says so", demonet.Moods{Busy: once}, "transient 0s", 0},
		{"limited", demonet.Moods{Limit: once}, "transient 0s", 0},
		{"limited with a time", demonet.Moods{Limit: once, RetryAfter: 40}, "transient 40s", 0},
		{"parent cannot be read", demonet.Moods{FailBefore: onceReading}, "transient 0s", 0},
		{"answer about the parent is lost", demonet.Moods{Lose: onceReading}, "transient 0s", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, Options{})
			root := s.say("mira", "@acme hello", "")
			s.moods(tt.moods)
			receipt, err := s.Reply(t.Context(), s.outgoing(root, "We look into it."))
			if got := class(err); got != tt.want || s.repliesTo(root) != tt.public {
				t.Errorf("%s (%v), %d public; want %s, %d", got, err, s.repliesTo(root), tt.want, tt.public)
			}
			if err != nil && strings.Contains(err.Error(), "acme-secret") {
				t.Errorf("the error tells the token: %v", err)
			}
			if err == nil && (receipt.Remote == "" || receipt.URL == "" || receipt.Visibility != desk.VisiblePublic) {
				t.Errorf("receipt %+v", receipt)
			}
		})
	}
}

func TestReplyRefused(t *testing.T) {
	t.Parallel()
	s := newStage(t, Options{})
	root, gone, locked, edited := s.say("mira", "@acme hello", ""), s.say("mira", "@acme bye", ""),
		s.say("mira", "@acme locked", ""), s.say("mira", "@acme edited", "")
	if err := errors.Join(s.net.Delete("mira", gone.ID), s.net.Lock(locked.ID, true)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.net.Edit("mira", edited.ID, "@acme never mind"); err != nil {
		t.Fatal(err)
	}
	late := func(p demonet.Post) desk.Outgoing { // the parent changed after the connector looked: only the call itself tells
		out := s.outgoing(p, "We look into it.")
		out.StartedAt = time.Now()
		return out
	}
	tests := []struct {
		name string
		out  desk.Outgoing
		want string
	}{
		{"parent gone", s.outgoing(gone, "We look into it."), "gone"},
		{"parent gone meanwhile", late(gone), "gone"},
		{"parent unknown", s.outgoing(demonet.Post{ID: "77"}, "We look into it."), "gone"},
		{"locked", s.outgoing(locked, "We look into it."), "denied"},
		{"locked meanwhile", late(locked), "denied"},
		{"edited", s.outgoing(edited, "We look into it."), "denied"},
		{"no text", s.outgoing(root, " \n"), "invalid"},
		{"too long", s.outgoing(root, strings.Repeat("😀", 251)), "invalid"},
		{"no parent", s.outgoing(demonet.Post{}, "We look into it."), "invalid"},
	}
	before := len(s.net.All())
	for _, tt := range tests {
		if _, err := s.Reply(t.Context(), tt.out); class(err) != tt.want {
			t.Errorf("%s: %s (%v), want %s", tt.name, class(err), err, tt.want)
		}
	}
	if after := len(s.net.All()); after != before {
		t.Errorf("%d replies came of refusals", after-before)
	}
	if _, err := s.Reply(t.Context(), s.outgoing(root, strings.Repeat("😀", 250))); err != nil {
		t.Errorf("the longest reply: %v", err)
	}
}

func TestEditAndDelete(t *testing.T) {
	t.Parallel()
	s := newStage(t, Options{})
	root := s.say("mira", "@acme hello", "")
	out := s.outgoing(root, "We look into it.")
	receipt, err := s.Reply(t.Context(), out)
	if err != nil {
		t.Fatal(err)
	}
	out.Text = "We looked into it: it arrives tomorrow."
	if receipt, err = s.Edit(t.Context(), out, receipt); err != nil {
		t.Fatal(err)
	}
	if p, err := s.net.Get(string(receipt.Remote), ""); err != nil || p.Text != out.Text {
		t.Errorf("after the edit: %+v, %v", p, err)
	}
	for range 2 {
		if err := s.Delete(t.Context(), out, receipt); err != nil {
			t.Errorf("deleting: %v", err)
		}
	}
	if _, err := s.net.Get(string(receipt.Remote), ""); err == nil {
		t.Error("the reply is still there")
	}
	if err := s.Delete(t.Context(), out, desk.Receipt{Remote: desk.RemoteID(root.ID)}); class(err) == "done" {
		t.Error("somebody else's post could be deleted")
	}
	if _, err := s.Edit(t.Context(), out, receipt); class(err) != "gone" {
		t.Errorf("editing what is gone: %v", err)
	}
}

var (
	_ connectors.Replier   = (*Connector)(nil)
	_ connectors.Threader  = (*Connector)(nil)
	_ connectors.Rechecker = (*Connector)(nil)
	_ connectors.Editor    = (*Connector)(nil)
	_ connectors.Deleter   = (*Connector)(nil)
	_ connectors.Capable   = (*Connector)(nil)
)
