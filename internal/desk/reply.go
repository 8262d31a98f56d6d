package desk

import (
	"slices"
	"time"
)

// ReplyState is where a reply stands on its way to the public.
type ReplyState string

// The states of a reply.
const (
	ReplyDraft       ReplyState = "draft"
	ReplyAwaiting    ReplyState = "awaiting_approval"
	ReplyScheduled   ReplyState = "scheduled"   // leaves at SendAt
	ReplyQueued      ReplyState = "queued"      // in the outbox, may still be withdrawn
	ReplyPublishing  ReplyState = "publishing"  // written before the call leaves
	ReplyPublished   ReplyState = "published"   // there is a receipt
	ReplyFailed      ReplyState = "failed"      // certainly not public
	ReplyUnconfirmed ReplyState = "unconfirmed" // nobody can tell; a person decides, it is never sent again by itself
	ReplyByHand      ReplyState = "by_hand"     // a person posts it on the site; the desk looks whether it appears
	ReplyWithdrawn   ReplyState = "withdrawn"
)

// replyMoves is the whole state machine. A reply goes from publishing back to queued, or to failed, only when it is certain that
// nothing became public. One that is unconfirmed moves by a person's word alone, and to a state that sends only through failed. One
// that is posted by hand never enters the outbox, so it must become a draft before the desk itself may send it.
var replyMoves = map[ReplyState][]ReplyState{
	ReplyDraft:       {ReplyAwaiting, ReplyScheduled, ReplyQueued, ReplyByHand, ReplyWithdrawn},
	ReplyAwaiting:    {ReplyDraft, ReplyScheduled, ReplyQueued, ReplyByHand, ReplyWithdrawn},
	ReplyScheduled:   {ReplyDraft, ReplyQueued, ReplyPublishing, ReplyWithdrawn, ReplyFailed},
	ReplyQueued:      {ReplyDraft, ReplyPublishing, ReplyWithdrawn, ReplyFailed},
	ReplyPublishing:  {ReplyQueued, ReplyPublished, ReplyFailed, ReplyUnconfirmed},
	ReplyUnconfirmed: {ReplyPublished, ReplyFailed},
	ReplyFailed:      {ReplyDraft, ReplyQueued, ReplyWithdrawn},
	ReplyByHand:      {ReplyPublished, ReplyDraft},
}

// Can tells whether a reply may go from s to next.
func (s ReplyState) Can(next ReplyState) bool { return slices.Contains(replyMoves[s], next) }

// Pending tells whether the reply is on its way out.
func (s ReplyState) Pending() bool {
	return s == ReplyScheduled || s == ReplyQueued || s == ReplyPublishing
}

// Editable tells whether its words may still change.
func (s ReplyState) Editable() bool { return s == ReplyDraft }

// ReplyVisibility is what the public sees of a published reply.
type ReplyVisibility string

// The visibilities of a reply.
const (
	VisibleUnknown  ReplyVisibility = "unknown"
	VisiblePublic   ReplyVisibility = "public"
	VisibleModerate ReplyVisibility = "in_moderation"
	VisibleRejected ReplyVisibility = "rejected"
	VisibleDeleted  ReplyVisibility = "deleted"
)

// Reply is what we tell the public about one mention.
type Reply struct {
	ID      ReplyID
	Case    CaseID
	Parent  MentionID // the mention it answers
	Account string    // the account that speaks
	Text    string

	State      ReplyState
	Visibility ReplyVisibility
	Outdated   bool  // the customer edited what it answers
	Version    int64 // compare-and-set: grows with every change

	SeenCase   int64 // version of the case that the sender saw
	SeenTarget int   // version of the mention that the sender saw

	Author     UserID // who wrote it
	ApprovedBy UserID // empty when nobody had to
	Note       string // why it was returned or failed, a sentence

	CreatedAt   time.Time
	ChangedAt   time.Time
	SendAt      time.Time // not before, zero means at once; of one that is posted by hand: since when
	StartedAt   time.Time // when the first call left; zero while none did
	PublishedAt time.Time
	Receipt     Receipt
	Change      ReplyChange // what is asked to become of it once it is published
}

// Move changes the state, or says in a sentence why it cannot. What becomes a draft again loses its approval: its words may change.
func (r *Reply) Move(next ReplyState, now time.Time) error {
	if !r.State.Can(next) {
		return Conflictf("This reply is %s; it cannot become %s.", r.State.Words(), next.Words())
	}
	if next == ReplyDraft {
		r.ApprovedBy = ""
	}
	r.State, r.ChangedAt = next, now
	return nil
}

// Words returns the state as it stands in an English sentence.
func (s ReplyState) Words() string {
	switch s {
	case ReplyAwaiting:
		return "awaiting approval"
	case ReplyUnconfirmed:
		return "not confirmed"
	case ReplyDraft:
		return "a draft"
	case ReplyByHand:
		return "being posted by hand"
	}
	return string(s)
}

// Outgoing is a reply as a connector is asked to say it.
type Outgoing struct {
	Key       string    // the same for every attempt at this reply, different for every other
	CreatedAt time.Time // fixed at the first attempt, for networks that compare the whole record
	Account   string
	Parent    Mention
	Text      string
	Was       string    // of an edit or a deletion: the words that are to be replaced or taken away, as far as the desk knew when a person asked
	StartedAt time.Time // when the first call left; zero on the first attempt
	Known     []Receipt // of our earlier replies in the same thread, so that reading back does not mistake one for this
}

// Receipt proves an act: where it stands and when we learned it.
type Receipt struct {
	Remote     RemoteID        `json:"remote,omitempty"`
	URL        string          `json:"url,omitempty"`
	At         time.Time       `json:"at,omitzero"`
	Visibility ReplyVisibility `json:"visibility,omitempty"`
	Sum        string          `json:"sum,omitempty"`      // of the words that the network keeps, where another hand can replace them
	Channel    string          `json:"channel,omitempty"`  // of a notice: where it was said
	Note       string          `json:"note,omitempty"`     // what the network says about it, a sentence: why it was rejected
	Verified   string          `json:"verified,omitempty"` // who says that a reply is there which the desk did not send: VerifiedPoll, VerifiedPerson
}

// How it is known that a reply which a person posted by hand is public.
const (
	VerifiedPoll   = "polling"
	VerifiedPerson = "person"
)

// Finding is the answer of reading back.
type Finding string

// What reading back may say.
const (
	FoundIt     Finding = "found"   // it is public
	FoundAbsent Finding = "absent"  // it was not seen; proves nothing on a network without idempotency
	FoundNot    Finding = "unknown" // the network could not be asked
)

// Found is what a connector saw when it looked for a reply.
type Found struct {
	Finding Finding
	Receipt Receipt // with FoundIt
}
