package telegram

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/fetch"
	"github.com/earshotdesk/earshot/internal/text"
)

// answer is around everything that the Bot API says.
type answer[T any] struct {
	OK     bool `json:"ok"`
	Result T    `json:"result"`
}

// update, message and the like are the network's, as far as they are read here. Identifiers stay as they are spelled.
type update struct {
	ID         int64           `json:"update_id"`
	Message    json.RawMessage `json:"message"`
	Edited     json.RawMessage `json:"edited_message"`
	Post       json.RawMessage `json:"channel_post"`
	EditedPost json.RawMessage `json:"edited_channel_post"`
}

type user struct {
	ID       json.Number `json:"id"`
	First    string      `json:"first_name"`
	Last     string      `json:"last_name"`
	Username string      `json:"username"`
}

type chat struct {
	ID       json.Number `json:"id"`
	Type     string      `json:"type"`
	Title    string      `json:"title"`
	Username string      `json:"username"`
}

type message struct {
	ID        json.Number `json:"message_id"`
	Thread    json.Number `json:"message_thread_id"`
	Topic     bool        `json:"is_topic_message"` // the thread is a topic of a forum, with many conversations
	Chat      chat        `json:"chat"`
	From      *user       `json:"from"`
	As        *chat       `json:"sender_chat"` // who speaks as a channel or as the group itself
	Date      int64       `json:"date"`
	EditDate  int64       `json:"edit_date"`
	Text      string      `json:"text"`
	Caption   string      `json:"caption"`
	Forwarded bool        `json:"is_automatic_forward"` // of a channel's post into its group
	MigrateTo json.Number `json:"migrate_to_chat_id"`
	ReplyTo   *struct {
		ID      json.Number     `json:"message_id"`
		Created json.RawMessage `json:"forum_topic_created"` // the beginning of a topic: not what is answered
	} `json:"reply_to_message"`

	Photo, Video, Animation, Document, Voice, Audio, Sticker, Location json.RawMessage

	Round json.RawMessage `json:"video_note"`
	Poll  *struct {
		Question string `json:"question"`
	} `json:"poll"`
}

// failure is what the Bot API says when it will not.
type failure struct {
	OK          *bool  `json:"ok"`
	Code        int    `json:"error_code"`
	Description string `json:"description"`
	Parameters  struct {
		RetryAfter int64       `json:"retry_after"`
		MigrateTo  json.Number `json:"migrate_to_chat_id"`
	} `json:"parameters"`
}

// words by which the Bot API says what it means; its descriptions are for people, so the first that fits counts.
func meanings() []struct {
	words string
	means fetch.Refusal
} {
	return []struct {
		words string
		means fetch.Refusal
	}{
		{"message is too long", fetch.Refusal{Class: fetch.TooLong}},
		{"message text is empty", fetch.Refusal{Class: fetch.Invalid, Hint: "the text is empty"}},
		{"message is not modified", fetch.Refusal{Class: fetch.Duplicate, Code: notModified}},
		{"message to be replied not found", fetch.Refusal{Class: fetch.Gone, Hint: "the message that this answers was deleted"}},
		{"replied message not found", fetch.Refusal{Class: fetch.Gone, Hint: "the message that this answers was deleted"}},
		{"message to reply not found", fetch.Refusal{Class: fetch.Gone, Hint: "the message that this answers was deleted"}},
		{"message to edit not found", fetch.Refusal{Class: fetch.Gone}},
		{"message to delete not found", fetch.Refusal{Class: fetch.Gone}},
		{"message can't be deleted", fetch.Refusal{Class: fetch.Forbidden, Hint: "it is too old, or the bot lacks the right to delete"}},
		{"message can't be edited", fetch.Refusal{Class: fetch.Forbidden, Hint: "it is too old, or not the bot's"}},
		{"topic_closed", fetch.Refusal{Class: fetch.Locked, Hint: "the topic is closed"}},
		{"chat not found", fetch.Refusal{Class: fetch.Forbidden, Hint: "the chat is not there, or the bot is not in it"}},
		{"not enough rights", fetch.Refusal{Class: fetch.Forbidden, Hint: "the bot may not write there"}},
		{"write_forbidden", fetch.Refusal{Class: fetch.Forbidden, Hint: "the bot may not write there"}},
	}
}

// notModified marks the refusal of an edit that changes nothing.
const notModified = "not-modified"

// refuse reads why the Bot API would not.
func refuse(a fetch.Reply) *fetch.Refusal {
	var no failure
	if !a.JSON(&no) || no.OK == nil || *no.OK {
		return nil
	}
	said := strings.ToLower(no.Description)
	if no.Parameters.MigrateTo != "" {
		return &fetch.Refusal{Class: fetch.Forbidden, Hint: "the group became a supergroup and has the number " +
			text.Line(no.Parameters.MigrateTo.String()) + " now; what was said before cannot be answered there"}
	}
	for _, m := range meanings() {
		if strings.Contains(said, m.words) {
			return &m.means
		}
	}
	switch code := no.Code; {
	case code == http.StatusUnauthorized:
		return &fetch.Refusal{Class: fetch.TokenExpired}
	case code == http.StatusNotFound:
		return &fetch.Refusal{Class: fetch.AuthRevoked, Hint: "the token is not that of a bot; ask @BotFather for it"}
	case code == http.StatusForbidden:
		return &fetch.Refusal{Class: fetch.Forbidden, Hint: "the bot was removed from the chat, or may not write there"}
	case code == http.StatusConflict:
		return &fetch.Refusal{Class: fetch.Forbidden, Hint: "another program fetches this bot's messages, or a webhook is set; a bot has one reader"}
	case code == http.StatusTooManyRequests:
		after := min(max(0, no.Parameters.RetryAfter), 7*24*3600)
		return &fetch.Refusal{Class: fetch.RateLimited, After: time.Duration(after) * time.Second}
	case code >= 500:
		return &fetch.Refusal{Class: fetch.Trouble}
	}
	return &fetch.Refusal{Class: fetch.Invalid}
}
