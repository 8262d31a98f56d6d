package reviewpage

import (
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
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
		t := &thing{id: attr(n, "itemid"), anchor: attr(n, "id"), lang: attr(n, "lang"), node: n}
		for _, name := range strings.Fields(attr(n, "itemtype")) {
			t.types = append(t.types, local(name))
		}
		if s.note(t) != nil {
			m.items[n] = t
		}
	}
	for _, n := range nodes {
		if t := m.items[n]; t != nil {
			for p, up := n.Parent, 0; p != nil && t.around == nil && up < 100; p, up = p.Parent, up+1 {
				t.around = m.items[p]
			}
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
	var crawl func(n *html.Node, depth, within int)
	crawl = func(n *html.Node, depth, within int) {
		if n.Type != html.ElementNode || visited[n] || depth > 600 || within > 4 || m.steps > 50*most {
			return
		}
		visited[n] = true
		m.steps++
		if names := strings.Fields(attr(n, "itemprop")); len(names) > 0 {
			within++ // what stands in a value is a value again, with the same words
			v := m.value(n)
			for _, name := range names {
				t.add(name, v)
			}
		}
		if _, scope := attribute(n, "itemscope"); scope {
			return
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			crawl(c, depth+1, within)
		}
	}
	for c := root.FirstChild; c != nil; c = c.NextSibling {
		crawl(c, 0, 0)
	}
	for _, id := range strings.Fields(attr(root, "itemref")) {
		if n := m.ids[id]; n != nil {
			crawl(n, 0, 0)
		}
	}
}

// value is that of an element with itemprop.
func (m *micro) value(n *html.Node) value {
	if t := m.items[n]; t != nil {
		return value{item: t}
	}
	return m.s.valueOf(n)
}
