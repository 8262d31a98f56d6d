package bluesky

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"net/url"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// written is a record as we write it.
type written struct {
	record
	Facets []facet `json:"facets,omitempty"`
}

// facet makes a part of a text a link, a mention or a tag; without it nothing can be clicked. Its places are bytes of UTF-8.
type facet struct {
	Index struct {
		From int `json:"byteStart"`
		To   int `json:"byteEnd"`
	} `json:"index"`
	Features [1]feature `json:"features"`
}

type feature struct {
	Type string `json:"$type"`
	URI  string `json:"uri,omitempty"`
	DID  string `json:"did,omitempty"`
	Tag  string `json:"tag,omitempty"`
}

// maxTag is the longest tag that the network takes, in graphemes.
const maxTag = 64

// facets finds the links, mentions and tags of a text. A handle that belongs to nobody stays plain text.
func (s session) facets(ctx context.Context, words string) ([]facet, error) {
	var all []facet
	for _, t := range text.Tokens(words) {
		part := words[t.From:t.To]
		f := feature{}
		switch t.Kind {
		case text.URL:
			f = feature{Type: "app.bsky.richtext.facet#link", URI: part}
			if !strings.Contains(part, "://") {
				f.URI = "https://" + part
			}
		case text.Hashtag:
			f = feature{Type: "app.bsky.richtext.facet#tag", Tag: part[1:]}
			if text.Length(f.Tag, text.Graphemes) > maxTag || strings.Trim(f.Tag, "0123456789") == "" {
				continue
			}
		case text.Handle:
			did, err := s.resolve(ctx, part[1:])
			if err != nil {
				return nil, err
			}
			if did == "" {
				continue
			}
			f = feature{Type: "app.bsky.richtext.facet#mention", DID: did}
		default:
			continue
		}
		one := facet{Features: [1]feature{f}}
		one.Index.From, one.Index.To = t.From, t.To
		all = append(all, one)
	}
	return all, nil
}

// resolve finds whose handle it is; empty when nobody's. Handles are names of domains.
func (s session) resolve(ctx context.Context, handle string) (string, error) {
	if !strings.Contains(handle, ".") || strings.ContainsAny(handle, "@_") {
		return "", nil
	}
	var who struct{ DID string }
	err := s.Look(ctx, "/xrpc/com.atproto.identity.resolveHandle", url.Values{"handle": {handle}}, &who)
	if errors.Is(err, desk.ErrInvalid) || errors.Is(err, desk.ErrNotFound) {
		return "", nil
	}
	return who.DID, err
}

// stamp is the moment of a reply as its record tells it.
func stamp(out desk.Outgoing) string { return out.CreatedAt.UTC().Format("2006-01-02T15:04:05.000Z") }

// rkey is the name of a reply's record, the same for every attempt at it. It is a TID as the network wants it, 13 digits of base 32 that
// sort by time (https://atproto.com/specs/tid): its milliseconds are those of the reply, its microseconds and clock are a digest of
// the reply's key.
func rkey(out desk.Outgoing) string {
	const digits = "234567abcdefghijklmnopqrstuvwxyz"
	sum := sha256.Sum256([]byte(out.Key))
	n := uint64(max(0, out.CreatedAt.UnixMilli())) * 1000
	n += uint64(binary.BigEndian.Uint16(sum[:])) % 1000
	n = n<<10 | uint64(binary.BigEndian.Uint16(sum[2:]))%1024
	n &= 1<<63 - 1
	var tid [13]byte
	for i := len(tid) - 1; i >= 0; i-- {
		tid[i] = digits[n&31]
		n >>= 5
	}
	return string(tid[:])
}
