package file

import (
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

const deepest = 6 // objects within objects that get names with dots; what is deeper stays JSON

// objects reads JSON Lines.
type objects struct {
	lines         *lines
	names, values []string
}

// next reads one object. Objects within it are flattened: user.name.
func (o *objects) next(whole bool) (row, error) {
	l, err := o.lines.filled(whole)
	if err != nil {
		return row{}, err
	}
	one := row{raw: l.text, line: l.end.line, end: l.after()}
	switch {
	case l.long:
		one.bad = tooLong
	case !utf8.ValidString(l.text):
		one.bad = badUTF8(l.text)
	default:
		one.bad = o.decode(l.text)
	}
	one.names, one.values = o.names, o.values
	return one, nil
}

// decode fills names and values and returns what is wrong.
func (o *objects) decode(s string) string {
	o.names, o.values = o.names[:0], o.values[:0]
	if s = strings.TrimSpace(s); s[0] != '{' {
		return "it is not a JSON object; JSON Lines has one object on each line"
	}
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber() // identifiers exceed what a float can hold
	var object map[string]any
	if err := d.Decode(&object); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return "the JSON ends too early"
		}
		return "the JSON is broken: " + err.Error()
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return "something follows the JSON object"
	}
	o.flatten("", object, 1)
	return ""
}

// flatten adds the members of an object in the order of their names, so that equal lines give equal rows.
func (o *objects) flatten(prefix string, object map[string]any, depth int) {
	names := make([]string, 0, len(object))
	for name := range object {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		switch v := object[name].(type) {
		case nil:
		case string:
			o.add(prefix+name, v)
		case json.Number:
			o.add(prefix+name, v.String())
		case map[string]any:
			if depth < deepest {
				o.flatten(prefix+name+".", v, depth+1)
				continue
			}
			o.addJSON(prefix+name, v)
		default:
			o.addJSON(prefix+name, v)
		}
	}
}

func (o *objects) add(name, value string) {
	o.names, o.values = append(o.names, name), append(o.values, value)
}

func (o *objects) addJSON(name string, v any) {
	b, _ := json.Marshal(v) // it was JSON before: it cannot fail
	o.add(name, string(b))
}
