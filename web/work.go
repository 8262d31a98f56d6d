package web

import (
	"context"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Work is what people do at the desk. Each method is one transaction and writes its events. The actor's role has been checked
// against the routes; the implementation checks that the case is in the actor's scope (ErrNotFound), and the rules of the domain.
// An error that wraps ErrConflict, ErrInvalid or ErrDenied and carries a sentence (desk.Conflictf …) is shown as it is.
type Work interface {
	CaseWork
	ReplyWork
	DeskWork
}

// CaseWork moves cases. Where a version is asked for it is the Case.Version that the actor saw; 0 does not compare.
type CaseWork interface {
	// Claim makes the actor the owner: compare-and-set, ErrConflict naming the owner when somebody else was first. Claiming
	// one's own case is no error and no event.
	Claim(ctx context.Context, actor *desk.User, id desk.CaseID) error
	// Release gives the case back to everybody. The owner may; others need [ActAssign], which the web has checked.
	Release(ctx context.Context, actor *desk.User, id desk.CaseID) error
	// Assign gives the case to somebody; ErrInvalid when that person may not see its brand or is disabled.
	Assign(ctx context.Context, actor *desk.User, id desk.CaseID, owner desk.UserID) error
	// Resolve ends the case; the reason may be empty. A draft stays, a reply that has not left is ErrConflict.
	Resolve(ctx context.Context, actor *desk.User, id desk.CaseID, version int64, reason string) error
	// Dismiss ends a case that needs nothing; the reason must not be empty.
	Dismiss(ctx context.Context, actor *desk.User, id desk.CaseID, version int64, reason string) error
	// Snooze lets the case rest until a moment; a zero or past moment wakes it.
	Snooze(ctx context.Context, actor *desk.User, id desk.CaseID, until time.Time) error
	// Reopen brings a closed or answered case back: to its owner, or to everybody.
	Reopen(ctx context.Context, actor *desk.User, id desk.CaseID) error
}

// Seen is what the sender had before the eyes: the send guard compares it inside the transaction.
type Seen = desk.Seen

// ReplyWork writes and sends answers. version is the Reply.Version that the actor saw; another one is ErrConflict.
type ReplyWork interface {
	// SaveDraft keeps the words of the case's draft in answer to a mention. version is 0 when the writer saw no draft; ErrConflict
	// when somebody else saved meanwhile. Empty text withdraws the draft. It does not grow Case.Version, or autosaving would
	// trip the send guard; it takes a case that nobody owns.
	SaveDraft(ctx context.Context, actor *desk.User, id desk.CaseID, parent desk.MentionID, text string, version int64) (desk.Reply, error)
	// Submit hands a draft to whoever approves. It does not grow Case.Version either.
	Submit(ctx context.Context, actor *desk.User, id desk.ReplyID, version int64, seen Seen) (desk.Reply, error)
	// Approve lets an awaiting reply go out, after the undo time; where the desk cannot answer it is by hand from then on.
	Approve(ctx context.Context, actor *desk.User, id desk.ReplyID, version int64, seen Seen) (desk.Reply, error)
	// Return gives an awaiting reply back to its author as a draft, with a note that says why.
	Return(ctx context.Context, actor *desk.User, id desk.ReplyID, version int64, note string) (desk.Reply, error)
	// Send lets a draft, or a reply that certainly failed, go out after the undo time (Workflow.Undo; SendAt says when).
	// ErrConflict when the case or the target is not as seen (the web shows the difference and asks again), ErrDenied when
	// approval is needed, the account does not publish, or the site takes no answer, ErrInvalid when the text is too long.
	// A stop switch does not refuse it: the reply waits, and the page says so.
	Send(ctx context.Context, actor *desk.User, id desk.ReplyID, version int64, seen Seen) (desk.Reply, error)
	// Withdraw takes back a reply that has not left, or that certainly failed: it is a draft again, with its words. ErrConflict
	// when it has left.
	Withdraw(ctx context.Context, actor *desk.User, id desk.ReplyID) (desk.Reply, error)
	// Confirm settles an unconfirmed reply: a person looked at the site and saw it (desk.ReplyPublished) or did not
	// (desk.ReplyFailed). ErrConflict when it is not unconfirmed any more.
	Confirm(ctx context.Context, actor *desk.User, id desk.ReplyID, outcome desk.ReplyState) (desk.Reply, error)
	PublishedWork
	HandWork
}

// PublishedWork changes what is public. Both changes leave after the undo time and show on the reply until the network has done them;
// where replies need approval, ErrDenied unless the actor may approve.
type PublishedWork interface {
	// EditPublished asks for other words; ErrDenied where the site lets nobody edit, ErrInvalid when they are too long or the same,
	// ErrConflict when another change is on its way.
	EditPublished(ctx context.Context, actor *desk.User, id desk.ReplyID, text string, version int64) (desk.Reply, error)
	// DeletePublished asks that the reply is taken away. Its words stay in the case.
	DeletePublished(ctx context.Context, actor *desk.User, id desk.ReplyID, version int64) (desk.Reply, error)
	// DropChange takes back a change that has not left, or puts away one that failed.
	DropChange(ctx context.Context, actor *desk.User, id desk.ReplyID) (desk.Reply, error)
}

// HandWork is about replies that a person posts where the desk cannot.
type HandWork interface {
	// PostByHand leaves a draft to a person's hand; ErrDenied where the desk can answer itself, or where approval is missing.
	PostByHand(ctx context.Context, actor *desk.User, id desk.ReplyID, version int64, seen Seen) (desk.Reply, error)
	// Posted settles such a reply: a person says that it is there. The address may be empty.
	Posted(ctx context.Context, actor *desk.User, id desk.ReplyID, address string) (desk.Reply, error)
}

// DeskWork is about the desk itself.
type DeskWork interface {
	// SetStop holds back outgoing words. kind is desk, brand or account; name is "" for the desk. Setting it twice is no error.
	SetStop(ctx context.Context, actor *desk.User, kind, name string) error
	// LiftStop lets words go out again.
	LiftStop(ctx context.Context, actor *desk.User, kind, name string) error
	// PollNow makes a source due at once; ErrNotFound when there is no such source.
	PollNow(ctx context.Context, actor *desk.User, source string) error
	// AddUser adds a person and returns the secret of a one-time invitation, good for 7 days; the page shows /invite/SECRET.
	// ErrConflict when the address is taken.
	AddUser(ctx context.Context, actor *desk.User, u desk.User) (desk.User, desk.Secret, error)
	// Invite returns a new invitation for somebody who is there; earlier ones end.
	Invite(ctx context.Context, actor *desk.User, id desk.UserID) (desk.Secret, error)
	// ChangeUser stores name, role, brands and disabled of a person. The last admin cannot be disabled or demoted: ErrConflict.
	ChangeUser(ctx context.Context, actor *desk.User, u desk.User) error
}

// Opener is optional: work that can open a case for a mention that has none. The stream offers it when Work has it.
type Opener interface {
	// OpenCase opens a case, or returns the one that the mention is in.
	OpenCase(ctx context.Context, actor *desk.User, id desk.MentionID) (desk.CaseID, error)
}
