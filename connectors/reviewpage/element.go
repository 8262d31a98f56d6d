package reviewpage

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/earshotdesk/earshot/connectors/internal/written"
)

// valueOf is what an element says as a value. Pages put content on any element, and readers of theirs take it; so is it here.
func (s *things) valueOf(n *html.Node) value {
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
	case atom.Abbr:
		from = "title"
	case atom.Data, atom.Meter:
		from = "value"
	case atom.Time:
		from = "datetime"
	}
	v, ok := attribute(n, from)
	if !ok || from == "" {
		return value{text: s.inner(n), hint: hint(n, 3)}
	}
	if from == "href" { // <a itemprop="author" href="/users/7">Zuzana</a> means both
		return value{text: firstOf(s.inner(n), v), link: v}
	}
	return value{text: v, hint: firstOf(s.inner(n), hint(n, 3))}
}

// hint is what an element says by its attributes, or one within it does: stars are mostly pictures.
func hint(n *html.Node, deep int) string {
	for _, name := range []string{"data-rating", "data-score", "data-value", "aria-label", "title", "alt"} {
		if v := attr(n, name); v != "" {
			return v
		}
	}
	if m := width.FindStringSubmatch(attr(n, "style")); m != nil {
		return m[1]
	}
	left := 10
	for c := n.FirstChild; c != nil && deep > 0 && left > 0; c = c.NextSibling {
		if c.Type == html.ElementNode {
			left--
			if v := hint(c, deep-1); v != "" {
				return v
			}
		}
	}
	return ""
}

// width finds how full a row of stars is.
var width = regexp.MustCompile(`(?:^|[;\s])width:\s*(\d{1,3}(?:\.\d+)?\s*%)`)

// inner is the text of an element; none for a page that has them a hundred times within each other.
func (s *things) inner(n *html.Node) string {
	if s.texts > 16<<20 {
		return ""
	}
	said, cost := innerText(n)
	s.texts += cost
	return said
}

func inner(n *html.Node) string {
	said, _ := innerText(n)
	return said
}

// innerText is the text of an element as a person reads it, and how much markup it was, in bytes.
func innerText(n *html.Node) (said string, cost int) {
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if html.Render(&b, c) != nil || b.Len() > 512<<10 {
			break
		}
	}
	return written.Plain(b.String()), b.Len()
}

// attribute returns an attribute of an element and whether it has it.
func attribute(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name && a.Namespace == "" {
			return a.Val, true
		}
	}
	return "", false
}

func attr(n *html.Node, name string) string {
	v, _ := attribute(n, name)
	return strings.TrimSpace(v)
}
