package notify

import (
	"context"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Store is what the [Planner] needs to be remembered between rounds and shared between processes.
type Store interface {
	// NoticesPending tells, without locking anything, whether there are events that the planner has not read, or groups that
	// are due now.
	NoticesPending(ctx context.Context) (bool, error)

	// Update runs fn in one transaction; an error leaves nothing behind.
	Update(ctx context.Context, fn func(Tx) error) error
}

// Tx is one transaction of the planner.
type Tx interface {
	// Now returns the transaction's moment.
	Now() time.Time

	// NoticeEvents locks the planner's place in the events until the transaction ends, and returns the next events in the order
	// of their commits, at most limit.
	NoticeEvents(ctx context.Context, limit int) ([]desk.Event, error)

	// NoticesRead moves the planner's place: events up to n are done with.
	NoticesRead(ctx context.Context, n int64) error

	// CasesOf returns the cases that mentions are in; those in none are left out.
	CasesOf(ctx context.Context, mentions []desk.MentionID) ([]desk.CaseID, error)

	// NoticeCases reads cases with their newest mention and its verdict. A case that is no more is left out. The author's
	// mentions since the given moment are counted unless it is zero.
	NoticeCases(ctx context.Context, ids []desk.CaseID, posts time.Time) ([]desk.NoticeCase, error)

	// NoticeEntries reads entries of the outbox by their IDs.
	NoticeEntries(ctx context.Context, ids []string) ([]desk.Entry, error)

	// NoticeGroups reads groups with all their members: those with one of the keys, those that a subject is a member of, and
	// at most limit of those that are due at now, longest due first.
	NoticeGroups(ctx context.Context, keys, subjects []string, now time.Time, limit int) ([]desk.NoticeGroup, error)

	// SaveNoticeGroup writes a group, those of its members that changed, and removes those that left. Receipt and Delivered stay
	// as they are stored: they are [Log]'s.
	SaveNoticeGroup(ctx context.Context, g desk.NoticeGroup, gone []string) error

	// Enqueue writes an entry to the outbox unless its key is there; it answers whether it wrote.
	Enqueue(ctx context.Context, e desk.Entry, brand string) (bool, error)
}

// Log is what the [Sender] reads at the moment of telling, and where it keeps receipts.
type Log interface {
	// NoticeGroup reads a group without its members, or [desk.ErrNotFound].
	NoticeGroup(ctx context.Context, key string) (desk.NoticeGroup, error)

	// NoticeCards reads cases as they are now, in the order asked for. A case that is no more is left out.
	NoticeCards(ctx context.Context, scope desk.Scope, ids []desk.CaseID) ([]desk.Card, error)

	// KeepReceipt notes the receipt of a delivered generation, unless a later one is noted already.
	KeepReceipt(ctx context.Context, key string, generation int64, receipt desk.Receipt) error
}
