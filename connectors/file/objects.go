package file

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/earshotdesk/earshot/connectors/internal/record"
)

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
	o.names, o.values = record.Flatten(object, o.names, o.values)
	return ""
}
