package mastodon

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

const (
	readBack = "read-back"
	byHeader = "header"

	keyTrust = 50 * time.Minute // Mastodon remembers keys for an hour
)

// draft is a post as it is sent. The content type matters to servers that would read Markdown otherwise; Mastodon takes no notice.
type draft struct {
	Status      string `json:"status"`
	InReplyTo   string `json:"in_reply_to_id,omitempty"`
	Visibility  string `json:"visibility,omitempty"`
	Language    string `json:"language,omitempty"`
	ContentType string `json:"content_type"`
}

// Reply answers under the parent, addressed to its author.
//
// It looks at the parent right before: when that is gone, was made private, takes no answers or reads differently, nothing leaves. A
// further attempt (out.StartedAt is set) is sent only where the operator vouches for the server's memory of keys; elsewhere it looks.
func (c *Connector) Reply(ctx context.Context, out desk.Outgoing) (desk.Receipt, error) {
	if err := c.sayable(out); err != nil {
		return desk.Receipt{}, err
	}
	again := !out.StartedAt.IsZero()
	if again && (c.opt.Idempotency != byHeader || c.now().Sub(out.StartedAt) > keyTrust) {
		return c.settled(ctx, out)
	}
	parent := out.Parent
	visible := desk.VisiblePublic
	if !again {
		var err error
		if parent, visible, err = c.parentStands(ctx, out.Parent); err != nil {
			return desk.Receipt{}, err
		}
	}
	said := draft{
		Status: addressed(out), InReplyTo: string(parent.Remote), Visibility: "public", Language: parent.Language, ContentType: "text/plain",
	}
	if parent.Visibility == desk.Unlisted {
		said.Visibility = "unlisted"
	}
	var s status
	err := c.api.SendWith(ctx, http.MethodPost, "/api/v1/statuses", map[string]string{"Idempotency-Key": out.Key}, said, &s)
	switch {
	case errors.Is(err, desk.ErrNotFound):
		return desk.Receipt{}, fmt.Errorf("the post that this answers is no longer there: %w", desk.ErrGone)
	case err != nil:
		return desk.Receipt{}, fmt.Errorf("publishing: %w", err)
	case s.ID == "" || s.InReplyTo != string(parent.Remote):
		return desk.Receipt{}, &desk.Unknown{Err: errors.New("the server answered with another post than ours")}
	}
	return receipt(s, visible), nil
}

// sayable refuses what needs no call to be refused.
func (c *Connector) sayable(out desk.Outgoing) error {
	own := len(out.Text)
	out.Text = addressed(out)
	err := connectors.Sayable(c.account, c.Capabilities(), out)
	if err != nil && len(out.Text) > own && text.Length(out.Text, text.Mastodon) > c.opt.Limit {
		return fmt.Errorf("with @%s before it, which tells its author: %w", out.Parent.Author.Handle, err)
	}
	return err
}

// addressed is the text as it is sent: people hear of an answer only when it names them.
func addressed(out desk.Outgoing) string {
	to := "@" + out.Parent.Author.Handle
	if to == "@" || strings.TrimSpace(out.Text) == "" {
		return out.Text
	}
	for _, t := range text.Tokens(out.Text) {
		if t.Kind == text.Handle && strings.EqualFold(out.Text[t.From:t.To], to) {
			return out.Text
		}
	}
	return to + " " + out.Text
}

// parentStands looks whether the parent can be answered and still says what the agent read. Whatever its error, nothing has left.
func (c *Connector) parentStands(ctx context.Context, parent desk.Mention) (desk.Mention, desk.ReplyVisibility, error) {
	var raw json.RawMessage
	err := c.api.Look(ctx, statusPath(parent.Remote), nil, &raw)
	if err != nil {
		return parent, "", connectors.Looked("the post to answer", err)
	}
	now, err := c.read(raw)
	if err != nil || now.Remote != parent.Remote {
		return parent, "", &desk.Transient{Err: fmt.Errorf("looking at the post to answer: %w", c.odd())}
	}
	if now.Visibility == desk.Private {
		return parent, "", desk.Deniedf("this was said in private and gets no public answer")
	}
	if parent.Words() != "" && now.Digest() != parent.Digest() {
		return parent, "", desk.Deniedf("the post was edited after it was read; read it again before answering")
	}
	visible, err := answerable(raw)
	return now, visible, err
}

// answerable tells whether the author takes answers; some servers hold them back until the author lets them through.
func answerable(raw []byte) (desk.ReplyVisibility, error) {
	s, err := readStatus(raw)
	if err != nil || s.Policy == nil || len(s.Policy.Reply.Automatic)+len(s.Policy.Reply.Manual) == 0 {
		return desk.VisiblePublic, err
	}
	us := func(who string) bool { return who == "public" || who == "me" }
	switch {
	case slices.ContainsFunc(s.Policy.Reply.Automatic, us):
		return desk.VisiblePublic, nil
	case slices.ContainsFunc(s.Policy.Reply.Manual, us):
		return desk.VisibleModerate, nil
	}
	return "", desk.Deniedf("the author of the post does not take answers from this account")
}

func receipt(s status, visible desk.ReplyVisibility) desk.Receipt {
	return desk.Receipt{Remote: desk.RemoteID(text.Storable(s.ID)), URL: text.Line(s.URL), At: s.CreatedAt.UTC(), Visibility: visible}
}

// settled ends an attempt that must not be repeated: with the reply when it is there, else unknown.
func (c *Connector) settled(ctx context.Context, out desk.Outgoing) (desk.Receipt, error) {
	found, err := c.Find(ctx, out)
	switch {
	case err != nil:
		return desk.Receipt{}, &desk.Unknown{Err: err}
	case found.Finding == desk.FoundIt:
		return found.Receipt, nil
	}
	return desk.Receipt{}, &desk.Unknown{Err: errors.New("an earlier attempt may have been published, and this server may not drop a second one")}
}
