package feed

import (
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

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
