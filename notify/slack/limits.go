package slack

import (
	"strings"
	"unicode/utf16"

	"github.com/slack-go/slack"
)

// Slack's limits, in UTF-16 units where characters are meant, which is never more than Slack counts. They stand in the reference
// of each block and element: https://docs.slack.dev/reference/block-kit
const (
	maxText       = 4000 // of the text beside the blocks; Slack cuts at 40,000
	maxHeader     = 150
	maxPlain      = 3000 // of a text object, and of one piece of rich text
	maxButton     = 75
	maxURL        = 3000
	maxID         = 255
	maxBlocks     = 50
	maxActions    = 25
	maxContext    = 10
	ellipsisWidth = 1
)

// escape writes the three characters that Slack's text objects give a meaning.
// https://docs.slack.dev/messaging/formatting-message-text#escaping
func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// fit escapes a text and cuts it to a limit without cutting a character or an entity in two.
func fit(s string, limit int) string {
	whole := escape(s)
	if width(whole) <= limit {
		return whole
	}
	var b strings.Builder
	left := limit - ellipsisWidth
	for _, r := range s {
		piece := escape(string(r))
		if left -= width(piece); left < 0 {
			break
		}
		b.WriteString(piece)
	}
	return strings.TrimSpace(b.String()) + "…"
}

func width(s string) int { return len(utf16.Encode([]rune(s))) }

// literal prepares a text for a rich text element. Slack parses nothing there; a mark that would call people where it is parsed is
// broken all the same, so that it stays harmless when somebody copies it. An element must not be empty.
func literal(s string) string {
	s = strings.NewReplacer("<!", "<\u200b!", "<@", "<\u200b@", "<#", "<\u200b#").Replace(s)
	if width(s) > maxPlain {
		s = cut(s, maxPlain)
	}
	if s == "" {
		return " "
	}
	return s
}

func cut(s string, limit int) string {
	left := limit - ellipsisWidth
	for i, r := range s {
		if left -= width(string(r)); left < 0 {
			return s[:i] + "…"
		}
	}
	return s
}

func plain(s string, limit int) *slack.TextBlockObject {
	text := fit(s, limit)
	if text == "" {
		text = " "
	}
	return slack.NewTextBlockObject(slack.PlainTextType, text, false, false)
}
