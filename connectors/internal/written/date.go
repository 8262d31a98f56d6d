package written

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/text"
)

var (
	word    = regexp.MustCompile(`\p{L}+\.?`)
	ordinal = regexp.MustCompile(`\b(\d{1,2})(?:st|nd|rd|th|ος|η|-?a|-?e|-?i|-?én|-?án|-?jén)\b`)
	blanks  = regexp.MustCompile(`\s+`)
)

// layouts are tried in this order, after months became English, days of the week went, and blanks and dots were made alike. They are
// never written again.
var layouts = makeLayouts()

func makeLayouts() []string {
	var all []string
	for _, day := range []string{
		"2006-1-2", "2.1.2006", "2.1.06", "2006.1.2", "2006/1/2", "2-1-2006",
		"2 Jan 2006", "2.Jan 2006", "Jan 2 2006", "2006.Jan 2", "2006 Jan 2", "2-Jan-2006", "Jan 2006",
		"2/1/2006", "1/2/2006", "2/1/06", "1/2/06", "2006-1",
	} {
		all = append(all, day+"T15:04:05.999999999Z07:00", day+"T15:04:05.999999999Z0700", day+"T15:04Z07:00", day+"T15:04:05.999999999", day+"T15:04", day,
			day+" 15:04:05.999999999Z07:00", day+" 15:04:05 Z0700", day+" 15:04:05 MST", day+" 15:04:05", day+" 15:04", day+" 3:04 PM", day+" 3:04:05 PM",
			"15:04 "+day, "15:04:05 "+day)
	}
	return append(all, "Jan 2 15:04:05 MST 2006", "Jan 2 15:04:05 2006", "20060102T150405Z0700", "20060102T150405", "20060102")
}

// Date reads a moment as pages write it: ISO 8601 in its fashions, 18.11.2026, 2026. 11. 18., "18. novembra 2026", "2026. november 18.",
// "18 Νοεμβρίου 2026, 10:05", "Nov 18th, 2026", seconds or milliseconds since 1970. With slashes the day comes first, but where that
// is no date. What names no zone is of the given one. False for everything else: "yesterday" and "a week ago" are no moments.
func Date(s string, zone *time.Location) (time.Time, bool) {
	s = strings.TrimSpace(text.Cut(text.Storable(s), 120))
	if s == "" {
		return time.Time{}, false
	}
	if t, ok := epoch(s); ok {
		return t, true
	}
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil && t.Year() >= 1990 && t.Year() <= 2200 {
		return t.UTC(), true // nearly all that machines write
	}
	s = regular(s)
	for _, layout := range layouts {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil && t.Year() >= 1990 && t.Year() <= 2200 {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// regular makes the ways of writing alike: English months, no days of the week, no blanks after dots.
func regular(s string) string {
	s = scriptDate.ReplaceAllString(s, "$1 $2")
	s = strings.NewReplacer("\u00a0", " ", "\u202f", " ", "−", "-", "π.μ.", "AM", "μ.μ.", "PM", "de. ", " ", "du. ", " ").Replace(s)
	s = ordinal.ReplaceAllString(s, "$1")
	s = word.ReplaceAllStringFunc(s, func(w string) string {
		switch w {
		case "T", "Z", "AM", "PM", "UTC", "GMT", "CET", "CEST", "EET", "EEST":
			return w
		case "am", "pm":
			return strings.ToUpper(w)
		}
		return month(w)
	})
	s = strings.ReplaceAll(s, ",", " ")
	s = blanks.ReplaceAllString(strings.TrimSpace(s), " ")
	s = strings.ReplaceAll(s, ". ", ".")
	s = dayTime.ReplaceAllString(s, "$1 $2")
	s = strings.ReplaceAll(s, " - ", " ")
	return strings.Trim(s, ".:()[]|· –-")
}

// scriptDate finds what JavaScript writes of a moment, but for the name of the zone, of which the offset says enough.
var scriptDate = regexp.MustCompile(`(\d) GMT([+-]\d{4})\b.*`)

// dayTime finds a date in dots that swallowed the blank before the hour.
var dayTime = regexp.MustCompile(`(\d|[a-z])\.(\d{1,2}:\d\d)`)

// month returns the English abbreviation of a month in any of our languages, by how its folded name begins; "" for other words.
func month(w string) string {
	f := text.Fold(strings.TrimSuffix(w, "."))
	if strings.Contains(w, "T") && len(w) == 1 {
		return w
	}
	for _, m := range [...]struct{ begins, english string }{
		{"janeiro", ""}, {"jan", "Jan"}, {"led", "Jan"}, {"ιαν", "Jan"}, {"feb", "Feb"}, {"uno", "Feb"}, {"φεβ", "Feb"},
		{"mar", "Mar"}, {"maer", "Mar"}, {"brez", "Mar"}, {"bre", "Mar"}, {"mrz", "Mar"}, {"apr", "Apr"}, {"dub", "Apr"}, {"απρ", "Apr"},
		{"maj", "May"}, {"mai", "May"}, {"may", "May"}, {"kve", "May"}, {"μαρ", "Mar"}, {"μαι", "May"}, {"μαϊ", "May"},
		{"jun", "Jun"}, {"jul", "Jul"}, {"cervenec", "Jul"}, {"cervenc", "Jul"}, {"cerv", "Jun"}, {"ιουν", "Jun"}, {"ιουλ", "Jul"},
		{"aug", "Aug"}, {"srp", "Aug"}, {"αυγ", "Aug"}, {"sep", "Sep"}, {"szept", "Sep"}, {"zar", "Sep"}, {"σεπ", "Sep"},
		{"okt", "Oct"}, {"oct", "Oct"}, {"rij", "Oct"}, {"οκτ", "Oct"}, {"nov", "Nov"}, {"list", "Nov"}, {"νοε", "Nov"},
		{"dec", "Dec"}, {"dez", "Dec"}, {"pros", "Dec"}, {"δεκ", "Dec"},
	} {
		if len(f) >= 3 && strings.HasPrefix(f, m.begins) {
			return m.english
		}
	}
	return ""
}

// epoch reads seconds, milliseconds or microseconds since 1970, told apart by their size.
func epoch(s string) (time.Time, bool) {
	if strings.Trim(s, "0123456789.") != "" || strings.Count(s, ".") > 1 {
		return time.Time{}, false
	}
	f, err := strconv.ParseFloat(s, 64)
	switch {
	case err != nil:
		return time.Time{}, false
	case f >= 6e8 && f < 1e11:
		return time.UnixMicro(int64(math.Round(f * 1e6))).UTC(), true
	case f >= 6e11 && f < 1e14:
		return time.UnixMilli(int64(f)).UTC(), true
	case f >= 6e14 && f < 1e17:
		return time.UnixMicro(int64(f)).UTC(), true
	}
	return time.Time{}, false
}

// EnglishMonths returns a date with the names of its months in English and in short, for those who read it by a layout.
func EnglishMonths(s string) string {
	return word.ReplaceAllStringFunc(s, func(w string) string {
		if m := month(w); m != "" {
			return m
		}
		return w
	})
}
