package reviewpage

import (
	"strings"

	"golang.org/x/net/html"
)

// scope is where in the structured data an element of RDFa Lite stands, https://www.w3.org/TR/rdfa-lite/. Vocabularies and prefixes are
// not resolved: the names themselves say enough.
type scope struct {
	subject *thing
	rel     []string // properties that a rel around promised to the things within
}

// rdfa reads the things of an element and of all below it.
func (s *things) rdfa(n *html.Node, in scope, depth int) {
	if depth > 600 {
		return
	}
	if n.Type == html.ElementNode {
		properties := strings.Fields(attr(n, "property"))
		_, typed := attribute(n, "typeof")
		if rel := strings.Fields(attr(n, "rel")); len(rel) > 0 && in.subject != nil { // of RDFa Core, and common
			in.rel = rel
		}
		switch {
		case typed:
			t := s.note(&thing{id: firstOf(attr(n, "resource"), attr(n, "about")), anchor: attr(n, "id"), lang: attr(n, "lang"), node: n, around: in.subject})
			if t == nil {
				return
			}
			for _, name := range strings.Fields(attr(n, "typeof")) {
				t.types = append(t.types, local(name))
			}
			if literal(n) { // <a rel="author" about="/user/3" typeof="Person" property="name">: what it names is its own
				t.addAll(properties, s.valueOf(n))
				properties = nil
			}
			in.subject.addAll(append(properties, in.rel...), value{item: t})
			in.subject, in.rel = t, nil
		case len(properties) > 0 && in.subject != nil:
			v := s.valueOf(n)
			if to := firstOf(attr(n, "resource"), attr(n, "datetime")); to != "" && v.link == "" {
				v = value{text: to, link: to}
			}
			in.subject.addAll(properties, v)
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		s.rdfa(c, in, depth+1)
	}
}

// literal tells whether the property of an element with a type is one of the thing itself.
func literal(n *html.Node) bool {
	_, about := attribute(n, "about")
	_, content := attribute(n, "content")
	_, datatype := attribute(n, "datatype")
	return content || datatype || about && local(attr(n, "property")) == "name"
}

// addAll adds a value to a thing under several names; to none when there is no thing.
func (t *thing) addAll(names []string, v value) {
	for _, name := range names {
		if t != nil {
			t.add(name, v)
		}
	}
}

func firstOf(all ...string) string {
	for _, s := range all {
		if s != "" {
			return s
		}
	}
	return ""
}
