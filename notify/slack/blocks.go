package slack

import (
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/notify"
)

// message is what Slack is told: blocks for its clients, text for its notifications and for readers of screens.
type message struct {
	text   string // plain
	blocks []slack.Block
}

// options are the parameters of a call. Nothing is parsed, nothing unfolded: chat.update would parse by itself.
func (m message) options() []slack.MsgOption {
	return []slack.MsgOption{
		slack.MsgOptionText(fit(m.text, maxText), false), slack.MsgOptionBlocks(m.blocks...), slack.MsgOptionParse(false),
		slack.MsgOptionDisableMarkdown(), slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl(),
	}
}

const staysHere = "Text in this thread stays in Slack and is never published."

// render draws a notice. Mention is called when something critical is told aloud.
func render(n notify.Notice, mention string) message {
	var m message
	switch {
	case n.Trouble != nil:
		m = troubleMessage(n)
	case len(n.Cards) == 1 && n.Counts.All() <= 1:
		m = cardMessage(n, n.Cards[0])
	default:
		m = groupMessage(n)
	}
	if call := calls(n, mention); call != nil {
		m.blocks = append(m.blocks, rich(section(call)))
	}
	return m
}

// reminder is the short line that goes into the thread of a rewritten message.
func reminder(n notify.Notice, mention string) message {
	var text string
	switch {
	case n.Trouble != nil:
		text = n.Trouble.Text()
	case n.Cause == notify.Repeat:
		text = "Still open: " + cases(n.Counts.Open()) + " · " + subject(n)
	case n.Counts.Fresh == 1 && n.Counts.All() == 1:
		text = "Open again · " + subject(n)
	default:
		text = strconv.Itoa(n.Counts.Fresh) + " new of " + cases(n.Counts.Open()) + " · " + subject(n)
	}
	line := []slack.RichTextSectionElement{words(text)}
	if link := link(n.URL, "Open in "+n.Desk); link != nil {
		line = append(line, words("  "), link)
	}
	if call := calls(n, mention); call != nil {
		line = append(line, words("  "), call)
	}
	return message{text: text, blocks: []slack.Block{rich(section(line...))}}
}

// calls returns the element that calls people, when a notice deserves it.
func calls(n notify.Notice, mention string) slack.RichTextSectionElement {
	critical := false
	for _, c := range n.Cards {
		critical = critical || c.Urgency == desk.UrgencyCritical && c.State.Open() && !c.Gone
	}
	switch {
	case mention == "" || !critical || !n.Loud:
		return nil
	case mention == "here" || mention == "channel":
		return slack.NewRichTextSectionBroadcastElement(mention)
	case strings.HasPrefix(mention, "S"):
		return slack.NewRichTextSectionUserGroupElement(mention)
	}
	return slack.NewRichTextSectionUserElement(mention, nil)
}

func troubleMessage(n notify.Notice) message {
	m := message{text: n.Trouble.Text()}
	if n.Trouble.Over {
		m.blocks = []slack.Block{rich(section(bold(m.text)))}
		return m
	}
	m.blocks = []slack.Block{header(m.text)}
	return m.buttons(button("open", "Open in "+n.Desk, n.URL, true))
}

func header(text string) slack.Block { return slack.NewHeaderBlock(plain(text, maxHeader)) }

// buttons adds the buttons that have an address.
func (m message) buttons(list ...*slack.ButtonBlockElement) message {
	var row []slack.BlockElement
	for _, b := range list {
		if b != nil {
			row = append(row, b)
		}
	}
	if len(row) > 0 {
		m.blocks = append(m.blocks, slack.NewActionBlock("", row...))
	}
	return m
}

func button(id, text, address string, primary bool) *slack.ButtonBlockElement {
	if !reachable(address) {
		return nil
	}
	b := slack.NewButtonBlockElement(id, "", plain(text, maxButton)).WithURL(address)
	if primary {
		b = b.WithStyle(slack.StylePrimary)
	}
	return b
}

// reachable tells whether Slack takes an address: it refuses the whole message for one that is relative or too long.
func reachable(address string) bool {
	return (strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://")) && width(address) <= maxURL
}

func footer(text string) slack.Block { return slack.NewContextBlock("", plain(text, maxPlain)) }

func rich(elements ...slack.RichTextElement) slack.Block {
	return slack.NewRichTextBlock("", elements...)
}

func section(elements ...slack.RichTextSectionElement) slack.RichTextElement {
	return slack.NewRichTextSection(elements...)
}

func quote(text string) slack.RichTextElement {
	return &slack.RichTextQuote{Type: slack.RTEQuote, Elements: []slack.RichTextSectionElement{words(text)}}
}

func words(text string) slack.RichTextSectionElement {
	return slack.NewRichTextSectionTextElement(literal(text), nil)
}

func bold(text string) slack.RichTextSectionElement {
	return slack.NewRichTextSectionTextElement(literal(text), &slack.RichTextSectionTextStyle{Bold: true})
}

func struck(text string) slack.RichTextSectionElement {
	return slack.NewRichTextSectionTextElement(literal(text), &slack.RichTextSectionTextStyle{Strike: true})
}

func link(address, text string) slack.RichTextSectionElement {
	if !reachable(address) {
		return nil
	}
	return slack.NewRichTextSectionLinkElement(address, literal(text), nil)
}

// moment shows a time in each reader's own zone.
func moment(t time.Time) slack.RichTextSectionElement {
	fallback := t.UTC().Format("2 Jan 2006, 15:04 UTC")
	return slack.NewRichTextSectionDateElement(t.Unix(), "{date_short_pretty}, {time}", nil, &fallback)
}

// facts are lines of a bold name and a value.
type facts []slack.RichTextSectionElement

func (f facts) add(name string, value ...slack.RichTextSectionElement) facts {
	if len(f) > 0 {
		f = append(f, words("\n"))
	}
	return append(append(f, bold(name+"  ")), value...)
}
