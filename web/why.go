package web

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
)

// whyView is why triage judged a text as it did: the strongest reasons by what they speak for, and the rest behind a fold.
type whyView struct {
	Shown, Folded []whyGroup
	All           int
}

// whyGroup is the reasons that moved one tag, the strongest first.
type whyGroup struct {
	Name     string
	Low      string // what the bars to the left speak for; empty when all bars go one way
	High     string
	Reasons  []reasonView
	strength float64
}

// reasonView is one reason: a bar, the words or the circumstance, and how far it moved the tag.
type reasonView struct {
	Mark   string // class of the bar
	Text   string
	Lang   string // of the customer's words; empty for ours
	Weight string
	X, W   int    // the bar, in hundredths of the whole width
	Also   string // other tags that the same words moved
	Toward string // what the bar speaks for, for people who cannot see it
}

// maxReasons is how many reasons stand before the fold; the text shows all of them.
const maxReasons = 8

// cause is a reason on its way to the page.
type cause struct {
	desk.Reason
	group string
	times int
	also  []string
}

// decree tells whether a rule or a person set the tag, whatever else speaks for or against it.
func (c *cause) decree() bool { return c.By == "rule" || c.By == "person" }

// sum tells whether a cause stands for many words: what is likely before a word is read, all the weaker words, what the desk learned.
func (c *cause) sum() bool { return c.By == "prior" || c.By == "rest" || c.By == "layer" && c.To == 0 }

// strength puts rules and people before everything they overrule, and sums behind the words that they sum up or begin with.
func (c *cause) strength() float64 {
	switch {
	case c.decree():
		return math.Inf(1)
	case c.sum():
		return math.Abs(c.Weight) / 1e6
	}
	return math.Abs(c.Weight)
}

// teller writes reasons for one mention.
type teller struct {
	lang  *Lang
	m     *desk.MentionRow
	words string // lang attribute of the customer's words
	posts int    // mentions by the author in 30 days; 0 when nobody counted
	top   float64
}

// why lists every cause once: words that moved several tags stand under the one that they moved most.
func (t *teller) why() whyView {
	causes := merge(t.m.Verdict.Reasons)
	for i := range causes {
		if !causes[i].decree() {
			t.top = max(t.top, math.Abs(causes[i].Weight))
		}
	}
	n := min(len(causes), maxReasons)
	if len(causes) == n+1 {
		n++ // a fold that hides one line saves none
	}
	return whyView{Shown: t.groups(causes[:n]), Folded: t.groups(causes[n:]), All: len(causes)}
}

// merge drops what is said twice, by place in the text or by wording within a tag, and puts the strongest first.
func merge(reasons []desk.Reason) []cause {
	var out []cause
	for i := range reasons {
		c := cause{Reason: reasons[i], group: groupOf(reasons[i].Tag), times: 1}
		at := slices.IndexFunc(out, func(o cause) bool { return sameWords(&o, &c) })
		if at >= 0 {
			if out[at].From != c.From || out[at].To != c.To {
				out[at].times++
			}
			if math.Abs(c.Weight) > math.Abs(out[at].Weight) {
				out[at].Weight = c.Weight
			}
			continue
		}
		at = slices.IndexFunc(out, func(o cause) bool { return c.To > c.From && o.From == c.From && o.To == c.To })
		switch {
		case at < 0:
			out = append(out, c)
		case out[at].group == c.group && (out[at].By == "layer") != (c.By == "layer"):
			out[at].Weight += c.Weight // the word's own and what the desk learned of it
		case c.strength() > out[at].strength():
			c.also = append(out[at].also, out[at].group)
			out[at] = c
		default:
			out[at].also = append(out[at].also, c.group)
		}
	}
	slices.SortStableFunc(out, func(a, b cause) int { return cmp.Compare(b.strength(), a.strength()) })
	return out
}

// sameWords tells whether two causes say the same of the same tag in the same direction.
func sameWords(a, b *cause) bool {
	return a.group == b.group && strings.EqualFold(oneLine(a.Text), oneLine(b.Text)) && (a.Text != "" || a.By == b.By) &&
		a.decree() == b.decree() && a.sum() == b.sum() && (a.Weight < 0) == (b.Weight < 0)
}

func tagGroups() []string {
	return []string{"urgency", "sentiment", "intent", "topic", "offensive", "spam", "language"}
}

