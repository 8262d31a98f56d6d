package work

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// PostByHand notes that a person copies a draft to a site where the desk cannot answer. It never enters the outbox; the desk looks
// whether it appears. ErrDenied where the desk can answer itself, or where replies need approval and this has none.
func (d *Desk) PostByHand(ctx context.Context, actor *desk.User, id desk.ReplyID, version int64, seen desk.Seen) (desk.Reply, error) {
	return d.onReply(ctx, actor, id, version, func(tx Tx, c *desk.Case, r *desk.Reply) error {
		if d.o.Workflow.Approval == "always" && r.ApprovedBy == "" {
			return desk.Deniedf("Replies need approval here. Submit it for approval.")
		}
		if r.State != desk.ReplyDraft {
			return desk.Conflictf("This reply is %s; it cannot be posted by hand.", r.State.Words())
		}
		return d.handOver(ctx, tx, actor, c, r, seen)
	})
}

// handOver checks what can be checked and leaves a reply to a person's hand.
func (d *Desk) handOver(ctx context.Context, tx Tx, actor *desk.User, c *desk.Case, r *desk.Reply, seen desk.Seen) error {
	target, err := d.guard(ctx, tx, c, r, seen)
	if err != nil {
		return err
	}
	a := d.o.Answer(*target)
	switch {
	case a.can():
		return desk.Deniedf("The desk answers on %s itself. Publish the reply from here, so that it is public once.", target.Site)
	case strings.TrimSpace(r.Text) == "":
		return desk.Invalidf("There is nothing to post yet.")
	case !target.GoneAt.IsZero():
		return desk.Deniedf("What you answer was removed at the site.")
	case target.Visibility == desk.Private:
		return desk.Deniedf("This was said in private; it gets no public answer.")
	}
	if err := fits(a, target.Site, r.Text); err != nil {
		return err
	}
	if a.Replies && !a.Many { // where no account answers: the site takes one all the same
		if err := d.onlyOne(ctx, tx, target, r); err != nil {
			return err
		}
	}
	r.SeenCase, r.SeenTarget, r.Note, r.SendAt = c.Version, target.Version, "", tx.Now()
	return d.moveReply(ctx, tx, c.Brand, r, desk.ReplyByHand, string(actor.ID))
}

// longestAddress is how long the address of a reply may be that a person gives, in bytes.
const longestAddress = 2000

// Posted settles a reply that was posted by hand: a person says that it is there, and where if they like.
func (d *Desk) Posted(ctx context.Context, actor *desk.User, id desk.ReplyID, address string) (desk.Reply, error) {
	address = strings.TrimSpace(address)
	if u, err := url.Parse(address); address != "" && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || len(address) > longestAddress) {
		return desk.Reply{}, desk.Invalidf("The address of the answer begins with https:// and has at most 2,000 characters. You can leave it out.")
	}
	return d.onReply(ctx, actor, id, 0, func(tx Tx, c *desk.Case, r *desk.Reply) error {
		if r.State != desk.ReplyByHand {
			return desk.Conflictf("This reply is %s; it is not being posted by hand.", r.State.Words())
		}
		receipt := desk.Receipt{URL: address, At: tx.Now(), Visibility: desk.VisibleUnknown, Verified: desk.VerifiedPerson}
		return d.published(ctx, tx, c, r, receipt, string(actor.ID))
	})
}

// earlier is by how much the site's clock may be behind ours before a post is taken for an older one.
const earlier = time.Hour

// postedByHand tells whether a post of ours is one of the replies that a person was to post, and notes it as published.
func (d *Desk) postedByHand(ctx context.Context, tx Tx, c *desk.Case, replies []desk.Reply, m *desk.Mention) (bool, error) {
	for i := range replies {
		r := &replies[i]
		if r.State != desk.ReplyByHand || !nearWords(r.Text, m.Text) || !m.PostedAt.IsZero() && m.PostedAt.Before(r.SendAt.Add(-earlier)) && m.EditedAt.IsZero() {
			continue
		}
		target, err := tx.Mention(ctx, r.Parent)
		if err != nil {
			return false, err
		}
		if m.Parent != target.Remote && root(m) != root(&target.Mention) {
			continue
		}
		receipt := desk.Receipt{Remote: m.Remote, URL: m.URL, At: cmp.Or(m.PostedAt, tx.Now()), Visibility: desk.VisiblePublic, Verified: desk.VerifiedPoll}
		return true, d.published(ctx, tx, c, r, receipt, desk.Automatic)
	}
	return false, nil
}

