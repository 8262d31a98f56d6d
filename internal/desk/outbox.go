package desk

import "time"

// EntryState is where an entry of the outbox stands.
type EntryState string

// The states of an entry.
const (
	EntryWaiting     EntryState = "waiting" // due at NextAt
	EntryLeased      EntryState = "leased"
	EntryDone        EntryState = "done"
	EntryDead        EntryState = "dead"        // given up; a person sees it
	EntryUnconfirmed EntryState = "unconfirmed" // may have happened; never tried again by itself
	EntryCancelled   EntryState = "cancelled"
)

// Kinds of outward acts.
const (
	EntryPublish = "publish" // a reply to the public: exactly once
	EntryEdit    = "edit"    // other words for a published reply; may be repeated
	EntryDelete  = "delete"  // of a published reply; may be repeated
	EntryWatch   = "watch"   // looking whether a reply in moderation is shown; says nothing
	EntryNotice  = "notice"  // a notice to a colleague: at least once
)

// Entry is one outward act, written before it happens.
type Entry struct {
	ID       EntryID
	Kind     string
	Key      string // unique: the act can be asked for once
	Order    string // acts with the same order key happen one after another, in the order they were written
	Subject  string // the ReplyID, or the notice group
	Account  string // whose stop switch counts; "" for notices
	Body     []byte // JSON of the kind
	State    EntryState
	Attempts int

	NextAt    time.Time
	CreatedAt time.Time
	StartedAt time.Time // when a call first left; zero means certainly nothing left
	Reclaimed bool      // its last holder let the lease run out: nobody knows how far it came
	Lease     Lease
	Error     string
	Receipt   Receipt
}

// Settlement is how an attempt ended.
type Settlement struct {
	State   EntryState // EntryWaiting to try again at NextAt
	NextAt  time.Time
	Error   string // a sentence, without secrets
	Receipt Receipt
	NotSent bool // with EntryWaiting: it is certain that nothing left, StartedAt is cleared
	Free    bool // with EntryWaiting: the attempt does not count (a stop switch, a rate limit)
}

// Stop is a stop switch: outgoing words of the desk, of a brand or of an account are held back.
type Stop struct {
	Kind string // desk, brand, account
	Name string // "" for the desk
	By   UserID
	At   time.Time
}
