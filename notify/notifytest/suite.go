// Package notifytest is the suite that every notifier passes.
//
// It owns the notices that notifiers stumble over: empty fields, hostile text, groups of thousands, a message to rewrite, a context
// that ended. A notifier's test hands it a way to make the notifier on a server of its own and to read what arrived there. The
// suite promises to look at nothing but that.
package notifytest

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/notify"
)

// Subject is a notifier under test.
type Subject struct {
	Notifier notify.Notifier
	Secrets  []string      // that must not be in any error
	Said     func() string // all that arrived until now, as a person at the target would see it

	// Rewrites says that the target can change a message; then Messages counts those that stand there.
	Rewrites bool
	Messages func() int

	// Break makes the target refuse every call from now on. Nil when it cannot.
	Break func()

	// Acts finds in what arrived the marks that the target would obey in a text by strangers; empty when there are none.
	Acts func(said string) string
}

// Run runs the suite; fresh makes a subject with nothing said yet.
func Run(t *testing.T, fresh func(t *testing.T) Subject) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, Subject)
	}{
		{"every state of a case", states},
		{"empty fields", empty},
		{"hostile text", hostile},
		{"ten thousand cases", thousands},
		{"a message is rewritten", rewrites},
		{"a context that ended", cancelled},
		{"no secret in errors", secrets},
		{"troubles of the desk", troubles},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, fresh(t))
		})
	}
}

var at = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// Notice returns a notice about one new case.
func Notice() notify.Notice {
	return notify.Notice{
		Desk: "Earshot", URL: "https://desk.example/board", Target: "team", Group: "root>team{}", Generation: 1, Cause: notify.First, At: at,
		Labels: []notify.Label{{Name: "brand", Value: "acme"}, {Name: "product", Value: "Vac S5"}},
		Cards:  []notify.Card{Card(1)}, Counts: notify.Counts{New: 1, Fresh: 1}, Since: at, Loud: true,
	}
}

// Card returns the card of a new, critical case.
func Card(n int) notify.Card {
	id := fmt.Sprintf("01CASE%020d", n)
	return notify.Card{
		Case: desk.CaseID(id), URL: "https://desk.example/cases/" + id, State: desk.CaseNew, Brand: "acme", Product: "Vac S5", Site: "Google",
		Urgency: desk.UrgencyCritical, Sentiment: desk.Negative, Stars: 1, Author: "Szabó Gergely", Excerpt: "Füstölni kezdett a töltő.",
		Link: "https://google.example/review/1", Why: "“füstölni”", Mentions: 1, OpenedAt: at,
	}
}

func tell(t *testing.T, s Subject, n notify.Notice) desk.Receipt {
	t.Helper()
	r, err := s.Notifier.Notify(t.Context(), n)
	if err != nil {
		t.Fatalf("telling generation %d (%s): %v", n.Generation, n.Cause, err)
	}
	return r
}

func states(t *testing.T, s Subject) {
	for _, state := range desk.CaseStates() {
		for _, reply := range []desk.ReplyState{"", desk.ReplyAwaiting, desk.ReplyByHand, desk.ReplyUnconfirmed, desk.ReplyFailed} {
			n := Notice()
			c := &n.Cards[0]
			c.State, c.Reply, c.Owner, c.TakenAt, c.AnsweredAt, c.ResolvedAt = state, reply, "Nóra Kelemen", at, at, at
			c.Product = "Product " + string(state)
			n.Counts = notify.Counts{Closed: 1}
			if !state.Closed() {
				n.Counts = notify.Counts{New: 1}
			}
			tell(t, s, n)
			if !strings.Contains(s.Said(), c.Product) {
				t.Errorf("a case that is %s was told without its product", state)
			}
		}
	}
}

func empty(t *testing.T, s Subject) {
	for _, cause := range []notify.Cause{notify.First, notify.News, notify.Moved, notify.Repeat, notify.Resolved} {
		before := len(s.Said())
		tell(t, s, notify.Notice{Cause: cause})
		tell(t, s, notify.Notice{Cause: cause, Cards: []notify.Card{{}}, Counts: notify.Counts{New: 1}})
		tell(t, s, notify.Notice{Cause: cause, Cards: []notify.Card{{}, {State: desk.CaseTaken}}, Counts: notify.Counts{New: 2}})
		if len(s.Said()) == before {
			t.Errorf("a notice (%s) with nothing in it said nothing", cause)
		}
	}
}

// Hostile texts try to act where they are only to be read.
func Hostile() []string {
	return []string{
		"<!channel> <!here> <@U12345678> <#C12345678> @everyone @here",
		"<https://evil.example|your bank> [your bank](https://evil.example)",
		"*bold* _italic_ ~struck~ `code` ```block``` > quote :tada:",
		"&lt;!channel&gt; &amp; <b>bold</b> <script>alert(1)</script>",
		"\x1b[2J\x1b[31mred\x07\x00\x9b31m \r\nsecond line\u2028third line",
		"\u202Eesrever\u202C \u2066x\u2069 \u200F", "\xff\xfe broken bytes \xc3",
		strings.Repeat("a", 100_000), strings.Repeat("👩‍👩‍👧‍👦", 5_000), strings.Repeat("<", 10_000), strings.Repeat("&", 10_000), strings.Repeat("\n", 10_000) + "end",
	}
}

