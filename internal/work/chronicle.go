package work

import (
	"context"

	"github.com/earshotdesk/earshot/internal/desk"
)

// rewrite notes other words of a reply, and who said so; nobody when it happened at the site.
func (d *Desk) rewrite(ctx context.Context, tx Tx, r *desk.Reply, words string, by desk.UserID) error {
	if err := chronicle(ctx, tx, r, desk.ReplyVersion{Kind: desk.VersionEdited, Text: words, By: by, At: tx.Now()}); err != nil {
		return err
	}
	r.Text, r.ChangedAt = words, tx.Now()
	return tx.UpdateReply(ctx, r)
}

// tombstone notes that a reply is no longer on the site. Its last words stay, so that it is known what the public read.
func (d *Desk) tombstone(ctx context.Context, tx Tx, r *desk.Reply, by desk.UserID) error {
	if err := chronicle(ctx, tx, r, desk.ReplyVersion{Kind: desk.VersionDeleted, By: by, At: tx.Now()}); err != nil {
		return err
	}
	r.Visibility, r.ChangedAt = desk.VisibleDeleted, tx.Now()
	return tx.UpdateReply(ctx, r)
}

// chronicle adds a moment to the public life of a reply. The first change writes down the publication, too.
func chronicle(ctx context.Context, tx Tx, r *desk.Reply, v desk.ReplyVersion) error {
	past, err := tx.ReplyVersions(ctx, r.ID)
	if err != nil {
		return err
	}
	if len(past) == 0 {
		first := desk.ReplyVersion{Number: 1, Kind: desk.VersionPublished, Text: r.Text, By: r.Author, At: r.PublishedAt}
		if err := tx.PutReplyVersion(ctx, r.ID, first); err != nil {
			return err
		}
		past = append(past, first)
	}
	v.Number = len(past) + 1
	return tx.PutReplyVersion(ctx, r.ID, v)
}
