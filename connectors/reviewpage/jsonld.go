package reviewpage

import (
	"bytes"
	"encoding/json"
	"errors"
	"html"
	"io"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"
)

// scripts reads the JSON-LD of a page.
func (s *things) scripts(doc *goquery.Document) {
	doc.Find("script[type]").Each(func(_ int, sel *goquery.Selection) {
		kind, _, _ := strings.Cut(strings.ToLower(sel.AttrOr("type", "")), ";")
		if strings.TrimSpace(kind) != "application/ld+json" {
			return
		}
		script := sel.Text()
		values, err := decodeScript(script)
		for _, v := range values {
			s.jsonValue(v, nil, "", 0)
		}
		if err != nil && strings.Contains(strings.ToLower(script), "review") {
			s.bad = append(s.bad, script)
		}
	})
}

// decodeScript reads the JSON of a script, strictly at first, then as far as what pages do to it can be undone. What came before the
// place that cannot be read is returned, too.
func decodeScript(script string) ([]any, error) {
	script = bare(script)
	if values, err := decodeAll(script); err == nil {
		return values, nil
	}
	mended := script
	if !strings.Contains(mended, `"`) && strings.Contains(mended, "&quot;") {
		mended = html.UnescapeString(mended)
	}
	return decodeAll(mend(mended))
}

// bare takes off what hides a script from old browsers and XML parsers.
func bare(s string) string {
	s = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(s), "\uFEFF"))
	for {
		before := s
		for _, p := range []string{"<!--", "//<![CDATA[", "// <![CDATA[", "/*<![CDATA[*/", "/* <![CDATA[ */", "<![CDATA[", "/*<![CDATA["} {
			s = strings.TrimSpace(strings.TrimPrefix(s, p))
		}
		for _, p := range []string{"-->", "//-->", "//]]>", "// ]]>", "/*]]>*/", "/* ]]> */", "]]>", ";", "//"} {
			s = strings.TrimSpace(strings.TrimSuffix(s, p))
		}
		if s == before {
			return s
		}
	}
}

// decodeAll reads one JSON value after the other.
func decodeAll(s string) ([]any, error) {
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	var all []any
	for {
		var v any
		err := d.Decode(&v)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		all = append(all, v)
	}
}

// mend undoes the usual damage: control characters in strings, comments, commas too many, escapes that JSON does not know, values that
// only JavaScript has, brackets that never close.
func mend(s string) string {
	var b bytes.Buffer
	var open []byte
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			i = mendString(&b, s, i)
		case c == '/' && i+1 < len(s) && (s[i+1] == '/' || s[i+1] == '*'):
			i = skipComment(s, i)
		case c == '{' || c == '[':
			open = append(open, c+2) // of both, the closing one stands two further
			b.WriteByte(c)
		case c == '}' || c == ']':
			trimComma(&b)
			if n := len(open); n > 0 && open[n-1] == c {
				open = open[:n-1]
				b.WriteByte(c)
			}
		case strings.HasPrefix(s[i:], "undefined"):
			b.WriteString("null")
			i += len("undefined") - 1
		case strings.HasPrefix(s[i:], "NaN"):
			b.WriteString("null")
			i += len("NaN") - 1
		case c == ';' || c < 0x20 && c != '\n' && c != '\t' && c != '\r':
			b.WriteByte(' ')
		default:
			b.WriteByte(c)
		}
	}
	trimComma(&b)
	for _, c := range slices.Backward(open) {
		trimComma(&b)
		b.WriteByte(c)
	}
	return b.String()
}

// mendString copies a string and returns where it ends.
func mendString(b *bytes.Buffer, s string, at int) int {
	b.WriteByte('"')
	for i := at + 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' && ends(s, i):
			b.WriteByte('"')
			return i
		case c == '"':
			b.WriteString(`\"`)
		case c == '\\' && i+1 < len(s):
			i++
			switch s[i] {
			case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
				b.Write([]byte{'\\', s[i]})
			case 'u':
				if i+4 < len(s) && strings.Trim(s[i+1:i+5], "0123456789abcdefABCDEF") == "" {
					b.WriteString(`\u`)
				} else {
					b.WriteByte('u')
				}
			case '\n', '\r':
			default:
				b.WriteByte(s[i])
			}
		case c == '\\':
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\t':
			b.WriteString(`\t`)
		case c < 0x20:
			b.WriteByte(' ')
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return len(s)
}

// ends tells whether a quotation mark ends its string, and is not one that a customer wrote, by what follows it.
func ends(s string, at int) bool {
	rest := strings.TrimLeft(s[at+1:min(len(s), at+200)], " \t\r\n")
	if rest == "" || strings.ContainsRune(":}]", rune(rest[0])) {
		return true
	}
	if rest[0] != ',' {
		return false
	}
	rest = strings.TrimLeft(rest[1:], " \t\r\n")
	for _, value := range []string{`"`, "{", "[", "}", "]", "-", "true", "false", "null"} {
		if strings.HasPrefix(rest, value) {
			return true
		}
	}
	return rest == "" || rest[0] >= '0' && rest[0] <= '9'
}

func skipComment(s string, at int) int {
	ends := "\n"
	if s[at+1] == '*' {
		ends = "*/"
	}
	if n := strings.Index(s[at+2:], ends); n >= 0 {
		return at + 2 + n + len(ends) - 1
	}
	return len(s)
}

// trimComma takes back commas that nothing follows.
func trimComma(b *bytes.Buffer) {
	t := bytes.TrimRight(b.Bytes(), " \t\r\n,")
	if bytes.ContainsRune(b.Bytes()[len(t):], ',') {
		b.Truncate(len(t))
	}
}

// jsonValue makes things of a decoded value and puts them under a property of their parent.
func (s *things) jsonValue(v any, parent *thing, name string, depth int) {
	if depth > deepest {
		return
	}
	put := func(v value) {
		if parent != nil {
			parent.add(name, v)
		}
	}
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			s.jsonValue(one, parent, name, depth+1)
		}
	case map[string]any:
		if inner, ok := first(v, "@list", "@set"); ok {
			s.jsonValue(inner, parent, name, depth+1)
			return
		}
		if t := s.jsonThing(v, depth); t != nil {
			put(value{item: t})
		}
	case string:
		put(value{text: v})
	case json.Number:
		put(value{text: v.String()})
	case bool:
		if v {
			put(value{text: "true"})
		}
	}
}

func (s *things) jsonThing(v map[string]any, depth int) *thing {
	t := &thing{}
	if id, ok := first(v, "@id", "id"); ok {
		t.id, _ = id.(string)
	}
	if types, ok := first(v, "@type", "type"); ok {
		for _, one := range list(types) {
			if name, ok := one.(string); ok {
				t.types = append(t.types, local(name))
			}
		}
	}
	if s.note(t) == nil {
		return nil
	}
	names := make([]string, 0, len(v))
	for name := range v {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		switch name {
		case "@context", "@type", "@id":
		default:
			s.jsonValue(v[name], t, name, depth+1)
		}
	}
	return t
}

func first(m map[string]any, names ...string) (any, bool) {
	for _, name := range names {
		if v, ok := m[name]; ok && v != nil {
			return v, true
		}
	}
	return nil, false
}

func list(v any) []any {
	if all, ok := v.([]any); ok {
		return all
	}
	return []any{v}
}
