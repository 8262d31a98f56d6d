package connectors

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Lists polls several lists that together make one source: searches, forums, repositories. Each keeps a cursor of its own within the
// source's.
type Lists []List

// List is one of them. Its name tells it from the others for as long as the source lives; its Poll is like [Connector.Poll].
type List struct {
	Name string
	Poll func(ctx context.Context, since Cursor) (Batch, error)
}

// listsPlace is what the cursor of several lists holds.
type listsPlace struct {
	At   map[string]Cursor `json:"at"`
	More []string          `json:"more,omitempty"` // lists that have more right now; the others rest meanwhile
}

const (
	manyMentions = 500 // after which those found are stored before the next list is asked
	manyLists    = 50  // asked in one poll
	manyFailures = 3   // in one poll; more, and the network itself is in trouble
)

// Poll polls the lists one after another. What several of them name is told once. A list that fails keeps its place and does not
// stop the others, unless the network asks for patience or the context ends; the first error is returned beside what was found. When
// that is much, or many lists were asked or failed, the next poll goes on with the others.
func (l Lists) Poll(ctx context.Context, since Cursor) (Batch, error) {
	at, next := listsPlace{}, listsPlace{At: map[string]Cursor{}}
	if err := since.Resume(&at); err != nil {
		return Batch{Next: since}, err
	}
	resting := func(name string) bool {
		return len(at.More) > 0 && !slices.Contains(at.More, name)
	}
	if !slices.ContainsFunc(l, func(one List) bool { return slices.Contains(at.More, one.Name) }) {
		at.More = nil // those that had more were taken out of the configuration
	}
	var out Batch
	var failure error
	asked, failed := 0, 0
	told := map[desk.Key]bool{}
	for _, one := range l {
		next.At[one.Name] = at.At[one.Name]
		if resting(one.Name) || stops(ctx, failure) {
			continue
		}
		if len(out.Mentions) >= manyMentions || asked >= manyLists || failed >= manyFailures {
			next.More = append(next.More, one.Name)
			continue
		}
		asked++
		b, err := one.Poll(ctx, at.At[one.Name])
		if b.Next != "" {
			next.At[one.Name] = b.Next
		}
		if b.More {
			next.More = append(next.More, one.Name)
		}
		out.join(b, told)
		if err != nil {
			failed++
			failure = cmp.Or(failure, err)
		}
	}
	out.More = len(next.More) > 0
	return out.At(next, since, failure)
}

// stops tells whether an error leaves the other lists no hope either.
func stops(ctx context.Context, err error) bool {
	passing, ok := errors.AsType[*desk.Transient](err)
	return ctx.Err() != nil || ok && passing.After > 0
}

// join adds what one list found.
func (b *Batch) join(found Batch, told map[desk.Key]bool) {
	for _, m := range found.Mentions {
		if !told[m.Key()] {
			told[m.Key()] = true
			b.Mentions = append(b.Mentions, m)
		}
	}
	b.Gone = append(b.Gone, found.Gone...)
	b.Poison = append(b.Poison, found.Poison...)
	b.Spend.Micros += found.Spend.Micros
	b.Spend.Units += found.Spend.Units
	b.Wait = max(b.Wait, found.Wait)
	if b.Gap == nil {
		b.Gap = found.Gap
	}
}

// Odd is an item of a list that could not be read: it is told as poison, once. Without an id it is known by its bytes.
func Odd(id desk.RemoteID, at time.Time, why string, raw []byte) Item {
	mark := id
	if mark == "" {
		sum := sha256.Sum256(raw)
		mark = desk.RemoteID("odd:" + hex.EncodeToString(sum[:8]))
	}
	return Item{ID: mark, At: at, Poison: &desk.Poison{Remote: id, At: at, Err: why, Raw: raw}}
}
