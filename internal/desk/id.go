package desk

import (
	"crypto/rand"
	"encoding/binary"
	"time"
)

// Identifiers of ours are 26 characters of Crockford base 32: 48 bits of milliseconds, then 80 random bits. They sort by the
// time they were made, on both engines alike, because the alphabet is in byte order.
type (
	MentionID string // a mention, ours
	CaseID    string // a case
	ReplyID   string // a reply
	EntryID   string // an entry of the outbox
	UserID    string // a person who works at the desk
)

// RemoteID is an identifier as a site spells it. It is never parsed as a number: sites exceed 2^53.
type RemoteID string

// Site is one place on the net with its own identifiers, for example "mastodon:example.social" or "feed:https://example.com/rss".
type Site string

// Key identifies a mention in the world: the same key from two sources is the same mention.
type Key struct {
	Site   Site
	Remote RemoteID
}

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// NewID returns a fresh identifier for the present moment.
func NewID() string {
	var random [10]byte
	_, _ = rand.Read(random[:]) // documented never to fail
	return IDAt(time.Now(), random)
}

// IDAt returns the identifier of a moment with the given random part. Seeds and tests use it to be repeatable.
func IDAt(at time.Time, random [10]byte) string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(at.UnixMilli())<<16)
	copy(b[6:], random[:])
	hi, lo := binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])
	var out [26]byte
	for i := 25; i >= 0; i-- {
		out[i] = crockford[lo&31]
		lo = lo>>5 | hi<<59
		hi >>= 5
	}
	return string(out[:])
}
