package web

import (
	"fmt"
	"time"
)

// clock writes moments for one language in one zone.
type clock struct {
	lang *Lang
	zone *time.Location
	now  func() time.Time
}

// Ago writes how long ago a moment was, up to a day; then the date.
func (c clock) Ago(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	switch d := c.now().Sub(t); {
	case d < -time.Minute, d >= 24*time.Hour:
		return c.Day(t)
	case d < time.Minute:
		return c.lang.T("time.now")
	case d < time.Hour:
		return c.lang.T("time.minutes", "n", int(d/time.Minute))
	default:
		return c.lang.T("time.hours", "n", int(d/time.Hour))
	}
}

// Span writes a duration in its two largest units.
func (c clock) Span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return c.lang.T("time.seconds", "n", int(max(d, 0)/time.Second))
	case d < time.Hour:
		return c.lang.T("time.minutes", "n", int(d/time.Minute))
	case d < 48*time.Hour:
		h, m := int(d/time.Hour), int(d%time.Hour/time.Minute)
		if m == 0 {
			return c.lang.T("time.hours", "n", h)
		}
		return c.lang.T("time.hoursMinutes", "h", h, "m", m)
	}
	return c.lang.T("time.days", "n", int(d/(24*time.Hour)))
}

// Day writes the date, with the year when it is not this one.
func (c clock) Day(t time.Time) string {
	t = t.In(c.zone)
	key := "time.date"
	if t.Year() != c.now().In(c.zone).Year() {
		key = "time.dateYear"
	}
	return c.lang.T(key, "day", fmt.Sprint(t.Day()), "month", c.lang.T(fmt.Sprintf("month.%d", t.Month())), "year", fmt.Sprint(t.Year()))
}

// Full writes date, time and zone, for titles.
func (c clock) Full(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(c.zone)
	return c.Day(t) + ", " + t.Format("15:04:05 MST")
}

// Moment writes date and time, without the date today.
func (c clock) Moment(t time.Time) string {
	t, now := t.In(c.zone), c.now().In(c.zone)
	if t.YearDay() == now.YearDay() && t.Year() == now.Year() {
		return t.Format("15:04")
	}
	return c.Day(t) + ", " + t.Format("15:04")
}

// Machine writes a moment for the datetime attribute.
func (c clock) Machine(t time.Time) string { return t.UTC().Format(time.RFC3339) }
