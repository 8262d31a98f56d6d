package feed

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"

	"github.com/earshotdesk/earshot/connectors"
)

// state is what the cursor holds.
type state struct {
	Feed     string `json:"feed"`               // digest of the configured address: another address starts afresh
	ETag     string `json:"etag,omitempty"`     // as the server wrote it
	Modified string `json:"modified,omitempty"` // Last-Modified as the server wrote it
	Body     string `json:"body,omitempty"`     // digest of the last document, for servers that know neither
	URL      string `json:"url,omitempty"`      // where the feed moved for good
	Moved    string `json:"moved,omitempty"`    // where a permanent redirect led lately
	Times    int    `json:"times,omitempty"`    // how many polls in a row it led there
	Every    int64  `json:"every,omitempty"`    // how often the feed wants to be read, seconds
	Newest   int64  `json:"newest,omitempty"`   // moment of the newest entry seen, Unix seconds
	Hub      string `json:"hub,omitempty"`      // that sends the feed's news
	Topic    string `json:"topic,omitempty"`    // what the hub calls the feed
	AskAt    int64  `json:"ask_at,omitempty"`   // when to ask the hub again, Unix seconds
	Seen     []byte `json:"seen,omitempty"`     // records of the entries seen, those of the last document first
}

// timesMoved is how often in a row a permanent redirect must lead to a feed before its target is called directly.
const timesMoved = 3

// readState reads a cursor of this feed; what is none of ours is a first contact.
func readState(c connectors.Cursor, feed string) state {
	var s state
	if json.Unmarshal([]byte(c), &s) != nil || s.Feed != feed || len(s.Seen)%recordSize != 0 {
		return state{Feed: feed}
	}
	return s
}

func (s state) cursor() connectors.Cursor {
	b, err := json.Marshal(s)
	if err != nil { // strings, numbers and bytes always marshal
		return ""
	}
	return connectors.Cursor(b)
}

// record remembers one entry: 8 bytes that stand for its identifier, 8 for what the site sent, and 4 for its words, which are only
// compared with those of the same entry, to notice an edit.
type record struct {
	id    uint64
	raw   uint64
	words uint32
}

const recordSize = 20

// memory is the set of entries seen.
type memory struct {
	byID  map[uint64]record
	byRaw map[uint64]uint64 // to the identifier
	order []uint64
}

func remember(b []byte) *memory {
	n := len(b) / recordSize
	m := &memory{byID: make(map[uint64]record, n), byRaw: make(map[uint64]uint64, n), order: make([]uint64, 0, n)}
	for ; len(b) >= recordSize; b = b[recordSize:] {
		r := record{binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:]), binary.BigEndian.Uint32(b[16:])}
		if _, twice := m.byID[r.id]; !twice {
			m.order = append(m.order, r.id)
		}
		m.byID[r.id], m.byRaw[r.raw] = r, r.id
	}
	return m
}

// after returns the records to keep when a document showed those of now: twice as many as a document has ever had since, because
// feeds put old entries up again, and never fewer than are kept already or than a hundred.
func (m *memory) after(now []record) []byte {
	limit := max(2*len(now), len(m.order), 100)
	var b bytes.Buffer
	shown := make(map[uint64]struct{}, len(now))
	n := 0
	put := func(r record) {
		var buf [recordSize]byte
		binary.BigEndian.PutUint64(buf[:], r.id)
		binary.BigEndian.PutUint64(buf[8:], r.raw)
		binary.BigEndian.PutUint32(buf[16:], r.words)
		_, _ = b.Write(buf[:])
		n++
	}
	for _, r := range now {
		if _, twice := shown[r.id]; !twice {
			shown[r.id] = struct{}{}
			put(r)
		}
	}
	for _, id := range m.order {
		if _, again := shown[id]; !again && n < limit {
			put(m.byID[id])
		}
	}
	return b.Bytes()
}

func hash64(b []byte) uint64 {
	sum := sha256.Sum256(b)
	return binary.BigEndian.Uint64(sum[:])
}

func hash32(b []byte) uint32 { return uint32(hash64(b) >> 32) }

// without returns the document without the entries that are known and those beyond the first n, and what is known of the former.
// An entry that was read before and did not change by a byte costs no more than this.
func (o outline) without(doc []byte, known *memory, n int) ([]byte, outline, []record) {
	var skipped []record
	drop := make([]bool, len(o.items))
	dropped := 0
	for i, s := range o.items {
		id, seen := known.byRaw[hash64(doc[s.from:s.to])]
		if seen {
			skipped = append(skipped, known.byID[id])
		}
		if drop[i] = seen || i >= n; drop[i] {
			dropped++
		}
	}
	if dropped == 0 {
		return doc, o, nil
	}
	rest := o
	rest.items = make([]span, 0, len(o.items)-dropped)
	out := make([]byte, 0, len(doc))
	at := 0
	for i, s := range o.items {
		out = append(out, doc[at:s.from]...)
		if at = s.to; !drop[i] {
			from := len(out)
			out = append(out, doc[s.from:s.to]...)
			rest.items = append(rest.items, span{from, len(out)})
		}
	}
	return append(out, doc[at:]...), rest, skipped
}
