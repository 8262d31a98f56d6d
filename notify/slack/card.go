package slack

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/notify"
)

// cardMessage draws one case in the state it is in.
func cardMessage(n notify.Notice, c notify.Card) message {
	title := join(c.Stars, c.Site, cmp.Or(c.Product, c.Brand))
	moved := n.Counts.Closed == 1 && !c.State.Closed()
	switch {
	case c.Gone:
		return quiet(n, c, "Removed on "+c.Site+" · "+cmp.Or(c.Product, c.Brand), "The author removed it. Its text was taken out of this message.")
	case c.State.Closed():
		return quiet(n, c, stateWord(c.State)+" · "+title, closedBy(c))
	case moved:
		return quiet(n, c, "No longer here · "+title, "It is told elsewhere now, or was answered a while ago.")
	}
	m := message{text: title}
	if urgent(c) {
		m.text += " · " + c.Urgency
	}
	switch {
	case c.State == desk.CaseAnswered:
		m.text = "Answered · " + title
	case n.Cause == notify.Repeat && c.State == desk.CaseNew:
		m.text = "Still nobody · " + m.text
	case n.Cause == notify.Repeat:
		m.text = "Still open · " + m.text
	}
	m.blocks = []slack.Block{header(m.text)}
	var body []slack.RichTextElement
	if c.Excerpt != "" {
		body = append(body, quote(c.Excerpt))
		m.text += ": " + notify.Shorten(strings.ReplaceAll(c.Excerpt, "\n", " "), 150)
	}
	if f := cardFacts(c); len(f) > 0 {
		body = append(body, section(f...))
	}
	if len(body) > 0 {
		m.blocks = append(m.blocks, rich(body...))
	}
	m = m.buttons(button("open", "Open in "+n.Desk, c.URL, c.State.Open()), button("see", "See it on "+c.Site, c.Link, false))
	m.blocks = append(m.blocks, footer(staysHere))
	return m
}

func cardFacts(c notify.Card) facts {
	var f facts
	if c.Author != "" {
		f = f.add("From", words(c.Author))
	}
	if c.Mentions > 1 {
		f = f.add("Remarks", words(strconv.Itoa(c.Mentions)))
	}
	switch {
	case c.State == desk.CaseTaken && c.Owner != "":
		f = f.add("Taken by", bold(c.Owner))
		if !c.TakenAt.IsZero() {
			f = append(f, words(", "), moment(c.TakenAt))
		}
	case c.State == desk.CaseAnswered && !c.AnsweredAt.IsZero():
		f = f.add("Answered", moment(c.AnsweredAt))
		if c.Owner != "" {
			f = append(f, words(" by "), bold(c.Owner))
		}
	case c.State == desk.CaseNew && !c.OpenedAt.IsZero():
		f = f.add("Waiting since", moment(c.OpenedAt))
	}
	switch c.Reply {
	case desk.ReplyAwaiting:
		f = f.add("Reply", words("a draft awaits approval"))
	case desk.ReplyByHand:
		f = f.add("Reply", words("a colleague posts it by hand"))
	case desk.ReplyUnconfirmed:
		f = f.add("Reply", words("sending could not be confirmed; a person must look"))
	case desk.ReplyFailed:
		f = f.add("Reply", words("sending failed"))
	}
	if c.Why != "" && c.State.Open() {
		f = f.add("Why "+c.Urgency, words(c.Why))
	}
	return f
}

// quiet is the message of what needs nobody any more: no text, no buttons.
func quiet(n notify.Notice, c notify.Card, title, text string) message {
	line := []slack.RichTextSectionElement{bold(title), words("\n" + text)}
	if l := link(c.URL, "Open in "+n.Desk); l != nil {
		line = append(line, words(" "), l)
	}
	return message{text: title, blocks: []slack.Block{rich(section(line...))}}
}

func closedBy(c notify.Card) string {
	if c.Owner == "" {
		return "It needs nothing any more."
	}
	return c.Owner + " had it."
}

func stateWord(s desk.CaseState) string {
	if s == desk.CaseDismissed {
		return "Dismissed"
	}
	return "Resolved"
}

// join writes "1 ★ Google · Vac S5".
func join(stars float64, parts ...string) string {
	parts = slices.DeleteFunc(slices.Clone(parts), func(s string) bool { return s == "" })
	text := strings.Join(parts, " · ")
	if stars > 0 {
		text = strings.TrimSuffix(fmt.Sprintf("%.1f", stars), ".0") + " ★ " + text
	}
	return cmp.Or(text, "A case")
}

func urgent(c notify.Card) bool {
	return desk.UrgencyRank(c.Urgency) >= desk.UrgencyRank(desk.UrgencyHigh)
}

func cases(n int) string {
	if n == 1 {
		return "1 case"
	}
	return strconv.Itoa(n) + " cases"
}
