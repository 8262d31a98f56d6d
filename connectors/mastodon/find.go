package mastodon

import (
	"context"
	"fmt"
	"html"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/markup"
	"github.com/earshotdesk/earshot/internal/text"
)

// pagesToFind is how many pages of our own posts are read when a reply is looked for.
const pagesToFind = 25

// Find reads the account's own posts, newest first, back to before the first call. Absent means that all of them were read.
func (c *Connector) Find(ctx context.Context, out desk.Outgoing) (desk.Found, error) {
	if c.account == nil {
		return desk.Found{Finding: desk.FoundNot}, desk.Deniedf("this source names no account, so there is nothing of ours to find")
	}
	found, err := c.find(ctx, out)
	if err != nil {
		return desk.Found{Finding: desk.FoundNot}, fmt.Errorf("reading replies back: %w", err)
	}
	return found, nil
}

func (c *Connector) find(ctx context.Context, out desk.Outgoing) (desk.Found, error) {
	who, err := c.me(ctx)
	if err != nil {
		return desk.Found{}, err
	}
	best := desk.Found{Finding: desk.FoundNot}
	q := url.Values{"limit": {strconv.Itoa(c.opt.Page)}}
	for range pagesToFind {
		raws, err := c.said(ctx, who.ID, q)
		if err != nil {
			return best, err
		}
		over := len(raws) == 0
		for _, raw := range raws {
			s, err := readStatus(raw)
			if err != nil {
				continue // one of ours that says nothing is not the reply
			}
			if ours(s, out) { // the oldest that fits is the first call's
				best = desk.Found{Finding: desk.FoundIt, Receipt: receipt(s, desk.VisiblePublic)}
			}
			over = over || !out.StartedAt.IsZero() && s.CreatedAt.Before(out.StartedAt.Add(-time.Hour))
		}
		if over {
			if best.Finding == desk.FoundNot {
				best.Finding = desk.FoundAbsent
			}
			return best, nil
		}
		q.Set("max_id", idOf(raws[len(raws)-1]))
	}
	return best, nil
}

// ours tells whether one of our posts is the reply. Servers show only the first part of an address, as its owner spells it, and forget
// what a post answered when that is deleted; and nobody but us puts the address before the text.
func ours(s status, out desk.Outgoing) bool {
	if s.InReplyTo != "" && s.InReplyTo != string(out.Parent.Remote) {
		return false
	}
	words, id := local(s.words()), desk.RemoteID(s.ID)
	out.Text = local(markup.Text("<p>" + html.EscapeString(out.Text) + "</p>")) // without the marks that reading drops
	if connectors.IsReply(out, id, words, s.CreatedAt) {
		return true
	}
	first, rest, _ := strings.Cut(words, " ")
	return strings.HasPrefix(first, "@") && connectors.IsReply(out, id, rest, s.CreatedAt)
}

// local shortens every @Name@server to @name.
func local(s string) string {
	var b strings.Builder
	at := 0
	for _, t := range text.Tokens(s) {
		if t.Kind != text.Handle {
			continue
		}
		name, _, _ := strings.Cut(s[t.From+1:t.To], "@")
		b.WriteString(s[at:t.From] + "@" + strings.ToLower(name))
		at = t.To
	}
	return b.String() + s[at:]
}
