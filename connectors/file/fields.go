package file

import (
	"fmt"
	"strings"
)

// feed splits a line into fields, going on inside a quote that an earlier line left open. It returns what is wrong.
func (t *table) feed(s string) string {
	i := 0
	if t.open {
		t.text = append(t.text, '\n')
	}
	for {
		if !t.open {
			if start := i + spaces(s[i:], t.delimiter); t.quotes && start < len(s) && s[start] == '"' {
				t.open, i = true, start+1
				t.text = t.text[:0]
			}
		}
		if t.open {
			n, closed := t.quoted(s[i:])
			if i += n; !closed {
				return ""
			}
			if i += spaces(s[i:], t.delimiter); i == len(s) {
				return ""
			}
			if s[i] != t.delimiter {
				return fmt.Sprintf("byte %d follows a closing quote, where a column should end", i+1)
			}
			i++
			continue
		}
		end := strings.IndexByte(s[i:], t.delimiter)
		if end < 0 {
			t.fields = append(t.fields, s[i:])
			return ""
		}
		t.fields = append(t.fields, s[i:i+end])
		i += end + 1
	}
}

// quoted takes the inside of a quoted field, and the field itself when its quote closes. It returns the bytes taken.
func (t *table) quoted(s string) (int, bool) {
	for i := 0; ; {
		end := strings.IndexByte(s[i:], '"')
		if end < 0 {
			t.text = append(t.text, s[i:]...)
			return len(s), false
		}
		t.text = append(t.text, s[i:i+end]...)
		if i += end + 1; i < len(s) && s[i] == '"' {
			t.text = append(t.text, '"')
			i++
			continue
		}
		t.fields, t.open = append(t.fields, string(t.text)), false
		return i, true
	}
}

// spaces counts the blanks that may stand around a quoted field.
func spaces(s string, delimiter byte) int {
	n := 0
	for n < len(s) && s[n] == ' ' && delimiter != ' ' {
		n++
	}
	return n
}
