package reviewpage

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
)

// thing is one item of structured data, whatever syntax it was written in. Names of types and properties are in lower case and
// without their vocabulary.
type thing struct {
	types  []string
	id     string // as written; empty when it has none
	anchor string // id attribute of its element
	lang   string // lang attribute of its element
	props  map[string][]value
	parent *thing
	under  string     // the property of the parent that it is a value of
	around *thing     // the thing that its element stands in, whatever it is to it
	node   *html.Node // its element; none in JSON-LD
}

// value is text or a thing.
type value struct {
	text string
	link string // where the element leads, when it is a link
	hint string // what the element says besides, for where the text makes no sense
	item *thing
}

// things is all the structured data of a page.
type things struct {
	list []*thing // in the order of the page, the nested ones too
	byID map[string]*thing
	bad  []string // scripts that could not be read

	texts int // bytes of markup that were read as text
}

// most bounds what is taken of one page, and deepest how far things are nested; pages have a few hundred.
const (
	most    = 20_000
	deepest = 60
)

func (t *thing) add(name string, v value) {
	if name = local(name); name == "" {
		return
	}
	if v.item != nil && v.item.parent == nil && v.item != t {
		v.item.parent, v.item.under = t, name
	}
	if len(t.props[name]) < 2000 {
		t.props[name] = append(t.props[name], v)
	}
}

// is tells whether a thing is of one of the types.
func (t *thing) is(types ...string) bool {
	return slices.ContainsFunc(t.types, func(have string) bool { return slices.Contains(types, have) })
}

// local is a name without its vocabulary, in lower case: http://schema.org/Review, schema:Review and Review are one.
func local(name string) string {
	name = strings.TrimRight(strings.TrimSpace(name), "/#")
	if i := strings.LastIndexAny(name, "/#:"); i >= 0 {
		name = name[i+1:]
	}
	return strings.ToLower(name)
}

// note puts a new thing into the list; nil when the page has too many.
func (s *things) note(t *thing) *thing {
	if len(s.list) >= most {
		return nil
	}
	if t.props == nil {
		t.props = map[string][]value{}
	}
	s.list = append(s.list, t)
	if t.id != "" && s.byID[t.id] == nil {
		s.byID[t.id] = t
	}
	return t
}

// settle gives identifiers to the things that say more than the first of their name: a reference holds nothing else.
func (s *things) settle() {
	for _, t := range s.list {
		if t.id != "" && len(s.byID[t.id].props) < len(t.props) {
			s.byID[t.id] = t
		}
	}
}

// whole returns what a reference refers to, or else the thing itself.
func (s *things) whole(t *thing) *thing {
	if t != nil && len(t.props) == 0 && t.id != "" {
		return s.byID[t.id]
	}
	return t
}

// text returns the first text that a thing has under one of the names, that of a thing being its name.
func (s *things) text(t *thing, names ...string) string {
	return s.textWithin(t, 3, names...)
}

func (s *things) textWithin(t *thing, depth int, names ...string) string {
	if t == nil || depth == 0 {
		return ""
	}
	for _, name := range names {
		for _, v := range t.props[name] {
			said := v.text
			if v.item != nil {
				said = s.textWithin(s.whole(v.item), depth-1, "name", "@value", "text", "alternatename", "identifier")
			}
			if strings.TrimSpace(said) != "" {
				return said
			}
		}
	}
	return ""
}

// hint returns what the elements of the first property say besides.
func (s *things) hint(t *thing, names ...string) string {
	for _, name := range names {
		for _, v := range t.props[name] {
			if v.hint != "" {
				return v.hint
			}
		}
	}
	return ""
}

// all returns the texts that a thing has under one name, each on a line: pages have what was liked and what was not apart.
func (s *things) all(t *thing, name string) string {
	var lines []string
	for _, v := range t.props[name] {
		said := v.text
		if v.item != nil {
			said = s.text(s.whole(v.item), "@value", "text", "name")
		}
		if strings.TrimSpace(said) != "" && !slices.Contains(lines, said) && len(lines) < 20 {
			lines = append(lines, said)
		}
	}
	begins := func(short string) bool { // "Good bag…", the beginning of another line
		cut := strings.TrimRight(short, ".… ")
		return cut != short && slices.ContainsFunc(lines, func(l string) bool { return l != short && strings.HasPrefix(l, cut) })
	}
	return strings.Join(slices.DeleteFunc(slices.Clone(lines), begins), "\n")
}

// own is the text of a thing's element, for pages that name a thing and none of its properties.
func (s *things) own(t *thing) string {
	if t == nil || t.node == nil {
		return ""
	}
	return s.inner(t.node)
}

// link returns the first address that a thing has under one of the names.
func (s *things) link(t *thing, names ...string) string {
	if t == nil {
		return ""
	}
	for _, name := range names {
		for _, v := range t.props[name] {
			if said := firstOf(v.link, v.text); said != "" {
				return strings.TrimSpace(said)
			}
			if v.item != nil {
				return v.item.id
			}
		}
	}
	return ""
}

// item returns the first thing under a name.
func (s *things) item(t *thing, names ...string) *thing {
	for _, name := range names {
		for _, v := range t.props[name] {
			if v.item != nil {
				return s.whole(v.item)
			}
		}
	}
	return nil
}

// raw writes a thing as JSON, to be kept.
func (t *thing) raw(depth int) any {
	out := map[string]any{}
	if len(t.types) > 0 {
		out["@type"] = t.types
	}
	if t.id != "" {
		out["@id"] = t.id
	}
	for name, values := range t.props {
		var all []any
		for _, v := range values {
			if v.item == nil {
				all = append(all, v.text)
			} else if depth > 0 && v.item.parent == t {
				all = append(all, v.item.raw(depth-1))
			}
		}
		if all != nil {
			out[name] = all
		}
	}
	return out
}

func (t *thing) bytes() []byte {
	b, err := json.Marshal(t.raw(6))
	if err != nil || len(b) > 64<<10 {
		return nil
	}
	return b
}

// collect reads all structured data of a page.
func collect(doc *goquery.Document) *things {
	s := &things{byID: map[string]*thing{}}
	s.scripts(doc)
	s.microdata(doc)
	for _, n := range doc.Nodes {
		s.rdfa(n, scope{}, 0)
	}
	s.settle()
	return s
}
