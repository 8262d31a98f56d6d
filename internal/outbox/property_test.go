package outbox_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/outbox"
)

// Whatever fails in whatever order, on a network that drops repetitions for ever, for an hour or not at all: no reply becomes public
// twice, what counts as not sent is not public, and every reply ends as published and public, as failed and not public, or with a person.
func TestRepliesBecomePublicOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) { // -rapid.checks=30000 searches for half a minute
		w := newWorld(t, rapid.SampledFrom([]time.Duration{-1, time.Hour, 0}).Draw(t, "resend"))
		w.script = rapid.SliceOfN(rapid.IntRange(0, 99), 0, 60).Draw(t, "script")
		jumps := rapid.SliceOfN(rapid.SampledFrom([]time.Duration{time.Second, 10 * time.Second, 45 * time.Second, 90 * time.Second, 20 * time.Minute,
			time.Hour - 15*time.Second, 2 * time.Hour}), 0, 40).Draw(t, "jumps")
		w.live(jumps, 400)
		for _, id := range w.ids {
			w.ended(id, desk.ReplyPublished, desk.ReplyFailed, desk.ReplyUnconfirmed)
		}
	})
}

// Where the network drops repetitions and refuses nothing, a few faults need no person.
func TestNoPersonIsNeededWhereRepeatingIsHarmless(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t, rapid.SampledFrom([]time.Duration{-1, time.Hour}).Draw(t, "resend"))
		w.gentle = true
		w.script = rapid.SliceOfN(rapid.IntRange(0, 99), 0, 8).Draw(t, "script")
		w.live(nil, 400)
		for _, id := range w.ids {
			w.ended(id, desk.ReplyPublished)
		}
	})
}

// posting is something that a network took.
type posting struct {
	key, text string
	at        time.Time
}

// world is a public network, the desk's book, and workers that come and go. Everything that goes wrong is taken from the script;
// when that is over, all is well.
type world struct {
	t      *rapid.T
	time   time.Time
	script []int
	gentle bool // the network refuses nothing
	terms  outbox.Terms
	posts  []posting
	late   []posting // taken, but not yet acted on
	book   *book
	pub    *outbox.Publisher
	ids    []string
	depth  int    // workers at work inside each other: the outer ones are held up
	broken string // the first promise that was not kept
}

func newWorld(t *rapid.T, resend time.Duration) *world {
	w := &world{t: t, time: noon, terms: outbox.Terms{Resend: resend, Delay: delay, Timeout: timeout}}
	w.book = newBook(t, w.now)
	w.pub = &outbox.Publisher{Ledger: w, Lease: lease, Now: w.now, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Speaker: func(context.Context, string, desk.Mention) (outbox.Speaker, outbox.Terms, error) {
			return w, w.terms, nil
		}}
	for i := range 3 {
		id := fmt.Sprintf("r%d", i)
		w.ids = append(w.ids, id)
		w.book.send(id, fmt.Sprintf("case/%d", i/2))
	}
	return w
}

func (w *world) now() time.Time { return w.time }

// pass lets time go by, and the network act on what it is late with.
func (w *world) pass(d time.Duration) {
	w.time = w.time.Add(d)
	late := w.late
	w.late = nil
	for _, p := range late {
		if p.at.After(w.time) {
			w.late = append(w.late, p)
			continue
		}
		w.take(p)
	}
}

// take makes a post public, unless its key is remembered.
func (w *world) take(p posting) int {
	for i, have := range w.posts {
		if have.key == p.key && (w.terms.Resend < 0 || p.at.Sub(have.at) <= w.terms.Resend) && w.terms.Resend != 0 {
			return i
		}
	}
	w.posts = append(w.posts, p)
	return len(w.posts) - 1
}

func (w *world) receipt(i int) desk.Receipt {
	return desk.Receipt{Remote: desk.RemoteID(fmt.Sprint("p", i)), At: w.posts[i].at}
}

// next is the next line of the script, below n; 0 says that nothing goes wrong.
func (w *world) next(n int) int {
	if len(w.script) == 0 {
		return 0
	}
	line := w.script[0]
	w.script = w.script[1:]
	return line % n
}

// die ends a process in the middle of what it does.
func die() { runtime.Goexit() }

// heldUp suspends a worker while others work, past its lease.
func (w *world) heldUp(d time.Duration) {
	w.pass(d)
	if w.depth < 3 {
		w.round()
	}
}

// round is what a worker does; every act may be its last.
func (w *world) round() {
	w.depth++
	defer func() { w.depth-- }()
	entries, _ := w.book.ClaimEntries(context.Background(), desk.EntryPublish, "worker", lease, 2)
	for _, e := range entries {
		over := make(chan struct{})
		go func() {
			defer close(over)
			_ = w.pub.Settle(context.Background(), e, w.pub.Act(context.Background(), e))
		}()
		<-over
		w.check()
	}
}

// live works through the jumps of time, then on until nothing is left to do.
func (w *world) live(jumps []time.Duration, most int) {
	for range most {
		w.round()
		w.kept()
		if !w.busy() {
			w.pass(time.Hour)
			w.check()
			w.kept()
			return
		}
		jump := 15 * time.Second
		if len(jumps) > 0 {
			jump, jumps = jumps[0], jumps[1:]
		} else if !w.gentle {
			jump = 5 * time.Minute
		}
		w.pass(jump)
	}
	w.t.Fatalf("it never ends: %+v", w.book.entry(w.ids[0]))
}

func (w *world) busy() bool {
	for _, id := range w.ids {
		if s := w.book.entry(id).State; s == desk.EntryWaiting || s == desk.EntryLeased {
			return true
		}
	}
	return false
}

func (w *world) public(id string) (n, last int) {
	for i, p := range w.posts {
		if p.key == id+"/1" {
			n, last = n+1, i
		}
	}
	return n, last
}

// check notes what does not hold; it must at every moment.
func (w *world) check() {
	for _, id := range w.ids {
		n, _ := w.public(id)
		r := w.book.reply(id)
		if n > 1 && w.broken == "" {
			w.broken = fmt.Sprintf("%s is public %d times", id, n)
		}
		if n > 0 && (r.State == desk.ReplyQueued || r.State == desk.ReplyFailed) && w.broken == "" {
			w.broken = fmt.Sprintf("%s is public and counts as %s", id, r.State)
		}
	}
}

// kept fails the property; only its own goroutine may.
func (w *world) kept() {
	if w.broken != "" {
		w.t.Fatalf("%s", w.broken)
	}
}

// ended holds at the end.
func (w *world) ended(id string, allowed ...desk.ReplyState) {
	r := w.book.reply(id)
	n, last := w.public(id)
	if r.State == desk.ReplyPublished && (n != 1 || r.Receipt != w.receipt(last)) {
		w.t.Fatalf("%s is public %d times, the desk says published as %v", id, n, r.Receipt)
	}
	for _, s := range allowed {
		if r.State == s {
			return
		}
	}
	w.t.Fatalf("%s ended as %s, want one of %v; %+v", id, r.State, allowed, w.book.entry(id))
}
