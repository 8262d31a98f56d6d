package web

import (
	"html/template"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// who is the head of a card or a message: the customer and where.
type who struct {
	Name     string
	Initials string
	Avatar   int
	Net      string
	Place    string
}

func (s *Server) whoOf(l *Lang, m *desk.Mention) who {
	name := authorName(m)
	w := who{Name: name, Net: s.networkOf(m.Site).Letter, Place: s.place(m), Initials: initials(name), Avatar: tint(string(m.Site) + string(m.Author.ID) + name)}
	if m.Anonymous || name == "" {
		w.Name, w.Initials = l.T("mention.anonymous"), "?"
		if name != "" {
			w.Name = name
		}
	}
	return w
}

// starView draws a rating as five stars; Label keeps the exact figure.
type starView struct {
	Full  int // 0 to 5
	Label string
	HTML  template.HTML
}

func stars(l *Lang, r desk.Rating) *starView {
	if !r.Known() {
		return nil
	}
	full := min(max(int(math.Round(r.Stars())), 0), 5)
	label := l.T("stars", "value", decimal(l, r.Value), "best", decimal(l, r.Best))
	return &starView{Full: full, Label: label, HTML: drawStars(full, label)}
}

// drawStars writes five stars. It is by far the most repeated piece of a board, so it is no template.
func drawStars(full int, label string) template.HTML {
	var b strings.Builder
	b.Grow(600)
	b.WriteString(`<span class="stars stars--` + strconv.Itoa(max(full, 1)) + `"><svg viewBox="0 0 120 24" role="img" aria-label="` + template.HTMLEscapeString(label) + `">`)
	for i := range 5 {
		class := "off"
		if i < full {
			class = "on"
		}
		b.WriteString(`<use href="#i-star" class="` + class + `" x="` + strconv.Itoa(i*24) + `" width="24" height="24"/>`)
	}
	b.WriteString(`</svg></span>`)
	return template.HTML(b.String()) // the label is escaped, all else is ours
}

// decimal writes a figure with at most one digit behind the language's decimal mark.
func decimal(l *Lang, f float64) string {
	tenths := int64(math.Round(f * 10))
	if tenths < 0 {
		return "−" + decimal(l, -f) // the whole part of −0.5 has no sign of its own
	}
	if tenths%10 == 0 {
		return l.Num(tenths / 10)
	}
	mark := ","
	if l.Code == "en" {
		mark = "."
	}
	return l.Num(tenths/10) + mark + l.Num(tenths%10)
}

// pill states a fact.
type pill struct{ Class, Icon, Text string }

// cardView is a case as a card of the board or an item of a list.
type cardView struct {
	ID       desk.CaseID
	Version  int64
	Who      who
	At       time.Time
	Text     string
	TextLang string
	Stars    *starView
	Urgency  string
	Pills    []pill
	Owner    *ownerView
	Unread   bool
	Mine     bool
	Current  bool // the case of this page
	Column   desk.Column
	CanTake  bool
}

type ownerView struct {
	Name, Initials string
	Avatar         int
}

// cardWords is how many characters of a text a card carries; three lines show fewer.
const cardWords = 220

func (s *Server) card(v *visitor, c *desk.Card, column desk.Column) cardView {
	m := &c.Head.Mention
	out := cardView{
		ID: c.ID, Version: c.Version, Who: s.whoOf(v.lang, m), At: c.RemarkAt,
		Stars: stars(v.lang, m.Rating), Urgency: urgencyOf(c.Urgency), Column: column, Unread: c.State == desk.CaseNew,
		Mine: c.Owner != "" && v.user != nil && c.Owner == v.user.ID,
	}
	out.Text, out.TextLang = listed(v.lang, &c.Head, m.Words(), cardWords)
	if out.At.IsZero() {
		out.At = c.OpenedAt
	}
	out.CanTake = c.Owner == "" && c.State.Open() && v.may(ActWork)
	if c.Owner != "" {
		out.Owner = ownerOf(c.Owner, c.OwnerName)
	}
	out.Pills = s.cardPills(v, c)
	return out
}

func ownerOf(id desk.UserID, name string) *ownerView {
	return &ownerView{Name: name, Initials: initials(name), Avatar: tint(string(id))}
}

func urgencyOf(label string) string {
	switch label {
	case desk.UrgencyLow, desk.UrgencyHigh, desk.UrgencyCritical:
		return label
	}
	return desk.UrgencyNormal
}

// cardPills lists the facts of a card, what needs a hand first.
func (s *Server) cardPills(v *visitor, c *desk.Card) []pill {
	var out []pill
	if c.Head.Visibility == desk.Private {
		out = append(out, pill{"pill--line", "lock", v.lang.T("msg.private")})
	}
	if p, ok := replyPill(v.lang, c.ReplyState, c.ReplySeen); ok {
		out = append(out, p)
	}
	if (&desk.Reply{State: c.ReplyState, SendAt: c.ReplyAt}).Unseen(s.opt.Now()) {
		out = append(out, pill{"", "eye", v.lang.T("reply.unseen")})
	}
	if c.State == desk.CaseDismissed {
		out = append(out, pill{"", "", v.lang.T("state.dismissed")})
	}
	if c.Snoozed(s.opt.Now()) {
		out = append(out, pill{"", "snooze", v.lang.T("card.snoozed", "until", s.pages[v.lang.Code].clock.Moment(c.SnoozedUntil))})
	}
	if c.Reopened > 0 && c.State.Open() {
		out = append(out, pill{"pill--warn", "refresh", v.lang.T("card.reopened")})
	}
	if c.Mentions > 1 {
		out = append(out, pill{"pill--accent", "merge", v.lang.T("card.mentions", "n", c.Mentions)})
	}
	if name := about(&c.Head.Verdict); name != "" {
		out = append(out, pill{"pill--line", "", name})
	}
	return out
}

// about names what a text is about: the first topic, else the first product.
func about(v *desk.Verdict) string {
	for _, list := range [][]desk.Named{v.Topics, v.Products} {
		if len(list) > 0 {
			return list[0].Name
		}
	}
	return ""
}

// replyPill says where an answer stands, and what the public sees of it.
func replyPill(l *Lang, state desk.ReplyState, seen desk.ReplyVisibility) (pill, bool) {
	p := pill{Text: l.T("reply." + string(state) + ".short")}
	switch state {
	case desk.ReplyDraft:
		p.Icon = "pencil"
	case desk.ReplyAwaiting:
		p.Class, p.Icon = "pill--warn", "shield"
	case desk.ReplyScheduled, desk.ReplyQueued, desk.ReplyPublishing:
		p.Class, p.Icon = "pill--accent", "send"
	case desk.ReplyByHand:
		p.Class, p.Icon = "pill--accent", "open"
	case desk.ReplyPublished:
		p.Icon = "check"
		switch seen {
		case desk.VisibleModerate:
			p = pill{"pill--warn", "clock", l.T("reply.seen.in_moderation")}
		case desk.VisibleRejected:
			p = pill{"pill--danger", "block", l.T("reply.seen.rejected")}
		case desk.VisibleDeleted:
			p = pill{"", "x", l.T("reply.seen.deleted")}
		}
	case desk.ReplyFailed, desk.ReplyUnconfirmed:
		p.Class, p.Icon = "pill--danger", "alert"
	default:
		return pill{}, false
	}
	return p, true
}

// showCount writes a capped count: 14, or 99+ when there are more.
func showCount(l *Lang, v any) string {
	switch c := v.(type) {
	case desk.Count:
		if c.More {
			n := int64(c.N)
			if n%10 == 0 {
				n-- // counted to 100: "99+" takes less room and is as true
			}
			return l.Num(n) + "+"
		}
		return l.Num(int64(c.N))
	case int:
		return l.Num(int64(c))
	case int64:
		return l.Num(c)
	}
	return ""
}

// oneLine joins the lines of a text.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