func hostile(t *testing.T, s Subject) {
	for _, text := range Hostile() {
		n := Notice()
		n.Desk, n.Labels[1].Value = text, text
		n.Cards = []notify.Card{{
			Case: "1", State: desk.CaseTaken, Owner: text, Brand: text, Product: text, Site: text, Urgency: text, Author: text,
			Excerpt: text, Link: "https://x.example/" + strings.Repeat("y", 5000), Why: text, URL: "https://desk.example/1",
		}}
		tell(t, s, n)
		n.Cards = append(n.Cards, n.Cards[0])
		n.Counts = notify.Counts{New: 1, Taken: 1}
		tell(t, s, n)
		// As the desk makes cards: cleaned.
		card := desk.Card{OwnerName: text, Case: desk.Case{State: desk.CaseNew}}
		card.Head.ID, card.Head.Text, card.Head.Author.Name = "m", text, text
		n.Cards, n.Counts = []notify.Card{notify.NewCard(&card, "", nil)}, notify.Counts{New: 1}
		tell(t, s, n)
	}
	if s.Acts != nil {
		if found := s.Acts(s.Said()); found != "" {
			t.Errorf("what strangers wrote would act: %s", found)
		}
	}
}

func thousands(t *testing.T, s Subject) {
	n := Notice()
	n.Counts, n.Cards = notify.Counts{New: 9_000, Taken: 1_000, Fresh: 10_000}, nil
	for i := range notify.MaxCards {
		n.Cards = append(n.Cards, Card(i))
	}
	tell(t, s, n)
	said := s.Said()
	if !strings.Contains(said, "10000") && !strings.Contains(said, "9000") && !strings.Contains(said, "9990") {
		t.Errorf("a group of ten thousand does not say how many it is: %.300s", said)
	}
	if len(said) > 40_000 {
		t.Errorf("a group of ten thousand made %d bytes", len(said))
	}
}

func rewrites(t *testing.T, s Subject) {
	n := Notice()
	first := tell(t, s, n)
	n.Generation, n.Cause, n.Loud, n.Receipt, n.Counts = 2, notify.Moved, false, first, notify.Counts{Taken: 1}
	n.Cards[0].State, n.Cards[0].Owner = desk.CaseTaken, "Nóra Kelemen"
	second := tell(t, s, n)
	if !strings.Contains(s.Said(), "Nóra Kelemen") {
		t.Error("the taken case does not name who has it")
	}
	n.Generation, n.Cause, n.Receipt, n.Counts = 3, notify.Resolved, second, notify.Counts{Closed: 1}
	n.Cards[0].State, n.Cards[0].Excerpt = desk.CaseResolved, ""
	third := tell(t, s, n)
	if !s.Rewrites {
		return
	}
	if first.Remote == "" || second.Remote != first.Remote || third.Remote != first.Remote {
		t.Errorf("three generations stand at %q, %q and %q, want one place", first.Remote, second.Remote, third.Remote)
	}
	if got := s.Messages(); got != 1 {
		t.Errorf("three generations made %d messages, want one", got)
	}
	if strings.Contains(s.Said(), "Füstölni") {
		t.Error("the text of a resolved case is still there")
	}
}

func cancelled(t *testing.T, s Subject) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Notifier.Notify(ctx, Notice()); err == nil {
		t.Error("a context that ended was not noticed")
	}
	if said := s.Said(); said != "" {
		t.Errorf("said all the same: %.200s", said)
	}
}

func secrets(t *testing.T, s Subject) {
	if s.Break == nil {
		t.Skip("this target cannot be broken")
	}
	s.Break()
	_, err := s.Notifier.Notify(t.Context(), Notice())
	if err == nil {
		t.Fatal("a broken target gave no error")
	}
	for _, format := range []string{"%v", "%+v", "%#v"} {
		for _, secret := range s.Secrets {
			if text := fmt.Sprintf(format, err) + fmt.Sprintf(format, s.Notifier); strings.Contains(text, secret) {
				t.Errorf("%s of the error or the notifier tells the secret: %s", format, text)
			}
		}
	}
}

func troubles(t *testing.T, s Subject) {
	for _, trouble := range []notify.Trouble{{Source: "masto"}, {Source: "masto", Over: true}, {Dead: 1}, {Dead: 7}} {
		n := notify.Notice{Desk: "Earshot", URL: "https://desk.example/sources", Cause: notify.First, Trouble: &trouble, Loud: true}
		tell(t, s, n)
		if !strings.Contains(s.Said(), trouble.Text()) {
			t.Errorf("not said: %s", trouble.Text())
		}
	}
}

// Sample checks that a kind describes itself: a summary, and a sample of one target of that kind with no key that the options do not
// have, and a sentence for every option.
func Sample(t *testing.T, k notify.Kind) {
	t.Helper()
	sample := make(map[string]string)
	for line := range strings.Lines(k.Sample) {
		key, value, pair := strings.Cut(strings.TrimLeft(line, "- "), ":")
		if pair && !strings.HasPrefix(strings.TrimSpace(line), "#") {
			sample[key] = strings.TrimSpace(value)
		}
	}
	if k.Summary == "" || sample["kind"] != k.Name || sample["name"] == "" {
		t.Errorf("summary %q, sample of kind %q named %q; want kind %s", k.Summary, sample["kind"], sample["name"], k.Name)
	}
	known := map[string]bool{"name": true, "kind": true}
	options := reflect.TypeOf(k.Options).Elem()
	for i := range options.NumField() {
		field := options.Field(i)
		known[field.Tag.Get("yaml")] = true
		if field.Tag.Get("yaml") == "" || field.Tag.Get("doc") == "" {
			t.Errorf("option %s has no yaml name or no doc", field.Name)
		}
	}
	for key := range sample {
		if !known[key] {
			t.Errorf("the sample has %q, which the options do not know", key)
		}
	}
}
