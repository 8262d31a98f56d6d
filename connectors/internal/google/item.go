package google

import (
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/text"
)

// Past keeps a moment that Google's clock puts ahead of ours from lying in the future.
func Past(t, now time.Time) time.Time {
	if t.After(now) {
		t = now
	}
	return t.UTC()
}

// Words makes a text storable and bounds it, in bytes.
func Words(s string, most int) string { return text.Cut(strings.TrimSpace(text.Storable(s)), most) }

// Link returns an address that a browser may open, or nothing.
func Link(s string) string {
	if !strings.HasPrefix(s, "https://") && !strings.HasPrefix(s, "http://") || len(s) > 2000 {
		return ""
	}
	return text.Storable(s)
}
