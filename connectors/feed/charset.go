package feed

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"mime"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
)

// unzip undoes a compression that the server did not tell about. The limit counts after it, in bytes.
func unzip(body []byte, limit int64) ([]byte, error) {
	if !bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
		return body, nil
	}
	zip, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("the answer looks like gzip but is damaged")
	}
	plain, err := io.ReadAll(io.LimitReader(zip, limit+1))
	if err != nil {
		return nil, errors.New("the answer is gzip that breaks off or is damaged")
	}
	if int64(len(plain)) > limit {
		return nil, fmt.Errorf("the answer is larger than %d MiB after decompression, the limit", limit>>20)
	}
	return plain, nil
}

var (
	xmlEncoding = regexp.MustCompile(`^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']?([A-Za-z0-9._:-]+)`)
	xmlProlog   = regexp.MustCompile(`^\s*<\?xml[^>]{0,400}\?>`)
)

// toUTF8 returns the document in UTF-8, without a mark at its start and without an XML declaration, whatever the server, the
// declaration or the mark claim. They often contradict each other, so the bytes have the first word: a text with letters beyond
// ASCII that is valid UTF-8 is not anything else by accident. Then count the mark, the declaration, the header, and last what
// is usual where the feed's language is written.
func toUTF8(body []byte, contentType, language string) []byte {
	body = decode(body, contentType, language)
	if at := xmlProlog.FindIndex(body[:min(len(body), 1024)]); at != nil {
		body = body[at[1]:]
	}
	return withoutControls(body)
}

func decode(body []byte, contentType, language string) []byte {
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
	if utf8.Valid(body) {
		return decodeEscapes(body, labels)
	}
	for _, label := range append(labels, usualCharset(language)) {
		enc, name := charset.Lookup(label)
		if enc == nil || name == "utf-8" || strings.HasPrefix(name, "utf-16") || name == "replacement" {
			continue // it is not that, for a start
		}
		if name == "windows-1252" && len(labels) > 0 && mostlyUTF8(body) {
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

// withoutControls replaces what XML forbids; one stray byte must not cost the whole feed.
func withoutControls(body []byte) []byte {
	if bytes.IndexFunc(body, forbidden) < 0 {
		return body
	}
	return bytes.Map(func(r rune) rune {
		if forbidden(r) {
			return ' '
		}
		return r
	}, body)
}

func forbidden(r rune) bool {
	return r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF
}
