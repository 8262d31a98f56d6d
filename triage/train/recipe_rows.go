package train

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/triage/labelled"
)

// row is one row of a labelled file.
type row struct {
	line              int
	text, label, lang string
	extra             map[string]any // nil where there is none
}

// field is what a field of extra says; empty where it is not there.
func (r *row) field(name string) string {
	s, _ := r.extra[name].(string)
	return s
}

// readRows calls fn with each row of a labelled file: TSV with a header that names at least text and label, or JSON objects, one a
// line; perhaps gzipped. Errors name the file and the line.
func readRows(ctx context.Context, file string, fn func(row) error) error {
	parse := (&tsv{}).row
	if strings.HasSuffix(strings.TrimSuffix(file, ".gz"), ".jsonl") {
		parse = jsonRow
	}
	return labelled.Lines(ctx, file, func(n int, line string) error {
		r, ok, err := parse(n, line)
		if err != nil {
			return desk.Invalidf("%s:%d: %v", file, n, err)
		}
		if !ok {
			return nil
		}
		r.line = n
		return fn(r)
	})
}

// tsv remembers which column is which.
type tsv struct{ text, label, lang, extra int }

func (t *tsv) row(n int, line string) (r row, ok bool, err error) {
	fields := strings.Split(line, "\t")
	if n == 1 {
		t.text, t.label = slices.Index(fields, "text"), slices.Index(fields, "label")
		t.lang, t.extra = slices.Index(fields, "lang"), slices.Index(fields, "extra")
		if t.text < 0 || t.label < 0 {
			return r, false, errors.New("the header must name the columns text and label, parted by tabs")
		}
		return r, false, nil
	}
	if len(fields) <= max(t.text, t.label) {
		return r, false, fmt.Errorf("the row has %d columns; the header promises more, parted by tabs", len(fields))
	}
	r.text, r.label = fields[t.text], fields[t.label]
	if t.lang >= 0 && t.lang < len(fields) {
		r.lang = fields[t.lang]
	}
	if t.extra >= 0 && t.extra < len(fields) && fields[t.extra] != "" {
		if err := json.Unmarshal([]byte(fields[t.extra]), &r.extra); err != nil {
			return r, false, fmt.Errorf("extra is no JSON object: %v", err)
		}
	}
	return r, true, nil
}

// jsonRow reads {"text": …, "label": …, "lang": …, "extra": {…}}; labels may be numbers.
func jsonRow(_ int, line string) (r row, ok bool, err error) {
	if strings.TrimSpace(line) == "" {
		return r, false, nil
	}
	var in struct {
		Text  *string        `json:"text"`
		Label any            `json:"label"`
		Lang  string         `json:"lang"`
		Extra map[string]any `json:"extra"`
	}
	if err := json.Unmarshal([]byte(line), &in); err != nil {
		return r, false, fmt.Errorf("the line is no JSON object as it is wanted here: %v", err)
	}
	if in.Text == nil || in.Label == nil {
		return r, false, errors.New("the object needs text and label")
	}
	return row{text: *in.Text, label: fmt.Sprint(in.Label), lang: in.Lang, extra: in.Extra}, true, nil
}
