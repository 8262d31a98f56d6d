// Package written reads what shops and their customers write for people, not for programs: moments in local words, stars in a dozen
// fashions, texts that are half HTML.
//
// It owns what such a scrap means, and says when it means nothing: no function guesses where two readings are as likely. Everything
// here is pure and of bounded cost.
package written

import (
	"html"
	"regexp"
	"strings"

	"github.com/earshotdesk/earshot/internal/markup"
	"github.com/earshotdesk/earshot/internal/text"
)

var (
	tag    = regexp.MustCompile(`</?[A-Za-z][^<>]*>|<!--`)
	entity = regexp.MustCompile(`&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});`)
)

// Plain returns the text of a field that may be plain, or HTML, or either with its entities escaped once or twice too often. The line
// breaks of what is plain are kept.
func Plain(s string) string {
	s = text.Cut(text.Storable(s), 4*markup.MaxText)
	for range 3 {
		if !entity.MatchString(s) {
			break
		}
		s = html.UnescapeString(s)
	}
	if !tag.MatchString(s) && strings.ContainsAny(s, "<&") { // letters, not markup
		s = "<pre>" + strings.NewReplacer("&", "&amp;", "<", "&lt;", "\r\n", "\n", "\r", "\n").Replace(s) + "</pre>"
	}
	return strings.TrimSpace(text.Storable(markup.Text(s)))
}

// Line is [Plain] on one line, for names and titles.
func Line(s string) string { return strings.Join(strings.Fields(Plain(s)), " ") }
