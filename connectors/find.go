package connectors

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// mostSaid is how many pages reading back goes through.
const mostSaid = 100

// Said is one thing on a list through which a reply of ours is looked for.
type Said struct {
	Receipt desk.Receipt // what proves it if it is the reply
	Words   string
	At      time.Time // zero when the network does not say
	Ours    bool      // by our account, and where the reply must stand
	Nobody  bool      // the network does not say whose it is: should it read like the reply, it may be that
	Unread  bool      // it cannot be read, so it may be anything
}

// FindSaid looks for a reply of ours, for [Replier.Find], through the pages of a list; the first one has an empty token, the last one
// no next. It is only absent when all of the list was read and nothing on it may be the reply.
func FindSaid(ctx context.Context, out desk.Outgoing, page func(ctx context.Context, token string) (list []Said, next string, err error)) (desk.Found, error) {
	not := desk.Found{Finding: desk.FoundNot}
	sure := true
	for token, n := "", 0; n < mostSaid; n++ {
		list, next, err := page(ctx, token)
		if err != nil {
			return not, fmt.Errorf("reading replies back: %w", err)
		}
		for _, one := range list {
			same := IsReply(out, one.Receipt.Remote, one.Words, one.At)
			if same && one.Ours {
				return desk.Found{Finding: desk.FoundIt, Receipt: one.Receipt}, nil
			}
			sure = sure && !one.Unread && !(same && one.Nobody)
		}
		switch {
		case next == "" && sure:
			return desk.Found{Finding: desk.FoundAbsent}, nil
		case next == "":
			return not, nil
		case next == token:
			return not, errors.New("reading replies back: the list does not end")
		}
		token = next
	}
	return not, nil
}
