package file

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/earshotdesk/earshot/internal/desk"
)

const quoteOpen = "a quote is opened and never closed"

// table reads CSV and TSV.
type table struct {
	lines     *lines
	delimiter byte
	quotes    bool
	header    []string
	fields    []string // of the present row
	text      []byte   // of the present quoted field
	open      bool     // a quote is open
}

func (t *table) readHeader() error {
	one, err := t.next(true)
	switch {
	case errors.Is(err, io.EOF):
		t.header = []string{}
		return nil
	case err != nil:
		return err
	case one.bad != "":
		return desk.Invalidf("line %d, the header, cannot be read: %s", one.line, one.bad)
	}
	seen := map[string]int{}
	for i, name := range one.values {
		if name = strings.TrimSpace(name); name == "" {
			name = fmt.Sprintf("column %d", i+1)
		}
		if seen[name]++; seen[name] > 1 {
			name = fmt.Sprintf("%s %d", name, seen[name])
		}
		t.header = append(t.header, name)
	}
	return nil
}

// next reads one row. A row that cannot be read ends with its first line, so that a stray quote costs one line and not the rest
// of the file.
func (t *table) next(whole bool) (row, error) {
	first, err := t.lines.filled(whole)
	if err != nil {
		return row{}, err
	}
	one, err := t.record(first, whole)
	if err == nil && one.bad == "" && t.header != nil && len(one.values) != len(t.header) {
		one.bad = fmt.Sprintf("%s where the header has %d", columns(len(one.values)), len(t.header))
	}
	return one, err
}

func columns(n int) string {
	if n == 1 {
		return "1 column"
	}
	return fmt.Sprintf("%d columns", n)
}

// record reads the row that begins with a line, and the lines that its quotes span.
func (t *table) record(first line, whole bool) (row, error) {
	one := row{names: t.header, raw: first.text, line: first.end.line, end: first.after()}
	if first.long {
		one.bad = tooLong
		return one, nil
	}
	t.fields, t.text, t.open = t.fields[:0], t.text[:0], false
	if one.bad = t.feed(first.text); one.bad != "" || !t.open {
		return t.checked(one), nil
	}
	more, err := t.rest(first, whole)
	if err != nil {
		return row{}, err
	}
	if more == nil {
		one.bad = quoteOpen
		return one, nil
	}
	one.raw, one.end = joined(first, more), first.start
	if last := more[len(more)-1]; last.whole {
		one.end = last.end
	}
	return t.checked(one), nil
}

// rest reads on until the quote that a line opened is closed, and returns the lines it took. It takes none when the quote never
// closes, or not to any good.
func (t *table) rest(first line, whole bool) ([]line, error) {
	var more []line
	for size := len(first.text); t.open; {
		next, err := t.lines.next()
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		if !whole && (err != nil || !next.whole) {
			if err == nil {
				more = append(more, next)
			}
			t.lines.later(append([]line{first}, more...)...)
			return nil, io.EOF
		}
		if err == nil {
			more = append(more, next)
			size += len(next.text)
		}
		bad := quoteOpen
		if err == nil && !next.long && size <= longestLine {
			bad = t.feed(next.text)
		}
		if bad != "" {
			t.lines.back(more...)
			return nil, nil
		}
	}
	return more, nil
}

func joined(first line, more []line) string {
	var b strings.Builder
	b.WriteString(first.text)
	for _, l := range more {
		b.WriteByte('\n')
		b.WriteString(l.text)
	}
	return b.String()
}

// checked finishes a row.
func (t *table) checked(one row) row {
	one.values = t.fields
	if one.bad == "" && !utf8.ValidString(one.raw) {
		one.bad = badUTF8(one.raw)
	}
	return one
}

func badUTF8(s string) string {
	for i, r := range s {
		if r == utf8.RuneError && !strings.HasPrefix(s[i:], "\ufffd") {
			return fmt.Sprintf("byte %d is not valid UTF-8", i+1)
		}
	}
	return "it is not valid UTF-8"
}
