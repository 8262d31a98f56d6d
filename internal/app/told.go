package app

import (
	"fmt"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/text"
)

// told is one thing that is said of a kind of connector.
type told struct{ About, Says string }

// tell says in sentences what a kind can do. The command line and the docs print them; the pages say the same in the reader's language.
func tell(spec connectors.Spec) []told {
	c := spec.Caps
	out := []told{{"Comes in", comesIn(c)}, {"Account", speaksAs(spec)}, {"Answers", answersHow(c)}}
	if c.Replies {
		out = append(out, told{"Longest answer", longest(c)}, told{"Exactly once", onceHow(c)}, told{"Seen by all", seenWhen(c)})
	}
	out = append(out, told{"Notices", noticesWhat(c)}, told{"Kept there", keptHow(c)}, told{"Cost", costs(c)})
	if c.NoTraining {
		out = append(out, told{"Training", "Its terms forbid learning from its texts."})
	}
	if c.Forgets {
		out = append(out, told{"Forgetting", "What is removed there is removed here, words and author, as its terms want."})
	}
	return out
}

func comesIn(c connectors.Capabilities) string {
	switch {
	case c.Polls && c.Pushes:
		return "The desk asks now and then, and it delivers by itself where it can."
	case c.Pushes:
		return "It delivers by itself; the desk cannot ask."
	}
	return "The desk asks now and then."
}

// loginOf names the way in which accounts of a kind come to their grants: consent, open, token, or nothing where none is needed.
func loginOf(spec connectors.Spec) string {
	switch {
	case spec.Login != nil && spec.Login.Consent != nil:
		return "consent"
	case spec.Login != nil:
		return "open"
	case spec.Caps.Replies:
		return "token"
	}
	return ""
}

func speaksAs(spec connectors.Spec) string {
	switch loginOf(spec) {
	case "consent":
		return "Connected by a person in a browser, or by a token in the configuration where the network gives one."
	case "open":
		return "Signs in by itself with the secret in the configuration."
	case "token":
		return "Its token stands in the configuration, or is kept encrypted in the database."
	}
	return "None is needed, beside what its settings want."
}

func answersHow(c connectors.Capabilities) string {
	if !c.Replies {
		return "Not from the desk: copy the answer, post it where it was said, and say so on the case; the desk notices it where the network shows it."
	}
	s, them := "One to each mention", "it"
	if c.Many {
		s, them = "Several to one mention", "each"
	}
	switch {
	case c.Edit && c.Delete:
		return s + "; " + them + " can be edited and deleted."
	case c.Edit:
		return s + "; " + them + " can be edited, not deleted."
	case c.Delete:
		return s + "; " + them + " can be deleted, not edited."
	}
	return s + "; none can be edited or deleted."
}

func longest(c connectors.Capabilities) string {
	if c.Limit == 0 {
		return "Not documented; a refusal is shown."
	}
	return number(c.Limit) + " " + unitTold(c.Counts) + "."
}

// unitTold says how a network counts, in the words of people.
func unitTold(unit string) string {
	switch text.Unit(unit) {
	case text.Bytes:
		return "bytes of UTF-8"
	case text.UTF16:
		return "characters (UTF-16 units: an emoji counts two or more)"
	case text.Codepoints:
		return "characters (code points)"
	case text.Weighted:
		return "as X counts: most letters 1, emoji 2, a link 23"
	case text.Mastodon:
		return "characters, a link 23, a mention without its server"
	}
	return "characters as a reader sees them"
}

func onceHow(c connectors.Capabilities) string {
	switch c.Certainty {
	case connectors.CertainReal:
		return "It drops a repeated answer, for ever: after a lost call the desk may send it again."
	case connectors.CertainWindow:
		return "It drops an answer that is repeated within " + span(c.Resend) + "; after that the desk only looks."
	case connectors.CertainUpsert:
		return "A mention has one answer, so a repetition cannot double it. The desk looks first and never replaces what somebody else wrote."
	case connectors.CertainBlind:
		return "It cannot drop a repeated answer, and nobody but a person can look: after a lost call a person says whether it is there."
	}
	return "It cannot drop a repeated answer. After a lost call the desk looks whether it is there, and never sends it again by itself."
}

func seenWhen(c connectors.Capabilities) string {
	s := "At once, as a rule."
	if c.Delay > 0 {
		s = "Within " + span(c.Delay) + ", as a rule."
	}
	if c.Moderates {
		s = "After the site has looked at it; it may refuse it. The desk says which."
	}
	return s
}

func noticesWhat(c connectors.Capabilities) string {
	switch {
	case c.SeesEdits && c.SeesGone:
		return "Edits and removals."
	case c.SeesEdits:
		return "Edits. Removals cannot be seen: what was removed there stays on the desk."
	case c.SeesGone:
		return "Removals. Texts cannot be edited there, or their edits cannot be seen."
	}
	return "Neither edits nor removals."
}

func keptHow(c connectors.Capabilities) string {
	if c.Window == 0 {
		return "No known end: what was said while the desk was off is read later, as far as its lists reach."
	}
	return "What is older than " + span(c.Window) + " cannot be had any more. When the desk was off for longer, the source says that something may be missing."
}

func costs(c connectors.Capabilities) string {
	if c.Cost == "" {
		return "Free."
	}
	return c.Cost
}

// span writes a duration in its largest unit that leaves nothing over.
func span(d time.Duration) string {
	for _, u := range []struct {
		of   time.Duration
		name string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}, {time.Second, "second"}} {
		if n := d / u.of; n > 0 && d%u.of == 0 {
			if n == 1 {
				return "1 " + u.name
			}
			return fmt.Sprintf("%d %ss", n, u.name)
		}
	}
	return d.String()
}

// number writes a whole number with commas.
func number(n int) string {
	s := fmt.Sprint(n)
	var b strings.Builder
	for i, r := range s {
		if i > 0 && (len(s)-i)%3 == 0 && r != '-' {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	return b.String()
}
