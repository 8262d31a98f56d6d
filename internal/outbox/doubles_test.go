package outbox_test

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// reporter is what a test and a property have in common.
type reporter interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// book is ledger and store in one: entries and replies as the database keeps them, with its leases, fences, order and state machine.
type book struct {
	t   reporter
	now func() time.Time

	mu      sync.Mutex
	entries []*desk.Entry // in the order of writing
	replies map[string]*desk.Reply
	fail    map[string]error // by method: it fails with this and does nothing
}

func newBook(t reporter, now func() time.Time) *book {
	return &book{t: t, now: now, replies: map[string]*desk.Reply{}, fail: map[string]error{}}
}

// send writes a reply into the outbox, as a person's click does.
func (b *book) send(id, order string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.replies[id] = &desk.Reply{ID: desk.ReplyID(id), State: desk.ReplyQueued, Text: "words of " + id}
	b.entries = append(b.entries, &desk.Entry{
		ID: desk.EntryID(id), Kind: desk.EntryPublish, Key: id + "/1", Order: order, Subject: id, Account: "acme", State: desk.EntryWaiting, NextAt: b.now(),
	})
}

// put writes an entry of any kind.
func (b *book) put(e desk.Entry) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e.State, e.NextAt = desk.EntryWaiting, b.now()
	b.entries = append(b.entries, &e)
}

func (b *book) entry(id string) desk.Entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.entries {
		if e.ID == desk.EntryID(id) {
			return *e
		}
	}
	b.t.Fatalf("there is no entry %s", id)
	return desk.Entry{}
}

func (b *book) reply(id string) desk.Reply {
	b.mu.Lock()
	defer b.mu.Unlock()
	return *b.replies[id]
}

// failing makes a method fail from now on; nil heals it.
func (b *book) failing(method string, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fail[method] = err
}

func (b *book) ClaimEntries(ctx context.Context, kind, owner string, lease time.Duration, n int) ([]desk.Entry, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := cmpErr(ctx.Err(), b.fail["claim"]); err != nil {
		return nil, err
	}
	var out []desk.Entry
	for _, reclaim := range []bool{true, false} {
		for i, e := range b.entries {
			if len(out) == n || e.Kind != kind || !b.due(i, reclaim) {
				continue
			}
			e.State, e.Attempts = desk.EntryLeased, e.Attempts+1
			e.Lease = desk.Lease{Name: string(e.ID), Owner: owner, Fence: e.Lease.Fence + 1, Until: b.now().Add(lease)}
			got := *e
			got.Reclaimed = reclaim
			out = append(out, got)
		}
	}
	return out, nil
}

func (b *book) due(i int, reclaim bool) bool {
	e := b.entries[i]
	if reclaim {
		return e.State == desk.EntryLeased && !e.Lease.Until.After(b.now())
	}
	for _, earlier := range b.entries[:i] {
		if e.Order != "" && earlier.Order == e.Order && (earlier.State == desk.EntryWaiting || earlier.State == desk.EntryLeased) {
			return false
		}
	}
	return e.State == desk.EntryWaiting && !e.NextAt.After(b.now())
}

// held finds the entry of a lease that still counts.
func (b *book) held(method string, e desk.Entry) (*desk.Entry, error) {
	if err := b.fail[method]; err != nil {
		return nil, err
	}
	for _, have := range b.entries {
		if have.ID == e.ID && have.State == desk.EntryLeased && have.Lease.Fence == e.Lease.Fence {
			return have, nil
		}
	}
	return nil, fmt.Errorf("entry %s: lease lost: %w", e.ID, desk.ErrConflict)
}

func (b *book) Begin(_ context.Context, e desk.Entry) (desk.Outgoing, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	have, err := b.held("begin", e)
	if err != nil {
		return desk.Outgoing{}, err
	}
	r := b.replies[e.Subject]
	b.move(r, desk.ReplyPublishing)
	r.StartedAt, have.StartedAt = b.now(), b.now()
	return outgoing(e, r), nil
}

func (b *book) Recall(_ context.Context, e desk.Entry) (desk.Outgoing, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.fail["recall"]; err != nil {
		return desk.Outgoing{}, err
	}
	return outgoing(e, b.replies[e.Subject]), nil
}

func outgoing(e desk.Entry, r *desk.Reply) desk.Outgoing {
	return desk.Outgoing{Key: e.Key, Account: e.Account, Text: r.Text}
}

func (b *book) Settle(_ context.Context, e desk.Entry, s desk.Settlement) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	have, err := b.held("settle", e)
	if err != nil {
		return err
	}
	have.State, have.NextAt, have.Error, have.Receipt, have.Attempts = s.State, s.NextAt, s.Error, s.Receipt, e.Attempts
	if s.Free {
		have.Attempts--
	}
	if s.NotSent {
		have.StartedAt = time.Time{}
	}
	r := b.replies[e.Subject]
	switch {
	case r == nil: // not about a reply
	case s.State == desk.EntryDone:
		b.move(r, desk.ReplyPublished)
		r.Receipt = s.Receipt
	case s.State == desk.EntryDead:
		b.move(r, desk.ReplyFailed)
	case s.State == desk.EntryUnconfirmed:
		b.move(r, desk.ReplyUnconfirmed)
	case s.NotSent && r.State == desk.ReplyPublishing:
		b.move(r, desk.ReplyQueued)
	}
	return nil
}

func (b *book) move(r *desk.Reply, next desk.ReplyState) {
	b.t.Helper()
	if err := r.Move(next, b.now()); err != nil {
		b.t.Errorf("reply %s: %v", r.ID, err)
	}
}

func cmpErr(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// speaker says and finds whatever the test wants, and notes what it was asked to say.
type speaker struct {
	reply func(ctx context.Context, out desk.Outgoing) (desk.Receipt, error)
	find  func(ctx context.Context, out desk.Outgoing) (desk.Found, error)
	said  []desk.Outgoing
	looks int
}

func (s *speaker) Reply(ctx context.Context, out desk.Outgoing) (desk.Receipt, error) {
	s.said = append(s.said, out)
	return s.reply(ctx, out)
}

func (s *speaker) Find(ctx context.Context, out desk.Outgoing) (desk.Found, error) {
	s.looks++
	return s.find(ctx, out)
}
