package telegram

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/markup"
	"github.com/earshotdesk/earshot/internal/text"
)

// readMessage reads one message. What lacks an id, a chat or a moment is none.
func readMessage(raw []byte) (message, error) {
	var m message
	if json.Unmarshal(raw, &m) != nil || m.ID == "" || m.Chat.ID == "" || m.Date <= 0 {
		return m, errors.New("this message is not in the form that Telegram documents")
	}
	return m, nil
}

// remote identifies a message: its number is unique in its chat only.
func remote(in chat, id json.Number) desk.RemoteID {
	if id == "" {
		return ""
	}
	return desk.RemoteID(in.ID.String() + "/" + id.String())
}

// words is what a message says; "" when Telegram merely tells of something, such as a new member.
func (m *message) words() string {
	if said := strings.TrimSpace(text.Cut(text.Storable(m.Text+m.Caption), markup.MaxText)); said != "" {
		return said
	}
	if m.Poll != nil {
		return text.Line(m.Poll.Question)
	}
	for _, kind := range []struct {
		name  string
		there json.RawMessage
	}{
		{"photo", m.Photo}, {"video", m.Video}, {"video", m.Round}, {"animation", m.Animation}, {"document", m.Document}, {"voice", m.Voice},
		{"audio", m.Audio}, {"sticker", m.Sticker}, {"location", m.Location},
	} {
		if kind.there != nil {
			return "[" + kind.name + "]"
		}
	}
	return ""
}

// mention makes a mention of a message.
func (c *Connector) mention(m message, raw []byte) desk.Mention {
	out := desk.Mention{
		Site: c.Site(), Remote: remote(m.Chat, m.ID), Kind: desk.KindPost, Author: m.author(), Text: m.words(), URL: m.link(),
		PostedAt: connectors.Past(time.Unix(m.Date, 0), c.now()), Visibility: desk.Public, Ours: m.ours(c.handle()), Raw: raw,
	}
	if m.ReplyTo != nil && m.ReplyTo.Created == nil {
		out.Kind, out.Parent = desk.KindComment, remote(m.Chat, m.ReplyTo.ID)
	}
	out.Thread = out.Remote
	if out.Parent != "" {
		out.Thread = out.Parent
	}
	if m.Thread != "" && !m.Topic {
		out.Thread = remote(m.Chat, m.Thread)
	}
	if m.Chat.Username == "" {
		out.Visibility = desk.Unlisted // only members can read it
	}
	if m.EditDate > 0 {
		out.EditedAt = connectors.Past(time.Unix(m.EditDate, 0), c.now())
	}
	if title := text.Line(m.Chat.Title); title != "" {
		out.Extra = map[string]string{"chat": title}
	}
	return out
}

// author is a person, or the channel or group as which somebody speaks.
func (m *message) author() desk.Author {
	a := desk.Author{}
	switch {
	case m.As != nil:
		a = desk.Author{ID: desk.RemoteID(m.As.ID.String()), Handle: text.Line(m.As.Username), Name: text.Line(m.As.Title)}
	case m.From != nil:
		a = desk.Author{ID: desk.RemoteID(m.From.ID.String()), Handle: text.Line(m.From.Username), Name: text.Line(m.From.First + " " + m.From.Last)}
	}
	if a.Handle != "" {
		a.URL = "https://t.me/" + a.Handle
	}
	return a
}

// ours tells whether the company speaks: the bot, an administrator in the name of the group, or a channel that the bot is in, which lets
// nobody in but its owner's.
func (m *message) ours(handle string) bool {
	bot := m.From != nil && handle != "" && strings.EqualFold(m.From.Username, handle)
	return bot || m.Forwarded || m.Chat.Type == "channel" || m.As != nil && m.As.ID == m.Chat.ID
}

// link is where people can read the message; small private groups have no addresses.
func (m *message) link() string {
	if name := text.Line(m.Chat.Username); name != "" {
		return "https://t.me/" + name + "/" + m.ID.String()
	}
	if inner, ok := strings.CutPrefix(m.Chat.ID.String(), "-100"); ok {
		return "https://t.me/c/" + inner + "/" + m.ID.String()
	}
	return ""
}
