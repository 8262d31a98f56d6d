package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
)

// draft is a message as it is sent, changed or removed.
type draft struct {
	Chat    json.Number `json:"chat_id"`
	Message json.Number `json:"message_id,omitempty"`
	Text    string      `json:"text,omitempty"`
	ReplyTo *replyTo    `json:"reply_parameters,omitempty"`
}

// replyTo without AnyWay makes Telegram refuse an answer to what was deleted: that is how the bot learns of it.
type replyTo struct {
	Message json.Number `json:"message_id"`
	AnyWay  bool        `json:"allow_sending_without_reply"`
}

// Reply answers under the parent as the bot. Telegram lets a bot look at nothing, so a deleted parent is found out by the call itself;
// and a further attempt (out.StartedAt is set) says nothing, for it might be the second.
func (c *Connector) Reply(ctx context.Context, out desk.Outgoing) (desk.Receipt, error) {
	if err := connectors.Sayable(c.account, capabilities(), out); err != nil {
		return desk.Receipt{}, err
	}
	if !out.StartedAt.IsZero() {
		return desk.Receipt{}, &desk.Unknown{Err: errors.New("an earlier attempt may have been published, and Telegram lets nobody look")}
	}
	in, id, err := parts(out.Parent.Remote)
	if err != nil {
		return desk.Receipt{}, err
	}
	var said answer[message]
	err = c.api.Send(ctx, http.MethodPost, "/sendMessage", nil, draft{Chat: in, Text: out.Text, ReplyTo: &replyTo{Message: id}}, &said)
	switch {
	case err != nil:
		return desk.Receipt{}, fmt.Errorf("publishing: %w", err)
	case !said.OK || said.Result.ID == "" || said.Result.Chat.ID != in:
		return desk.Receipt{}, &desk.Unknown{Err: errors.New("the answer was taken, but Telegram did not say where it stands")}
	}
	m := said.Result
	return desk.Receipt{
		Remote: remote(m.Chat, m.ID), URL: m.link(), At: connectors.Past(time.Unix(m.Date, 0), c.now()), Visibility: desk.VisiblePublic,
	}, nil
}

// parts takes an identifier apart into the chat's number and the message's.
func parts(id desk.RemoteID) (in, message json.Number, err error) {
	a, b, ok := strings.Cut(string(id), "/")
	digits := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
	if !ok || !digits(strings.TrimPrefix(a, "-")) || !digits(b) {
		return "", "", desk.Invalidf("this is no message of Telegram, so it cannot be answered there")
	}
	return json.Number(a), json.Number(b), nil
}

// Find cannot look: Telegram shows a bot neither the past of a chat nor its own messages.
func (c *Connector) Find(context.Context, desk.Outgoing) (desk.Found, error) {
	return desk.Found{Finding: desk.FoundNot}, nil
}

// Edit gives a published reply the text of out. Repeating it does no harm.
func (c *Connector) Edit(ctx context.Context, out desk.Outgoing, receipt desk.Receipt) (desk.Receipt, error) {
	if err := connectors.Sayable(c.account, capabilities(), out); err != nil {
		return desk.Receipt{}, err
	}
	in, id, err := parts(receipt.Remote)
	if err != nil {
		return desk.Receipt{}, err
	}
	err = c.api.Send(ctx, http.MethodPost, "/editMessageText", nil, draft{Chat: in, Message: id, Text: out.Text}, &answer[json.RawMessage]{})
	if no, ok := errors.AsType[*fetch.Refusal](err); ok && no.Code == notModified {
		err = nil
	}
	if err != nil {
		return desk.Receipt{}, fmt.Errorf("editing: %w", err)
	}
	receipt.At = c.now().UTC()
	return receipt, nil
}

// Delete removes a published reply. One that is gone already counts as removed.
func (c *Connector) Delete(ctx context.Context, _ desk.Outgoing, receipt desk.Receipt) error {
	in, id, err := parts(receipt.Remote)
	if err != nil {
		return err
	}
	return connectors.Deleted(c.api.Send(ctx, http.MethodPost, "/deleteMessage", nil, draft{Chat: in, Message: id}, &answer[json.RawMessage]{}))
}
