package reviewpage

import (
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