// groupOf joins the tags that people see as one.
func groupOf(tag string) string {
	if slices.Contains(tagGroups(), tag) {
		return tag
	}
	return "topic" // products, brands and topics
}

// groups puts causes under their tags, the group with the strongest cause first.
func (t *teller) groups(causes []cause) []whyGroup {
	var out []whyGroup
	for _, name := range tagGroups() {
		var mine []cause
		for i := range causes {
			if causes[i].group == name {
				mine = append(mine, causes[i])
			}
		}
		if len(mine) > 0 {
			out = append(out, t.group(name, mine))
		}
	}
	slices.SortStableFunc(out, func(a, b whyGroup) int { return cmp.Compare(b.strength, a.strength) })
	return out
}

// group draws the bars from the middle where causes can pull both ways, else from the left.
func (t *teller) group(name string, causes []cause) whyGroup {
	g := whyGroup{Name: t.lang.T("why.group." + name), strength: causes[0].strength()}
	poles := name == "sentiment" || slices.ContainsFunc(causes, func(c cause) bool { return c.Weight < 0 })
	if poles {
		low, high := "why.less", "why.more"
		if name == "sentiment" {
			low, high = "sentiment.negative", "sentiment.positive"
		}
		g.Low, g.High = t.lang.T(low), t.lang.T(high)
	}
	for i := range causes {
		g.Reasons = append(g.Reasons, t.reason(&causes[i], &g))
	}
	return g
}

func (t *teller) reason(c *cause, g *whyGroup) reasonView {
	r := reasonView{Mark: barOf(c), W: 100}
	if !c.decree() && t.top > 0 {
		r.W = max(int(math.Abs(c.Weight)/t.top*100), 4)
	}
	r.Text, r.Lang = t.text(c)
	if g.Low != "" {
		r.W, r.X = r.W/2, 50
		r.Toward = g.High
		if c.Weight < 0 {
			r.X, r.Toward = 50-r.W, g.Low
		}
	}
	switch {
	case c.decree():
		r.Weight = t.lang.T("why.sets")
	default:
		r.Weight = signed(t.lang, c.Weight)
	}
	var also []string
	for _, name := range tagGroups() {
		if slices.Contains(c.also, name) && name != c.group {
			also = append(also, t.lang.T("why.group."+name))
		}
	}
	if len(also) > 0 {
		r.Also = t.lang.T("why.also", "tags", strings.Join(also, ", "))
	}
	return r
}

// barOf picks the colour of a bar: as the words are marked in the text.
func barOf(c *cause) string {
	switch mark, _ := markOf(&c.Reason); mark {
	case "off":
		return "urg"
	case "urg", "neg", "pos":
		return mark
	}
	return "acc"
}

// text is the customer's words, or a phrase of ours for a circumstance that has none.
func (t *teller) text(c *cause) (text, lang string) {
	l, words := t.lang, oneLine(c.Text)
	switch {
	case c.By == "rule":
		return l.T("why.rule", "name", words), ""
	case c.By == desk.ByPerson:
		return l.T("why.person", "name", words), ""
	case c.decree() || c.sum():
		return l.T("why." + c.By), ""
	case words != "" && c.By == "layer":
		return l.T("why.learned", "words", words), t.words
	case words != "" && c.times > 1:
		return l.T("why.times", "words", words, "n", c.times), t.words
	case words != "":
		return words, t.words
	}
	switch {
	case c.By == "stars" && t.m.Rating.Known():
		return l.T("why.stars", "stars", decimal(l, t.m.Rating.Value), "best", decimal(l, t.m.Rating.Best)), ""
	case c.By == "reach" && t.m.Author.Followers > 0:
		return l.T("why.reach", "n", t.m.Author.Followers), ""
	case c.By == "history" && t.posts > 1:
		return l.T("why.history", "n", t.posts), ""
	}
	switch c.By {
	case "stars", "reach", "history", "pace", "shape", "intent", "sentiment", "alarm", "calm", "spam":
		return l.T("why." + c.By + ".plain"), ""
	}
	return l.T("why.other"), ""
}

// signed writes a weight with its sign; nothing for 0.
func signed(l *Lang, w float64) string {
	switch {
	case w > 0:
		return "+" + decimal(l, w)
	case w < 0:
		return decimal(l, w)
	}
	return ""
}
