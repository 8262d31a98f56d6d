package connectors

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Round reads several lists of one source, one after the other, under one cursor: the locations of a company, the videos of a
// channel. A list that fails does not keep the others from being read.
type Round struct {
	Lists []string // their names, by which the cursor knows them and errors name them
	// Poll reads on in one list, as [Connector.Poll] does in a source.
	Poll func(ctx context.Context, list string, since Cursor) (Batch, error)
	Most int // mentions after which the batch is stored before the next list is read; 500 when 0
}

const (
	mostLists  = 50 // read in one poll
	mostFailed = 3  // in one poll; more of them, and the network itself is in trouble
)

// roundPlace is what the cursor of a round holds.
type roundPlace struct {
	At int               `json:"at,omitempty"` // the list that comes next
	Of map[string]Cursor `json:"of,omitempty"` // where each list stands
}

// Next reads on from a cursor. Its batch and error are those of [Connector.Poll]; an error names the first list that failed.
func (r Round) Next(ctx context.Context, since Cursor) (Batch, error) {
	at := roundPlace{}
	if since != "" {
		if err := json.Unmarshal([]byte(since), &at); err != nil {
			return Batch{Next: since}, fmt.Errorf("the cursor of this source cannot be read: %w", err)
		}
	}
	if at.Of == nil {
		at.Of = map[string]Cursor{}
	}
	maps.DeleteFunc(at.Of, func(list string, _ Cursor) bool { return !slices.Contains(r.Lists, list) })
	if at.At < 0 || at.At >= len(r.Lists) {
		at.At = 0
	}
	var out Batch
	err := r.read(ctx, &at, &out)
	next, bad := json.Marshal(at)
	if bad != nil {
		return Batch{Next: since}, fmt.Errorf("writing the cursor: %w", bad)
	}
	out.Next = Cursor(next)
	return out, err
}

func (r Round) read(ctx context.Context, at *roundPlace, out *Batch) error {
	var first error
	failed := 0
	for range min(mostLists, len(r.Lists)-at.At) {
		list := r.Lists[at.At]
		b, err := r.Poll(ctx, list, at.Of[list])
		if b.Next != "" {
			at.Of[list] = b.Next
		}
		gather(out, b)
		if err != nil {
			failed++
			first = cmp.Or(first, fmt.Errorf("%s: %w", list, err))
			if wait, ok := errors.AsType[*desk.Transient](err); ctx.Err() != nil || ok && wait.After > 0 {
				return first
			}
		}
		if err == nil && b.More {
			out.More = true // the batch is stored before this list goes on
			return first
		}
		at.At++
		if len(out.Mentions) >= cmp.Or(r.Most, 500) || failed >= mostFailed {
			break
		}
	}
	if at.At < len(r.Lists) {
		out.More = true
		return first
	}
	at.At = 0
	return first
}

// gather puts what one list gave to what others gave.
func gather(b *Batch, one Batch) {
	b.Mentions = append(b.Mentions, one.Mentions...)
	b.Gone = append(b.Gone, one.Gone...)
	b.Poison = append(b.Poison, one.Poison...)
	b.Gap = cmp.Or(b.Gap, one.Gap)
	b.Spend.Micros += one.Spend.Micros
	b.Spend.Units += one.Spend.Units
	b.Wait = max(b.Wait, one.Wait)
}
