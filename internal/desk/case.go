package desk

import (
	"slices"
	"time"
)

// CaseState is where a case stands.
type CaseState string

// The states of a case.
const (
	CaseNew       CaseState = "new"       // nobody has it
	CaseTaken     CaseState = "taken"     // somebody works on it
	CaseAnswered  CaseState = "answered"  // an answer is public, ours or a colleague's in the network's own app
	CaseResolved  CaseState = "resolved"  // done
	CaseDismissed CaseState = "dismissed" // needs nothing
)

// caseMoves is the whole state machine: from each state, the states that may follow.
var caseMoves = map[CaseState][]CaseState{
	CaseNew:       {CaseTaken, CaseAnswered, CaseResolved, CaseDismissed},
	CaseTaken:     {CaseNew, CaseAnswered, CaseResolved, CaseDismissed},
	CaseAnswered:  {CaseNew, CaseTaken, CaseResolved, CaseDismissed},
	CaseResolved:  {CaseNew, CaseTaken, CaseAnswered},
	CaseDismissed: {CaseNew, CaseTaken, CaseAnswered},
}

// CaseStates lists every state in the order of the board.
func CaseStates() []CaseState {
	return []CaseState{CaseNew, CaseTaken, CaseAnswered, CaseResolved, CaseDismissed}
}

// Can tells whether a case may go from s to next.
func (s CaseState) Can(next CaseState) bool { return slices.Contains(caseMoves[s], next) }

// Open tells whether the case still asks for work.
func (s CaseState) Open() bool { return s == CaseNew || s == CaseTaken }

// Closed tells whether the case is off the desk.
func (s CaseState) Closed() bool { return s == CaseResolved || s == CaseDismissed }

// Case is one piece of work: one or more mentions, one owner at most, one brand.
type Case struct {
	ID     CaseID
	Brand  string
	Site   Site
	Thread RemoteID // of the mention that opened it
	Author RemoteID // of the mention that opened it; empty when anonymous
	Head   MentionID

	State        CaseState
	Owner        UserID
	SnoozedUntil time.Time
	Version      int64 // compare-and-set: grows with every change

	Urgency   string // the highest of its mentions
	Sentiment string // of the newest mention of the customer
	Mentions  int

	OpenedAt   time.Time
	ChangedAt  time.Time
	RemarkAt   time.Time // newest word of the customer
	TakenAt    time.Time // first time
	AnsweredAt time.Time // first time
	ResolvedAt time.Time // last time
	Reopened   int       // how often
	Reason     string    // why it was resolved or dismissed, in the agent's words
}

// Snoozed tells whether the case rests at the given moment.
func (c *Case) Snoozed(now time.Time) bool { return c.SnoozedUntil.After(now) }

// Move changes the state, or says in a sentence why it cannot.
func (c *Case) Move(next CaseState, now time.Time) error {
	if !c.State.Can(next) {
		return Conflictf("This case is %s; it cannot become %s.", c.State, next)
	}
	if c.State.Closed() && !next.Closed() {
		c.Reopened++
		c.ResolvedAt = time.Time{}
	}
	switch next {
	case CaseTaken:
		first(&c.TakenAt, now)
	case CaseAnswered:
		first(&c.AnsweredAt, now)
	case CaseResolved, CaseDismissed:
		c.ResolvedAt = now
		c.SnoozedUntil = time.Time{}
	}
	c.State, c.ChangedAt = next, now
	return nil
}

// Reopen brings the case back after a new word of the customer: to its owner, or to everybody.
func (c *Case) Reopen(now time.Time) error {
	next := CaseNew
	if c.Owner != "" {
		next = CaseTaken
	}
	if c.State == next {
		return nil
	}
	return c.Move(next, now)
}

func first(t *time.Time, now time.Time) {
	if t.IsZero() {
		*t = now
	}
}
