package connectors

import (
	"context"
	"errors"
	"fmt"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Missing tells whether an error says that what was asked for is not, or no longer, there.
func Missing(err error) bool { return errors.Is(err, desk.ErrNotFound) || errors.Is(err, desk.ErrGone) }

// Looked is the error of a look at what is to be answered, right before that is done: wrapping [desk.ErrGone] when it is no longer
// there, nil when the look had none. What names it in a sentence, such as "the post to answer".
func Looked(what string, err error) error {
	switch {
	case err == nil:
		return nil
	case Missing(err):
		return fmt.Errorf("%s is no longer there: %w", what, desk.ErrGone)
	}
	return fmt.Errorf("looking at %s: %w", what, err)
}

// Deleted is the error of a deletion: none when it was gone already.
func Deleted(err error) error {
	if err == nil || Missing(err) {
		return nil
	}
	return fmt.Errorf("deleting: %w", err)
}

// Again looks at known mentions one by one, for a [Rechecker]. Look tells how a mention is now; an error of it for which [Missing] is
// true says that the site knows it no more. At any other error it ends, with what was found until then.
func Again(ctx context.Context, known []desk.Mention, look func(ctx context.Context, m desk.Mention) (Batch, error)) (Batch, error) {
	var out Batch
	for _, m := range known {
		now, err := look(ctx, m)
		switch {
		case Missing(err):
			out.Gone = append(out.Gone, m.Remote)
		case err != nil:
			return out, fmt.Errorf("looking at what is known again: %w", err)
		default:
			out.join(now, map[desk.Key]bool{})
		}
	}
	return out, nil
}
