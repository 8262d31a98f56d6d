package web

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Options is everything a [Server] needs. Store, Work, Log and Now must be set.
type Options struct {
	Store Store
	Work  Work

	Desk     string                       // name of the desk, in titles; "Earshot" when empty
	BaseURL  string                       // where people reach the desk, without a trailing slash; "" takes the request's host
	Brands   []desk.Brand                 // as configured
	Topics   []string                     // names, for the filter
	Workflow desk.Workflow                // what the pages must say about approval and undo
	Kinds    func() []Kind                // the connectors of this build, by name
	Accounts Accounts                     // connects accounts; nil when only the command line does
	Learning Learning                     // takes corrections; nil when the desk takes none
	Answer   func(m *desk.Mention) Answer // what an answer to a mention may be; nil means nothing can be answered

	// Conversation fetches what was said around a mention, where Converses says that its site can be asked; both may be nil.
	Conversation func(ctx context.Context, m desk.Mention) ([]desk.Mention, error)
	Converses    func(m *desk.Mention) bool

	// Spent tells what a source spent at its network since a moment, in millionths of the network's currency and in its own units. The
	// pages show it where a kind has a cost; nil means nothing is shown.
	Spent func(ctx context.Context, source string, since time.Time) (micros, units int64, err error)

	// Trends finds the words that rise in what a scope may see; nil when nobody counts words.
	Trends func(ctx context.Context, scope desk.Scope, f desk.TrendFilter) (desk.Trends, error)

	Deliver func(ctx context.Context, source string, d Delivery) (Answered, error) // takes what a network delivers; nil when nothing is taken

	Wake     <-chan struct{}             // hint that something was committed in this process; may be nil
	Ready    func(context.Context) error // nil when the desk can work; an error makes /readyz fail and is logged
	Registry *prometheus.Registry        // the web adds its numbers and serves it as /metrics; nil makes one

	Secure bool // the browser comes over TLS: cookies say so, HSTS is sent

	Zone *time.Location // in which times are shown; nil means UTC
	Log  *slog.Logger
	Now  func() time.Time
}

// Answer says whether and how a mention can be answered in public.
type Answer struct {
	Possible bool
	Why      string                // a sentence when it is not possible
	As       string                // the account that would speak, as people know it
	Hold     string                // a sentence when an answer would wait: the account does not publish yet, a stop switch
	Max      int                   // longest text; 0 means no limit
	Counts   string                // the unit: graphemes, bytes, utf16, weighted
	Length   func(text string) int // counts as the network does; nil counts graphemes

	ByHand       bool          // where it is not possible: a person may copy it to the site, and the desk looks whether it appears
	One          bool          // the site takes one answer to a mention
	Edit, Delete bool          // of what is published
	Delay        time.Duration // until the public sees an answer
	Moderates    bool          // the site checks answers before it shows them
	Cost         string        // a sentence; empty when free
}
