package reviewpage

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors/internal/written"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// found is a review that was found on a page, before it has an identity.
type found struct {
	m    desk.Mention
	ids  []string // what may identify it, the best first
	item string   // what is reviewed
	says []answer // what was answered
	open string   // how it begins, folded
	day  bool     // its moment is a whole day
	data bool     // it was said in JSON-LD
	list *thing   // where JSON-LD lists it: what stands there twice is two, for nobody lists twice what nobody sees
}

// answer is what somebody said to a review.
type answer struct {
	m    desk.Mention
	ours bool
}

// reader makes reviews of things.
type reader struct {
	c    *Connector
	page *url.URL
	base *url.URL // what links are relative to
	s    *things
	now  time.Time

	american bool // dates with slashes name the month first
}

// reviews returns the reviews of a page in its order. Those without a word and without stars are none.
func (r *reader) reviews() []found {
	var all []found
	for _, t := range r.s.list {
		r.american = r.american || monthFirst.MatchString(r.s.text(t, "datepublished", "datecreated"))
	}
	for _, t := range r.s.list {
		if !isReview(t) {
			continue
		}
		if f, ok := r.review(t); ok {
			all = append(all, f)
		}
	}
	return all
}

// isReview tells reviews from all else. An item without a type that stands where reviews stand is one; aggregates are none.
func isReview(t *thing) bool {
	if t.is("review", "userreview", "criticreview", "employerreview", "recommendation") {
		return !isAnswer(t)
	}
	return len(t.types) == 0 && (t.under == "review" || t.under == "reviews") && len(t.props) > 0
}

// isAnswer tells whether what stands within a review and calls itself a review is a word to it: shop systems mark up both alike.
func isAnswer(t *thing) bool {
	return t.parent != nil && t.parent.is("review") && (t.under == "review" || t.under == "reviews") && len(t.props["reviewrating"])+len(t.props["ratingvalue"]) == 0
}

// placeholder finds text that a script would have replaced.
var placeholder = regexp.MustCompile(`^\s*(?:\{\{[^{}]*\}\}|<%.*%>|[$#]\{[^{}]*\}|\[\[[^][]*\]\]|@[A-Z_]+@|__[A-Z_]+__)\s*$`)

func (r *reader) review(t *thing) (found, bool) {
	item := r.item(t)
	f := found{item: item, data: t.node == nil, ids: []string{r.s.text(t, "identifier"), t.id, r.s.link(t, "url"), t.anchor}}
	m := &f.m
	if f.data {
		f.list = t.parent
	}
	m.Kind, m.Site, m.Raw = desk.KindReview, r.c.site, t.bytes()
	m.Text = text.Cut(written.Plain(cmp.Or(r.s.all(t, "reviewbody"), r.s.text(t, "description", "text", "articlebody"))), 64<<10)
	m.Title = text.Cut(written.Line(r.s.text(t, "name", "headline", "summary")), 1000)
	m.Language = language(cmp.Or(r.c.o.Language, r.s.text(t, "inlanguage"), r.s.text(r.s.item(t, "reviewbody"), "@language"), t.lang))
	r.notes(t, m)
	r.author(t, m)
	tidyTitle(m, item)
	m.Extra = map[string]string{}
	keep(m.Extra, "item", item)
	keep(m.Extra, "publisher", written.Line(r.s.text(t, "publisher")))
	r.dates(t, m)
	f.day = r.wholeDay(m.PostedAt)
	r.rating(t, m)
	if m.Words() == "" && m.Rating.Known() {
		m.Title = written.Stars(m.Rating)
	}
	if n, ok := written.Number(r.s.text(t, "upvotecount")); ok && n > 0 {
		m.Counts.Likes = int64(min(n, 1e12))
	}
	m.URL = r.address(r.s.link(t, "url"), t.anchor)
	f.says = r.answers(t, m)
	return f, m.Words() != "" && !placeholder.MatchString(cmp.Or(m.Text, m.Title))
}

