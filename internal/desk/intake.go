package desk

import "time"

// Lease is the right to work on a source or an entry until a moment. The fence grows with every new holder; a write that carries
// an old fence is refused, so a holder that slept through its lease can harm nothing.
type Lease struct {
	Name  string // of the source, or the entry's ID
	Owner string
	Fence int64
	Until time.Time
}

// Intake is one batch of a source on its way into the store.
type Intake struct {
	Source   Source
	Lease    Lease // zero for imports: no cursor lease to check
	At       time.Time
	Mentions []Mention
	Gone     []RemoteID
	Poison   []Poison
	Cursor   string // where the source stands once all this is stored
	More     bool   // the source has more right now
	First    bool   // first contact: judge and count, but open no case
	Forget   bool   // what is gone loses its words and its author: the site's terms want it
	OpenNone bool   // imports: as First, unless the operator asked for cases
	Import   string // names the import whose progress Cursor is; empty for polls
}

// Poison is an item that could not be read. It is kept with its error so that nothing is lost, and shown under its source.
type Poison struct {
	Source string
	Remote RemoteID
	At     time.Time
	Err    string
	Raw    []byte
}

// Arrival is a judged mention on its way into the store.
type Arrival struct {
	Mention Mention
	Verdict Verdict
}

// Landed is what became of an arrival.
type Landed struct {
	ID      MentionID
	New     bool // first time that anybody saw it
	Edited  bool // wording or stars differ from the stored version
	Version int
	Case    CaseID // the case it is already in
}

// IngestResult counts what an intake did.
type IngestResult struct {
	New, Edited, Known, Gone, Poison int
	Opened, Joined                   int // cases
}

// Plus counts two results together.
func (r IngestResult) Plus(o IngestResult) IngestResult {
	return IngestResult{
		New: r.New + o.New, Edited: r.Edited + o.Edited, Known: r.Known + o.Known, Gone: r.Gone + o.Gone, Poison: r.Poison + o.Poison,
		Opened: r.Opened + o.Opened, Joined: r.Joined + o.Joined,
	}
}

// Source is a configured poll.
type Source struct {
	Name    string
	Kind    string // of the connector
	Site    Site   // "" when each mention names its own
	Account string // that answers on it; "" when nobody can
	Brand   string
	Every   time.Duration
	Recheck time.Duration // how long known mentions are looked at again; 0 for not at all
	Hash    string        // of its configuration; a change that matters resets health, never the cursor
}

// Health says how a source is.
type Health string

// The healths of a source.
const (
	HealthNew     Health = "new" // never polled
	HealthOK      Health = "ok"
	HealthFailing Health = "failing"
	HealthStopped Health = "stopped" // will not be polled again until its configuration changes: the site said it is gone
)

// SourceState is what the desk remembers of a source between polls.
type SourceState struct {
	Source
	Cursor       string
	Health       Health
	Error        string // one sentence, without secrets
	Failures     int    // in a row
	FirstPollAt  time.Time
	LastPollAt   time.Time
	LastOKAt     time.Time
	LastNewAt    time.Time
	NextPollAt   time.Time
	FailingSince time.Time
	GapAt        time.Time // when something may have been missed
	GapNote      string
	Mentions     int64
	PoisonItems  int64
	SpendMicros  int64 // API money this month, in millionths of the account's currency
	Removed      bool  // no longer in the configuration
}

// PollReport is what the Poller learned, saved with or without mentions.
type PollReport struct {
	Lease   Lease
	At      time.Time
	Next    time.Time
	Err     string // empty when well
	Stop    bool   // never again: 410 and its like
	Running bool   // the poll has not come back yet: the lease stays, Next says nothing
	GapNote string // something may have been missed
	Spend   int64  // millionths of the account's currency
	Units   int64  // of the network's own quota
}
