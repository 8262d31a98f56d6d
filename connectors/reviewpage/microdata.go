package reviewpage

import (
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/earshotdesk/earshot/connectors/internal/written"
)

// microdata reads the items of a page as the HTML standard says, https://html.spec.whatwg.org/multipage/microdata.html.
func (s *things) microdata(doc *goquery.Document) {
	m := &micro{s: s, items: map[*html.Node]*thing{}, ids: map[string]*html.Node{}}
	doc.Find("[id]").Each(func(_ int, sel *goquery.Selection) {
		if id := sel.AttrOr("id", ""); m.ids[id] == nil {
			m.ids[id] = sel.Nodes[0]
		}
	})
	nodes := doc.Find("[itemscope]").Nodes
	for _, n := range nodes {
		t := &thing{id: attr(n, "itemid"), anchor: attr(n, "id"), lang: attr(n, "lang")}
		for _, name := range strings.Fields(attr(n, "itemtype")) {
			t.types = append(t.types, local(name))
		}
		if s.note(t) != nil {
			m.items[n] = t
		}
	}
	for _, n := range nodes {
		if t := m.items[n]; t != nil {
			m.properties(t, n)
		}
	}
}

// micro reads the microdata of one page.
type micro struct {
	s     *things
	items map[*html.Node]*thing
	ids   map[string]*html.Node
	steps int // bounded: itemref lets a page be walked once for every item
}

// properties crawls below an item's element and the elements that it refers to, not into other items.
func (m *micro) properties(t *thing, root *html.Node) {
	visited := map[*html.Node]bool{root: true}
	var crawl func(n *html.Node, depth int)
	crawl = func(n *html.Node, depth int) {
		if n.Type != html.ElementNode || visited[n] || depth > 600 || m.steps > 50*most {
			return
		}
		visited[n] = true
		m.steps++
		for _, name := range strings.Fields(attr(n, "itemprop")) {
			t.add(name, m.value(n))
		}
		if _, scope := attribute(n, "itemscope"); scope {
			return
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			crawl(c, depth+1)
		}
	}
	for c := root.FirstChild; c != nil; c = c.NextSibling {
		crawl(c, 0)
	}
	for _, id := range strings.Fields(attr(root, "itemref")) {
		if n := m.ids[id]; n != nil {
			crawl(n, 0)
		}
	}
}

// value is that of an element with itemprop.
func (m *micro) value(n *html.Node) value {
	if t := m.items[n]; t != nil {
		return value{item: t}
	}
	return valueOf(n)
}

// valueOf is what an element says as a value. Pages put content on any element, and readers of theirs take it; so is it here.
func valueOf(n *html.Node) value {
	if v, ok := attribute(n, "content"); ok {
		return value{text: v}
	}
	from := ""
	switch n.DataAtom {
	case atom.Audio, atom.Embed, atom.Iframe, atom.Img, atom.Source, atom.Track, atom.Video:
		from = "src"
	case atom.A, atom.Area, atom.Link:
		from = "href"
	case atom.Object:
		from = "data"
	case atom.Data, atom.Meter:
		from = "value"
	case atom.Time:
		from = "datetime"
	}
	v, ok := attribute(n, from)
	if !ok || from == "" {
		return value{text: inner(n)}
	}
	if from == "href" { // <a itemprop="author" href="/users/7">Zuzana</a> means both
		return value{text: firstOf(inner(n), v), link: v}
	}
	return value{text: v}
}

// inner is the text of an element as a person reads it.
func inner(n *html.Node) string {
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if html.Render(&b, c) != nil || b.Len() > 512<<10 {
			break
		}
	}
	return written.Plain(b.String())
}
