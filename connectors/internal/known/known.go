// Package known remembers which items of a list were told and how they read, where a list is shown whole or in part at every look
// and neither its order nor its dates can be relied on.
//
// It owns the compact form in which a cursor holds this: twelve bytes an item. It promises that an item is told when it is new and
// when it reads otherwise than the last time, and never says that what is missing is gone.
package known

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
)

const size = 12 // bytes of a mark: eight of the identifier's digest, four of that of its words

// Set is what was told. Its zero value knows nothing. It marshals to a JSON string.
type Set struct {
	words map[uint64]uint32
	order []uint64 // as kept
	now   []uint64 // looked at since it was read, in the order of the list
	seen  map[uint64]bool
}

// Tell notes an item and says whether to tell it. The sum changes with its words; [desk.Mention.Digest] is one.
func (s *Set) Tell(id, sum string) bool {
	if s.words == nil {
		s.words = map[uint64]uint32{}
	}
	if s.seen == nil {
		s.seen = map[uint64]bool{}
	}
	k, w := hash(id), uint32(hash(sum)>>32)
	if !s.seen[k] {
		s.seen[k] = true
		s.now = append(s.now, k)
	}
	old, ok := s.words[k]
	s.words[k] = w
	return !ok || old != w
}

// Has tells whether an item was told, however it reads.
func (s *Set) Has(id string) bool {
	_, ok := s.words[hash(id)]
	return ok
}

// Len returns how many items are known.
func (s *Set) Len() int { return len(s.words) }

// Trim forgets what was not looked at lately, so that at most n items remain, and never one that was looked at since the set was read.
func (s *Set) Trim(n int) {
	kept := append([]uint64{}, s.now...)
	for _, k := range s.order {
		if !s.seen[k] && len(kept) < n {
			kept = append(kept, k)
		} else if !s.seen[k] {
			delete(s.words, k)
		}
	}
	s.order, s.now, s.seen = kept, nil, nil
}

// MarshalJSON writes the marks, those looked at last first.
func (s *Set) MarshalJSON() ([]byte, error) {
	b := make([]byte, 0, size*len(s.words))
	put := func(k uint64) {
		b = binary.BigEndian.AppendUint64(b, k)
		b = binary.BigEndian.AppendUint32(b, s.words[k])
	}
	for _, k := range s.now {
		put(k)
	}
	for _, k := range s.order {
		if !s.seen[k] {
			put(k)
		}
	}
	return json.Marshal(b)
}

// UnmarshalJSON reads the marks.
func (s *Set) UnmarshalJSON(data []byte) error {
	var b []byte
	if err := json.Unmarshal(data, &b); err != nil {
		return fmt.Errorf("reading what is known: %w", err)
	}
	if len(b)%size != 0 {
		return fmt.Errorf("reading what is known: %d bytes are no whole number of marks", len(b))
	}
	*s = Set{words: make(map[uint64]uint32, len(b)/size), order: make([]uint64, 0, len(b)/size)}
	for ; len(b) > 0; b = b[size:] {
		k := binary.BigEndian.Uint64(b)
		if _, twice := s.words[k]; !twice {
			s.order = append(s.order, k)
		}
		s.words[k] = binary.BigEndian.Uint32(b[8:])
	}
	return nil
}

func hash(s string) uint64 {
	sum := sha256.Sum256([]byte(s))
	return binary.BigEndian.Uint64(sum[:])
}
