package markup

import (
	"bytes"
	"mime"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
)

var (
	xmlEncoding = regexp.MustCompile(`^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']?([A-Za-z0-9._:-]+)`)
	metaCharset = regexp.MustCompile(`(?i)<meta\s[^>]{0,200}?charset\s*=\s*["']?([A-Za-z0-9._:-]+)`)
)

// UTF8 returns a document in UTF-8 and without a mark at its start, whatever the server, the document or the mark claim of it. They
// often contradict each other, so the bytes have the first word: a text with letters beyond ASCII that is valid UTF-8 is not anything
// else by accident. Then count the mark, the XML declaration, the header, the meta element of HTML, and last what is usual where the
// language (ISO 639-1, may be empty) is written.
func UTF8(body []byte, contentType, language string) []byte {
	switch {
	case bytes.HasPrefix(body, []byte{0xEF, 0xBB, 0xBF}):
		body = body[3:]
	case bytes.HasPrefix(body, []byte{0xFF, 0xFE}):
		return convert(body[2:], unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM))
	case bytes.HasPrefix(body, []byte{0xFE, 0xFF}):
		return convert(body[2:], unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM))
	case len(body) > 3 && body[1] == 0 && body[3] == 0 && body[0] != 0:
		return convert(body, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM))
	case len(body) > 3 && body[0] == 0 && body[2] == 0 && body[1] != 0:
		return convert(body, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM))
	}
	var labels []string
	if m := xmlEncoding.FindSubmatch(body[:min(len(body), 1024)]); m != nil {
		labels = append(labels, string(m[1]))
	}
	if _, params, err := mime.ParseMediaType(contentType); err == nil && params["charset"] != "" {
		labels = append(labels, params["charset"])
	}
	if m := metaCharset.FindSubmatch(body[:min(len(body), 4096)]); m != nil {
		labels = append(labels, string(m[1]))
	}
	if utf8.Valid(body) {
		return decodeEscapes(body, labels)
	}
	for _, label := range append(labels, usualCharset(language)) {
		enc, name := charset.Lookup(label)
		if enc == nil || name == "utf-8" || strings.HasPrefix(name, "utf-16") || name == "replacement" {
			continue // it is not that, for a start
		}
		if mostlyUTF8(body) {
			break
		}
		return convert(body, enc)
	}
	return bytes.ToValidUTF8(body, []byte("\uFFFD"))
}

// decodeEscapes undoes the seven-bit encodings of Japanese, which look like valid UTF-8.
func decodeEscapes(body []byte, labels []string) []byte {
	if !bytes.Contains(body, []byte{0x1B}) {
		return body
	}
	for _, label := range labels {
		if enc, name := charset.Lookup(label); name == "iso-2022-jp" {
			return convert(body, enc)
		}
	}
	return body
}

func convert(body []byte, enc encoding.Encoding) []byte {
	out, err := enc.NewDecoder().Bytes(body)
	if err != nil {
		return bytes.ToValidUTF8(body, []byte("\uFFFD"))
	}
	return out
}

// mostlyUTF8 tells a damaged UTF-8 text from a text in an encoding of one byte a letter, where a valid sequence is rare.
func mostlyUTF8(body []byte) bool {
	good, bad := 0, 0
	for len(body) > 0 {
		r, n := utf8.DecodeRune(body)
		switch {
		case r == utf8.RuneError && n == 1:
			bad++
		case n > 1:
			good++
		}
		body = body[n:]
	}
	return good > 4*bad
}

// usualCharset is what texts of a language were written in before UTF-8.
func usualCharset(language string) string {
	switch language {
	case "hu", "sk", "cs", "pl", "sl", "hr", "ro", "sq", "bs":
		return "windows-1250"
	case "el":
		return "windows-1253"
	case "ru", "uk", "bg", "sr", "mk", "be":
		return "windows-1251"
	case "tr":
		return "windows-1254"
	case "lt", "lv", "et":
		return "windows-1257"
	}
	return "windows-1252"
}
