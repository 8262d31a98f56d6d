package feed

import (
	"strings"

	ext "github.com/mmcdole/gofeed/extensions"
)

// words returns what the entry says, as HTML.
func words(e *entry) string {
	for _, s := range []string{e.item.Content, e.item.Description} {
		if strings.TrimSpace(s) != "" {
			if e.json != nil && e.json.ContentHTML == "" {
				return escapePlain(s)
			}
			if e.atom != nil && e.atom.Content != nil && strings.EqualFold(e.atom.Content.Type, "text") && s == e.item.Content {
				return escapePlain(s)
			}
			return s
		}
	}
	// Video sites keep their text in Media RSS only.
	if s := extension(e.item.Extensions, "media", "description"); s != "" {
		return escapePlain(s)
	}
	for _, group := range e.item.Extensions["media"]["group"] {
		if d := group.Children["description"]; len(d) > 0 {
			return escapePlain(d[0].Value)
		}
	}
	return ""
}

// escapePlain makes HTML of what is declared to be no HTML, so that its line breaks and angle brackets survive.
func escapePlain(s string) string {
	return "<pre>" + strings.NewReplacer("&", "&amp;", "<", "&lt;").Replace(s) + "</pre>"
}

// replyTo reads RFC 4685: which entry this one answers.
func replyTo(e ext.Extensions) string {
	for _, elements := range e { // the prefix is the feed's choice
		for _, reply := range elements["in-reply-to"] {
			if ref := strings.TrimSpace(clean(reply.Attrs["ref"])); ref != "" {
				return ref
			}
			if href := strings.TrimSpace(clean(reply.Attrs["href"])); href != "" {
				return href
			}
		}
	}
	return ""
}

func extension(e ext.Extensions, prefix, name string) string {
	if v := e[prefix][name]; len(v) > 0 {
		return strings.TrimSpace(v[0].Value)
	}
	return ""
}

// clean drops control characters, which no database takes and no identifier needs.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7F || r == 0xFFFD {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}
