// Package work holds the use cases: what happens when a poll brings mentions, when people work a case, and when a reply leaves.
//
// Each use case is one transaction on the store it is given; connectors, web, API and outbox call it through small interfaces of
// their own. The rules of the domain that need no I/O stand in package desk; here they meet what is stored.
//
// The package promises: a mention is in at most one case; a claim is won by one person; what is sent was written against what the
// sender saw; every change leaves an event; and an error leaves nothing half done.
package work

import (
	"context"
	"log/slog"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Answer says who answers a mention in public, and within which limits.
type Answer struct {
	Account string // "" when nobody can; the rest says what the site takes all the same
	Publish bool   // an operator turned it on
	Replies bool   // the network takes replies
	Many    bool   // more than one to the same mention
	Edit    bool   // a published reply can be given other words
	Delete  bool   // … and can be taken away
	Limit   int    // longest reply in Unit; 0 when there is none
	Unit    string // for the sentence: characters, bytes …
	Length  func(text string) int
}

// can tells whether the desk itself can answer.
func (a Answer) can() bool { return a.Account != "" && a.Replies }

// Options of a desk.
type Options struct {
	Store    Store
	Judge    func(desk.TriageInput) desk.Verdict
	Workflow desk.Workflow
	Answer   func(m desk.Mention) Answer               // nil: nobody can answer
	Kick     func()                                    // wakes the outbox after a commit; nil does nothing
	PollNow  func(ctx context.Context, s string) error // nil: there is no poller
	Learn    func(s desk.Source) bool                  // whether a source's terms let its texts be learned from; nil: all do
	Names    func(tag string) []string                 // the products or topics that there are; nil: any name will do
	Log      *slog.Logger
}

// Desk carries out use cases. It is safe for concurrent use.
type Desk struct {
	o Options
}

// New returns a desk.
func New(o Options) *Desk {
	if o.Answer == nil {
		o.Answer = func(desk.Mention) Answer { return Answer{} }
	}
	if o.Kick == nil {
		o.Kick = func() {}
	}
	if o.Learn == nil {
		o.Learn = func(desk.Source) bool { return true }
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Desk{o}
}