// notes adds what was praised and what was missed.
func (r *reader) notes(t *thing, m *desk.Mention) {
	for _, side := range []struct{ name, sign string }{{"positivenotes", "+ "}, {"negativenotes", "− "}} {
		var lines []string
		for _, v := range t.props[side.name] {
			if v.item == nil {
				lines = append(lines, v.text)
				continue
			}
			inner := r.s.whole(v.item)
			if inner == nil {
				continue
			}
			if one := r.s.text(inner, "name"); one != "" && len(inner.props["itemlistelement"]) == 0 {
				lines = append(lines, one)
			}
			for _, e := range inner.props["itemlistelement"] {
				lines = append(lines, cmp.Or(e.text, r.s.text(e.item, "name", "item", "description")))
			}
		}
		for _, line := range lines {
			if line = written.Line(line); line != "" && !strings.Contains(m.Text, line) {
				m.Text = strings.TrimPrefix(m.Text+"\n"+side.sign+line, "\n")
			}
		}
	}
}

// tidyTitle drops a title that says nothing: the name of what is reviewed or of who reviews, or the beginning of the text.
func tidyTitle(m *desk.Mention, item string) {
	title, words := text.Fold(strings.TrimRight(m.Title, ".… ")), text.Fold(strings.Join(strings.Fields(m.Text), " "))
	begins := len(title) >= 20 || strings.HasSuffix(m.Title, "…") || strings.HasSuffix(m.Title, "...")
	if title == text.Fold(item) || title == text.Fold(m.Author.Name) || title == strings.TrimRight(words, ".… ") || begins && strings.HasPrefix(words, title) {
		m.Title = ""
	}
}

// item names what is reviewed: what the review says, or else the nearest thing around it that has a name.
func (r *reader) item(t *thing) string {
	if name := written.Line(r.s.text(t, "itemreviewed")); name != "" {
		return text.Cut(name, 300)
	}
	for p, n := cmp.Or(t.parent, t.around), 0; p != nil && n < 10; p, n = cmp.Or(p.parent, p.around), n+1 {
		if name := written.Line(r.s.text(p, "name")); name != "" && !p.is("webpage", "itempage", "collectionpage", "website", "itemlist", "listitem") {
			return text.Cut(name, 300)
		}
	}
	return ""
}

// answers reads what was said to a review. It is the owner's when it says so: an organization wrote it, or somebody of a configured
// name, or of the name of what is reviewed; or nobody is named at all.
func (r *reader) answers(t *thing, m *desk.Mention) []answer {
	var all []answer
	for _, v := range slices.Concat(t.props["comment"], t.props["reply"], t.props["ownerreply"], t.props["response"], t.props["review"], t.props["reviews"]) {
		if v.item = r.s.whole(v.item); v.item != nil && v.item.is("review") && !isAnswer(v.item) {
			continue
		}
		words := v.text
		if v.item != nil {
			words = r.s.text(v.item, "text", "reviewbody", "description", "commenttext", "name")
		}
		a := answer{m: desk.Mention{Kind: desk.KindComment, Site: m.Site, Language: m.Language, URL: m.URL, Anonymous: true}}
		if a.m.Text = text.Cut(written.Plain(words), 64<<10); a.m.Text == "" {
			continue
		}
		if v.item != nil {
			at, _ := r.date(r.s.text(v.item, "datepublished", "datecreated", "date"))
			a.m.PostedAt = r.past(at)
			a.m.Author.Name = text.Cut(written.Line(r.s.text(v.item, "author", "creator")), 200)
			a.m.Raw = v.item.bytes()
		}
		who := r.s.item(v.item, "author", "creator")
		a.ours = a.m.Author.Name == "" || r.c.owned(a.m.Author.Name, m.Extra["item"]) ||
			who != nil && (who.is("organization", "localbusiness", "corporation", "onlinestore", "store") || slices.ContainsFunc(who.types, func(s string) bool { return strings.HasSuffix(s, "business") }))
		all = append(all, a)
	}
	return all
}

func keep(extra map[string]string, name, said string) {
	if said != "" {
		extra[name] = text.Cut(said, 300)
	}
}

// language shortens hu-HU to hu; what is no code is nothing.
func language(s string) string {
	s, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(s)), "-")
	s, _, _ = strings.Cut(s, "_")
	if len(s) != 2 || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz") != "" {
		return ""
	}
	return s
}

// absolute is a link of the page as a whole web address; empty for anything else.
func (r *reader) absolute(link string) string {
	u, err := url.Parse(strings.TrimSpace(link))
	if err != nil || link == "" || len(link) > 2000 {
		return ""
	}
	u = r.base.ResolveReference(u)
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return text.Storable(u.String())
}

// address is where a person can read a review.
func (r *reader) address(link, anchor string) string {
	if whole := r.absolute(link); whole != "" && link != "" {
		return whole
	}
	page := *r.page
	page.Fragment = anchor
	return text.Storable(page.String())
}
