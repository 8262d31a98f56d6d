package reviewpage

import (
	"bytes"
	"slices"
	"strings"
)

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
