package demo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

const (
	pagesPerPoll = 5   // then the batch is stored before the next is fetched
	maxSeen      = 500 // ids remembered for the overlap; beyond it the overlap grows shorter
	maxOdd       = 20  // items without an id that are remembered
)

// place is what a cursor holds.
type place struct {
	Low     string   `json:"low"`               // every post up to this id has been told and is too old to appear late
	At      string   `json:"at,omitempty"`      // where a walk of many pages goes on; empty when it ended
	Seen    []stamp  `json:"seen,omitempty"`    // what was told behind Low, in the order of ids
	Odd     []string `json:"odd,omitempty"`     // digests of items that had no id to remember
	Changes *int64   `json:"changes,omitempty"` // the last change told; absent before the first contact
}

// stamp is a post that was told: its id and when it was written, in seconds.
type stamp struct {
	ID string `json:"i"`
	At int64  `json:"t"`
}

// walk is one poll.
type walk struct {
	c     *Connector
	at    place
	batch connectors.Batch
	index map[desk.RemoteID]int // of a mention in the batch: told once, in its newest form
}

// Poll reads changes since the cursor, then posts forward by id. It looks again at the last minutes, where posts may have
// appeared late, and tells of these only what it has not told.
func (c *Connector) Poll(ctx context.Context, since connectors.Cursor) (connectors.Batch, error) {
	w := &walk{c: c, index: map[desk.RemoteID]int{}}
	if err := since.Resume(&w.at); err != nil {
		return connectors.Batch{Next: since}, err
	}
	err := w.changes(ctx)
	if err == nil {
		err = w.posts(ctx)
	}
	return w.batch.At(w.at, since, err)
}

// changes tells edits, deletions and late appearances. At the first contact there are none: posts come as they are now.
func (w *walk) changes(ctx context.Context) error {
	for range pagesPerPoll {
		if w.at.Changes == nil {
			return nil
		}
		var p changePage
		q := w.query()
		q.Set("min", strconv.FormatInt(*w.at.Changes, 10))
		if err := w.c.api.get(ctx, "/api/v1/changes", q, &p); err != nil {
			return err
		}
		if *p.Next < *w.at.Changes {
			w.at = place{}
			w.batch.Gap = &connectors.Gap{Note: "The demo network started anew; what it had before is no longer there."}
			return nil
		}
		for _, one := range p.Changes {
			if one.What == "deleted" {
				w.batch.Gone = append(w.batch.Gone, desk.RemoteID(one.ID))
				continue
			}
			w.changed(one)
		}
		w.at.Changes = p.Next
		if !p.More {
			return nil
		}
	}
	w.batch.More = true
	return nil
}

// changed tells a post in its new form. What a poll does not see any more was changed again, and that change follows.
func (w *walk) changed(one change) {
	if len(one.Post) == 0 || string(one.Post) == "null" {
		return
	}
	p, err := readPost(one.Post)
	switch {
	case err != nil:
		w.poison(p, one.Post, err)
	case p.public():
		w.tell(p)
	}
}

// posts tells what is new.
func (w *walk) posts(ctx context.Context) error {
	from := w.at.At
	if from == "" {
		from = max(w.at.Low, "0")
	}
	for range pagesPerPoll {
		var p page
		q := w.query()
		q.Set("min_id", from)
		if err := w.c.api.get(ctx, "/api/v1/posts", q, &p); err != nil {
			return err
		}
		if w.at.Changes == nil {
			w.at.Changes = &p.Changes
		}
		last := from
		for _, raw := range p.Posts {
			if id := w.list(raw); ahead(id, last) {
				last = id
			}
		}
		if !p.More {
			w.at.At = ""
			w.settle(p.Now)
			return nil
		}
		if !ahead(last, from) {
			return fmt.Errorf("the list of posts at %s does not end", w.c.api.base)
		}
		from, w.at.At = last, last
	}
	w.batch.More = true
	return nil
}

func (w *walk) query() url.Values {
	return url.Values{"q": w.c.opt.Query, "limit": {strconv.Itoa(w.c.opt.Page)}}
}

// list tells a post of the list unless it was told before, and returns its id.
func (w *walk) list(raw json.RawMessage) string {
	p, err := readPost(raw)
	if err != nil && p.ID == "" {
		if w.oddity(raw) {
			w.poison(p, raw, err)
		}
		return ""
	}
	if !w.note(p) {
		return p.ID
	}
	switch {
	case err != nil:
		w.poison(p, raw, err)
	case p.public(): // what awaits a moderator appears among the changes once it is public
		w.tell(p)
	}
	return p.ID
}

// tell puts a post into the batch.
func (w *walk) tell(p post) {
	m := w.c.mention(p)
	if i, known := w.index[m.Remote]; known {
		w.batch.Mentions[i] = m
		return
	}
	w.index[m.Remote] = len(w.batch.Mentions)
	w.batch.Mentions = append(w.batch.Mentions, m)
}

func (w *walk) poison(p post, raw []byte, err error) {
	w.batch.Poison = append(w.batch.Poison, desk.Poison{Remote: desk.RemoteID(p.ID), At: w.c.now(), Err: err.Error(), Raw: raw})
}

// note remembers a post for the overlap and tells whether it is new.
func (w *walk) note(p post) bool {
	place, known := slices.BinarySearchFunc(w.at.Seen, p.ID, func(s stamp, id string) int {
		switch {
		case s.ID == id:
			return 0
		case ahead(s.ID, id):
			return 1
		}
		return -1
	})
	if known {
		return false
	}
	at := p.CreatedAt
	if at.IsZero() {
		at = w.c.now()
	}
	w.at.Seen = slices.Insert(w.at.Seen, place, stamp{p.ID, at.Unix()})
	if len(w.at.Seen) > maxSeen {
		w.at.Low, w.at.Seen = w.at.Seen[0].ID, w.at.Seen[1:]
	}
	return true
}

// oddity remembers an item without an id, and tells whether it is new.
func (w *walk) oddity(raw []byte) bool {
	sum := sha256.Sum256(raw)
	mark := hex.EncodeToString(sum[:8])
	if slices.Contains(w.at.Odd, mark) {
		return false
	}
	w.at.Odd = append(w.at.Odd, mark)
	if len(w.at.Odd) > maxOdd {
		w.at.Odd = w.at.Odd[1:]
	}
	return true
}

// settle moves the low mark past what is too old to appear late.
func (w *walk) settle(now time.Time) {
	if now.IsZero() {
		now = w.c.now()
	}
	before := now.Add(-w.c.opt.Overlap.Std()).Unix()
	done := 0
	for done < len(w.at.Seen) && w.at.Seen[done].At < before {
		w.at.Low = w.at.Seen[done].ID
		done++
	}
	w.at.Seen = w.at.Seen[done:]
}

// ahead tells whether id a comes after id b. Ids are numbers too large for some; they compare by length, then by digits.
func ahead(a, b string) bool { return len(a) > len(b) || len(a) == len(b) && a > b }
