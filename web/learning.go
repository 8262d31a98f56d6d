package web

import (
	"context"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Learning is what people tell the desk about its verdicts, and what it makes of that.
type Learning interface {
	// Correct says that a tag of a mention is wrong; the right one is in force at once. The same from the same person twice is no
	// error and returns the first. ErrNotFound outside the actor's scope, ErrInvalid for what makes no sense, ErrConflict when the tag
	// is not as the actor saw it.
	Correct(ctx context.Context, actor *desk.User, c desk.Correction) (desk.Correction, error)
	// Uncorrect withdraws a correction by its identifier: what stood before stands again. Twice is no error.
	Uncorrect(ctx context.Context, actor *desk.User, id desk.MentionID, correction string) (desk.Correction, error)
	// UncorrectTag withdraws the one that stands for a tag; in products and topics the one that names the name, if any is given.
	UncorrectTag(ctx context.Context, actor *desk.User, id desk.MentionID, tag, name string) (desk.Correction, error)
	// Corrections returns those of a mention, oldest first, withdrawn ones too.
	Corrections(ctx context.Context, scope desk.Scope, id desk.MentionID) ([]desk.Correction, error)
	// ProposeRules turns corrections into rules and tells what each would have changed since a moment: one correction by its
	// identifier, or all since then. ErrConflict while another look at the past runs.
	ProposeRules(ctx context.Context, scope desk.Scope, from string, since time.Time) (desk.Proposals, error)
	// TryRules tells what each of some rules, written as in the configuration, would have changed since a moment. ErrInvalid names the
	// line that cannot be read; ErrConflict as above.
	TryRules(ctx context.Context, scope desk.Scope, yaml string, since time.Time) ([]desk.Trial, error)
	// Layer tells what the desk learned from corrections by itself: what is in force, and the versions, newest first.
	Layer(ctx context.Context) (desk.LayerState, []desk.LayerVersion, error)
}
