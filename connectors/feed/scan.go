package feed

import (
	"bytes"
	"errors"
	"fmt"
)

// Limits of what is handed to the XML parser. Real feeds stay far below; the parser's own cost grows with the product of
// elements and namespace prefixes, and its recursion with the depth, which must not be a stranger's choice.
const (
	maxDepth    = 200
	maxElements = 500_000
	maxPrefixes = 20_000_000 // elements × prefixes
	maxPieces   = 1000       // comments and CDATA sections between two start tags; text is put together from its pieces anew for each
)

// outline is where things are in an XML document.
type outline struct {
	root   string // local name of the outermost element, lower case
	closer string // its end tag
	from   int    // where the root's start tag starts
	head   int    // where it ends
	first  int    // where the first entry starts; the document's end when there is none
	items  []span // entries in the order of the document
	closed bool   // the root was closed
}

type span struct{ from, to int }

// scanner walks over the tags of a document without understanding it, as forgiving as the parser that comes after it.
type scanner struct {
	doc      []byte
	at       int
	open     [][]byte // local names of open elements
	itemOpen int      // depth of the open entry, 0 when none
	itemFrom int
	elements int
	pieces   int
	prefixes map[string]struct{}
	out      outline
}

// scan returns the outline of an XML document, or says why it will not be parsed.
func scan(doc []byte) (outline, error) {
	s := &scanner{doc: doc, prefixes: map[string]struct{}{}}
	s.out.first = len(doc)
	for {
		lt := bytes.IndexByte(doc[s.at:], '<')
		if lt < 0 {
			break
		}
		s.at += lt
		if !s.markup() {
			break
		}
		if s.out.root != "" && !isFeedRoot(s.out.root) {
			break // a page of unclosed tags, perhaps; it will not be parsed
		}
		if s.pieces > maxPieces {
			return s.out, errors.New("its text is cut into too many pieces")
		}
		if len(s.open) > maxDepth {
			return s.out, fmt.Errorf("its elements are nested more than %d deep", maxDepth)
		}
		if s.elements > maxElements {
			return s.out, fmt.Errorf("it has more than %d elements", maxElements)
		}
		if s.elements*len(s.prefixes) > maxPrefixes {
			return s.out, errors.New("it declares too many namespaces")
		}
	}
	return s.out, nil
}

// markup steps over what starts at a "<"; false ends the walk.
func (s *scanner) markup() bool {
	rest := s.doc[s.at:]
	switch {
	case bytes.HasPrefix(rest, []byte("<!--")):
		s.pieces++
		return s.skip("<!--", "-->")
	case bytes.HasPrefix(rest, []byte("<![CDATA[")):
		s.pieces++
		return s.skip("<![CDATA[", "]]>")
	case bytes.HasPrefix(rest, []byte("<?")):
		s.pieces++
		return s.skip("<?", "?>")
	case bytes.HasPrefix(rest, []byte("<!")):
		return s.directive()
	case bytes.HasPrefix(rest, []byte("</")):
		name := localName(rest[2:])
		ok := s.skip("</", ">")
		s.end(name)
		return ok
	case len(rest) < 2 || !startsName(rest[1]):
		s.at++
		return true
	}
	return s.start()
}

func (s *scanner) skip(opening, closing string) bool {
	end := bytes.Index(s.doc[s.at+len(opening):], []byte(closing))
	if end < 0 {
		s.at = len(s.doc)
		return false
	}
	s.at += len(opening) + end + len(closing)
	return true
}

// directive steps over <!DOCTYPE …>, with declarations in brackets.
func (s *scanner) directive() bool {
	depth := 0
	for i := s.at; i < len(s.doc); i++ {
		switch s.doc[i] {
		case '<':
			depth++
		case '>':
			if depth--; depth == 0 {
				s.at = i + 1
				return true
			}
		}
	}
	return false
}

func (s *scanner) start() bool {
	from := s.at
	end := tagEnd(s.doc, s.at+1)
	if end < 0 {
		s.at = len(s.doc)
		return false
	}
	tag := s.doc[s.at+1 : end]
	name := localName(tag)
	s.at = end + 1
	s.elements, s.pieces = s.elements+1, 0
	s.namespaces(tag)
	if len(s.open) == 0 && s.out.root == "" {
		s.out.root, s.out.from, s.out.head = string(bytes.ToLower(name)), from, s.at
		whole, _, _ := bytes.Cut(bytes.Fields(tag)[0], []byte("/"))
		s.out.closer = "</" + string(whole) + ">"
	}
	isItem := s.itemOpen == 0 && s.isItem(name)
	selfClosed := bytes.HasSuffix(tag, []byte("/"))
	if isItem {
		s.out.first = min(s.out.first, from)
		if selfClosed {
			s.out.items = append(s.out.items, span{from, s.at})
		} else {
			s.itemOpen, s.itemFrom = len(s.open)+1, from
		}
	}
	if !selfClosed {
		s.open = append(s.open, name)
	}
	return true
}

// isItem tells whether an element starts an entry: an item in a channel or at the root of RSS, an entry at the root of Atom.
func (s *scanner) isItem(name []byte) bool {
	switch {
	case len(s.open) == 0 || len(s.open) > 2:
		return false
	case s.out.root == "feed":
		return len(s.open) == 1 && bytes.EqualFold(name, []byte("entry"))
	}
	return bytes.EqualFold(name, []byte("item")) && (len(s.open) == 1 || bytes.EqualFold(s.open[1], []byte("channel")))
}

// end closes the innermost open element of the name and those inside it; a tag that closes nothing is stepped over.
func (s *scanner) end(name []byte) {
	for i := len(s.open) - 1; i >= 0; i-- {
		if !bytes.EqualFold(s.open[i], name) {
			continue
		}
		s.open = s.open[:i]
		if s.itemOpen > i {
			s.out.items = append(s.out.items, span{s.itemFrom, s.at})
			s.itemOpen = 0
		}
		s.out.closed = s.out.closed || i == 0
		return
	}
}

func (s *scanner) namespaces(tag []byte) {
	for {
		i := bytes.Index(tag, []byte("xmlns:"))
		if i < 0 {
			return
		}
		tag = tag[i+len("xmlns:"):]
		prefix, _, _ := bytes.Cut(tag[:min(len(tag), 64)], []byte("="))
		s.prefixes[string(prefix)] = struct{}{}
	}
}

// tagEnd finds the ">" of a start tag; those inside quoted values do not count, unless the quotes never end.
func tagEnd(doc []byte, from int) int {
	const longest = 64 << 10
	limit := min(len(doc), from+longest)
	var quote byte
	for i := from; i < limit; i++ {
		switch c := doc[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '>':
			return i
		case (c == '"' || c == '\'') && doc[i-1] == '=':
			quote = c
		}
	}
	if i := bytes.IndexByte(doc[from:], '>'); i >= 0 {
		return from + i
	}
	return -1
}

// localName reads an element's name and drops its prefix.
func localName(tag []byte) []byte {
	end := bytes.IndexAny(tag, " \t\r\n/>")
	if end >= 0 {
		tag = tag[:end]
	}
	if i := bytes.LastIndexByte(tag, ':'); i >= 0 {
		tag = tag[i+1:]
	}
	return tag
}

func startsName(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == ':' || c >= 0x80
}
