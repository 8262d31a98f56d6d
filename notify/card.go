package notify

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/earshotdesk/earshot/internal/desk"
)

// maxExcerpt is the longest excerpt of what was said, in characters.
const maxExcerpt = 600

// Names are the names of networks as people know them, by kind of connector.
type Names map[string]string

// Site returns the name of a site: as its kind is called, else the part before the colon with a capital letter.
func (n Names) Site(site desk.Site) string {
	kind, _, _ := strings.Cut(string(site), ":")
	if name := n[kind]; name != "" {
		return name
	}
	first, size := utf8.DecodeRuneInString(kind)
	if size == 0 {
		return ""
	}
	return string(unicode.ToTitle(first)) + kind[size:]
}

// NewCard makes the card of a case. A closed case has no excerpt, and neither has one whose mention its site removed: what is over
// or gone leaves the messages too.
func NewCard(c *desk.Card, caseURL string, names Names) Card {
	head := &c.Head
	out := Card{
		Case: c.ID, URL: caseURL, State: c.State, Owner: Clean(c.OwnerName), Reply: c.ReplyState,
		Brand: c.Brand, Product: firstName(head.Verdict.Products), Site: names.Site(c.Site), Urgency: c.Urgency, Sentiment: c.Sentiment,
		Stars: head.Rating.Stars(), Mentions: c.Mentions, Gone: !head.GoneAt.IsZero() || head.ID == "",
		OpenedAt: c.OpenedAt, TakenAt: c.TakenAt, AnsweredAt: c.AnsweredAt, ResolvedAt: c.ResolvedAt,
	}
	if out.Gone {
		return out
	}
	out.Author = Shorten(Clean(author(&head.Author)), 80)
	out.Link = webLink(head.URL)
	if !c.State.Closed() {
		out.Excerpt = Shorten(Clean(head.Words()), maxExcerpt)
		out.Why = why(&head.Verdict)
	}
	return out
}

func author(a *desk.Author) string {
	switch {
	case a.Name != "":
		return a.Name
	case a.Handle != "":
		return "@" + a.Handle
	}
	return ""
}

// why lists the words that made a case urgent.
func why(v *desk.Verdict) string {
	if desk.UrgencyRank(v.Urgency.Label) < desk.UrgencyRank(desk.UrgencyHigh) {
		return ""
	}
	var words []string
	for _, r := range v.Reasons {
		if r.Tag == "urgency" && r.Weight > 0 && r.Text != "" && len(words) < 3 {
			words = append(words, "“"+Shorten(Clean(r.Text), 40)+"”")
		}
	}
	return strings.Join(words, ", ")
}

// webLink returns an address that a browser may be sent to, or nothing.
func webLink(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return u.String()
}

// Clean removes what does not print from a text by strangers: control characters but line breaks, characters that turn the
// direction of what follows, and bytes that are no text. Three or more line breaks become two.
func Clean(s string) string {
	s = strings.ToValidUTF8(s, "�")
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\t", " ", "\u2028", "\n", "\u2029", "\n").Replace(s)
	s = strings.Map(func(r rune) rune {
		if r != '\n' && (unicode.IsControl(r) || turns(r)) {
			return -1
		}
		return r
	}, s)
	for strings.Contains(s, "\n\n\n") {
		s = strings.ReplaceAll(s, "\n\n\n", "\n\n")
	}
	return strings.TrimSpace(s)
}

// turns tells whether a character changes the direction of the text around it.
func turns(r rune) bool {
	return r == '\u061C' || r == '\u200E' || r == '\u200F' || '\u202A' <= r && r <= '\u202E' || '\u2066' <= r && r <= '\u2069'
}

// Shorten cuts a text to at most n characters, the last of which is then an ellipsis. It does not leave a joined emoji or an
// accented letter in two.
func Shorten(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	runes := []rune(s)
	cut := n - 1
	for cut > 0 && (unicode.Is(unicode.M, runes[cut]) || runes[cut] == '\u200D' || runes[cut-1] == '\u200D') {
		cut--
	}
	return strings.TrimSpace(string(runes[:cut])) + "…"
}
