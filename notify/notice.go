// Package notify tells colleagues what the public said, once and in the right place.
//
// It owns the tree of routes ([Compile]), the decision what to say when ([Plan], a pure function), the [Planner] that feeds it with
// what happened, and the [Sender] that turns an entry of the outbox into a [Notice] and hands it to a [Notifier]. Kinds of target
// are in the folders below; the [Registry] is a value.
//
// It promises: each generation of a group is planned once, whatever the number of processes and restarts; delivery is at least
// once; one message per group is rewritten through its receipt while the cases move; entries hold identifiers and never what
// people wrote, so that a deletion has nothing to look for here; what opened no case tells nobody.
package notify

import (
	"context"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Notifier tells one target. Notify returns [*desk.Transient] for what may pass by itself and any other error for what a person
// must look at. The receipt comes back as Notice.Previous of the group's next notice.
//
// A notice may arrive twice. It is never called concurrently for one group.
type Notifier interface {
	Notify(ctx context.Context, n Notice) (desk.Receipt, error)
}

// Checker asks the target whether its settings work, without telling anybody anything.
type Checker interface {
	Check(ctx context.Context) error
}

// Cause says why a notice is given.
type Cause string

// The causes of a notice.
const (
	First    Cause = "first"    // nothing of the group was open, now something is
	News     Cause = "news"     // further cases, or one became critical
	Moved    Cause = "moved"    // known cases moved: the message follows, nobody is called
	Repeat   Cause = "repeat"   // the same work is still untouched
	Resolved Cause = "resolved" // nothing is open any more
)

// Notice is what is told, complete: a notifier asks nobody else.
type Notice struct {
	Desk       string // name of the desk
	URL        string // where to look: the board, the sources or the outbox
	Target     string
	Group      string
	Generation int64
	Cause      Cause
	At         time.Time // when it was planned

	Labels  []Label      // what the cases share, in the order of the route's group_by names
	Cards   []Card       // the most urgent first; at most [MaxCards]
	Counts  Counts       // of all, shown or not
	Since   time.Time    // since when the oldest open one waits; zero when none does
	Trouble *Trouble     // set when the notice is about the desk itself; then there are no cards
	Loud    bool         // asks for attention: where rewriting a message is silent, say something more
	Receipt desk.Receipt // of the message to rewrite; zero when there is none
}

// MaxCards is how many cases a notice carries at most; Counts tells of the others.
const MaxCards = 10

// Label is one value that the cases of a group share.
type Label struct{ Name, Value string }

// Counts are numbers of cases.
type Counts struct {
	New      int `json:"new,omitempty"`      // nobody has them
	Taken    int `json:"taken,omitempty"`    // somebody works on them
	Answered int `json:"answered,omitempty"` // waiting to be resolved
	Closed   int `json:"closed,omitempty"`   // left with this notice
	Fresh    int `json:"fresh,omitempty"`    // said for the first time with this notice
}

// Open is how many ask for work.
func (c Counts) Open() int { return c.New + c.Taken }

// All is how many the notice is about.
func (c Counts) All() int { return c.New + c.Taken + c.Answered + c.Closed }

// Card is one case as a message shows it. What the public wrote is plain text: a notifier escapes it for its target.
type Card struct {
	Case  desk.CaseID
	URL   string // of the case on the desk
	State desk.CaseState
	Owner string // name of who has it
	Reply desk.ReplyState

	Brand     string
	Product   string
	Site      string // name as people know it
	Urgency   string
	Sentiment string
	Stars     float64 // of five; 0 when there are none
	Author    string
	Excerpt   string // what was said, shortened; empty when it is gone or the case is closed
	Link      string // of the mention, http or https; empty when there is none
	Why       string // the words that made it urgent
	Mentions  int
	Gone      bool // removed at its site

	OpenedAt   time.Time
	TakenAt    time.Time
	AnsweredAt time.Time
	ResolvedAt time.Time
}
