package desk

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Secret is a word that must not reach a log, a page or an error. It prints, marshals and formats as <secret> whatever the
// verb; only [Secret.Reveal] gives it away, at the place that needs it.
type Secret string

// Redacted is what every secret prints as.
const Redacted = "<secret>"

// Reveal returns the secret itself.
func (s Secret) Reveal() string { return string(s) }

// String hides the secret; the empty one prints as empty so that "not set" stays visible.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return Redacted
}

// Format hides the secret from every verb of package fmt.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// MarshalText hides the secret from every encoder that knows text.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalJSON hides the secret from encoding/json.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }

// UnmarshalText takes the secret as it is written.
func (s *Secret) UnmarshalText(b []byte) error { *s = Secret(b); return nil }

// Duration is a span of time as people write it in the configuration: Go's units and "d" for 24 hours ("90s", "1h30m", "7d").
type Duration time.Duration

// ParseDuration reads a duration such as 90s, 5m, 1h30m or 7d.
func ParseDuration(s string) (Duration, error) {
	rest := s
	var days time.Duration
	if head, tail, ok := strings.Cut(s, "d"); ok && head != "" {
		n, err := strconv.ParseInt(head, 10, 32)
		if err != nil || n > 36500 || n < -36500 {
			return 0, Invalidf("%q is not a duration; write for example 30s, 5m, 2h or 7d", s)
		}
		days, rest = time.Duration(n)*24*time.Hour, tail
		if rest == "" {
			return Duration(days), nil
		}
	}
	d, err := time.ParseDuration(rest)
	if err != nil {
		return 0, Invalidf("%q is not a duration; write for example 30s, 5m, 2h or 7d", s)
	}
	return Duration(days + d), nil
}

// UnmarshalText reads a duration as [ParseDuration] does.
func (d *Duration) UnmarshalText(b []byte) error {
	v, err := ParseDuration(string(b))
	if err != nil {
		return err
	}
	*d = v
	return nil
}

// MarshalText writes the duration in Go's notation.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// String writes the duration in Go's notation.
func (d Duration) String() string { return time.Duration(d).String() }

// Std returns the duration as the standard library's type.
func (d Duration) Std() time.Duration { return time.Duration(d) }
