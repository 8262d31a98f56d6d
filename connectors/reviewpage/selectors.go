package reviewpage

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"

	"github.com/earshotdesk/earshot/connectors/internal/written"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// Selectors say where the parts of a review stand. All but item are looked for within a review.
type Selectors struct {
	Item   string `yaml:"item" required:"true" doc:"CSS selector of one review."`
	ID     Field  `yaml:"id" doc:"What identifies the review at its site, for example attr: data-review-id. A digest of author, date and text when absent."`
	Title  Field  `yaml:"title" doc:"Its title."`
	Text   Field  `yaml:"text" doc:"What it says."`
	Author Field  `yaml:"author" doc:"Who said it."`
	Rating Field  `yaml:"rating" doc:"Its stars; with count, the number of elements that match, for example of full stars."`
	Date   Field  `yaml:"date" doc:"When it was said; with layout where it is not written in a common way."`
	URL    Field  `yaml:"url" doc:"Where a person can read it; attr is href when absent."`
	Reply  Field  `yaml:"reply" doc:"What the shop answered."`
	Next   Field  `yaml:"next" doc:"The link to the next page, looked for on the whole page; rel=next when absent."`
}

// Field is one part of a review: an element, what of it, and what of that.
type Field struct {
	Select string `yaml:"select" doc:"CSS selector within the review; the review itself when empty."`
	Attr   string `yaml:"attr" doc:"An attribute of the element instead of its text."`
	Match  string `yaml:"match" doc:"Regular expression; its first group, or all of it, is the value."`
	Count  string `yaml:"count" doc:"CSS selector: the value is how many elements match it within the review."`
	Layout string `yaml:"layout" doc:"How a date is written, for example DD.MM.YYYY hh:mm; months in words are read in Hungarian, Slovak, Czech, Greek, English and German without it."`
}

// compiled are selectors that were checked.
type compiled struct {
	item                                                     cascadia.Selector
	id, title, text, author, rating, date, url, reply, nexts *part
}

type part struct {
	sel, count cascadia.Selector
	attr       string
	match      *regexp.Regexp
	layout     string
}

// compile checks selectors; nil stays nil.
func compile(s *Selectors) (*compiled, error) {
	if s == nil {
		return nil, nil
	}
	if strings.TrimSpace(s.Item) == "" {
		return nil, desk.Invalidf("selectors: item is missing: write the CSS selector of one review")
	}
	item, err := cascadia.Compile(s.Item)
	if err != nil {
		return nil, desk.Invalidf("selectors: item: %q is not a CSS selector", s.Item)
	}
	c := &compiled{item: item}
	for _, f := range []struct {
		name string
		in   Field
		to   **part
	}{
		{"id", s.ID, &c.id}, {"title", s.Title, &c.title}, {"text", s.Text, &c.text}, {"author", s.Author, &c.author}, {"rating", s.Rating, &c.rating},
		{"date", s.Date, &c.date}, {"url", s.URL, &c.url}, {"reply", s.Reply, &c.reply}, {"next", s.Next, &c.nexts},
	} {
		if *f.to, err = f.in.compile(f.name); err != nil {
			return nil, err
		}
	}
	if c.text == nil && c.title == nil && c.rating == nil {
		return nil, desk.Invalidf("selectors: name at least one of text, title and rating")
	}
	return c, nil
}

func (f Field) compile(name string) (*part, error) {
	if f == (Field{}) {
		return nil, nil
	}
	p := &part{attr: strings.ToLower(f.Attr), layout: goLayout(f.Layout)}
	for css, to := range map[string]*cascadia.Selector{f.Select: &p.sel, f.Count: &p.count} {
		if css == "" {
			continue
		}
		group, err := cascadia.Compile(css)
		if err != nil {
			return nil, desk.Invalidf("selectors: %s: %q is not a CSS selector", name, css)
		}
		*to = group
	}
	if f.Match != "" {
		re, err := regexp.Compile(f.Match)
		if err != nil {
			return nil, desk.Invalidf("selectors: %s: %q is not a regular expression", name, f.Match)
		}
		p.match = re
	}
	return p, nil
}

// goLayout turns DD.MM.YYYY hh:mm into Go's notation.
func goLayout(s string) string {
	return strings.NewReplacer("YYYY", "2006", "YY", "06", "MMMM", "Jan", "MMM", "Jan", "MM", "01", "DD", "02", "hh", "15", "mm", "04", "ss", "05").Replace(s)
}

