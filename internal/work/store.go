package work

import (
	"context"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Store is what the use cases need to remember things.
type Store interface {
	// Update runs fn in one transaction; an error leaves nothing behind. It may run fn again when the engine asks for it.
	Update(ctx context.Context, fn func(Tx) error) error
	// Known tells of each key what is stored already.
	Known(ctx context.Context, keys []desk.Key) (map[desk.Key]desk.Known, error)
	// History tells what authors of a site wrote about us since a moment.
	History(ctx context.Context, site desk.Site, authors []string, since time.Time) (map[string]desk.Context, error)
	// Threads counts what others said in threads of a site since a moment.
	Threads(ctx context.Context, site desk.Site, threads []desk.RemoteID, since time.Time) (map[desk.RemoteID]int, error)
	ReplayStore
}

// ReplayStore reads what a replay judges again.
type ReplayStore interface {
	// Judged returns a stretch of the mentions that customers wrote, with their verdicts.
	Judged(ctx context.Context, scope desk.Scope, walk desk.Walk) ([]desk.Judged, error)
	// Pasts returns what was known of mentions when their words came in, in their order.
	Pasts(ctx context.Context, list []desk.Judged, span time.Duration) ([]desk.Past, error)
	// Replay returns how far a replay came.
	Replay(ctx context.Context, name string) (desk.ReplayState, error)
}

// Tx is one transaction. Each part is what one family of use cases needs; [desk.ErrConflict] from any of them undoes everything.
type Tx interface {
	Now() time.Time
	Emit(e desk.Event)
	MentionTx
	CaseTx
	ReplyTx
	OutboxTx
	PeopleTx
	CorrectionTx
}

// CorrectionTx stores what people say about verdicts, and verdicts that change after the fact.
type CorrectionTx interface {
	Corrections(ctx context.Context, id desk.MentionID) ([]desk.Correction, error)
	InsertCorrection(ctx context.Context, c *desk.Correction, machine string) error
	WithdrawCorrection(ctx context.Context, c *desk.Correction) error
	SeenBy(ctx context.Context, n int64) ([]desk.Source, error)
	Machine(ctx context.Context, n int64) (v desk.Verdict, judgedAt time.Time, err error)
	Rejudge(ctx context.Context, list []desk.Rejudged) (done []int64, err error)
	CaseUrgency(ctx context.Context, id desk.CaseID) (string, error)
	SaveReplay(ctx context.Context, r desk.ReplayState, was int64) error
	EndReplay(ctx context.Context, name string) error
}

// MentionTx stores what was said.
type MentionTx interface {
	Hold(ctx context.Context, sites ...desk.Site) error // until the end no other transaction concludes anything about these sites
	TakeIntake(ctx context.Context, in desk.Intake) error
	PutPoison(ctx context.Context, items []desk.Poison) (int, error)
	PutArrivals(ctx context.Context, source string, in []desk.Arrival) ([]desk.Landed, error)
	MarkGone(ctx context.Context, site desk.Site, remotes []desk.RemoteID) ([]desk.MentionRow, error)
	Forget(ctx context.Context, rows []desk.MentionRow) error
	Mention(ctx context.Context, id desk.MentionID) (desk.MentionRow, error)
}

// CaseTx stores pieces of work.
type CaseTx interface {
	Case(ctx context.Context, scope desk.Scope, id desk.CaseID) (desk.Case, error)
	CaseForThread(ctx context.Context, site desk.Site, brand string, thread, parent desk.RemoteID) (desk.Case, error)
	WithCase(ctx context.Context, site desk.Site, ids []desk.RemoteID) ([]desk.RemoteID, error)
	CaseForAuthor(ctx context.Context, site desk.Site, brand, author string, since time.Time) (desk.Case, error)
	InsertCase(ctx context.Context, c *desk.Case) error
	UpdateCase(ctx context.Context, c *desk.Case) error
	TakeCase(ctx context.Context, c *desk.Case) error
	Join(ctx context.Context, id desk.MentionID, c desk.CaseID) error
}

// ReplyTx stores what we tell the public.
type ReplyTx interface {
	Reply(ctx context.Context, id desk.ReplyID) (desk.Reply, error)
	Replies(ctx context.Context, id desk.CaseID) ([]desk.Reply, error)
	RepliesTo(ctx context.Context, parent desk.MentionID) ([]desk.Reply, error)
	InsertReply(ctx context.Context, r *desk.Reply) error
	UpdateReply(ctx context.Context, r *desk.Reply) error
	ReplyVersions(ctx context.Context, id desk.ReplyID) ([]desk.ReplyVersion, error)
	PutReplyVersion(ctx context.Context, id desk.ReplyID, v desk.ReplyVersion) error
}

// OutboxTx stores outward acts and what holds them back.
type OutboxTx interface {
	Enqueue(ctx context.Context, e desk.Entry, brand string) (bool, error)
	CancelEntries(ctx context.Context, kind, subject string) (int64, error)
	Hasten(ctx context.Context, kind, subject string) error
	Started(ctx context.Context, e *desk.Entry) error
	Settle(ctx context.Context, e desk.Entry, s desk.Settlement) error
	SettleBySubject(ctx context.Context, kind, subject string, from, to desk.EntryState) error
	Stopped(ctx context.Context, brand, account string) (bool, error)
	SetStop(ctx context.Context, s desk.Stop) (bool, error)
	LiftStop(ctx context.Context, kind, name string) (bool, error)
}

// PeopleTx stores who works at the desk.
type PeopleTx interface {
	UserFor(ctx context.Context, id desk.UserID) (desk.User, error)
	InsertUser(ctx context.Context, u desk.User) error
	UpdateUser(ctx context.Context, u desk.User) error
	EndSessions(ctx context.Context, user desk.UserID) error
	CountAdmins(ctx context.Context) (int, error)
	InsertToken(ctx context.Context, t desk.Token) error
	EndTokens(ctx context.Context, kind desk.TokenKind, user desk.UserID) error
}
