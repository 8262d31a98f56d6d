package google

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// Poison is an item of a list that could not be read; its id is empty when not even that could. It is told once, not at every walk.
func Poison(id string, raw []byte, err error) connectors.Item {
	p := &desk.Poison{Remote: desk.RemoteID(id), Raw: raw, Err: err.Error()}
	if id == "" {
		sum := sha256.Sum256(raw)
		id = "unread:" + hex.EncodeToString(sum[:8])
	}
	return connectors.Item{ID: desk.RemoteID(id), Poison: p}
}

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
