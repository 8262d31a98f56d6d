package slack

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/notify"
)

// maxLines is how many cases of a group are quoted.
const maxLines = 5

// groupMessage draws many cases as one.
func groupMessage(n notify.Notice) message {
	title := cases(n.Counts.All()-n.Counts.Closed) + " · " + subject(n)
	if n.Counts.Open() == 0 && n.Counts.Answered == 0 {
		title = "Over · " + cases(n.Counts.Closed) + " · " + subject(n)
		line := []slack.RichTextSectionElement{bold(title), words("\nNothing here asks for work any more.")}
		if l := link(n.URL, "Open in "+n.Desk); l != nil {
			line = append(line, words(" "), l)
		}
		return message{text: title, blocks: []slack.Block{rich(section(line...))}}
	}
	switch {
	case n.Counts.Open() == 0:
		title = "Answered · " + title
	case n.Cause == notify.Repeat && n.Counts.Taken == 0:
		title = "Still nobody · " + title
	case n.Cause == notify.Repeat:
		title = "Still open · " + title
	}
	if top := highest(n.Cards); top != "" {
		title += " · " + top
	}
	m := message{text: title, blocks: []slack.Block{header(title), rich(section(groupFacts(n)...))}}
	if lines := list(n); lines != nil {
		m.blocks = append(m.blocks, rich(lines))
	}
	m = m.buttons(button("open", "Open in "+n.Desk, n.URL, true))
	m.blocks = append(m.blocks, footer(staysHere))
	return m
}

func groupFacts(n notify.Notice) facts {
	var f facts
	if !n.Since.IsZero() {
		f = f.add("Since", moment(n.Since))
	}
	if n.Counts.Fresh > 0 {
		f = f.add("New now", words("+"+strconv.Itoa(n.Counts.Fresh)))
	}
	f = f.add("Taken / open", words(strconv.Itoa(n.Counts.Taken)+" / "+strconv.Itoa(n.Counts.Open())))
	if n.Counts.Answered > 0 {
		f = f.add("Answered", words(strconv.Itoa(n.Counts.Answered)))
	}
	return f
}

// list quotes the first cases, each with its address.
func list(n notify.Notice) slack.RichTextElement {
	var items []slack.RichTextElement
	for _, c := range n.Cards[:min(len(n.Cards), maxLines)] {
		items = append(items, section(item(c)...))
	}
	if len(items) == 0 {
		return nil
	}
	return slack.NewRichTextList(slack.RTEListBullet, 0, items...)
}

func item(c notify.Card) []slack.RichTextSectionElement {
	var line []slack.RichTextSectionElement
	part := func(e slack.RichTextSectionElement) {
		if len(line) > 0 {
			line = append(line, words(" · "))
		}
		line = append(line, e)
	}
	said := notify.Shorten(strings.Join(strings.Fields(c.Excerpt), " "), 100)
	switch {
	case c.Gone:
		part(words("removed on " + c.Site))
	case c.State.Closed():
		part(struck(stateWord(c.State)))
	case said != "":
		part(words("“" + said + "”"))
	}
	if who := join(0, c.Author, c.Site); !c.Gone {
		part(words(who))
	}
	if c.State == desk.CaseTaken && c.Owner != "" {
		part(bold(c.Owner))
	}
	if l := link(c.URL, "open"); l != nil {
		part(l)
	}
	return line
}

// subject names what the cases share.
func subject(n notify.Notice) string {
	if len(n.Cards) == 1 && n.Counts.All() <= 1 {
		c := n.Cards[0]
		return join(c.Stars, c.Site, cmp.Or(c.Product, c.Brand))
	}
	var parts []string
	has := func(name string) string {
		for _, l := range n.Labels {
			if l.Name == name {
				return l.Value
			}
		}
		return ""
	}
	if has("product") == "" {
		parts = append(parts, has("brand"))
	}
	for _, name := range []string{"product", "topic", "site", "source", "language"} {
		parts = append(parts, has(name))
	}
	parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" })
	return cmp.Or(strings.Join(parts, " · "), n.Desk)
}

func highest(cards []notify.Card) string {
	top := ""
	for _, c := range cards {
		if c.State.Open() && !c.Gone && urgent(c) && desk.UrgencyRank(c.Urgency) > desk.UrgencyRank(top) {
			top = c.Urgency
		}
	}
	return top
}
