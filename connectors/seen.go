package connectors

import (
	"slices"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// maxSeen is how many items are remembered. When a span holds more, the span grows shorter.
const maxSeen = 1000

// Seen remembers what was told of the latest span of a list, so that looking at it again tells only what is new or reads otherwise.
// It is part of a cursor: its zero value is the first contact, and it marshals to short JSON.
type Seen struct {
	Low   int64      `json:"low,omitempty"`  // ms since 1970; everything before it was told
	Items []SeenItem `json:"seen,omitempty"` // by moment, oldest first
}

// SeenItem is one item that was told.
type SeenItem struct {
	ID  desk.RemoteID `json:"i"`
	At  int64         `json:"t"`           // ms since 1970
	Sum string        `json:"s,omitempty"` // of its wording
}

// Tell notes an item and says whether to tell it: because it is new, or because its sum differs from the one remembered. Sum is
// [desk.Mention.Digest] or anything that changes with the wording; an empty one means that wording does not count.
func (s *Seen) Tell(id desk.RemoteID, at time.Time, sum string) bool {
	sum = sum[:min(8, len(sum))]
	if i := slices.IndexFunc(s.Items, func(one SeenItem) bool { return one.ID == id }); i >= 0 {
		if s.Items[i].Sum == sum {
			return false
		}
		s.Items = slices.Delete(s.Items, i, i+1)
	} else if s.Past(at) {
		return false
	}
	moment := at.UnixMilli()
	place, _ := slices.BinarySearchFunc(s.Items, moment, func(one SeenItem, t int64) int {
		if one.At <= t {
			return -1
		}
		return 1
	})
	s.Items = slices.Insert(s.Items, place, SeenItem{id, moment, sum})
	if len(s.Items) > maxSeen {
		s.Low = max(s.Low, s.Items[0].At+1)
		s.Items = s.Items[1:]
	}
	return true
}

// Past tells whether a moment lies before the span that is looked at again.
func (s *Seen) Past(at time.Time) bool { return at.UnixMilli() < s.Low }

// Newest returns the moment of the newest item, or else where the span begins; zero at first contact.
func (s *Seen) Newest() time.Time {
	switch n := len(s.Items); {
	case n > 0:
		return time.UnixMilli(s.Items[n-1].At).UTC()
	case s.Low > 0:
		return time.UnixMilli(s.Low).UTC()
	}
	return time.Time{}
}

// Settle moves the beginning of the span forward, never back, and forgets what lies before it. A walk that came to its end settles at
// the newest moment it saw, less an overlap for what appears late.
func (s *Seen) Settle(low time.Time) {
	s.Low = max(s.Low, low.UnixMilli())
	s.Items = slices.DeleteFunc(s.Items, func(one SeenItem) bool { return one.At < s.Low })
}
