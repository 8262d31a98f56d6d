package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Reply is a call to the network, with everything that can become of it.
func (w *world) Reply(_ context.Context, out desk.Outgoing) (desk.Receipt, error) {
	p := posting{out.Key, out.Text, w.time}
	lost := &desk.Unknown{Err: errors.New("no answer")}
	what := w.next(13)
	if w.gentle && (what == 9 || what == 10) {
		what = 1
	}
	switch what {
	case 1: // taken, the answer is lost
		w.take(p)
		return desk.Receipt{}, fmt.Errorf("publishing: %w", lost)
	case 2: // the call times out, the network acts on it later
		w.pass(timeout)
		p.at = w.time.Add(time.Duration(w.next(int(timeout))))
		w.late = append(w.late, p)
		return desk.Receipt{}, &desk.Unknown{Err: &desk.Transient{Err: context.DeadlineExceeded}}
	case 3: // nothing happened, but nobody knows
		return desk.Receipt{}, lost
	case 4:
		return desk.Receipt{}, &desk.Transient{Err: errors.New("busy")}
	case 5:
		return desk.Receipt{}, &desk.Transient{After: 30 * time.Second, Err: errors.New("limit")}
	case 6:
		die()
	case 7:
		w.take(p)
		die()
	case 8:
		w.take(p)
		panic("after it was taken")
	case 9:
		return desk.Receipt{}, desk.Deniedf("no")
	case 10:
		return desk.Receipt{}, errors.New("surprise")
	case 11: // the process dies while the network has the request
		p.at = w.time.Add(time.Duration(w.next(int(timeout))))
		w.late = append(w.late, p)
		die()
	case 12: // the call lasts, and others work meanwhile
		w.heldUp(timeout)
		p.at = w.time
	}
	return w.receipt(w.take(p)), nil
}

// Find looks for a reply.
func (w *world) Find(_ context.Context, out desk.Outgoing) (desk.Found, error) {
	switch w.next(8) {
	case 1:
		return desk.Found{Finding: desk.FoundNot}, nil
	case 2:
		return desk.Found{}, &desk.Transient{After: 20 * time.Second, Err: errors.New("limit")}
	case 3:
		return desk.Found{Finding: desk.FoundAbsent}, nil // its index lags behind
	case 4:
		die()
	case 5:
		panic("while looking")
	case 6:
		w.heldUp(90 * time.Second)
	}
	for i, p := range w.posts {
		if p.text == out.Text && !p.at.Add(delay).After(w.time) {
			return desk.Found{Finding: desk.FoundIt, Receipt: w.receipt(i)}, nil
		}
	}
	return desk.Found{Finding: desk.FoundAbsent}, nil
}

// shaky does something in the database, or fails before or after it, or the process dies.
func (w *world) shaky(do func() error) error {
	broken := errors.New("no database")
	what := w.next(16)
	switch what {
	case 1:
		return broken
	case 2:
		die()
	}
	err := do()
	switch what {
	case 3:
		return broken // it is written, the answer is lost
	case 4:
		die()
	case 5:
		w.heldUp(2 * lease)
	case 6:
		w.heldUp(lease - time.Second)
	}
	return err
}

func (w *world) Begin(ctx context.Context, e desk.Entry) (out desk.Outgoing, err error) {
	err = w.shaky(func() (err error) { out, err = w.book.Begin(ctx, e); return err })
	return out, err
}

func (w *world) Recall(ctx context.Context, e desk.Entry) (out desk.Outgoing, err error) {
	err = w.shaky(func() (err error) { out, err = w.book.Recall(ctx, e); return err })
	return out, err
}

func (w *world) Settle(ctx context.Context, e desk.Entry, s desk.Settlement) error {
	return w.shaky(func() error { return w.book.Settle(ctx, e, s) })
}