// reworded draws the consequences of other words in a post of ours: an edit that was on its way has arrived, a reply that somebody was
// to post by hand is there, or another hand changed what is public.
func (d *Desk) reworded(ctx context.Context, tx Tx, c *desk.Case, m *desk.Mention) error {
	replies, err := tx.Replies(ctx, c.ID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(replies, func(r desk.Reply) bool { return r.State == desk.ReplyPublished && r.Receipt.Remote == m.Remote })
	if i < 0 {
		_, err := d.postedByHand(ctx, tx, c, replies, m)
		return err
	}
	r := &replies[i]
	switch asked := r.Change.Kind == desk.EntryEdit && plainWords(r.Change.Text) == plainWords(m.Text); {
	case plainWords(r.Text) == plainWords(m.Text), asked && r.Change.Pending(), r.Visibility == desk.VisibleDeleted:
		return nil // what we said; or what we are saying, and the outbox will note it; or what came too late
	case asked:
		return d.changed(ctx, tx, c, r, desk.Receipt{}) // it had been given up, and arrived all the same
	}
	if late, err := echo(ctx, tx, r, m.Text); late || err != nil {
		return err
	}
	tx.Emit(desk.Event{What: desk.EventReplyEdit, Case: c.ID, Reply: r.ID, Brand: c.Brand, To: desk.ChangeSeen})
	return d.rewrite(ctx, tx, r, m.Text, "")
}

// lag is for how long after an edit of ours a poll may bring the words from before: it may have read them just then, and sites show
// old words for a while.
const lag = 15 * time.Minute

// echo tells whether a site shows words of ours that we have only just replaced.
func echo(ctx context.Context, tx Tx, r *desk.Reply, words string) (bool, error) {
	past, err := tx.ReplyVersions(ctx, r.ID)
	if err != nil {
		return false, err
	}
	for i := range past[:max(0, len(past)-1)] {
		next := past[i+1]
		if plainWords(past[i].Text) == plainWords(words) && next.By != "" && tx.Now().Sub(next.At) < lag {
			return true, nil
		}
	}
	return false, nil
}

// takenAway notes that a post of ours, which was one of our replies, is no longer on the site.
func (d *Desk) takenAway(ctx context.Context, tx Tx, c *desk.Case, m *desk.Mention) error {
	if !m.Ours {
		return nil
	}
	replies, err := tx.Replies(ctx, c.ID)
	if err != nil {
		return err
	}
	for i := range replies {
		r := &replies[i]
		if r.State != desk.ReplyPublished || r.Receipt.Remote != m.Remote || r.Visibility == desk.VisibleDeleted {
			continue
		}
		if r.Change.Kind == desk.EntryDelete {
			if r.Change.Pending() {
				return nil // the outbox will note it
			}
			return d.changed(ctx, tx, c, r, desk.Receipt{})
		}
		tx.Emit(desk.Event{What: desk.EventReplyDelete, Case: c.ID, Reply: r.ID, Brand: c.Brand, To: desk.ChangeSeen})
		return d.tombstone(ctx, tx, r, "")
	}
	return nil
}

// plainWords are the words of a text without its links, which sites shorten as they like.
func plainWords(s string) string {
	words := slices.DeleteFunc(strings.Fields(unaddressed(s)), func(w string) bool {
		return strings.Contains(w, "://") || strings.HasSuffix(w, "…") || strings.Contains(w, ".") && strings.Contains(w, "/")
	})
	return strings.Join(text.QueryTokens(strings.Join(words, " ")), " ")
}

// nearWords tells whether what a site shows is what a person was to post: the same words, or nine of ten of them. People mend a
// letter while they paste, and sites change names and links.
func nearWords(sent, seen string) bool {
	if sameWords(sent, seen) {
		return true
	}
	a, b := strings.Fields(plainWords(sent)), strings.Fields(plainWords(seen))
	left := map[string]int{}
	for _, w := range a {
		left[w]++
	}
	common := 0
	for _, w := range b {
		if left[w] > 0 {
			left[w]--
			common++
		}
	}
	return common > 0 && 10*common >= 9*max(len(a), len(b))
}
