package config

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	yaml "github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

const (
	maxSize  = 1 << 20 // bytes of a configuration file
	tooLarge = "the file is larger than 1 MiB, which no configuration is; is it the right file?"
)

// parse turns the bytes into a tree of plain nodes, or reports why it cannot and returns nil. The YAML library is kept inside
// this file; what it allows and we do not (anchors, tags, several documents) is refused on its tokens, before its recursive
// parser runs.
func (d *decoder) parse(data []byte) *node {
	text, ok := d.clean(data)
	if !ok {
		return nil
	}
	var root *node
	// The library has had panics on malformed input; a panic on what somebody typed must still become a sentence.
	defer func() {
		if r := recover(); r != nil {
			root = nil
			d.add(place{1, 1}, "", "the YAML is malformed in a way that its reader cannot place; look for unbalanced quotes or brackets")
		}
	}()
	root = d.tree(text)
	return root
}

// clean refuses what is no text and unifies line ends.
func (d *decoder) clean(data []byte) (string, bool) {
	if len(data) > maxSize {
		d.add(place{1, 1}, "", tooLarge)
		return "", false
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	text := strings.ReplaceAll(strings.ReplaceAll(string(data), "\r\n", "\n"), "\r", "\n")
	before, blank := len(d.problems), 0
	for i, line := range strings.Split(text, "\n") {
		d.cleanLine(i+1, line)
		if blank++; strings.TrimSpace(line) != "" {
			blank = 0
		}
		if blank > maxBlank {
			d.add(place{i + 1, 1}, "", "there are more than %d empty lines in a row here; remove them", maxBlank)
			break
		}
		if len(d.problems) > before+20 {
			break // a binary file: more of the same helps nobody
		}
	}
	return text, len(d.problems) == before
}

func (d *decoder) cleanLine(number int, line string) {
	col, indenting := 0, true
	for i, r := range line {
		col++
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(line[i:], "\uFFFD"):
			d.add(place{number, col}, "", "the file is not UTF-8 here; save it as UTF-8 text")
			return
		case r == 0:
			d.add(place{number, col}, "", "there is a NUL byte here; a configuration is plain text")
			return
		case r == '\t' && indenting && strings.TrimSpace(line) != "":
			d.add(place{number, col}, "", "the line is indented with a tab; YAML wants spaces")
			return
		case r < ' ' && r != '\t' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 || r == 0xfeff:
			d.add(place{number, col}, "", "there is a control character (U+%04X) here; remove it", r)
			return
		case r != ' ':
			indenting = false
		}
	}
}

// tree reads the tokens, refuses what we do not want, and converts the library's tree into ours.
func (d *decoder) tree(text string) *node {
	tokens := lexer.Tokenize(text)
	before := len(d.problems)
	content := d.refuse(tokens)
	if len(d.problems) > before {
		return nil
	}
	if !content {
		d.add(place{1, 1}, "", "the file is empty; configs/earshot.yaml is a place to start")
		return nil
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		at, sentence := syntax(err)
		d.add(at, "", "%s", sentence)
		return nil
	}
	for _, doc := range file.Docs {
		if doc.Body != nil {
			return d.convert(doc.Body, "")
		}
	}
	d.add(place{1, 1}, "", "the file is empty; configs/earshot.yaml is a place to start")
	return nil
}

func placeOf(tk *token.Token) place {
	if tk == nil || tk.Position == nil {
		return place{1, 1}
	}
	return place{max(tk.Position.Line, 1), max(tk.Position.Column, 1)}
}

// syntax puts the library's message into our words. What it quotes from the file is dropped: it might be a secret.
func syntax(err error) (place, string) {
	var known yaml.Error
	if !errors.As(err, &known) {
		return place{1, 1}, "the YAML cannot be read"
	}
	message := known.GetMessage()
	for _, s := range []struct{ has, say string }{
		{"end character of double-quoted", `the text that begins with a double quote (") never ends; close it`},
		{"end character of single-quoted", `the text that begins with a single quote (') never ends; close it; a quote inside is written twice`},
		{"end token '}'", `the "{" that begins here is never closed`},
		{"end token ']'", `the "[" that begins here is never closed`},
		{"',' or '}' must", `a comma or "}" is missing before this`},
		{"',' or ']' must", `a comma or "]" is missing before this`},
		{"corresponding to ']'", `there is a "]" without a "[" before it`},
		{"corresponding to '}'", `there is a "}" without a "{" before it`},
		{"reserved character", "a value cannot begin with @ or a backtick; put it into quotes"},
		{"escape", `there is an unknown escape after a backslash; use single quotes, or write \\ for a backslash`},
		{"tab character", "there is a tab where YAML wants spaces"},
		{"'\t'", "there is a tab where YAML wants spaces"},
		{"non-map value", "this is no setting; write key: value with a space after the colon, and indent it as its neighbours"},
		{"unexpected key name", "this is no setting; write key: value with a space after the colon, and indent it as its neighbours"},
		{"implicit line break", "a key must stand on one line; write key: value"},
		{"mapping value is not allowed", `there is a second ": " in this value, or the next line is indented too far; put the value into quotes or align the line`},
		{"map key-value is pre-defined", "a value does not fit here: the setting has one already, a quote inside it ended it early, or the line is indented differently from its neighbours"},
		{"not allowed in this context", "this does not fit here; is the line indented as its neighbours are?"},
	} {
		if strings.Contains(message, s.has) {
			return placeOf(known.GetToken()), s.say
		}
	}
	return placeOf(known.GetToken()), "the YAML cannot be read from here on; look at quotes, brackets and indentation"
}

// scalarOf returns the text of a scalar node and its kind; ok is false for nodes that are no scalars.
func scalarOf(n ast.Node) (k kind, text, raw string, ok bool) {
	switch n := n.(type) {
	case *ast.NullNode:
		return null, "", n.Token.Value, true
	case *ast.StringNode:
		return textual, n.Value, n.Value, true
	case *ast.LiteralNode:
		return textual, n.Value.Value, n.Value.Value, true
	case *ast.IntegerNode:
		return number, fmt.Sprint(n.Value), n.Token.Value, true
	case *ast.FloatNode:
		return number, n.Token.Value, n.Token.Value, true
	case *ast.BoolNode:
		return boolean, fmt.Sprint(n.Value), n.Token.Value, true
	case *ast.InfinityNode, *ast.NanNode:
		return number, n.GetToken().Value, n.GetToken().Value, true
	}
	return null, "", "", false
}
