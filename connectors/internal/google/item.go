package google

import (
	"strings"

	"github.com/earshotdesk/earshot/internal/text"
)

// Words makes a text storable and bounds it, in bytes.
func Words(s string, most int) string { return text.Cut(strings.TrimSpace(text.Storable(s)), most) }

// Link returns an address that a browser may open, or nothing.
func Link(s string) string {
	if !strings.HasPrefix(s, "https://") && !strings.HasPrefix(s, "http://") || len(s) > 2000 {
		return ""
	}
	return text.Storable(s)
}
