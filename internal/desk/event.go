package desk

import "time"

// What can happen. Events hold identifiers and states, never text, so that a deletion can purge every wording.
const (
	EventMentionNew     = "mention.new"
	EventMentionEdited  = "mention.edited"
	EventMentionGone    = "mention.gone"
	EventCaseOpened     = "case.opened"
	EventCaseJoined     = "case.joined" // another mention came into it
	EventCaseMoved      = "case.moved"  // From and To are states
	EventCaseOwner      = "case.owner"  // From and To are users
	EventCaseSnoozed    = "case.snoozed"
	EventReplySaved     = "reply.saved"
	EventReplyMoved     = "reply.moved" // From and To are states
	EventReplyOutdated  = "reply.outdated"
	EventReplyEdit      = "reply.edit"    // of a published one; To says how far it is: ChangeAsked …
	EventReplyDelete    = "reply.delete"  // the same for deletions
	EventReplyVisible   = "reply.visible" // From and To are visibilities
	EventSourceFailing  = "source.failing"
	EventSourceOK       = "source.recovered"
	EventAccountCare    = "account.care" // To is a stage, and the day it ends
	EventAccountWell    = "account.well"
	EventStopSet        = "stop.set"
	EventStopLifted     = "stop.lifted"
	EventNoticeSent     = "notice.sent"
	EventEntryDead      = "outbox.dead"
	EventUserAdded      = "user.added"
	EventVerdictChanged = "verdict.changed"
	EventCorrected      = "verdict.corrected"   // by a person; Subject is the tag, From and To its labels
	EventReplayed       = "replay.done"         // To is how many mentions were judged again, Subject by which rules
	EventUncorrected    = "verdict.uncorrected" // a correction was withdrawn; From is what it had set, To what stands now
)

// EventOfOurs is the To of an edited mention that is our own: no customer did that.
const EventOfOurs = "ours"

// Automatic is the actor of what the desk does by itself.
const Automatic = "auto"

// Event is one line of the desk's memory: who, when, what, from, to.
type Event struct {
	N       int64 // commit-ordered; 0 until stored
	At      time.Time
	Actor   string // a UserID, or Automatic
	What    string
	Case    CaseID
	Mention MentionID
	Reply   ReplyID
	Subject string // of events about neither: the source, account, user or entry
	Brand   string // who may see it
	From    string
	To      string
}
