package feed

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

// batch turns the entries that are new or edited into mentions and notes all of them in the state.
func (f *Feed) batch(ctx context.Context, s *state, doc *document, known *memory, at *url.URL, now time.Time) (connectors.Batch, error) {
	var b connectors.Batch
	r := newReader(f.o, f.site, doc, at, now)
	entries, older := r.newest(f.o.MaxItems - len(doc.skipped))
	records := append(make([]record, 0, len(doc.skipped)+len(doc.entries)), doc.skipped...)
	met, complete := len(doc.skipped), s.Newest
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return b, fmt.Errorf("reading %s: %w", f.shown(), err)
		}
		rec := record{id: hash64([]byte(e.id)), raw: hash64(fingerprint(e.entry))}
		old, seen := known.byID[rec.id]
		if seen {
			met++
		}
		if seen && old.raw == rec.raw {
			records = append(records, old)
			continue
		}
		m, err := e.read(r)
		rec.words = hash32([]byte(m.Digest()))
		records = append(records, rec)
		switch {
		case err != nil:
			b.Poison = append(b.Poison, desk.Poison{Source: f.env.Source.Name, Remote: e.id, At: now, Err: err.Error(), Raw: e.entry.raw})
		case !seen || old.words != rec.words:
			m.Source, m.Brand = f.env.Source.Name, f.env.Source.Brand
			b.Mentions = append(b.Mentions, m)
			s.Newest = max(s.Newest, m.PostedAt.Unix())
		}
	}
	records = append(records, recordsOf(older)...)
	if len(known.order) > 0 && met == 0 && len(records) >= 10 {
		b.Gap = gapSince(complete)
	}
	s.Seen = known.after(records)
	oldestFirst(b.Mentions)
	return b, nil
}

// recordsOf remembers entries that another one of their document outdates, so that they are known, too, when that one is stepped over.
func recordsOf(older []*entry) []record {
	records := make([]record, 0, len(older))
	for _, e := range older {
		raw := fingerprint(e)
		records = append(records, record{id: hash64(append([]byte("older\x00"), raw...)), raw: hash64(raw)})
	}
	return records
}

// gapSince says that entries may have come and gone between two polls; the moment is that of the newest entry known, 0 for none.
func gapSince(newest int64) *connectors.Gap {
	g := &connectors.Gap{Note: "none of the feed's entries was known: it may have moved on by more than it lists, so poll it more often"}
	if newest > 0 {
		g.Since = time.Unix(newest, 0).UTC()
	}
	return g
}

// oldestFirst puts mentions into the order in which they were said; where a date is missing, the reverse of the document's.
func oldestFirst(mentions []desk.Mention) {
	slices.Reverse(mentions)
	if slices.ContainsFunc(mentions, func(m desk.Mention) bool { return m.PostedAt.IsZero() }) {
		return
	}
	slices.SortStableFunc(mentions, func(a, b desk.Mention) int { return cmp.Compare(a.PostedAt.UnixMicro(), b.PostedAt.UnixMicro()) })
}

// fingerprint is what tells an unchanged entry without reading it.
func fingerprint(e *entry) []byte {
	if e.raw != nil {
		return e.raw
	}
	b, err := json.Marshal(e.item)
	if err != nil {
		return []byte(e.item.Title + "\x00" + e.item.Content + "\x00" + e.item.Description)
	}
	return b
}

// identified is an entry with its identity.
type identified struct {
	*entry
	id desk.RemoteID
}

func (e identified) read(r *reader) (desk.Mention, error) {
	if e.err != nil {
		return desk.Mention{}, e.err
	}
	return r.mention(e.entry, e.id)
}

// newest returns the first n entries of the document. Of several with one identity the newest counts; without dates the first,
// for feeds put what is new on top. The others are returned beside.
func (r *reader) newest(n int) (out []identified, older []*entry) {
	where := make(map[desk.RemoteID]int, len(r.doc.entries))
	for i := range r.doc.entries {
		e := &r.doc.entries[i]
		id := desk.RemoteID("")
		if e.err != nil {
			id = desk.RemoteID("hash:" + digestOf(string(e.raw)))
		} else {
			id = r.remote(e)
		}
		at, twice := where[id]
		switch {
		case twice && e.changed().After(out[at].changed()):
			older = append(older, out[at].entry)
			out[at].entry = e
		case twice:
			older = append(older, e)
		case len(out) < n:
			where[id] = len(out)
			out = append(out, identified{e, id})
		}
	}
	return out, older
}

// changed is the last moment that the entry names.
func (e *entry) changed() time.Time {
	var t time.Time
	if e.item == nil {
		return t
	}
	for _, named := range []*time.Time{e.item.PublishedParsed, e.item.UpdatedParsed} {
		if named != nil && named.After(t) {
			t = *named
		}
	}
	return t
}