// value reads a part within an element; "" where it is not there.
func (p *part) value(in *goquery.Selection, attr string) string {
	if p == nil {
		return ""
	}
	if p.count != nil {
		return strconv.Itoa(in.FindMatcher(p.count).Length())
	}
	el := in
	if p.sel != nil {
		el = in.FindMatcher(p.sel).First()
	}
	if el.Length() == 0 {
		return ""
	}
	said := ""
	if attr = firstOf(p.attr, attr); attr != "" {
		said = strings.TrimSpace(el.AttrOr(attr, ""))
	} else {
		said = inner(el.Nodes[0])
	}
	if p.match != nil {
		m := p.match.FindStringSubmatch(said)
		switch {
		case m == nil:
			return ""
		case len(m) > 1:
			return strings.TrimSpace(m[1])
		}
		return strings.TrimSpace(m[0])
	}
	return said
}

// words reads the text of a review without what else stands in it: its title, its author, its date, the answer.
func (c *compiled) words(el *goquery.Selection) string {
	if c.text == nil {
		return ""
	}
	el = el.Clone()
	for _, other := range []*part{c.title, c.author, c.rating, c.date, c.reply} {
		if other == nil || other.sel == nil {
			continue
		}
		n := el.FindMatcher(other.sel).First()
		if c.text.sel == nil || !n.IsMatcher(c.text.sel) && n.FindMatcher(c.text.sel).Length() == 0 {
			n.Remove()
		}
	}
	return c.text.words(el)
}

// words reads a part that may stand in several places, each on a line.
func (p *part) words(in *goquery.Selection) string {
	if p == nil || p.sel == nil || p.count != nil || p.attr != "" || p.match != nil {
		return p.value(in, "")
	}
	all := in.FindMatcher(p.sel)
	var lines []string
	all.EachWithBreak(func(i int, el *goquery.Selection) bool {
		if el.ParentsMatcher(p.sel).Length() == 0 { // else it was said with what it stands in
			lines = append(lines, inner(el.Nodes[0]))
		}
		return i < 50
	})
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// selected returns the reviews that the selectors find.
func (r *reader) selected(doc *goquery.Document) []found {
	var all []found
	sel := r.c.sel
	doc.FindMatcher(sel.item).Each(func(_ int, el *goquery.Selection) {
		r.american = r.american || monthFirst.MatchString(sel.date.value(el, ""))
	})
	doc.FindMatcher(sel.item).EachWithBreak(func(_ int, el *goquery.Selection) bool {
		f := found{ids: []string{sel.id.value(el, ""), attr(el.Nodes[0], "id")}}
		m := &f.m
		m.Kind, m.Site, m.Anonymous, m.Extra = desk.KindReview, r.c.site, true, map[string]string{}
		m.Title = text.Cut(written.Line(sel.title.value(el, "")), 1000)
		m.Text = text.Cut(sel.words(el), 64<<10)
		m.Author.Name = text.Cut(written.Line(sel.author.value(el, "")), 200)
		m.Language = language(firstOf(r.c.o.Language, attr(el.Nodes[0], "lang")))
		if said := sel.rating.value(el, ""); said != "" {
			r.stars(value{text: said}, m)
		}
		m.PostedAt = r.past(r.moment(sel.date.value(el, ""), m))
		f.day = r.wholeDay(m.PostedAt)
		m.URL = r.address(sel.url.value(el, "href"), attr(el.Nodes[0], "id"))
		if raw, err := goquery.OuterHtml(el); err == nil && len(raw) <= 64<<10 {
			m.Raw = []byte(raw)
		}
		if said := sel.reply.value(el, ""); said != "" {
			f.says = []answer{{m: desk.Mention{Kind: desk.KindComment, Site: m.Site, Text: text.Cut(said, 64<<10), URL: m.URL, Language: m.Language, Anonymous: true}, ours: true}}
		}
		if m.Words() == "" && m.Rating.Known() {
			m.Title = written.Stars(m.Rating)
		}
		if m.Words() != "" {
			all = append(all, f)
		}
		return len(all) < most
	})
	return all
}

func (r *reader) moment(said string, m *desk.Mention) time.Time {
	if r.c.sel.date != nil && r.c.sel.date.layout != "" {
		if at, err := time.ParseInLocation(r.c.sel.date.layout, written.EnglishMonths(said), r.c.zone); err == nil {
			return at.UTC()
		}
	}
	at, ok := r.date(said)
	if !ok {
		keep(m.Extra, "date", written.Line(said))
	}
	return at
}

// digest identifies what decides how the page is read: other settings read it anew.
func (c *Connector) digest() string {
	b, err := json.Marshal([]any{c.at.String(), c.o.Selectors})
	if err != nil { // strings always marshal
		return ""
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:6])
}
