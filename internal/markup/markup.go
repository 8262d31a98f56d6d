// Package markup turns the documents that sites send into UTF-8, and their HTML into the text that a person reads.
//
// It owns how to tell in which letters a document is written ([UTF8]), how paragraphs, lists, tables and preformatted text become
// lines, and what is left out: scripts, styles, frames, marks of no width. It promises text of bounded length for any input, however
// deep or broken.
package markup

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/earshotdesk/earshot/internal/text"
)

// MaxText is the longest text that comes out, in bytes. An article fits many times over.
const MaxText = 64 << 10

// maxHTML is how much HTML is looked at, in bytes.
const maxHTML = 512 << 10

// tagLike finds text that is markup of its own: it was escaped once too often.
var tagLike = regexp.MustCompile(`(?i)</?(?:p|br|b|i|a|u|em|strong|div|span|img|ul|ol|li|h[1-6]|table|tr|td|blockquote|pre|code|font|figure|iframe)(?:\s[^<>]*)?/?>`)

// Text turns HTML into text as a person would read it: paragraphs and list items on lines of their own, no scripts, entities
// as letters. What is plain already stays as it is, but for its blanks.
func Text(s string) string {
	s = text.Cut(s, maxHTML)
	if strings.ContainsAny(s, "<&") {
		text, elements := render(s)
		// Nothing but escaped markup: somebody escaped twice.
		if elements == 0 && (tagLike.MatchString(text) || strings.Contains(text, "&nbsp;") || strings.Contains(text, "&amp;")) {
			text, _ = render(text)
		}
		s = text
	}
	return text.Cut(tidy(s), MaxText)
}

// Line is [Text] on one line, for titles and names.
func Line(s string) string { return strings.Join(strings.Fields(Text(s)), " ") }

// render walks over the parsed HTML and counts the elements that it saw.
func render(s string) (text string, elements int) {
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(s))
	if err != nil {
		// Nested too deep for the parser: the words without the tags are better than nothing.
		return tokensOnly(s), 1
	}
	w := &walker{}
	for _, n := range doc.Find("body").Nodes {
		w.children(n)
	}
	return w.b.String(), w.elements
}

func tokensOnly(s string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(s))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			b.Write(z.Text())
			b.WriteByte(' ')
		}
	}
}

// walker writes the text of nodes. The parser limits the depth, so recursion is safe.
type walker struct {
	b        strings.Builder
	elements int
	pre      int
}

func (w *walker) children(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.node(c)
	}
}

func (w *walker) node(n *html.Node) {
	if n.Type == html.TextNode {
		w.text(n.Data)
		return
	}
	if n.Type != html.ElementNode {
		return
	}
	w.elements++
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Head, atom.Iframe, atom.Noscript, atom.Template, atom.Svg, atom.Object:
		return
	case atom.Br:
		w.b.WriteByte('\n')
		return
	case atom.Img:
		return
	case atom.Pre:
		w.pre++
		defer func() { w.pre-- }()
	case atom.Li:
		w.b.WriteString("\n- ")
		w.children(n)
		return
	case atom.Td, atom.Th:
		w.children(n)
		w.b.WriteByte(' ')
		return
	}
	around := breakAround(n.DataAtom)
	w.b.WriteString(around)
	w.children(n)
	w.b.WriteString(around)
}

// text writes a text node; outside <pre> its line breaks are only the author's editor wrapping lines.
func (w *walker) text(s string) {
	if w.pre > 0 {
		w.b.WriteString(s)
		return
	}
	if strings.ContainsAny(s, "\n\r\t") {
		s = strings.Map(func(r rune) rune {
			if r == '\n' || r == '\r' || r == '\t' {
				return ' '
			}
			return r
		}, s)
	}
	w.b.WriteString(s)
}

func breakAround(a atom.Atom) string {
	switch a {
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Blockquote, atom.Pre, atom.Ul, atom.Ol, atom.Table,
		atom.Figure, atom.Article, atom.Section:
		return "\n\n"
	case atom.Div, atom.Tr, atom.Dt, atom.Dd, atom.Hr, atom.Figcaption, atom.Header, atom.Footer, atom.Address, atom.Dl:
		return "\n"
	}
	return ""
}

// tidy joins runs of blanks, keeps at most one empty line between lines, and drops what cannot be shown.
func tidy(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	breaks, blank := 0, false
	for _, r := range s {
		switch {
		case r == '\n':
			breaks++
			blank = false
			continue
		case r == '\u00ad' || r == '\ufeff' || r == '\u200b':
			continue // soft hyphens and marks of no width split words for who searches
		case unicode.IsSpace(r) || unicode.IsControl(r):
			blank = true
			continue
		}
		if b.Len() > 0 {
			switch {
			case breaks > 1:
				b.WriteString("\n\n")
			case breaks == 1:
				b.WriteByte('\n')
			case blank:
				b.WriteByte(' ')
			}
		}
		breaks, blank = 0, false
		b.WriteRune(r)
	}
	return b.String()
}
