package config

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// kind is what YAML says a value is.
type kind int

const (
	null kind = iota
	textual
	number
	boolean
	list
	mapping
)

// String names the kind as sentences do.
func (k kind) String() string {
	return [...]string{"nothing", "text", "a number", "true or false", "a list", "a group of settings"}[k]
}

// node is one value of the file: only what the configuration needs of YAML, so that the library stays in one place.
type node struct {
	kind     kind
	text     string // the value of a scalar, with environment variables expanded
	raw      string // as it is written in the file
	expanded bool   // an environment variable went into text: it may be a secret, so raw is what errors show
	at       place
	items    []*node
	entries  []entry
}

// entry is one setting of a mapping.
type entry struct {
	key   string
	at    place
	value *node
}

// get returns the value of a key; nil when it is absent or empty.
func (n *node) get(key string) *node {
	for _, e := range n.entries {
		if e.key == key && e.value.kind != null {
			return e.value
		}
	}
	return nil
}

// shown is a scalar as a sentence may show it: as written, never as expanded, and not at length.
func (n *node) shown() string {
	r := []rune(n.raw)
	if len(r) > 40 {
		return fmt.Sprintf("%q", string(r[:40])+"…")
	}
	return fmt.Sprintf("%q", n.raw)
}

// convert turns the library's tree into ours, expanding variables and reporting keys that stand twice.
func (d *decoder) convert(n ast.Node, path string) *node {
	out := &node{at: placeOf(n.GetToken())}
	if k, text, raw, ok := scalarOf(n); ok {
		out.kind, out.text, out.raw = k, text, raw
		if k == textual {
			d.expand(out, path)
		}
		return out
	}
	switch n := n.(type) {
	case *ast.MappingNode:
		out.kind = mapping
		d.entries(out, n.Values, path)
	case *ast.MappingValueNode:
		out.kind = mapping
		d.entries(out, []*ast.MappingValueNode{n}, path)
	case *ast.SequenceNode:
		out.kind = list
		for i, item := range n.Values {
			out.items = append(out.items, d.convert(item, fmt.Sprintf("%s[%d]", path, i)))
		}
	default:
		d.add(out.at, "", "this kind of YAML value is not supported; write plain keys, lists and text")
	}
	return out
}

func (d *decoder) entries(out *node, values []*ast.MappingValueNode, path string) {
	seen := map[string]place{}
	for i, v := range values {
		_, key, _, ok := scalarOf(v.Key)
		at := placeOf(v.Key.GetToken())
		if i == 0 && (out.at.line > at.line || out.at.line == at.line && out.at.col > at.col) {
			out.at = at // the library places a mapping at its first colon
		}
		if !ok {
			d.add(at, "", "this cannot be the name of a setting; write key: value")
			continue
		}
		inner := join(path, key)
		if first, twice := seen[key]; twice {
			d.add(at, inner, "is set twice; the first time on line %d", first.line)
			continue
		}
		seen[key] = at
		out.entries = append(out.entries, entry{key, at, d.convert(v.Value, inner)})
	}
}

// join appends a key to the path of a setting. Odd keys are quoted, so that a path never breaks a line.
func join(path, key string) string {
	if !plainKey.MatchString(key) {
		if r := []rune(key); len(r) > 40 {
			key = string(r[:40]) + "…"
		}
		key = fmt.Sprintf("%q", key)
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

var (
	plainKey = regexp.MustCompile(`^[\pL\pN_-]{1,40}$`)
	variable = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_]*)(:-(.*))?$`)
)

// expand replaces ${NAME} and ${NAME:-default} in a text. It works on values after parsing, so that what a variable holds can
// never become YAML. $${ stands for ${ itself.
func (d *decoder) expand(n *node, path string) {
	if !strings.Contains(n.text, "${") {
		return
	}
	var b strings.Builder
	for rest := n.text; ; {
		before, after, found := strings.Cut(rest, "${")
		if !found {
			b.WriteString(rest)
			break
		}
		if strings.HasSuffix(before, "$") {
			b.WriteString(before + "{")
			rest = after
			continue
		}
		inside, tail, closed := strings.Cut(after, "}")
		if !closed {
			d.add(n.at, path, `has a "${" without "}"; write ${NAME}, or $${ for the characters themselves`)
			return
		}
		b.WriteString(before)
		b.WriteString(d.lookup(n, inside, path))
		rest, n.expanded = tail, true
	}
	n.text = b.String()
}

func (d *decoder) lookup(n *node, inside, path string) string {
	m := variable.FindStringSubmatch(inside)
	if m == nil {
		d.add(n.at, path, "has a variable that cannot be read; write ${NAME} or ${NAME:-default}, the name in letters, digits and underscores")
		return ""
	}
	value, set := d.env(m[1])
	if m[2] != "" {
		if value == "" {
			return m[3]
		}
		return value
	}
	if !set {
		d.add(n.at, path, "needs the environment variable %s, which is not set", m[1])
	}
	return value
}
