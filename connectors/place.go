package connectors

import (
	"encoding/json"
	"fmt"
)

// Resume reads the place that a cursor holds; at first contact there is none, and the value stays as it is.
func (c Cursor) Resume(place any) error {
	if c == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(c), place); err != nil {
		return fmt.Errorf("the cursor of this source cannot be read: %w", err)
	}
	return nil
}

// At ends a poll with its error: the batch leads on from a place, which the next poll will [Cursor.Resume]. When the place cannot be
// written, nothing was found and the cursor stays as it was.
func (b Batch) At(place any, since Cursor, err error) (Batch, error) {
	next, bad := json.Marshal(place)
	if bad != nil {
		return Batch{Next: since}, fmt.Errorf("writing the cursor: %w", bad)
	}
	b.Next = Cursor(next)
	return b, err
}
