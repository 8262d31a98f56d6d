package desk

import "time"

// ReplyChange is what is asked to become of a published reply, from the request until the network has done it. The zero value asks
// for nothing.
type ReplyChange struct {
	Kind   string    `json:"kind"`             // EntryEdit or EntryDelete
	Key    string    `json:"key"`              // of its entry in the outbox
	Text   string    `json:"text,omitempty"`   // of an edit: the new words
	Was    string    `json:"was,omitempty"`    // the words that stood there, as far as the desk knew when it was asked
	By     UserID    `json:"by"`               // who asked
	At     time.Time `json:"at"`               // when
	Note   string    `json:"note,omitempty"`   // why it has not happened yet, a sentence
	Failed bool      `json:"failed,omitempty"` // given up, for the reason in Note
}

// Pending tells whether the change is on its way.
func (c ReplyChange) Pending() bool { return c.Kind != "" && !c.Failed }

// ReplyVersion is one moment in the public life of a reply. Only replies that were changed have any.
type ReplyVersion struct {
	Number int
	Kind   VersionKind
	Text   string // the words from then on; empty for a deletion
	By     UserID // empty when it happened at the site, by another hand
	At     time.Time
}

// VersionKind says what happened to a reply.
type VersionKind string

// What can happen to a reply that is public.
const (
	VersionPublished VersionKind = "published"
	VersionEdited    VersionKind = "edited"
	VersionDeleted   VersionKind = "deleted"
)

// Where an edit or a deletion stands: To of [EventReplyEdit] and [EventReplyDelete].
const (
	ChangeAsked   = "asked"
	ChangeDone    = "done"
	ChangeFailed  = "failed"
	ChangeDropped = "dropped" // taken back before it left, or given up by a person
	ChangeSeen    = "seen"    // done at the site by another hand, and noticed
)

// Stands tells whether the public has the reply, or will have it once the site has checked it.
func (r *Reply) Stands() bool {
	return r.State == ReplyPublished && r.Visibility != VisibleDeleted && r.Visibility != VisibleRejected
}

// byHandPatience is how long a reply that a person posts by hand may stay unseen before the desk says so.
const byHandPatience = 3 * 24 * time.Hour

// Unseen tells whether a reply that was to be posted by hand should have been seen on the site by now.
func (r *Reply) Unseen(now time.Time) bool {
	return r.State == ReplyByHand && !r.SendAt.IsZero() && now.Sub(r.SendAt) > byHandPatience
}
