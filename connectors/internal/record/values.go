package record

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/text"
)

// number reads a decimal number with a point or a comma.
func number(s string) (float64, error) {
	f, err := strconv.ParseFloat(strings.Replace(strings.TrimSpace(s), ",", ".", 1), 64)
	if err == nil && (math.IsNaN(f) || math.IsInf(f, 0)) {
		err = errors.New("not finite")
	}
	return f, err
}

// parseCount reads 1234, "1,234", "1 234", 1.2k and 3M.
func parseCount(s string) (int64, error) {
	t := strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "").Replace(s)
	times := 1.0
	switch {
	case strings.HasSuffix(t, "k"), strings.HasSuffix(t, "K"):
		t, times = t[:len(t)-1], 1e3
	case strings.HasSuffix(t, "m"), strings.HasSuffix(t, "M"):
		t, times = t[:len(t)-1], 1e6
	case groups(t):
		t = strings.ReplaceAll(t, ",", "")
	}
	f, err := number(t)
	if f *= times; err != nil || f < 0 || f > 1<<53 {
		return 0, fmt.Errorf("%q is not a count", short(s))
	}
	return int64(f), nil
}

// groups tells whether every comma stands before three digits.
func groups(s string) bool {
	parts := strings.Split(s, ",")
	for _, p := range parts[1:] {
		if len(p) != 3 {
			return false
		}
	}
	return len(parts) > 1
}

// short quotes at most a line's worth of a value.
func short(s string) string {
	if len(s) <= 80 {
		return s
	}
	return text.Cut(s, 80) + "…"
}

// commonLayouts are the ways of writing a date that need no telling. Slashes are read month first, as the exports that use them
// mostly mean it, and day first where that is the only way.
func commonLayouts() []string {
	return []string{
		time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999",
		"2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05 MST", "2006-01-02T15:04:05-0700", "2006-01-02T15:04Z07:00", "2006-01-02T15:04",
		"2006-01-02 15:04", "2006-01-02", "2006/01/02 15:04:05", "2006/01/02 15:04", "2006/01/02",
		"2.1.2006 15:04:05", "2.1.2006 15:04", "2.1.2006", "2. 1. 2006 15:04:05", "2. 1. 2006 15:04", "2. 1. 2006",
		"2006.1.2 15:04:05", "2006.1.2 15:04", "2006.1.2", "2006. 1. 2. 15:04:05", "2006. 1. 2. 15:04", "2006. 1. 2.",
		"Mon Jan 02 15:04:05 -0700 2006", time.RFC1123Z, time.RFC1123, "Mon, 2 Jan 2006 15:04:05 -0700", time.ANSIC, time.UnixDate,
		"1/2/2006 15:04:05", "1/2/2006 3:04:05 PM", "1/2/2006 15:04", "1/2/2006 3:04 PM", "1/2/2006",
		"2/1/2006 15:04:05", "2/1/2006 15:04", "2/1/2006",
		"Jan 2, 2006 15:04", "Jan 2, 2006 3:04 PM", "Jan 2, 2006", "January 2, 2006", "2 Jan 2006 15:04", "2 Jan 2006", "2 January 2006",
	}
}

// dates reads dates. It remembers which way of writing fitted last, because a file mostly keeps to one; only ways that cannot be
// confused with an earlier one are tried first, so the order never decides what a date means.
type dates struct {
	zone    *time.Location
	layouts []string // from the options
	common  []string
	last    string
}

// parse reads a date; an empty one is the zero time.
func (d *dates) parse(s string) (time.Time, error) {
	if s = strings.TrimSpace(s); s == "" {
		return time.Time{}, nil
	}
	if d.common == nil {
		d.common = commonLayouts()
	}
	for _, layout := range d.layouts {
		if t, err := time.ParseInLocation(layout, s, d.zone); err == nil {
			return sane(t, s)
		}
	}
	if t, ok := epoch(s); ok {
		return sane(t, s)
	}
	if d.last != "" {
		if t, err := time.ParseInLocation(d.last, s, d.zone); err == nil {
			return sane(t, s)
		}
	}
	for _, layout := range d.common {
		if t, err := time.ParseInLocation(layout, s, d.zone); err == nil {
			if d.last = layout; strings.Contains(layout, "/") {
				d.last = "" // 2/1 may be either: the order of trying decides
			}
			return sane(t, s)
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a date that can be read; the option dates says how they are written", short(s))
}

// epoch reads seconds, milliseconds or microseconds since 1970, told apart by their size.
func epoch(s string) (time.Time, bool) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || strings.ContainsAny(s, "xXpPeEnN_") {
		return time.Time{}, false
	}
	switch n, _ := strconv.ParseInt(s, 10, 64); {
	case f >= 1e8 && f < 1e11:
		return time.UnixMicro(int64(math.Round(f * 1e6))), true
	case f >= 1e11 && f < 1e14:
		return time.UnixMilli(int64(f)), true
	case n >= 1e14 && n < 1e17:
		return time.UnixMicro(n), true
	}
	return time.Time{}, false
}

// sane refuses years that no mention can have: they come from a wrong way of reading.
func sane(t time.Time, s string) (time.Time, error) {
	if y := t.Year(); y < 1970 || y > 2200 {
		return time.Time{}, fmt.Errorf("%q would be in the year %d", short(s), y)
	}
	return t.UTC(), nil
}
