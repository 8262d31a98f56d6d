package feed

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/text"
)

// oddDates are shapes that the feed parser does not know, after the day of the week is gone and months are English.
var oddDates = [...]string{
	"2 Jan 2006 15:04:05 -0700", "2 Jan 2006 15:04:05 -07:00", "2 Jan 2006 15:04:05 MST", "2 Jan 2006 15:04 -0700",
	"2 Jan 2006 15:04:05", "2 Jan 2006 15:04", "2 Jan 2006", "2 Jan 06 15:04:05 -0700", "2 Jan 06 15:04:05 MST",
	"2006. Jan 2. 15:04:05", "2006. Jan 2. 15:04", "2006. Jan 2.", "2006.01.02. 15:04:05", "2006.01.02. 15:04", "2006.01.02.", "2006.01.02 15:04:05",
	"2006/01/02 15:04:05", "2006-01-02T15:04:05Z0700", "20060102T150405Z", "20060102150405",
}

var (
	monthWord = regexp.MustCompile(`\p{L}{3,}\.?`)
	comment   = regexp.MustCompile(`\s*\([^)]*\)\s*$`)
)

// oddDate reads dates in local words (Hungarian, Slovak, Czech, Greek, German), with comments, or as a number of seconds.
func oddDate(s string) *time.Time {
	s = strings.Join(strings.Fields(text.Cut(s, 100)), " ")
	if s == "" {
		return nil
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && n > 600_000_000 && n < 5_000_000_000 {
		t := time.Unix(n, 0)
		return &t
	}
	s = comment.ReplaceAllString(s, "")
	if day, rest, ok := strings.Cut(s, ","); ok && !strings.ContainsAny(day, "0123456789") {
		s = strings.TrimSpace(rest)
	}
	s = monthWord.ReplaceAllStringFunc(s, englishMonth)
	for _, layout := range oddDates {
		if t, err := time.Parse(layout, s); err == nil {
			return &t
		}
	}
	return nil
}

// englishMonth returns the English abbreviation of a month in another language, by how its name begins.
func englishMonth(word string) string {
	w := strings.ToLower(strings.TrimSuffix(word, "."))
	for _, m := range [...]struct{ prefix, english string }{
		{"jan", "Jan"}, {"led", "Jan"}, {"ιαν", "Jan"}, {"feb", "Feb"}, {"úno", "Feb"}, {"φεβ", "Feb"},
		{"már", "Mar"}, {"mär", "Mar"}, {"mar", "Mar"}, {"bře", "Mar"}, {"μάρ", "Mar"}, {"μαρ", "Mar"},
		{"ápr", "Apr"}, {"apr", "Apr"}, {"dub", "Apr"}, {"απρ", "Apr"}, {"máj", "May"}, {"maj", "May"}, {"mai", "May"}, {"may", "May"},
		{"kvě", "May"}, {"μάι", "May"}, {"μαΐ", "May"}, {"μαι", "May"}, {"jún", "Jun"}, {"jun", "Jun"}, {"ιουν", "Jun"}, {"ιούν", "Jun"},
		{"júl", "Jul"}, {"jul", "Jul"}, {"červenec", "Jul"}, {"července", "Jul"}, {"červen", "Jun"}, {"červn", "Jun"}, {"ιουλ", "Jul"}, {"ιούλ", "Jul"},
		{"aug", "Aug"}, {"srp", "Aug"}, {"αυγ", "Aug"}, {"αύγ", "Aug"}, {"szept", "Sep"}, {"sept", "Sep"}, {"zář", "Sep"}, {"σεπ", "Sep"},
		{"okt", "Oct"}, {"říj", "Oct"}, {"οκτ", "Oct"}, {"nov", "Nov"}, {"list", "Nov"}, {"νοε", "Nov"}, {"νοέ", "Nov"},
		{"dec", "Dec"}, {"dez", "Dec"}, {"pro", "Dec"}, {"δεκ", "Dec"},
	} {
		if strings.HasPrefix(w, m.prefix) {
			return m.english
		}
	}
	return word
}
